//! Staff end a journey that waits for payment.

use super::under_way;
use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use crate::purchase::{SaleError, lock_with_payment};
use crate::transactions::{Actor, TransactionError};
use touchstone_domain::ChallengeId;
use touchstone_domain::access::Permission;
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_store::{StoreError, repo};

#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such journey")]
    NotFound,
    #[error("a journey that is {status} cannot be cancelled")]
    NotPending { status: &'static str },
    /// Its newest attempt has not failed, or a reset is under way already.
    #[error("a journey that is {status} cannot be reset now")]
    NotBreached { status: &'static str },
    #[error("the customer is disabled")]
    CustomerDisabled,
    #[error("{limit} journeys wait for payment; pay or cancel one of them first")]
    TooManyPending { limit: i64 },
    #[error("the group of the phase is not there any more")]
    NotDeliverable,
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

impl From<SaleError> for JourneyError {
    fn from(error: SaleError) -> Self {
        Self::Transaction(error.into())
    }
}

impl From<StoreError> for JourneyError {
    fn from(error: StoreError) -> Self {
        Self::Transaction(error.into())
    }
}

impl App {
    /// Declines the journey's fee, or that of its reset, closes an account that was never funded, and ends the journey as
    /// `abandoned`.
    ///
    /// # Errors
    /// [`JourneyError::NotPending`] where it does not wait for payment; nothing changed then.
    pub async fn cancel_journey(
        &self,
        caller: StaffCaller,
        id: ChallengeId,
        reason: String,
    ) -> Result<Challenge, JourneyError> {
        let app = self.clone();
        let now = self.now();
        self.store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::CancelJourney, now)?;
                let challenge = repo::challenges::get(tx, id)?.ok_or(JourneyError::NotFound)?;
                if !pass.sees(tx, challenge.customer_id)? {
                    return Err(JourneyError::NotFound);
                }
                let paid_by = match challenge.state {
                    ChallengeState::AwaitingReset => under_way(tx, id)?.map(|reset| reset.id),
                    _ => None,
                };
                let paid_by = paid_by.unwrap_or(challenge.purchase_id);
                let purchase = lock_with_payment(tx, paid_by)?.ok_or(JourneyError::NotFound)?;
                let actor = Actor::Staff(caller.staff_id);
                let ended = app.end_unpaid(tx, &purchase, actor, &reason, now)?;
                // As it is now that its purchase is locked.
                let challenge = repo::challenges::get(tx, id)?.ok_or(JourneyError::NotFound)?;
                match ended {
                    Some(_) => Ok(challenge),
                    None => Err(JourneyError::NotPending {
                        status: challenge.state.journey_status(),
                    }),
                }
            })
            .await
    }
}
