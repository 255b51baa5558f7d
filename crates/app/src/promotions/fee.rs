//! A code on the fee of an enrolment or a grant, before it is paid.

use super::quote::{Ask, quote, reserve, settle};
use crate::App;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use crate::purchase::SaleError;
use crate::transactions::{Actor, Cause, TransactionError};
use touchstone_domain::promotion::{Refusal, UseEvent, normalised};
use touchstone_domain::purchase::{FailureReason, Purchase};
use touchstone_domain::transaction::{
    Transaction, TransactionEvent, TransactionKind, TransactionState,
};
use touchstone_domain::{Money, TransactionId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow};
use touchstone_store::{StoreError, Tx};

/// A fee as it stands after its code was put on or taken off.
#[derive(Clone, Debug)]
pub struct Promoted {
    pub transaction: Transaction,
    pub purchase: Purchase,
}

#[derive(Debug, thiserror::Error)]
pub enum FeeCodeError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or not the caller's.
    #[error("there is no such transaction")]
    NotFound,
    #[error("a transaction of type {kind} that is {state} takes no promotion code")]
    NotNow {
        kind: &'static str,
        state: &'static str,
    },
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Transaction(#[from] TransactionError),
}

impl From<StoreError> for FeeCodeError {
    fn from(error: StoreError) -> Self {
        Self::Transaction(error.into())
    }
}

impl From<SaleError> for FeeCodeError {
    fn from(error: SaleError) -> Self {
        Self::Transaction(error.into())
    }
}

impl App {
    /// Puts a code on a fee of the customer's own that waits for payment, in place of one that it has; the same code once
    /// more changes nothing. A fee of which nothing is left is approved at once.
    ///
    /// # Errors
    /// See [`FeeCodeError`]; nothing was changed.
    pub async fn put_code(
        &self,
        caller: CustomerCaller,
        id: TransactionId,
        code: String,
    ) -> Result<Promoted, FeeCodeError> {
        let now = self.now();
        let app = self.clone();
        let promoted = self
            .store
            .write(move |tx| {
                let (transaction, purchase) = open_fee(tx, &caller, id, now)?;
                app.put_code_in(tx, transaction, purchase, &code, now)
            })
            .await?;
        self.await_purchase(Some(&promoted.purchase)).await;
        self.promoted(promoted).await
    }

    /// Takes the code off a fee of the customer's own that waits for payment; without one nothing changes.
    ///
    /// # Errors
    /// See [`FeeCodeError`]; nothing was changed.
    pub async fn take_code_off(
        &self,
        caller: CustomerCaller,
        id: TransactionId,
    ) -> Result<Promoted, FeeCodeError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let (mut transaction, mut purchase) = open_fee(tx, &caller, id, now)?;
                if let Some(before) = purchase.promotion.take() {
                    settle(tx, &purchase, UseEvent::TakenOff, now)?;
                    let full = Money::new(
                        purchase.price.minor + before.off_minor,
                        purchase.price.currency,
                    );
                    set_price(tx, &mut transaction, &mut purchase, full, now)?;
                    audit(tx, &purchase, &transaction, Some(&before.code), now)?;
                }
                Ok(Promoted {
                    transaction,
                    purchase,
                })
            })
            .await
    }

    fn put_code_in(
        &self,
        tx: &mut Tx<'_>,
        mut transaction: Transaction,
        mut purchase: Purchase,
        code: &str,
        now: UnixMicros,
    ) -> Result<Promoted, FeeCodeError> {
        let before = purchase.promotion.clone().map(|applied| applied.code);
        if before.is_some() && before == normalised(code) {
            return Ok(Promoted {
                transaction,
                purchase,
            });
        }
        let full = purchase.full_price();
        if before.is_some() {
            settle(tx, &purchase, UseEvent::TakenOff, now)?;
        }
        let ask = Ask {
            brand: purchase.brand_id,
            customer: purchase.customer_id,
            program: purchase.program_id,
            price: full,
            purchase: Some(purchase.id),
            code,
            now,
        };
        let quote = quote(tx, &ask, true)??;
        reserve(tx, &purchase, &quote, now)?;
        purchase.promotion = Some(quote.applied());
        set_price(tx, &mut transaction, &mut purchase, quote.price(), now)?;
        audit(tx, &purchase, &transaction, before.as_deref(), now)?;
        if !purchase.price.is_zero() {
            return Ok(Promoted {
                transaction,
                purchase,
            });
        }
        let cause = Cause {
            event: TransactionEvent::Approve,
            actor: Actor::Customer(purchase.customer_id),
            ended_by: FailureReason::PaymentDeclined,
            note: "",
            now,
        };
        let settled = self.settle_payment(tx, transaction, &cause)?;
        Ok(Promoted {
            transaction: settled.transaction,
            purchase: settled.purchase.unwrap_or(purchase),
        })
    }

    /// As it is after a remote trading server had its time.
    async fn promoted(&self, mut promoted: Promoted) -> Result<Promoted, FeeCodeError> {
        if promoted.purchase.state.step().is_some() {
            let id = promoted.purchase.id;
            let read = self
                .store
                .read(move |tx| repo::purchases::get(tx, id))
                .await?;
            promoted.purchase = read.unwrap_or(promoted.purchase);
        }
        Ok(promoted)
    }
}

/// A fee of the caller's for which nothing came in yet, and its purchase, both locked.
fn open_fee(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    id: TransactionId,
    now: UnixMicros,
) -> Result<(Transaction, Purchase), FeeCodeError> {
    require_live_customer(tx, caller, now)?;
    let transaction = repo::transactions::lock(tx, id)?
        .filter(|t| t.customer_id == caller.customer_id)
        .ok_or(FeeCodeError::NotFound)?;
    let purchase = match transaction.purchase_id {
        Some(id) if is_open_fee(&transaction) => repo::purchases::lock(tx, id)?,
        _ => None,
    };
    let purchase = purchase.ok_or(FeeCodeError::NotNow {
        kind: transaction.kind.name(),
        state: transaction.state.name(),
    })?;
    Ok((transaction, purchase))
}

fn is_open_fee(t: &Transaction) -> bool {
    t.kind == TransactionKind::ChallengeFee && t.state == TransactionState::Pending
}

fn set_price(
    tx: &mut Tx<'_>,
    transaction: &mut Transaction,
    purchase: &mut Purchase,
    price: Money,
    now: UnixMicros,
) -> Result<(), StoreError> {
    (purchase.price, purchase.updated_at) = (price, now);
    (transaction.amount, transaction.updated_at) = (price, now);
    repo::purchases::set_price(tx, purchase)?;
    repo::transactions::set_amount(tx, transaction)
}

fn audit(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    transaction: &Transaction,
    before: Option<&str>,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let after = purchase.promotion.as_ref();
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: purchase.brand_id,
            actor_kind: "customer",
            actor_id: purchase.customer_id.0,
            action: "transaction.promo",
            subject_kind: "transaction",
            subject_id: transaction.id.0,
            before,
            after: after.map(|applied| applied.code.as_str()),
            note: "",
        },
    )
}
