//! `/challenges`

mod enroll;
