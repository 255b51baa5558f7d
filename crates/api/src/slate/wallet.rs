//! `POST /customers/me/deposit` and `/withdraw`.

use super::enroll::{REPLAYED, bad_key, idempotency_key};
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
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use touchstone_app::App;
use touchstone_app::transactions::{DepositRequest, WalletError, WithdrawRequest};
use touchstone_domain::transaction::TransactionState;
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
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 128,
        description = "The same request with the same key is done once; the repeat is answered with what it has begun")),
    request_body = DepositBody,
    responses((status = 201, description = "Successful Response", body = CashierSession,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["no_wallet", "too_many_pending_transactions", "idempotency_key_conflict"])))
)]
pub async fn deposit(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    headers: HeaderMap,
    SlateJson(body): SlateJson<DepositBody>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let request = DepositRequest {
        login: login(app, body.account_id)?,
        amount: body.amount.as_str().to_owned(),
    };
    let key = idempotency_key(&headers)?;
    let done = app.deposit_once(caller, request, key).await?;
    let (transaction, session) = done.what;
    let answer = match session {
        Some(session) => CashierSession::new(app, session),
        None => CashierSession::manual(app, &transaction),
    };
    Ok(created(answer, done.is_replay))
}

fn created(answer: impl Serialize, is_replay: bool) -> Response {
    let mut response = (StatusCode::CREATED, Json(answer)).into_response();
    if is_replay {
        let headers = response.headers_mut();
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
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
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 128,
        description = "The same request with the same key is done once; the repeat is answered with what it has begun")),
    request_body = WithdrawBody,
    responses((status = 201, description = "Successful Response", body = WithdrawResponse,
        headers(("Idempotent-Replayed" = String, description = "`true` when the key was sent before")))),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "no_wallet", "insufficient_funds", "too_many_pending_transactions", "idempotency_key_conflict"
    ])))
)]
pub async fn withdraw(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    headers: HeaderMap,
    SlateJson(body): SlateJson<WithdrawBody>,
) -> Result<Response, ApiError> {
    let app = &state.app;
    let request = WithdrawRequest {
        login: login(app, body.account_id)?,
        amount: body.amount.as_str().to_owned(),
        payment_data: payment_data(body.payment_data)?,
        comment: body.comment.map(Text::into_string).unwrap_or_default(),
    };
    let key = idempotency_key(&headers)?;
    let once = app.withdraw_once(caller, request, key).await?;
    let done = once.what;
    let t = &done.transaction;
    let answer = WithdrawResponse {
        transaction_id: app.public_ids.uuid(EntityKind::Transaction, t.id.0),
        amount: t.amount.fixed(),
        currency: t.amount.currency.to_string(),
        status: t.state.name(),
        created_at: t.created_at.rfc3339(),
        max_withdrawable: done.available.fixed(),
        message: match t.state {
            TransactionState::Pending => "Your withdrawal waits for approval.",
            _ => "Your withdrawal was decided.",
        },
    };
    Ok(created(answer, once.is_replay))
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
            WalletError::KeyConflict { .. } => Self::new(Code::IdempotencyKeyConflict, text),
            WalletError::KeyLength => bad_key(&text),
            WalletError::TooManyPending { .. } => Self::new(Code::TooManyPendingTransactions, text),
            WalletError::Store(error) => error.into(),
        }
    }
}
