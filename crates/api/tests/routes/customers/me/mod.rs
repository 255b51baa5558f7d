//! `/customers/me`

mod pay;
mod promo;
mod wallet;
