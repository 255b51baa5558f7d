//! `POST /customers/me/deposit` and `/withdraw`.

use super::error::{ApiError, Code};
use super::extract::SlateJson;
use super::ids::key_or;
use super::pay::CashierSession;
use crate::ApiState;
use crate::auth::Customer;
use crate::input::{Decimal, Segment, Text};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use touchstone_app::App;
use touchstone_app::transactions::{DepositRequest, WalletError, WithdrawRequest};
use touchstone_domain::{EntityKind, Login};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
pub struct DepositBody {
    /// Major units, from the smallest unit of the currency to 10,000,000.
    amount: Decimal,
    /// The account of real money that it is for; may be left out by who has one.
    account_id: Option<Uuid>,
}

/// Customer Initiate Deposit
///
/// A deposit that waits for its payment, and the cashier's session to pay it with. The money
/// reaches the account when the cashier tells that it came in, or when staff approve. Where no
/// cashier is set up, `gateway` is `manual`.
#[utoipa::path(
    post,
    path = "/customers/me/deposit",
    operation_id = "customer_initiate_deposit",
    tag = "Customers",
    request_body = DepositBody,
    responses((status = 201, description = "Successful Response", body = CashierSession)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["no_wallet", "too_many_pending_transactions"])))
)]
pub async fn deposit(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateJson(body): SlateJson<DepositBody>,
) -> Result<(StatusCode, Json<CashierSession>), ApiError> {
    let app = &state.app;
    let request = DepositRequest {
        login: login(app, body.account_id)?,
        amount: body.amount.as_str().to_owned(),
    };
    let (transaction, session) = app.deposit(caller, request).await?;
    let answer = match session {
        Some(session) => CashierSession::new(app, session),
        None => CashierSession::manual(app, &transaction),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct WithdrawBody {
    /// Major units, from the smallest unit of the currency to 10,000,000.
    amount: Decimal,
    /// The account of real money that it comes from; may be left out by who has one.
    account_id: Option<Uuid>,
    /// Where the money is to be paid to; shown to staff. At most 4096 bytes.
    payment_data: Option<Map<String, Value>>,
    #[schema(inline)]
    comment: Option<Text<0, 500>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawResponse {
    transaction_id: Uuid,
    amount: String,
    currency: String,
    status: &'static str,
    created_at: String,
    /// What can still be withdrawn from the account.
    max_withdrawable: String,
    message: &'static str,
}

/// Customer Request Withdrawal
///
/// Holds the money back until staff have paid it out and approve, or decline and free it.
/// Challenge accounts, funded ones too, are never withdrawn from.
#[utoipa::path(
    post,
    path = "/customers/me/withdraw",
    operation_id = "customer_request_withdrawal",
    tag = "Customers",
    request_body = WithdrawBody,
    responses((status = 201, description = "Successful Response", body = WithdrawResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["no_wallet", "insufficient_funds", "too_many_pending_transactions"])))
)]
pub async fn withdraw(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    SlateJson(body): SlateJson<WithdrawBody>,
) -> Result<(StatusCode, Json<WithdrawResponse>), ApiError> {
    let app = &state.app;
    let request = WithdrawRequest {
        login: login(app, body.account_id)?,
        amount: body.amount.as_str().to_owned(),
        payment_data: payment_data(body.payment_data)?,
        comment: body.comment.map(Text::into_string).unwrap_or_default(),
    };
    let done = app.withdraw(caller, request).await?;
    let t = &done.transaction;
    let answer = WithdrawResponse {
        transaction_id: app.public_ids.uuid(EntityKind::Transaction, t.id.0),
        amount: t.amount.fixed(),
        currency: t.amount.currency.to_string(),
        status: t.state.name(),
        created_at: t.created_at.rfc3339(),
        max_withdrawable: done.available.fixed(),
        message: "Your withdrawal waits for approval.",
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn login(app: &App, account_id: Option<Uuid>) -> Result<Option<Login>, ApiError> {
    let Some(id) = account_id else {
        return Ok(None);
    };
    match key_or(app, EntityKind::Account, id, Code::NotFound) {
        Ok(key) => Ok(Some(Login(key))),
        Err(_) => Err(invalid("account_id", &WalletError::NotAWallet.to_string())),
    }
}

pub(super) fn payment_data(data: Option<Map<String, Value>>) -> Result<Option<String>, ApiError> {
    let text = data.map(|data| Value::Object(data).to_string());
    match &text {
        Some(text) if text.len() > limits::PAYMENT_DATA_BYTES_MAX => {
            let sentence = format!("at most {} bytes of JSON", limits::PAYMENT_DATA_BYTES_MAX);
            Err(invalid("payment_data", &sentence))
        }
        _ => Ok(text),
    }
}

fn invalid(field: &str, sentence: &str) -> ApiError {
    ApiError::invalid_body([Segment::Key(field.to_owned())], sentence)
}

impl From<WalletError> for ApiError {
    fn from(error: WalletError) -> Self {
        let text = error.to_string();
        match error {
            WalletError::Session(error) => error.into(),
            WalletError::NoWallet | WalletError::Disabled => Self::new(Code::NoWallet, text),
            WalletError::SeveralWallets | WalletError::NotAWallet => invalid("account_id", &text),
            WalletError::Amount(_) | WalletError::OutOfRange { .. } => invalid("amount", &text),
            WalletError::NotEnough { .. } => Self::new(Code::InsufficientFunds, text),
            WalletError::TooManyPending { .. } => Self::new(Code::TooManyPendingTransactions, text),
            WalletError::Store(error) => error.into(),
        }
    }
}
