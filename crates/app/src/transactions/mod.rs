//! Payment records: what comes in, what goes out, and what staff decide about it.

mod actor;
mod debt;
mod decide;
mod error;
mod settle;
mod sweep;
mod view;

pub use decide::Decision;
pub use error::TransactionError;
pub use view::TransactionView;

pub(crate) use actor::Actor;
pub(crate) use debt::{Debt, announce};
pub(crate) use settle::Cause;
