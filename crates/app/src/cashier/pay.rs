//! A cashier's session for a transaction that waits for money. It moves none.

use crate::App;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use crate::keys::token_hash;
use crate::ports::{Cashier, Invoice};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use touchstone_domain::transaction::{Transaction, TransactionState};
use touchstone_domain::{Currency, EntityKind, Money, TransactionId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow};
use touchstone_store::{StoreError, Tx};

/// Where the customer pays.
#[derive(Clone, PartialEq, Eq)]
pub struct PaySession {
    pub transaction_id: TransactionId,
    pub cashier_id: String,
    pub currency: Currency,
    pub url: String,
}

impl std::fmt::Debug for PaySession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaySession")
            .field("transaction_id", &self.transaction_id)
            .field("cashier_id", &self.cashier_id)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PayError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or not the caller's.
    #[error("there is no such transaction")]
    NotFound,
    #[error("a transaction of type {kind} that is {state} takes no payment")]
    NotPayable {
        kind: &'static str,
        state: &'static str,
    },
    #[error("no cashier is set up here: ask the firm how to pay")]
    NoCashier,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Opens the cashier for a fee or deposit of the customer's own.
    ///
    /// # Errors
    /// See [`PayError`]; nothing was changed.
    pub async fn pay_transaction(
        &self,
        caller: CustomerCaller,
        id: TransactionId,
    ) -> Result<PaySession, PayError> {
        let now = self.now();
        let token = self.cashier_token();
        let app = self.clone();
        self.store
            .write(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let transaction = repo::transactions::lock(tx, id)?
                    .filter(|t| t.customer_id == caller.customer_id)
                    .ok_or(PayError::NotFound)?;
                if !is_open(&transaction) {
                    return Err(PayError::NotPayable {
                        kind: transaction.kind.name(),
                        state: transaction.state.name(),
                    });
                }
                let session = app.open_cashier(tx, transaction, &token, now)?;
                audit(tx, &caller, id, now)?;
                session.ok_or(PayError::NoCashier)
            })
            .await
    }

    /// A fresh token for a page of the built-in cashier.
    pub(crate) fn cashier_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.ports.random.bytes::<32>())
    }

    /// Stamps the cashier on an open transaction whose lock the caller holds; `None` where there is
    /// no cashier.
    pub(crate) fn open_cashier(
        &self,
        tx: &mut Tx<'_>,
        mut transaction: Transaction,
        token: &str,
        now: UnixMicros,
    ) -> Result<Option<PaySession>, StoreError> {
        let Some(cashier) = self.ports.cashier.as_deref() else {
            return Ok(None);
        };
        if cashier.is_built_in() {
            let expires_at = now.plus_seconds(self.settings.cashier_session_seconds);
            repo::transactions::insert_cashier_session(
                tx,
                &token_hash(token),
                transaction.id,
                expires_at,
                now,
            )?;
        }
        transaction.cashier_id = Some(cashier.id().to_owned());
        transaction.updated_at = now;
        repo::transactions::update(tx, &transaction)?;
        Ok(Some(self.session_of(cashier, &transaction, token)))
    }

    fn session_of(&self, cashier: &dyn Cashier, t: &Transaction, token: &str) -> PaySession {
        let invoice = Invoice {
            transaction: self.public_ids.uuid(EntityKind::Transaction, t.id.0),
            amount: missing(t),
            token: token.to_owned(),
        };
        PaySession {
            transaction_id: t.id,
            cashier_id: cashier.id().to_owned(),
            currency: t.amount.currency,
            url: cashier.page(&invoice).into(),
        }
    }
}

fn audit(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    id: TransactionId,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: caller.brand_id,
            actor_kind: "customer",
            actor_id: caller.customer_id.0,
            action: "transaction.pay",
            subject_kind: "transaction",
            subject_id: id.0,
            before: None,
            after: None,
            note: "",
        },
    )
}

/// Whether a cashier may take money for it.
pub(super) const fn is_open(t: &Transaction) -> bool {
    t.kind.payable()
        && matches!(
            t.state,
            TransactionState::Pending | TransactionState::Underpaid
        )
}

/// What is still to be paid.
pub(super) const fn missing(t: &Transaction) -> Money {
    Money::new(
        t.amount.minor.saturating_sub(t.received_minor),
        t.amount.currency,
    )
}
