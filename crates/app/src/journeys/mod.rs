//! Challenges as Slate's journeys: what staff see and end, and what a customer sees of his own.

mod account;
mod cancel;
mod curve;
mod detail;
mod list;
mod reset;

pub use account::PropAccount;
pub use cancel::JourneyError;
pub use curve::JourneyCurve;
pub use detail::{JourneyDetail, PhaseView};
pub use list::{Aggregates, JourneyFilter, JourneyPage, JourneyStatus, JourneyView};
pub use reset::JourneyReset;
pub(crate) use reset::{decline_pending, under_way};
