//! What a cashier tells: money came in, or will not come. Each message has an id and is taken once.

use super::pay::is_open;
use crate::App;
use crate::transactions::{Actor, Cause, TransactionError};
use touchstone_domain::purchase::{FailureReason, Purchase};
use touchstone_domain::transaction::{Transaction, TransactionEvent, TransactionState};
use touchstone_domain::{Money, TransactionId, UnixMicros};
use touchstone_store::repo::{self, transactions::PaymentEvent};
use touchstone_store::{StoreError, Tx};

/// An authentic message of a payment provider.
#[derive(Clone, Debug)]
pub struct PaymentNotice {
    pub provider: String,
    /// The provider's own, unique with him.
    pub event_id: String,
    pub transaction_id: TransactionId,
    pub what: PaymentWhat,
    /// SHA-256 of the message as it was sent: the same id with another one is a conflict.
    pub body_hash: [u8; 32],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentWhat {
    /// Above zero; in any currency.
    Received(Money),
    Declined,
}

/// What a message led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentOutcome {
    Approved,
    Underpaid,
    Overpaid,
    /// It was kept, and has to go back.
    RefundDue,
    Declined,
    /// A refusal of something that is settled or ended already.
    Ignored,
}

impl PaymentOutcome {
    const ALL: [Self; 6] = [
        Self::Approved,
        Self::Underpaid,
        Self::Overpaid,
        Self::RefundDue,
        Self::Declined,
        Self::Ignored,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Underpaid => "underpaid",
            Self::Overpaid => "overpaid",
            Self::RefundDue => "refund_due",
            Self::Declined => "declined",
            Self::Ignored => "ignored",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// The answer to a message; a repeat gets the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentAnswer {
    pub event_id: String,
    pub transaction_id: TransactionId,
    pub outcome: PaymentOutcome,
}

#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("there is no such transaction")]
    NotFound,
    #[error("event {event_id:?} was sent before with another content")]
    Conflict { event_id: String },
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

impl From<StoreError> for ReceiveError {
    fn from(error: StoreError) -> Self {
        Self::Transaction(error.into())
    }
}

impl App {
    /// Takes in a message that was found authentic. A repeat changes nothing.
    ///
    /// # Errors
    /// [`ReceiveError::Conflict`] for a known id with another content.
    pub async fn receive_payment(
        &self,
        notice: PaymentNotice,
    ) -> Result<PaymentAnswer, ReceiveError> {
        let app = self.clone();
        let now = self.now();
        let (answer, purchase) = self
            .store
            .write(move |tx| {
                let transaction = repo::transactions::lock(tx, notice.transaction_id)?
                    .ok_or(ReceiveError::NotFound)?;
                app.take_notice(tx, transaction, &notice, now)
            })
            .await?;
        self.await_purchase(purchase.as_ref()).await;
        Ok(answer)
    }

    /// As [`App::receive_payment`], inside a transaction that holds the payment's lock.
    pub(super) fn take_notice(
        &self,
        tx: &mut Tx<'_>,
        transaction: Transaction,
        notice: &PaymentNotice,
        now: UnixMicros,
    ) -> Result<(PaymentAnswer, Option<Purchase>), ReceiveError> {
        let answer = |outcome| PaymentAnswer {
            event_id: notice.event_id.clone(),
            transaction_id: notice.transaction_id,
            outcome,
        };
        if let Some(known) = known_outcome(tx, notice)? {
            return Ok((answer(known), None));
        }
        let zero = Money::zero(transaction.amount.currency);
        let (outcome, purchase) = self.carry_out(tx, transaction, notice.what, now)?;
        let (kind, amount) = match notice.what {
            PaymentWhat::Received(amount) => ("received", amount),
            PaymentWhat::Declined => ("declined", zero),
        };
        repo::transactions::insert_payment_event(
            tx,
            &PaymentEvent {
                provider: notice.provider.clone(),
                event_id: notice.event_id.clone(),
                transaction_id: notice.transaction_id,
                body_hash: notice.body_hash.to_vec(),
                kind: kind.into(),
                amount,
                outcome: outcome.name().into(),
                received_at: now,
            },
        )?;
        Ok((answer(outcome), purchase))
    }

    fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        transaction: Transaction,
        what: PaymentWhat,
        now: UnixMicros,
    ) -> Result<(PaymentOutcome, Option<Purchase>), TransactionError> {
        let was_open = is_open(&transaction);
        let cause = |event| Cause {
            event,
            actor: Actor::Cashier,
            ended_by: FailureReason::PaymentDeclined,
            note: "",
            now,
        };
        match what {
            PaymentWhat::Declined if !was_open => Ok((PaymentOutcome::Ignored, None)),
            PaymentWhat::Declined => {
                let cause = cause(TransactionEvent::Decline);
                let settled = self.settle_payment(tx, transaction, &cause)?;
                Ok((PaymentOutcome::Declined, settled.purchase))
            }
            PaymentWhat::Received(amount) => {
                let cause = cause(TransactionEvent::Received {
                    amount_minor: amount.minor,
                });
                if amount.currency != transaction.amount.currency {
                    let settled = self.settle_foreign_payment(tx, transaction, amount, &cause)?;
                    return Ok((PaymentOutcome::RefundDue, settled.purchase));
                }
                let settled = self.settle_payment(tx, transaction, &cause)?;
                let outcome = match settled.transaction.state {
                    _ if !was_open => PaymentOutcome::RefundDue,
                    TransactionState::Approved => PaymentOutcome::Approved,
                    TransactionState::Overpaid => PaymentOutcome::Overpaid,
                    _ => PaymentOutcome::Underpaid,
                };
                Ok((outcome, settled.purchase))
            }
        }
    }
}

/// What this very message led to when it came first.
fn known_outcome(
    tx: &mut Tx<'_>,
    notice: &PaymentNotice,
) -> Result<Option<PaymentOutcome>, ReceiveError> {
    let known = repo::transactions::payment_event_by_id(tx, &notice.provider, &notice.event_id)?;
    let Some(event) = known else { return Ok(None) };
    let same = event.body_hash == notice.body_hash && event.transaction_id == notice.transaction_id;
    match PaymentOutcome::from_name(&event.outcome) {
        Some(outcome) if same => Ok(Some(outcome)),
        _ => Err(ReceiveError::Conflict {
            event_id: notice.event_id.clone(),
        }),
    }
}
