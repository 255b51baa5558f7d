//! Ends what nobody paid.

use super::actor::Actor;
use super::error::TransactionError;
use super::settle::Cause;
use crate::App;
use touchstone_domain::purchase::FailureReason;
use touchstone_domain::transaction::{Transaction, TransactionEvent, TransactionState};
use touchstone_domain::{TransactionId, UnixMicros};
use touchstone_store::repo;

/// Transactions that one look takes up.
const SWEEP_LIMIT: i64 = 100;

impl App {
    /// Declines every fee and deposit that waits for money since too long, each in a commit of its
    /// own; an enrolment or a reset ends with its fee. Gives how many there were.
    ///
    /// # Errors
    /// The store's; what was ended before stays ended.
    pub async fn sweep_unpaid(&self) -> Result<usize, TransactionError> {
        let now = self.now();
        let before = now.plus_seconds(-self.settings.unpaid_after_seconds);
        let mut ended = 0;
        loop {
            let old = self
                .store
                .read(move |tx| repo::transactions::unpaid(tx, before, SWEEP_LIMIT))
                .await?;
            for id in &old {
                ended += usize::from(self.expire(*id, before, now).await?);
            }
            if old.len() < SWEEP_LIMIT as usize {
                break;
            }
        }
        self.store
            .write(move |tx| repo::transactions::forget_cashier_sessions(tx, now))
            .await?;
        Ok(ended)
    }

    async fn expire(
        &self,
        id: TransactionId,
        before: UnixMicros,
        now: UnixMicros,
    ) -> Result<bool, TransactionError> {
        let app = self.clone();
        self.store
            .write(move |tx| {
                let found = repo::transactions::lock(tx, id)?;
                let Some(transaction) = found.filter(|t| waits_since(t, before)) else {
                    return Ok(false);
                };
                let cause = Cause {
                    event: TransactionEvent::Decline,
                    actor: Actor::System,
                    ended_by: FailureReason::PaymentExpired,
                    note: "",
                    now,
                };
                app.settle_payment(tx, transaction, &cause)?;
                Ok(true)
            })
            .await
    }
}

/// It may have been paid between the look and the lock.
fn waits_since(t: &Transaction, before: UnixMicros) -> bool {
    let open = matches!(
        t.state,
        TransactionState::Pending | TransactionState::Underpaid
    );
    open && t.kind.payable() && t.created_at < before
}
