//! Fees that go away again after their challenge was delivered: refunds, and chargebacks with their mirror.

mod make;
mod plan;
mod reverse;
mod take;

pub(crate) use make::make_by_desk;
pub(crate) use plan::look;
pub use take::{ClaimOn, Claimed, RefundAsk};

use crate::desk::DeskError;
use crate::identity::SessionError;
use crate::purchase::SaleError;
use crate::transactions::{Actor, TransactionError};
use touchstone_domain::claim::{ClaimEffect, FeeRefused};
use touchstone_domain::ledger::LedgerError;
use touchstone_domain::program::RefundRefusal;
use touchstone_domain::{ChallengeId, Currency, Money, PurchaseId};
use touchstone_store::StoreError;

/// Why a fee stays where it is, or a challenge as it is. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    #[error("a transaction of type {kind} is no fee")]
    NotAFee { kind: &'static str },
    #[error("a purchase that is {state} was not delivered")]
    NotDelivered { state: String },
    #[error("what was bought later is not given back by itself")]
    BoughtLater,
    #[error("nothing was paid")]
    NothingPaid,
    #[error("it was paid from a wallet: no bank can take it back")]
    PaidFromWallet,
    #[error(transparent)]
    Fee(FeeRefused),
    #[error("the fee was given back with a payout")]
    GivenBackWithPayout,
    #[error(transparent)]
    Policy(RefundRefusal),
    #[error("at most {} {} can be given back", most.fixed(), most.currency)]
    TooMuch { most: Money },
    #[error(
        "an amount above zero in {currency} is wanted, with at most as many decimals as that has"
    )]
    Unreadable { currency: Currency },
    /// It has to be returned, rejected or marked as paid first.
    #[error("a payout of the challenge is in flight")]
    PayoutInFlight,
    #[error("a reset of the challenge is being delivered")]
    ResetUnderWay,
    /// The wallet that has paid is closed for good.
    #[error("the customer was erased: his wallet takes nothing any more")]
    CustomerErased,
    /// The challenge runs at the desk, or does so no more.
    #[error("the challenge has moved on meanwhile; try again")]
    Moved,
}

#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, somebody else's, or another brand's.
    #[error("there is no such transaction, journey or purchase")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] ClaimRefusal),
    #[error(transparent)]
    Desk(DeskError),
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// Rows that belong together are not there: a fault of ours, never of the request.
    #[error("purchase {purchase} lacks {what}")]
    Broken { purchase: i64, what: &'static str },
}

impl From<StoreError> for ClaimError {
    fn from(error: StoreError) -> Self {
        Self::Transaction(error.into())
    }
}

impl From<LedgerError> for ClaimError {
    fn from(error: LedgerError) -> Self {
        Self::Transaction(error.into())
    }
}

impl From<SaleError> for ClaimError {
    fn from(error: SaleError) -> Self {
        Self::Transaction(error.into())
    }
}

impl From<DeskError> for ClaimError {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Claim(refusal) => Self::Refused(refusal),
            DeskError::NotTraded => Self::Refused(ClaimRefusal::Moved),
            DeskError::PayoutRefused(_) => Self::Refused(ClaimRefusal::PayoutInFlight),
            other => Self::Desk(other),
        }
    }
}

/// What goes away, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// What the program's policy gives back.
    ByPolicy,
    /// All of the fee that is left, or so much of it, whatever the policy says.
    Override {
        amount_minor: Option<i64>,
    },
    Chargeback {
        effect: ClaimEffect,
    },
}

/// One claim as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimAsk {
    pub purchase: PurchaseId,
    pub challenge: ChallengeId,
    pub wanted: Wanted,
    pub by: Actor,
    pub reason: String,
}
