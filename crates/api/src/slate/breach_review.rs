//! `POST /prop/breach-events/{breach_id}/approve` and `.../revert`.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Reason;
use crate::limits;
use crate::number::Number;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::breaches::{ReviewError, Reviewed};
use touchstone_app::desk::{DeskError, Restore};
use touchstone_app::identity::Caller;
use touchstone_domain::access::Permission;
use touchstone_domain::breach::Review;
use touchstone_domain::{BreachId, EntityKind, Money};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
pub struct ApproveBreachRequest {
    /// Why; kept with the breach and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestoreWord {
    /// The balance stays; a floor that is still crossed rests until the equity is above it again.
    #[default]
    None,
    /// A correction makes the equity what it was before the positions were closed.
    EquityBefore,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct RevertBreachRequest {
    /// Why; kept with the breach and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
    /// What becomes of the balance.
    #[serde(default)]
    #[schema(inline)]
    restore: RestoreWord,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BreachReviewResponse {
    id: Uuid,
    journey_id: Uuid,
    account_id: Uuid,
    review_status: &'static str,
    /// `confirmed`, `reverted`, or `unchanged` when it was so before.
    result: &'static str,
    /// What the account was given by a correction; below 0 when it was taken.
    correction_amount: Number,
}

/// Approve Breach
///
/// Says that the breach stands. A repeat changes nothing.
#[utoipa::path(
    post,
    path = "/prop/breach-events/{breach_id}/approve",
    operation_id = "approve_breach",
    tag = "Prop trading",
    params(("breach_id" = Uuid, Path)),
    request_body = ApproveBreachRequest,
    responses((status = 200, description = "Successful Response", body = BreachReviewResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn approve(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(breach_id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ApproveBreachRequest>,
) -> Result<Json<BreachReviewResponse>, ApiError> {
    let id = BreachId(key(&state.app, EntityKind::Breach, breach_id)?);
    let reason = body.reason.into_string();
    let reviewed = state.app.approve_breach(caller, id, reason).await?;
    answer(&state, caller, id, reviewed).await
}

/// Revert Breach
///
/// Takes the breach back: account, journey and floors are as they were before it. A repeat changes nothing. What would
/// breach at once again is left alone, and shown so in the account: a floor until the measure is above it again, a limit of
/// time for good.
#[utoipa::path(
    post,
    path = "/prop/breach-events/{breach_id}/revert",
    operation_id = "revert_breach",
    tag = "Prop trading",
    params(("breach_id" = Uuid, Path)),
    request_body = RevertBreachRequest,
    responses((status = 200, description = "Successful Response", body = BreachReviewResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn revert(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(breach_id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<RevertBreachRequest>,
) -> Result<Json<BreachReviewResponse>, ApiError> {
    let id = BreachId(key(&state.app, EntityKind::Breach, breach_id)?);
    let restore = match body.restore {
        RestoreWord::None => Restore::None,
        RestoreWord::EquityBefore => Restore::EquityBefore,
    };
    let reason = body.reason.into_string();
    let reviewed = state.app.revert_breach(caller, id, reason, restore).await?;
    answer(&state, caller, id, reviewed).await
}

async fn answer(
    state: &ApiState,
    caller: touchstone_app::identity::StaffCaller,
    id: BreachId,
    reviewed: Reviewed,
) -> Result<Json<BreachReviewResponse>, ApiError> {
    let app = &state.app;
    let view = app
        .breach_for(Caller::Staff(caller), id, Permission::ReviewBreach)
        .await?;
    let uuid = |kind, key| app.public_ids.uuid(kind, key);
    let result = match (reviewed.was_so, reviewed.review) {
        (true, _) | (_, Review::Pending) => "unchanged",
        (false, Review::Confirmed) => "confirmed",
        (false, Review::Reverted) => "reverted",
    };
    Ok(Json(BreachReviewResponse {
        id: uuid(EntityKind::Breach, id.0),
        journey_id: uuid(EntityKind::Challenge, view.breach.challenge_id.0),
        account_id: uuid(EntityKind::Account, view.breach.login.0),
        review_status: reviewed.review.name(),
        result,
        correction_amount: Number::money(Money::new(reviewed.correction_minor, view.currency)),
    }))
}

impl From<ReviewError> for ApiError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Session(error) => error.into(),
            ReviewError::NotFound => Code::NotFound.into(),
            decided @ ReviewError::Decided { .. } => {
                Self::new(Code::StateConflict, decided.to_string())
            }
            ReviewError::Desk(error) => from_desk(&error),
            ReviewError::Store(error) => error.into(),
        }
    }
}

fn from_desk(error: &DeskError) -> ApiError {
    match error {
        DeskError::Unavailable | DeskError::Overloaded | DeskError::Unknown => {
            ApiError::new(Code::Unavailable, error.to_string())
                .retry_after(limits::UNAVAILABLE_RETRY_AFTER)
        }
        DeskError::NoBreach => Code::NotFound.into(),
        DeskError::AnchorCrosses => Code::AnchorWouldBreach.into(),
        DeskError::NotTraded | DeskError::NotRevertible(_) => {
            ApiError::new(Code::StateConflict, error.to_string())
        }
        payout => payout.clone().into(),
    }
}
