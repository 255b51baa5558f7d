//! `POST /prop/journeys/{journey_id}/cancel`.

use super::error::ApiError;
use super::extract::{SlateJson, SlatePath};
use super::ids::key;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::Reason;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_domain::{ChallengeId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
pub struct CancelJourneyRequest {
    /// Why; kept with the transaction and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CancelJourneyResponse {
    ok: bool,
    journey_id: Uuid,
    status: &'static str,
}

/// Cancel Journey
///
/// Ends a journey that is `pending_payment`: its fee is declined, the account that was never funded
/// is closed, and the journey is `abandoned`.
#[utoipa::path(
    post,
    path = "/prop/journeys/{journey_id}/cancel",
    operation_id = "cancel_journey",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path)),
    request_body = CancelJourneyRequest,
    responses((status = 200, description = "Successful Response", body = CancelJourneyResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn cancel(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(journey_id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<CancelJourneyRequest>,
) -> Result<Json<CancelJourneyResponse>, ApiError> {
    let id = ChallengeId(key(&state.app, EntityKind::Challenge, journey_id)?);
    let reason = body.reason.into_string();
    let challenge = state.app.cancel_journey(caller, id, reason).await?;
    Ok(Json(CancelJourneyResponse {
        ok: true,
        journey_id,
        status: challenge.state.journey_status(),
    }))
}
