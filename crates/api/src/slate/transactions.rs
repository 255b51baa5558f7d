//! `GET /transactions`, `PATCH /transactions/{tx_id}/approve` and `/decline`.

use super::error::ApiError;
use super::extract::{SlateOptionalJson, SlatePath};
use super::ids::key;
use super::transaction::TransactionResponse;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Text;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use touchstone_app::identity::StaffCaller;
use touchstone_app::transactions::Decision;
use touchstone_domain::{EntityKind, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
pub struct TransactionDecision {
    /// Kept with the transaction and in the audit.
    #[schema(inline)]
    comment: Option<Text<0, 500>>,
}

/// Approve Transaction
///
/// Approves a transaction that is PENDING or UNDERPAID. For a fee or deposit that is PENDING staff
/// vouch that the whole amount came in another way; of an UNDERPAID one they waive the rest. An
/// approved fee funds the account and makes the journey active. Approving a refund or a withdrawal
/// says that the money was paid out.
#[utoipa::path(
    patch,
    path = "/transactions/{tx_id}/approve",
    operation_id = "approve_transaction",
    tag = "Transactions",
    params(("tx_id" = Uuid, Path)),
    request_body = Option<TransactionDecision>,
    responses((status = 200, description = "Successful Response", body = TransactionResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn approve(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateOptionalJson(body): SlateOptionalJson<TransactionDecision>,
) -> Result<Json<TransactionResponse>, ApiError> {
    decide(&state, caller, id, Decision::Approve, body).await
}

/// Decline Transaction
///
/// Ends a transaction that is PENDING or UNDERPAID; a journey ends as `abandoned` with its fee, and
/// what came in has to go back. A refund cannot be declined: it is owed until it is paid.
#[utoipa::path(
    patch,
    path = "/transactions/{tx_id}/decline",
    operation_id = "decline_transaction",
    tag = "Transactions",
    params(("tx_id" = Uuid, Path)),
    request_body = Option<TransactionDecision>,
    responses((status = 200, description = "Successful Response", body = TransactionResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn decline(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateOptionalJson(body): SlateOptionalJson<TransactionDecision>,
) -> Result<Json<TransactionResponse>, ApiError> {
    decide(&state, caller, id, Decision::Decline, body).await
}

async fn decide(
    state: &ApiState,
    caller: StaffCaller,
    id: Uuid,
    decision: Decision,
    body: Option<TransactionDecision>,
) -> Result<Json<TransactionResponse>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let comment = body.and_then(|body| body.comment);
    let comment = comment.map(Text::into_string).unwrap_or_default();
    let view = state
        .app
        .decide_transaction(caller, id, decision, comment)
        .await?;
    Ok(Json(TransactionResponse::new(&state.app, view)))
}
