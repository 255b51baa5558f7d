//! What staff decide about a transaction that waits.

use super::actor::Actor;
use super::error::TransactionError;
use super::settle::Cause;
use super::view::TransactionView;
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::TransactionId;
use touchstone_domain::access::Permission;
use touchstone_domain::purchase::FailureReason;
use touchstone_domain::transaction::TransactionEvent;
use touchstone_store::repo;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Decline,
}

impl Decision {
    const fn event(self) -> TransactionEvent {
        match self {
            Self::Approve => TransactionEvent::Approve,
            Self::Decline => TransactionEvent::Decline,
        }
    }
}

impl App {
    /// Approves or declines a transaction. An approved fee delivers its purchase, an approved
    /// refund says that the money was paid out.
    ///
    /// # Errors
    /// [`TransactionError::Refused`] when it was decided before; nothing changed then.
    pub async fn decide_transaction(
        &self,
        caller: StaffCaller,
        id: TransactionId,
        decision: Decision,
        comment: String,
    ) -> Result<TransactionView, TransactionError> {
        let app = self.clone();
        let now = self.now();
        let purchase = self
            .store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::DecideTransaction, now)?;
                let found = repo::transactions::lock(tx, id)?;
                let transaction = found.ok_or(TransactionError::NotFound)?;
                if !pass.sees(tx, transaction.customer_id)? {
                    return Err(TransactionError::NotFound);
                }
                let cause = Cause {
                    event: decision.event(),
                    actor: Actor::Staff(caller.staff_id),
                    ended_by: FailureReason::PaymentDeclined,
                    note: &comment,
                    now,
                };
                Ok::<_, TransactionError>(app.settle_payment(tx, transaction, &cause)?.purchase)
            })
            .await?;
        self.await_purchase(purchase.as_ref()).await;
        self.transaction_view(caller, id).await
    }
}
