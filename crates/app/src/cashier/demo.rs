//! The built-in cashier: whoever holds the token of a page sees what is to be paid, and pays or
//! declines it with a click. One token takes one decision.

use super::pay::{is_open, missing};
use super::receive::{PaymentNotice, PaymentOutcome, PaymentWhat, ReceiveError};
use crate::App;
use crate::keys::token_hash;
use crate::ports::{Cashier, DemoCashier};
use sha2::{Digest, Sha256};
use touchstone_domain::transaction::{Transaction, TransactionKind};
use touchstone_domain::{Money, TransactionId, UnixMicros};
use touchstone_store::{StoreError, Tx, repo};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoChoice {
    Pay,
    Decline,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPage {
    pub kind: TransactionKind,
    pub amount: Money,
    /// What Pay would pay; `None` when nothing can be paid any more.
    pub due: Option<Money>,
    /// What was decided with this token.
    pub outcome: Option<PaymentOutcome>,
}

impl App {
    /// The page of a token; `None` when it is unknown, too old, or the demo cashier is not used.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn demo_cashier(&self, token: &str) -> Result<Option<DemoPage>, StoreError> {
        if !self.has_demo_cashier() {
            return Ok(None);
        }
        let hash = token_hash(token);
        let now = self.now();
        self.store
            .read(move |tx| {
                let Some(id) = repo::transactions::cashier_session(tx, &hash, now)? else {
                    return Ok(None);
                };
                let Some(transaction) = repo::transactions::get(tx, id)? else {
                    return Ok(None);
                };
                let decided = decided(tx, &hash)?;
                Ok(Some(page(&transaction, decided)))
            })
            .await
    }

    /// Decides with a token. A second decision changes nothing.
    ///
    /// # Errors
    /// [`ReceiveError::NotFound`] as [`App::demo_cashier`] gives `None`.
    pub async fn decide_at_demo_cashier(
        &self,
        token: &str,
        choice: DemoChoice,
    ) -> Result<(), ReceiveError> {
        if !self.has_demo_cashier() {
            return Err(ReceiveError::NotFound);
        }
        let hash = token_hash(token);
        let now = self.now();
        let app = self.clone();
        let purchase = self
            .store
            .write(move |tx| {
                let transaction = locked(tx, &hash, now)?.ok_or(ReceiveError::NotFound)?;
                if decided(tx, &hash)?.is_some() || !is_open(&transaction) {
                    return Ok(None);
                }
                let notice = notice(&hash, &transaction, choice);
                let (_, purchase) = app.take_notice(tx, transaction, &notice, now)?;
                Ok::<_, ReceiveError>(purchase)
            })
            .await?;
        self.await_purchase(purchase.as_ref()).await;
        Ok(())
    }

    fn has_demo_cashier(&self) -> bool {
        self.ports
            .cashier
            .as_deref()
            .is_some_and(Cashier::is_built_in)
    }
}

fn locked(
    tx: &mut Tx<'_>,
    hash: &[u8],
    now: UnixMicros,
) -> Result<Option<Transaction>, StoreError> {
    match repo::transactions::cashier_session(tx, hash, now)? {
        Some(id) => repo::transactions::lock(tx, id),
        None => Ok(None),
    }
}

fn decided(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<PaymentOutcome>, StoreError> {
    let event = repo::transactions::payment_event_by_id(tx, DemoCashier::ID, &hex::encode(hash))?;
    Ok(event.and_then(|event| PaymentOutcome::from_name(&event.outcome)))
}

fn page(t: &Transaction, outcome: Option<PaymentOutcome>) -> DemoPage {
    DemoPage {
        kind: t.kind,
        amount: t.amount,
        due: (outcome.is_none() && is_open(t)).then(|| missing(t)),
        outcome,
    }
}

fn notice(hash: &[u8; 32], t: &Transaction, choice: DemoChoice) -> PaymentNotice {
    let (what, word) = match choice {
        DemoChoice::Pay => (PaymentWhat::Received(missing(t)), "pay"),
        DemoChoice::Decline => (PaymentWhat::Declined, "decline"),
    };
    PaymentNotice {
        provider: DemoCashier::ID.to_owned(),
        event_id: hex::encode(hash),
        transaction_id: TransactionId(t.id.0),
        what,
        body_hash: Sha256::digest(word).into(),
    }
}
