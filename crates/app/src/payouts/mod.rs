//! Payouts: traders look and ask, cycles end, staff decide and pay.

mod ask;
mod cycle;
mod growth;
mod mover;
mod staff;

pub use ask::{FundedAccount, FundedStanding};
pub(crate) use cycle::{CycleError, begin_cycle, cycle_after};
pub(crate) use mover::{Mover, announce, write_down};
pub use staff::{Decision, PayoutFilter, PayoutPage, PayoutView};

use crate::desk::DeskError;
use crate::identity::SessionError;
use touchstone_domain::ledger::LedgerError;
use touchstone_domain::payout::PayoutRefused;
use touchstone_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, somebody else's, or another brand's.
    #[error("there is no such payout or account")]
    NotFound,
    #[error("you have no funded account that runs")]
    NoFundedAccount,
    #[error("you have several funded accounts: name one by account_id")]
    SeveralAccounts,
    #[error(transparent)]
    Refused(#[from] PayoutRefused),
    /// The first of two approvals was his own.
    #[error("another person has to give the second approval")]
    SecondPersonWanted,
    #[error("a bank has taken the fee of the challenge back: nothing is paid out of it meanwhile")]
    FeeDisputed,
    #[error(transparent)]
    Desk(DeskError),
    #[error("the payout breaks a rule of the house: {0}")]
    Ledger(#[from] LedgerError),
    #[error("payout {id} lacks {what}")]
    Broken { id: i64, what: &'static str },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DeskError> for PayoutError {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::PayoutRefused(refused) => Self::Refused(refused),
            DeskError::NoPayout => Self::NotFound,
            DeskError::NotFunded | DeskError::NotTraded => Self::NoFundedAccount,
            other => Self::Desk(other),
        }
    }
}
