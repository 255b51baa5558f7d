//! How enrolments, grants and resets get on once something happens to their payment.

use crate::App;
use crate::transactions::{Actor, Cause, TransactionError};
use std::time::Duration;
use touchstone_domain::purchase::{FailureReason, Purchase, State};
use touchstone_domain::transaction::TransactionEvent;
use touchstone_domain::{PurchaseId, UnixMicros};
use touchstone_store::{StoreError, Tx, repo};

impl App {
    /// Gives a purchase on a remote trading server the time that a request may wait. What is not
    /// done by then is done by the runner.
    pub(crate) async fn await_purchase(&self, purchase: Option<&Purchase>) {
        let Some(purchase) = purchase.filter(|purchase| purchase.state.step().is_some()) else {
            return;
        };
        let id = purchase.id;
        let app = self.clone();
        let driver = tokio::spawn(async move { app.drive(id).await });
        let wait = Duration::from_millis(self.settings.remote_trading.answer_within_ms);
        let _ = tokio::time::timeout(wait, driver).await;
    }

    /// Ends a purchase that waits for payment by declining its transaction; gives the purchase
    /// after it, or `None` where it does not wait. The caller holds the locks of
    /// [`lock_with_payment`].
    pub(crate) fn end_unpaid(
        &self,
        tx: &mut Tx<'_>,
        purchase: &Purchase,
        actor: Actor,
        note: &str,
        now: UnixMicros,
    ) -> Result<Option<Purchase>, TransactionError> {
        let (State::AwaitingPayment, Some(id)) = (purchase.state, purchase.transaction_id) else {
            return Ok(None);
        };
        let transaction = repo::transactions::lock(tx, id)?.ok_or(TransactionError::Broken {
            transaction: id.0,
            what: "itself: a purchase names it",
        })?;
        let cause = Cause {
            event: TransactionEvent::Decline,
            actor,
            ended_by: FailureReason::Cancelled,
            note,
            now,
        };
        Ok(self.settle_payment(tx, transaction, &cause)?.purchase)
    }
}

/// Takes the locks of a purchase's transaction and of the purchase, in the order that all keep.
pub(crate) fn lock_with_payment(
    tx: &mut Tx<'_>,
    id: PurchaseId,
) -> Result<Option<Purchase>, StoreError> {
    let Some(seen) = repo::purchases::get(tx, id)? else {
        return Ok(None);
    };
    if let Some(transaction) = seen.transaction_id {
        repo::transactions::lock(tx, transaction)?;
    }
    repo::purchases::lock(tx, id)
}
