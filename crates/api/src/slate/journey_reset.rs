//! `POST /prop/journeys/{journey_id}/reset`.

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
pub struct ResetJourneyRequest {
    /// Why; kept with the transaction and in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ResetJourneyResponse {
    journey_id: Uuid,
    /// Account of the new attempt; null before it is opened.
    account_id: Option<Uuid>,
    login: Option<String>,
    /// Name of the phase.
    phase: String,
    /// What is to be paid with `POST /customers/me/transactions/{tx_id}/pay`; null when nothing is.
    pending_payment_tx_id: Option<Uuid>,
    /// Whether the new attempt has begun.
    activated: bool,
}

/// Reset Journey
///
/// Begins another attempt at the phase in which the journey was breached, on a new account; the old one is closed. With a
/// reset fee, which is the one of the template as it was when the journey began, the journey is `pending_payment` until that
/// is paid.
#[utoipa::path(
    post,
    path = "/prop/journeys/{journey_id}/reset",
    operation_id = "reset_journey",
    tag = "Prop trading",
    params(("journey_id" = Uuid, Path)),
    request_body = ResetJourneyRequest,
    responses((status = 200, description = "Successful Response", body = ResetJourneyResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!([
        "state_conflict",
        "customer_disabled",
        "too_many_pending_journeys",
        "template_not_deliverable"
    ])))
)]
pub async fn reset(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(journey_id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ResetJourneyRequest>,
) -> Result<Json<ResetJourneyResponse>, ApiError> {
    let app = &state.app;
    let id = ChallengeId(key(app, EntityKind::Challenge, journey_id)?);
    let reset = app
        .reset_journey(caller, id, body.reason.into_string())
        .await?;
    let uuid = |kind, key| app.public_ids.uuid(kind, key);
    Ok(Json(ResetJourneyResponse {
        journey_id,
        account_id: reset.login.map(|login| uuid(EntityKind::Account, login.0)),
        login: reset.login.map(|login| login.to_string()),
        phase: reset.phase,
        pending_payment_tx_id: reset.pending.map(|id| uuid(EntityKind::Transaction, id.0)),
        activated: reset.is_activated,
    }))
}
