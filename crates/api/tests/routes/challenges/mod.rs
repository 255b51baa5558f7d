//! `/challenges`

mod catalogue;
mod enroll;
mod payouts;
