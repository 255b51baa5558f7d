//! Payment records: what comes in, what goes out, and what staff decide about it.

mod actor;
mod debt;
mod decide;
mod error;
mod manual;
mod settle;
mod sweep;
mod view;
mod wallet;

pub use decide::Decision;
pub use error::TransactionError;
pub use manual::{ManualError, ManualRequest};
pub use view::{TransactionFilter, TransactionView};
pub use wallet::{DepositRequest, Once, WalletError, WithdrawRequest, Withdrawn};

pub(crate) use actor::Actor;
pub(crate) use debt::{Debt, announce};
pub(crate) use settle::{Cause, decline};
