//! `/challenges`

mod addons;
mod catalogue;
mod certificates;
mod enroll;
mod overview;
mod payouts;
