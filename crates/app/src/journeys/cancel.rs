//! Staff end a journey that waits for payment.

use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use crate::purchase::lock_with_payment;
use crate::transactions::{Actor, TransactionError};
use touchstone_domain::ChallengeId;
use touchstone_domain::challenge::Challenge;
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
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

impl From<StoreError> for JourneyError {
    fn from(error: StoreError) -> Self {
        Self::Transaction(error.into())
    }
}

impl App {
    /// Declines the journey's fee, closes its account and ends it as `abandoned`.
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
                require_live_staff(tx, &caller, now)?;
                let challenge = repo::challenges::get(tx, id)?
                    .filter(|challenge| challenge.brand_id == caller.brand_id)
                    .ok_or(JourneyError::NotFound)?;
                let purchase =
                    lock_with_payment(tx, challenge.purchase_id)?.ok_or(JourneyError::NotFound)?;
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
