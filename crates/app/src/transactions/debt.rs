//! Money of a customer that the firm holds and has to give back outside: a transaction that
//! waits until staff have paid it.

use crate::purchase::SaleError;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{BrandId, CustomerId, Login, Money, PurchaseId, TransactionId, UnixMicros};
use touchstone_store::repo::{self, counters};
use touchstone_store::{NewEvent, StoreError, Tx};

/// What the money came in for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Debt {
    brand_id: BrandId,
    customer_id: CustomerId,
    kind: TransactionKind,
    login: Option<Login>,
    purchase_id: Option<PurchaseId>,
    related_id: TransactionId,
}

impl Debt {
    pub(crate) const fn of_transaction(t: &Transaction) -> Self {
        Self {
            brand_id: t.brand_id,
            customer_id: t.customer_id,
            kind: t.kind.refund(),
            login: t.login,
            purchase_id: t.purchase_id,
            related_id: t.id,
        }
    }

    /// `None` for a purchase that no transaction pays.
    pub(crate) fn of_purchase(purchase: &Purchase) -> Option<Self> {
        Some(Self {
            brand_id: purchase.brand_id,
            customer_id: purchase.customer_id,
            kind: TransactionKind::ChallengeFeeRefund,
            login: purchase.account_login,
            purchase_id: Some(purchase.id),
            related_id: purchase.transaction_id?,
        })
    }

    /// Writes down that `amount` has to go back. The money itself is with the customers' money
    /// already.
    pub(crate) fn owe(
        self,
        tx: &mut Tx<'_>,
        amount: Money,
        why: &str,
        now: UnixMicros,
    ) -> Result<TransactionId, SaleError> {
        let id = TransactionId(tx.next_id(counters::TRANSACTION)?);
        let refund = Transaction {
            id,
            brand_id: self.brand_id,
            customer_id: self.customer_id,
            kind: self.kind,
            state: TransactionState::Pending,
            amount,
            received_minor: 0,
            login: self.login,
            purchase_id: self.purchase_id,
            related_id: Some(self.related_id),
            source: "cashier".into(),
            comment: why.into(),
            cashier_id: None,
            approved_by: None,
            order: None,
            created_at: now,
            updated_at: now,
            approved_at: None,
            declined_at: None,
        };
        repo::transactions::insert(tx, &refund)?;
        announce(tx, &refund)?;
        Ok(id)
    }
}

/// Tells the outbox where a transaction stands now.
pub(crate) fn announce(tx: &mut Tx<'_>, t: &Transaction) -> Result<(), StoreError> {
    let body = serde_json::json!({
        "transaction_id": t.id,
        "type": t.kind.name(),
        "status": t.state.name(),
        "customer_id": t.customer_id,
        "purchase_id": t.purchase_id,
        "related_id": t.related_id,
        "amount_minor": t.amount.minor,
        "currency": t.amount.currency,
        "received_minor": t.received_minor,
    })
    .to_string();
    let kind = match (t.kind.is_refund(), t.state) {
        (true, TransactionState::Pending) => "transaction.refund_due",
        (_, TransactionState::Pending) => "transaction.created",
        (_, TransactionState::Underpaid) => "transaction.underpaid",
        (_, TransactionState::Overpaid) => "transaction.overpaid",
        (_, TransactionState::Approved) => "transaction.approved",
        (_, TransactionState::Declined) => "transaction.declined",
    };
    tx.append_event(&NewEvent {
        at_us: t.updated_at.0,
        brand_id: t.brand_id.0,
        kind,
        subject_kind: "transaction",
        subject_id: t.id.0,
        challenge_id: None,
        customer_id: Some(t.customer_id.0),
        body: &body,
    })
}
