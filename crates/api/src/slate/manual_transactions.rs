//! `POST /transactions/manual`, and `POST /transactions/{tx_id}/reverse`, which undoes one.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use super::transaction::TransactionResponse;
use super::wallet::payment_data;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Decimal, Reason, Segment, Text};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use touchstone_app::transactions::{ManualError, ManualRequest};
use touchstone_domain::transaction::TransactionKind;
use touchstone_domain::{Currency, EntityKind, Login, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum ManualTypeWord {
    #[serde(rename = "CORRECTION_IN")]
    In,
    #[serde(rename = "CORRECTION_OUT")]
    Out,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ManualStatusWord {
    #[default]
    Pending,
    Approved,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ManualTransactionRequest {
    /// An account of real money that its customer has opened.
    account_id: Uuid,
    /// `CORRECTION_IN` gives to it, `CORRECTION_OUT` takes from it.
    #[schema(inline)]
    r#type: ManualTypeWord,
    /// Major units, from the smallest unit of the currency to 10,000,000.
    amount: Decimal,
    /// Must be the account's; the account's when it is left out.
    currency: Option<String>,
    /// `PENDING` (as when it is left out): the money moves when it is approved. `APPROVED`: at once.
    #[serde(default)]
    #[schema(inline)]
    status: ManualStatusWord,
    /// Why; kept with the transaction and in the audit.
    #[schema(inline)]
    comment: Text<1, 500>,
    /// Kept with the transaction. At most 4096 bytes.
    payment_data: Option<Map<String, Value>>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReverseTransactionRequest {
    /// Why; kept with the transaction and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

/// Create Manual Transaction
///
/// Staff give money to a customer's wallet or take it from there by hand. What is to be taken is held back until it is
/// approved or declined, and never more than there is.
#[utoipa::path(
    post,
    path = "/transactions/manual",
    operation_id = "create_manual_transaction",
    tag = "Transactions",
    request_body = ManualTransactionRequest,
    responses((status = 201, description = "Successful Response", body = TransactionResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["insufficient_funds"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<ManualTransactionRequest>,
) -> Result<(StatusCode, Json<TransactionResponse>), ApiError> {
    let currency = body.currency.map(|code| code.parse::<Currency>());
    let currency = currency
        .transpose()
        .map_err(|error| invalid("currency", &error.to_string()))?;
    let account = key(&state.app, EntityKind::Account, body.account_id);
    let request = ManualRequest {
        login: Login(account.map_err(|_| invalid("account_id", "there is no such account"))?),
        kind: match body.r#type {
            ManualTypeWord::In => TransactionKind::CorrectionIn,
            ManualTypeWord::Out => TransactionKind::CorrectionOut,
        },
        amount: body.amount.as_str().to_owned(),
        currency,
        comment: body.comment.into_string(),
        payment_data: payment_data(body.payment_data)?,
        is_approved: matches!(body.status, ManualStatusWord::Approved),
    };
    let made = state.app.make_manual_transaction(caller, request).await;
    let view = made.map_err(|error| match error {
        ManualError::NotFound => invalid("account_id", "there is no such account"),
        other => other.into(),
    })?;
    let answer = TransactionResponse::new(&state.app, view);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Reverse Manual Transaction
///
/// The mirror of what staff have done by hand: a `CORRECTION_OUT` for a `CORRECTION_IN`, or the reverse, over the same
/// amount, once. What was given and is not there any more cannot be taken back.
#[utoipa::path(
    post,
    path = "/transactions/{tx_id}/reverse",
    operation_id = "reverse_manual_transaction",
    tag = "Transactions",
    params(("tx_id" = Uuid, Path)),
    request_body = ReverseTransactionRequest,
    responses((status = 201, description = "Successful Response", body = TransactionResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict", "insufficient_funds"])))
)]
pub async fn reverse(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ReverseTransactionRequest>,
) -> Result<(StatusCode, Json<TransactionResponse>), ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let reason = body.reason.into_string();
    let view = state
        .app
        .reverse_manual_transaction(caller, id, reason)
        .await?;
    let answer = TransactionResponse::new(&state.app, view);
    Ok((StatusCode::CREATED, Json(answer)))
}

fn invalid(field: &str, sentence: &str) -> ApiError {
    ApiError::invalid_body([Segment::Key(field.to_owned())], sentence)
}

impl From<ManualError> for ApiError {
    fn from(error: ManualError) -> Self {
        let text = error.to_string();
        match error {
            ManualError::Session(error) => error.into(),
            ManualError::NotFound => Code::NotFound.into(),
            ManualError::NotAWallet => invalid("account_id", &text),
            ManualError::WrongCurrency { .. } => invalid("currency", &text),
            ManualError::Amount(_) | ManualError::OutOfRange { .. } => invalid("amount", &text),
            ManualError::NotEnough { .. } => Self::new(Code::InsufficientFunds, text),
            ManualError::NotReversible { .. } | ManualError::Undone => {
                Self::new(Code::StateConflict, text)
            }
            ManualError::Transaction(error) => error.into(),
        }
    }
}
