//! `/customers/me`

mod pay;
