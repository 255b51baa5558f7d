//! `/prop/payouts`: what staff do with payouts.

use super::error::ApiError;
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::ids::key;
use super::payout_object::StaffPayoutObject;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Reason, Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::payouts::{Decision, PayoutFilter, PayoutView};
use touchstone_domain::payout::PayoutState;
use touchstone_domain::{ChallengeId, CustomerId, EntityKind, PayoutId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutStatusWord {
    Pending,
    AwaitingSecondApproval,
    Approved,
    Disbursing,
    Paid,
    Rejected,
    AutoRejected,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PropPayoutsQuery {
    #[param(inline)]
    status: Option<PayoutStatusWord>,
    customer_id: Option<Uuid>,
    journey_id: Option<Uuid>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::PAYOUTS_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PropPayoutList {
    items: Vec<StaffPayoutObject>,
    /// How many there are on all pages.
    total: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutReasonRequest {
    /// Why; the trader reads it, and it is kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkPaidRequest {
    /// What names the payment outside: of a bank, a chain, a provider.
    #[schema(inline)]
    #[serde(default)]
    reference: Option<Text<0, 200>>,
}

/// List Payouts
///
/// The brand's payouts, newest first.
#[utoipa::path(
    get,
    path = "/prop/payouts",
    operation_id = "list_payouts",
    tag = "Prop trading",
    params(PropPayoutsQuery),
    responses((status = 200, description = "Successful Response", body = PropPayoutList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<PropPayoutsQuery>,
) -> Result<Json<PropPayoutList>, ApiError> {
    /// A key that nothing has: what a foreign or invented id finds.
    const NOTHING: i64 = -1;
    let app = &state.app;
    let key = |kind, id: Option<Uuid>| id.map(|id| app.public_ids.key(kind, id).unwrap_or(NOTHING));
    let filter = PayoutFilter {
        customer: key(EntityKind::Customer, query.customer_id).map(CustomerId),
        challenge: key(EntityKind::Challenge, query.journey_id).map(ChallengeId),
        state: query.status.map(Into::into),
        owner: None,
    };
    let limit = query.limit.map_or(100, Within::get);
    let offset = query.offset.map_or(0, Within::get);
    let page = app.payouts(caller, filter, limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(PropPayoutList {
        items: items.map(|one| StaffPayoutObject::new(app, one)).collect(),
        total: page.total,
    }))
}

/// Payout Detail
#[utoipa::path(
    get,
    path = "/prop/payouts/{payout_id}",
    operation_id = "payout_detail",
    tag = "Prop trading",
    params(("payout_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = StaffPayoutObject)),
    security(("bearerAuth" = [])),
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    let id = PayoutId(key(&state.app, EntityKind::Payout, id)?);
    let view = state.app.payout(caller, id).await?;
    Ok(Json(StaffPayoutObject::new(&state.app, &view)))
}

/// Approve Payout
///
/// From then on the firm owes it. Above an amount that the operator has set it takes two people: the first leaves it
/// `awaiting_second_approval`.
#[utoipa::path(
    post,
    path = "/prop/payouts/{payout_id}/approve",
    operation_id = "approve_payout",
    tag = "Prop trading",
    params(("payout_id" = Uuid, Path)),
    request_body = PayoutReasonRequest,
    responses((status = 200, description = "Successful Response", body = StaffPayoutObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict", "second_approver_wanted"])))
)]
pub async fn approve(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<PayoutReasonRequest>,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    let note = body.reason.into_string();
    decide(&state, caller, id, Decision::Approve { note }).await
}

/// Reject Payout
///
/// The profit is back in the account, with its peak, floors and window as if the payout had not been asked for. Not once
/// it is on its way: return it first.
#[utoipa::path(
    post,
    path = "/prop/payouts/{payout_id}/reject",
    operation_id = "reject_payout",
    tag = "Prop trading",
    params(("payout_id" = Uuid, Path)),
    request_body = PayoutReasonRequest,
    responses((status = 200, description = "Successful Response", body = StaffPayoutObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn reject(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<PayoutReasonRequest>,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    let id = PayoutId(key(&state.app, EntityKind::Payout, id)?);
    let reason = body.reason.into_string();
    let view = state.app.reject_payout(caller, id, reason).await?;
    Ok(told(&state, &view))
}

/// Mark Payout Disbursing
///
/// An approved payout is on its way outside.
#[utoipa::path(
    post,
    path = "/prop/payouts/{payout_id}/mark-disbursing",
    operation_id = "mark_payout_disbursing",
    tag = "Prop trading",
    params(("payout_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = StaffPayoutObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn mark_disbursing(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    decide(&state, caller, id, Decision::MarkDisbursing).await
}

/// Return Payout
///
/// The payment outside has failed: the payout is `approved` again, and can be tried anew or rejected.
#[utoipa::path(
    post,
    path = "/prop/payouts/{payout_id}/return",
    operation_id = "return_payout",
    tag = "Prop trading",
    params(("payout_id" = Uuid, Path)),
    request_body = PayoutReasonRequest,
    responses((status = 200, description = "Successful Response", body = StaffPayoutObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn hand_back(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<PayoutReasonRequest>,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    let reason = body.reason.into_string();
    decide(&state, caller, id, Decision::Return { reason }).await
}

/// Mark Payout Paid
///
/// Records `CHALLENGE_PAYOUT` among the transactions, and `CHALLENGE_FEE_REFUND` where the fee goes back with it.
#[utoipa::path(
    post,
    path = "/prop/payouts/{payout_id}/mark-paid",
    operation_id = "mark_payout_paid",
    tag = "Prop trading",
    params(("payout_id" = Uuid, Path)),
    request_body = MarkPaidRequest,
    responses((status = 200, description = "Successful Response", body = StaffPayoutObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn mark_paid(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<MarkPaidRequest>,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    let reference = body.reference.map_or_else(String::new, Text::into_string);
    decide(&state, caller, id, Decision::MarkPaid { reference }).await
}

async fn decide(
    state: &ApiState,
    caller: touchstone_app::identity::StaffCaller,
    id: Uuid,
    decision: Decision,
) -> Result<Json<StaffPayoutObject>, ApiError> {
    let id = PayoutId(key(&state.app, EntityKind::Payout, id)?);
    let view = state.app.decide_payout(caller, id, decision).await?;
    Ok(told(state, &view))
}

fn told(state: &ApiState, view: &PayoutView) -> Json<StaffPayoutObject> {
    Json(StaffPayoutObject::new(&state.app, view))
}

impl From<PayoutStatusWord> for PayoutState {
    fn from(word: PayoutStatusWord) -> Self {
        match word {
            PayoutStatusWord::Pending => Self::Pending,
            PayoutStatusWord::AwaitingSecondApproval => Self::AwaitingSecondApproval,
            PayoutStatusWord::Approved => Self::Approved,
            PayoutStatusWord::Disbursing => Self::Disbursing,
            PayoutStatusWord::Paid => Self::Paid,
            PayoutStatusWord::Rejected => Self::Rejected,
            PayoutStatusWord::AutoRejected => Self::AutoRejected,
        }
    }
}
