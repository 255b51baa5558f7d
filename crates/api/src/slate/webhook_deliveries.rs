//! `/webhooks/{webhook_id}/deliveries`, and what is sent because somebody asks for it.

use super::error::ApiError;
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::trading::orders::instant;
use super::webhooks::WebhookObject;
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Segment, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::webhooks::{Delivery, ReplayRange};
use touchstone_domain::webhook::DeliveryState;
use touchstone_domain::{WebhookDeliveryId, WebhookId};
use utoipa::{IntoParams, ToSchema};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    Pending,
    Delivered,
    Failed,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    #[param(inline)]
    status: Option<DeliveryStatus>,
    /// 100 when it is not given.
    #[param(inline)]
    limit: Option<Within<1, { limits::WEBHOOK_DELIVERIES_PAGE_MAX }>>,
    /// Those with a lower id: the `next_cursor` of the page before.
    #[param(inline)]
    before_id: Option<Within<1, { i64::MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryObject {
    id: i64,
    /// The `webhook-id` that messages have, the same for each attempt.
    message_id: String,
    event_type: String,
    /// `pending`, `delivered` or `failed`.
    status: &'static str,
    /// Attempts since it was begun, or replayed.
    attempts: i64,
    /// Null: another one of its challenge is before it, or it is done.
    next_attempt_at: Option<String>,
    last_attempt_at: Option<String>,
    /// What the last attempt was answered with; null where there was no answer.
    response_status: Option<i64>,
    /// The first kilobyte of the answer.
    response_body: String,
    last_error: String,
    created_at: String,
    ended_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryList {
    items: Vec<WebhookDeliveryObject>,
    /// For `before_id`; null on the last page.
    next_cursor: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct DeliveryPath {
    webhook_id: i64,
    delivery_id: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// RFC 3339: what happened from then on.
    #[schema(format = DateTime)]
    since: String,
    /// RFC 3339: what happened before then; now when it is not given.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// List Webhook Deliveries
///
/// The log of the last 30 days, newest first.
#[utoipa::path(
    get,
    path = "/webhooks/{webhook_id}/deliveries",
    operation_id = "list_webhook_deliveries",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path), DeliveriesQuery),
    responses((status = 200, description = "Successful Response", body = WebhookDeliveryList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
    SlateQuery(query): SlateQuery<DeliveriesQuery>,
) -> Result<Json<WebhookDeliveryList>, ApiError> {
    let before = WebhookDeliveryId(query.before_id.map_or(i64::MAX, Within::get));
    let limit = query.limit.map_or(100, Within::get);
    let state_of = query.status.map(Into::into);
    let page = state
        .app
        .webhook_deliveries(caller, WebhookId(id), state_of, before, limit);
    let page = page.await?;
    let items = page.items.iter();
    Ok(Json(WebhookDeliveryList {
        items: items
            .map(|one| WebhookDeliveryObject::new(&state.app, one))
            .collect(),
        next_cursor: page.next.map(|next| next.0),
    }))
}

/// Test Webhook
///
/// Sends a `webhook.test` at once, whatever the filter says; what has come of it stands in the log.
#[utoipa::path(
    post,
    path = "/webhooks/{webhook_id}/test",
    operation_id = "test_webhook",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    responses((status = 202, description = "Successful Response", body = WebhookDeliveryObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn test(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
) -> Result<(StatusCode, Json<WebhookDeliveryObject>), ApiError> {
    let made = state.app.test_webhook(caller, WebhookId(id)).await?;
    let shown = WebhookDeliveryObject::new(&state.app, &made);
    Ok((StatusCode::ACCEPTED, Json(shown)))
}

/// Replay Webhook Delivery
///
/// Sends it again with the same id, delivered or not; one that waits for its next attempt is sent now.
#[utoipa::path(
    post,
    path = "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    operation_id = "replay_webhook_delivery",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path), ("delivery_id" = i64, Path)),
    responses((status = 202, description = "Successful Response", body = WebhookDeliveryObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn replay_one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(path): SlatePath<DeliveryPath>,
) -> Result<(StatusCode, Json<WebhookDeliveryObject>), ApiError> {
    let (id, delivery) = (
        WebhookId(path.webhook_id),
        WebhookDeliveryId(path.delivery_id),
    );
    let replayed = state.app.replay_webhook_delivery(caller, id, delivery);
    let shown = WebhookDeliveryObject::new(&state.app, &replayed.await?);
    Ok((StatusCode::ACCEPTED, Json(shown)))
}

/// Replay Webhook Range
///
/// Sends everything that happened in a time and that the filter wants, with the same ids: what was delivered, what was given
/// up, and what was never sent because the webhook was off or not there yet.
#[utoipa::path(
    post,
    path = "/webhooks/{webhook_id}/replay",
    operation_id = "replay_webhook",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    request_body = ReplayRequest,
    responses((status = 202, description = "Successful Response", body = WebhookObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"])))
)]
pub async fn replay(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
    SlateJson(body): SlateJson<ReplayRequest>,
) -> Result<(StatusCode, Json<WebhookObject>), ApiError> {
    let since = instant("since", &body.since)?;
    let until = match &body.until {
        Some(until) => instant("until", until)?,
        // What happens at this very instant is meant, too.
        None => state.app.now().plus_seconds(1),
    };
    if until <= since {
        let sentence = "it ends after it begins";
        return Err(ApiError::invalid_body(
            [Segment::Key("until".to_owned())],
            sentence,
        ));
    }
    let range = ReplayRange { since, until };
    let replayed = state.app.replay_webhook(caller, WebhookId(id), range);
    let shown = WebhookObject::new(&state.app, &replayed.await?);
    Ok((StatusCode::ACCEPTED, Json(shown)))
}

/// Stop Webhook Replay
///
/// Ends a replay that is under way; without one nothing happens. What was queued of it already, at most some hundred messages
/// and what waits for its turn behind them, is still sent.
#[utoipa::path(
    delete,
    path = "/webhooks/{webhook_id}/replay",
    operation_id = "stop_webhook_replay",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    responses((status = 200, description = "Successful Response", body = WebhookObject)),
    security(("bearerAuth" = [])),
)]
pub async fn stop_replay(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
) -> Result<Json<WebhookObject>, ApiError> {
    let stopped = state.app.stop_webhook_replay(caller, WebhookId(id)).await?;
    Ok(Json(WebhookObject::new(&state.app, &stopped)))
}

impl WebhookDeliveryObject {
    fn new(app: &App, delivery: &Delivery) -> Self {
        let at = |at: Option<touchstone_domain::UnixMicros>| at.map(|at| at.rfc3339());
        Self {
            id: delivery.id.0,
            message_id: app.webhook_message_id(delivery),
            event_type: delivery.kind.clone(),
            status: delivery.state.name(),
            attempts: delivery.attempts,
            next_attempt_at: at(delivery.due_at),
            last_attempt_at: at(delivery.attempted_at),
            response_status: delivery.response_status,
            response_body: delivery.response_body.clone(),
            last_error: delivery.last_error.clone(),
            created_at: delivery.created_at.rfc3339(),
            ended_at: at(delivery.ended_at),
        }
    }
}

impl From<DeliveryStatus> for DeliveryState {
    fn from(status: DeliveryStatus) -> Self {
        match status {
            DeliveryStatus::Pending => Self::Pending,
            DeliveryStatus::Delivered => Self::Delivered,
            DeliveryStatus::Failed => Self::Failed,
        }
    }
}
