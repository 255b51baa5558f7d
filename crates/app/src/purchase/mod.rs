//! The paying for a program, from the first request to its end.

mod buy;
mod choice;
mod days;
mod delivery;
mod enroll;
mod manage;
mod overview;
mod payment;
mod queries;
mod sale;
mod story;

pub use buy::{Bought, BuyError, BuyRequest, IDEMPOTENCY_KEY_LIMIT};
pub use choice::{Choice, Stop};
pub use days::{Day, DayPage};
pub use enroll::{EnrollError, EnrollRequest, Enrolled, GrantRequest};
pub use manage::{ManageError, Resolution, WantsStaff};
pub use overview::{Counted, Objective, Overview, objectives};
pub use queries::{ChallengeDetail, MetricPage, Offer, Payer, Preview, PurchasePage, QueryError};
pub use sale::{Sale, SaleError, Saved};
pub use story::PurchaseStory;

pub use touchstone_store::repo::desk::curves::Metric;
pub use touchstone_store::repo::purchases::StepRow;

pub(crate) use payment::lock_with_payment;
pub(crate) use sale::group_of_phase;
