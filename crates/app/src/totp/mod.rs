//! The second factor: codes of 6 digits that change every 30 seconds (RFC 6238, SHA-1), and codes for who has lost the
//! device. A code is taken once, and one step early or late.

mod code;
mod own;
mod reset;

pub use code::CodeError;
pub(crate) use code::{kept, require_second};
pub use own::{Enrolment, TotpError, TotpStanding};
