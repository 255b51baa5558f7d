//! `POST /transactions/{tx_id}/chargeback` and its mirror.

use super::error::ApiError;
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Reason;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::claims::Claimed;
use touchstone_domain::claim::ClaimEffect;
use touchstone_domain::{EntityKind, Money, TransactionId};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EffectWord {
    #[default]
    Suspend,
    End,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargebackRequest {
    /// Why; kept with the chargeback and in the audit.
    #[schema(inline)]
    reason: Reason<1000>,
    /// `suspend` (as when it is left out): the journey rests until the dispute is won. `end`: it is over for good.
    #[serde(default)]
    #[schema(inline)]
    effect: EffectWord,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseChargebackRequest {
    /// Why; kept with the reversal and in the audit.
    #[schema(inline)]
    reason: Reason<1000>,
}

/// A fee that a bank took back, or that is there again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargebackResponse {
    /// Its `CHARGEBACK` transaction.
    chargeback_id: Uuid,
    /// The fee's.
    original_transaction_id: Option<Uuid>,
    amount: String,
    currency: String,
    /// Of the account of the journey's present phase.
    balance_after: String,
    /// Whether the owner of that account can do nothing on it.
    account_frozen: bool,
    journey_id: Uuid,
    journey_status: &'static str,
    /// `suspend` or `end`.
    effect: &'static str,
    /// The `CHARGEBACK_REVERSAL` transaction of a dispute that was won.
    reversal_id: Option<Uuid>,
}

impl ChargebackResponse {
    fn new(app: &App, claimed: &Claimed) -> Self {
        let claim = &claimed.claim;
        let transaction = |id: TransactionId| app.public_ids.uuid(EntityKind::Transaction, id.0);
        let account = &claimed.account;
        Self {
            chargeback_id: transaction(claim.transaction_id.unwrap_or(TransactionId(0))),
            original_transaction_id: claimed.purchase.transaction_id.map(transaction),
            amount: claim.amount.fixed(),
            currency: claim.amount.currency.to_string(),
            balance_after: Money::new(account.balance_minor, account.currency).fixed(),
            account_frozen: claimed.is_frozen,
            journey_id: app
                .public_ids
                .uuid(EntityKind::Challenge, claim.challenge_id.0),
            journey_status: claimed.challenge.state.journey_status(),
            effect: claim.effect.name(),
            reversal_id: claim
                .reversal
                .map(|reversal| transaction(reversal.transaction_id)),
        }
    }
}

/// Create Chargeback
///
/// A bank or a provider has taken back the fee of a challenge or a reset that was paid through this transaction: it leaves
/// the firm's revenue. The journey rests or ends; its payouts that are not on their way yet are refused, one that is has to
/// be returned or marked as paid first.
#[utoipa::path(
    post,
    path = "/transactions/{tx_id}/chargeback",
    operation_id = "create_chargeback",
    tag = "Transactions",
    params(("tx_id" = Uuid, Path)),
    request_body = ChargebackRequest,
    responses((status = 200, description = "Successful Response", body = ChargebackResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict", "payout_in_flight", "DESK_UNAVAILABLE", "DESK_OVERLOADED", "OUTCOME_UNKNOWN"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ChargebackRequest>,
) -> Result<Json<ChargebackResponse>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let effect = match body.effect {
        EffectWord::Suspend => ClaimEffect::Suspend,
        EffectWord::End => ClaimEffect::End,
    };
    let reason = body.reason.into_string();
    let claimed = state.app.charge_back(caller, id, effect, reason).await?;
    Ok(Json(ChargebackResponse::new(&state.app, &claimed)))
}

/// Reverse Chargeback
///
/// The dispute over this transaction was won: the fee is earned again. A journey that rested goes on; one that was ended
/// stays so.
#[utoipa::path(
    post,
    path = "/transactions/{tx_id}/chargeback/reverse",
    operation_id = "reverse_chargeback",
    tag = "Transactions",
    params(("tx_id" = Uuid, Path)),
    request_body = ReverseChargebackRequest,
    responses((status = 200, description = "Successful Response", body = ChargebackResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn reverse(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ReverseChargebackRequest>,
) -> Result<Json<ChargebackResponse>, ApiError> {
    let id = TransactionId(key(&state.app, EntityKind::Transaction, id)?);
    let reason = body.reason.into_string();
    let claimed = state.app.reverse_chargeback(caller, id, reason).await?;
    Ok(Json(ChargebackResponse::new(&state.app, &claimed)))
}
