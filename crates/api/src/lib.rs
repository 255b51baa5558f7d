//! The HTTP edge of Touchstone: two published dialects over one `app`.
//!
//! A handler reads a request of its dialect, runs one use case, and words the outcome. Nothing is
//! decided here, and nothing here knows the database.

pub mod dialect;
mod error_codes;
pub mod input;
pub mod limits;
mod retry;
pub mod scaletrade;
pub mod slate;
mod state;

pub use state::ApiState;
