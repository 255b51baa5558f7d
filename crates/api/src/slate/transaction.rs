//! The transaction object. Money is text in it.

use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_app::App;
use touchstone_app::transactions::TransactionView;
use touchstone_domain::claim::FeeState;
use touchstone_domain::transaction::TransactionKind;
use touchstone_domain::{Currency, EntityKind, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionResponse {
    id: Uuid,
    /// `customer`, `crm` or `cashier`: who began it.
    source: String,
    cashier_id: Option<String>,
    /// Order number of the finance operation that settled it.
    order_id: Option<String>,
    customer_id: Uuid,
    customer_name: String,
    account_id: Option<Uuid>,
    manager_id: Option<Uuid>,
    approved_by: Option<Uuid>,
    transaction_owner: Option<Uuid>,
    team_id: Option<Uuid>,
    gate_id: Option<Uuid>,
    gate_name: Option<String>,
    /// Where a withdrawal is to be paid to, as its customer said.
    payment_data: Map<String, Value>,
    /// What a cashier has taken in for it so far.
    received_amount: String,
    amount: String,
    currency: String,
    /// In the account's currency; null where that is another one.
    account_amount: Option<String>,
    /// Null for other currencies than USD: no rates are kept here.
    usd_amount: Option<String>,
    exchange_rate_usd: Option<String>,
    proof_reference: Option<String>,
    proof_url: Option<String>,
    /// `CHALLENGE_FEE`, `CHALLENGE_RESET_FEE`, `CHALLENGE_ADDON_FEE`, `CHALLENGE_FEE_REFUND`, `CHALLENGE_PAYOUT`, `DEPOSIT`, `DEPOSIT_REFUND`,
    /// `WITHDRAWAL`, `CHARGEBACK`, `CHARGEBACK_REVERSAL`, `CORRECTION_IN` or `CORRECTION_OUT`.
    r#type: &'static str,
    /// `PENDING`, `UNDERPAID`, `OVERPAID`, `APPROVED` or `DECLINED`.
    status: &'static str,
    customer_view: bool,
    comment: Option<String>,
    create_time: String,
    update_time: String,
    approve_time: Option<String>,
    decline_time: Option<String>,
    account_currency: Option<String>,
    fx_rate_applied: Option<String>,
    /// What a refund gives back, a chargeback takes back, or a reversal undoes.
    related_transaction_id: Option<Uuid>,
    account_login: Option<String>,
    manager_name: Option<String>,
    approved_by_name: Option<String>,
    transaction_owner_name: Option<String>,
    chargeback_of: Option<Uuid>,
    /// Of a fee that was paid: `earned`, `refund_due`, `refunded` or `charged_back`; else null.
    fee_state: Option<&'static str>,
    /// A `CHARGEBACK` that was won back, or a correction that was reversed.
    is_reversed: bool,
}

impl TransactionResponse {
    pub(super) fn new(app: &App, view: TransactionView) -> Self {
        let t = view.transaction;
        let uuid = |kind, key| app.public_ids.uuid(kind, key);
        let amount = t.amount.fixed();
        let is_usd = t.amount.currency == Currency::USD;
        let account_currency = view.account_currency;
        let fits = account_currency == Some(t.amount.currency);
        let received = touchstone_domain::Money::new(t.received_minor, t.amount.currency);
        Self {
            id: uuid(EntityKind::Transaction, t.id.0),
            source: t.source,
            cashier_id: t.cashier_id.clone(),
            order_id: t.order.map(|order| order.to_string()),
            customer_id: uuid(EntityKind::Customer, t.customer_id.0),
            customer_name: view.customer_name,
            account_id: t.login.map(|login| uuid(EntityKind::Account, login.0)),
            manager_id: None,
            approved_by: t.approved_by.map(|staff| uuid(EntityKind::Staff, staff.0)),
            transaction_owner: None,
            team_id: None,
            gate_id: None,
            gate_name: t.cashier_id,
            payment_data: view
                .payment_data
                .and_then(|data| serde_json::from_str(&data).ok())
                .unwrap_or_default(),
            received_amount: received.fixed(),
            account_amount: fits.then(|| amount.clone()),
            usd_amount: is_usd.then(|| amount.clone()),
            exchange_rate_usd: is_usd.then(|| "1".to_owned()),
            amount,
            currency: t.amount.currency.to_string(),
            proof_reference: None,
            proof_url: None,
            r#type: t.kind.shown_name(),
            status: t.state.name(),
            customer_view: true,
            comment: Some(t.comment).filter(|comment| !comment.is_empty()),
            create_time: t.created_at.rfc3339(),
            update_time: t.updated_at.rfc3339(),
            approve_time: t.approved_at.map(UnixMicros::rfc3339),
            decline_time: t.declined_at.map(UnixMicros::rfc3339),
            account_currency: account_currency.map(|currency| currency.to_string()),
            fx_rate_applied: None,
            related_transaction_id: t.related_id.map(|id| uuid(EntityKind::Transaction, id.0)),
            account_login: t.login.map(|login| login.to_string()),
            manager_name: None,
            approved_by_name: view.approved_by_name,
            transaction_owner_name: None,
            chargeback_of: t
                .related_id
                .filter(|_| t.kind == TransactionKind::Chargeback)
                .map(|id| uuid(EntityKind::Transaction, id.0)),
            fee_state: view.fee_state.map(FeeState::name),
            is_reversed: view.is_reversed,
        }
    }
}
