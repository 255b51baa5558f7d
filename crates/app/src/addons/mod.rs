//! Add-ons that are bought for a challenge that runs (ADR 0019): what can be bought, and the buying in both ways.

mod buy;
mod deliver;
mod offers;
mod order;

pub use buy::{AddonBought, AddonBuy};
pub use offers::{AddonOffer, AddonOffers, NoOffer};
pub use order::AddonOrdered;

use crate::identity::SessionError;
use crate::purchase::SaleError;
use touchstone_domain::program::{AddonError, LaterError};
use touchstone_domain::purchase::{Block, Purchase};
use touchstone_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum LaterAddonError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or somebody else's.
    #[error("there is no such challenge")]
    NotFound,
    #[error("the challenge does not run")]
    NotRunning,
    #[error(transparent)]
    Choice(#[from] AddonError),
    #[error("the add-on would change nothing any more")]
    Idle,
    #[error("the add-on was bought already, and waits to be paid or applied")]
    UnderWay,
    /// The accounts are traded at a remote server, which knows no such change.
    #[error("add-ons are bought with the challenge here")]
    NotHere,
    #[error("{limit} fees wait for payment; pay or cancel one of them first")]
    TooManyPending { limit: i64 },
    #[error("{}", .0.message())]
    Blocked(Block),
    #[error("the idempotency key was used with another {field}")]
    KeyConflict { field: &'static str },
    #[error("the idempotency key is too long")]
    KeyTooLong,
    /// The purchase exists, and nothing ran any more that it could be applied to.
    #[error("the add-on could not be applied any more; what was paid goes back")]
    NotApplied(Box<Purchase>),
    #[error(transparent)]
    Sale(#[from] SaleError),
}

impl From<StoreError> for LaterAddonError {
    fn from(error: StoreError) -> Self {
        Self::Sale(error.into())
    }
}

impl From<LaterError> for LaterAddonError {
    fn from(error: LaterError) -> Self {
        match error {
            LaterError::Choice(error) => Self::Choice(error),
            LaterError::Idle => Self::Idle,
        }
    }
}
