//! A challenge whose fee goes away is called off.

use super::handle::DeskError;
use super::run::{Runner, TurnError};
use crate::claims::{ClaimAsk, ClaimError, look};
use crate::purchase::SaleError;
use crate::transactions::TransactionError;
use touchstone_domain::{BrandId, Login};
use touchstone_store::StoreError;

/// The account of a challenge that runs, and the claim that ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallOff {
    pub brand_id: BrandId,
    pub login: Login,
    pub ask: ClaimAsk,
}

impl Runner {
    /// What stands against it; when nothing does, that waits for the commit.
    pub(super) fn call_off(&mut self, off: &CallOff) -> Result<Result<(), DeskError>, TurnError> {
        let login = off.login;
        self.open(login)?;
        // What is read below must be how things stand: it may have been traded in this very turn, or called off.
        self.store_changes_of(login)?;
        let (ask, now) = (off.ask.clone(), self.now());
        let looked = self
            .store()
            .read_blocking(move |tx| match look(tx, &ask, now) {
                Ok(()) => Ok(Ok(())),
                Err(ClaimError::Refused(refusal)) => Ok(Err(DeskError::Claim(refusal))),
                Err(ClaimError::Transaction(TransactionError::Sale(SaleError::Store(error)))) => {
                    Err::<_, StoreError>(error)
                }
                Err(error) => {
                    tracing::error!(%error, "a fee could not be looked at");
                    Ok(Err(DeskError::NotTraded))
                }
            })?;
        if let Err(refused) = looked {
            return Ok(Err(refused));
        }
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let live = shard.live(login);
        let is_here =
            live.is_some_and(|live| live.owner.brand_id == off.brand_id && live.ended.is_none());
        if !is_here {
            return Ok(Err(DeskError::NotTraded));
        }
        shard.call_off(login, off.ask.clone())?;
        Ok(Ok(()))
    }
}
