//! `/challenges`

mod catalogue;
mod enroll;
