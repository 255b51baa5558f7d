//! The paying for a program, from the first request to its end.

mod buy;
mod delivery;
mod manage;
mod sale;

pub use buy::{Bought, BuyError, BuyRequest};
pub use manage::{ManageError, Resolution};
pub use sale::{Sale, SaleError, Saved};
