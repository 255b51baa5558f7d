//! Challenges as Slate's journeys: what staff see and end, and what a customer sees of his own.

mod cancel;

pub use cancel::JourneyError;
