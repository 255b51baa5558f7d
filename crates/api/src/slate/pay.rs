//! `POST /customers/me/transactions/{tx_id}/pay`, and what a cashier's session looks like.

use super::error::{ApiError, Code};
use super::extract::SlatePath;
use super::ids::key;
use crate::ApiState;
use crate::auth::Customer;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use touchstone_app::App;
use touchstone_app::cashier::{PayError, PaySession};
use touchstone_domain::transaction::Transaction;
use touchstone_domain::{EntityKind, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where the customer pays.
#[derive(Serialize, ToSchema)]
pub struct CashierSession {
    transaction_id: Uuid,
    /// Name of the cashier.
    gateway: String,
    /// `redirect`: send the customer to `redirect_url`; `manual`: he pays in another way.
    gateway_type: &'static str,
    currency: String,
    cashier_token: Option<String>,
    cashier_session_id: Option<String>,
    cashier_key: Option<String>,
    script_url: Option<String>,
    cashier_url: Option<String>,
    cashier_id: Option<String>,
    redirect_url: Option<String>,
}

impl CashierSession {
    pub(super) fn new(app: &App, session: PaySession) -> Self {
        Self {
            transaction_id: app
                .public_ids
                .uuid(EntityKind::Transaction, session.transaction_id.0),
            gateway: session.cashier_id.clone(),
            gateway_type: "redirect",
            currency: session.currency.to_string(),
            cashier_token: None,
            cashier_session_id: None,
            cashier_key: None,
            script_url: None,
            cashier_url: Some(session.url.clone()),
            cashier_id: Some(session.cashier_id),
            redirect_url: Some(session.url),
        }
    }

    /// For what is paid in another way than through a cashier.
    pub(super) fn manual(app: &App, transaction: &Transaction) -> Self {
        Self {
            transaction_id: app
                .public_ids
                .uuid(EntityKind::Transaction, transaction.id.0),
            gateway: "manual".to_owned(),
            gateway_type: "manual",
            currency: transaction.amount.currency.to_string(),
            cashier_token: None,
            cashier_session_id: None,
            cashier_key: None,
            script_url: None,
            cashier_url: None,
            cashier_id: None,
            redirect_url: None,
        }
    }
}

/// Customer Pay Existing Transaction
///
/// Opens a cashier's session for a fee or deposit of the customer's own that is PENDING or
/// UNDERPAID. Moves no money: what was paid is told by the cashier.
#[utoipa::path(
    post,
    path = "/customers/me/transactions/{tx_id}/pay",
    operation_id = "customer_pay_existing_transaction",
    tag = "Customers",
    params(("tx_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = CashierSession)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_payable", "no_cashier"])))
)]
pub async fn pay(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<CashierSession>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let session = state.app.pay_transaction(caller, id).await?;
    Ok(Json(CashierSession::new(&state.app, session)))
}

impl From<PayError> for ApiError {
    fn from(error: PayError) -> Self {
        match error {
            PayError::Session(error) => error.into(),
            PayError::NotFound => Code::NotFound.into(),
            PayError::NotPayable { kind, state } => Self::new(
                Code::NotPayable,
                format!("A transaction of type {kind} that is {state} takes no payment"),
            ),
            PayError::NoCashier => Code::NoCashier.into(),
            PayError::Store(error) => error.into(),
        }
    }
}
