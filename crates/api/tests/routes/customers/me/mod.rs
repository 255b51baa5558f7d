//! `/customers/me`

mod pay;
mod wallet;
