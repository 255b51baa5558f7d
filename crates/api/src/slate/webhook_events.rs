//! `GET /webhooks/event-types`: what a webhook can be told of.

use super::error::ApiError;
use crate::ApiState;
use crate::auth::Staff;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};
use touchstone_app::webhooks::schema;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct EventType {
    /// As a filter names it.
    name: &'static str,
    /// When it is sent.
    description: &'static str,
    /// JSON Schema of the message (docs/webhook-events.schema.json has all of them).
    schema: Map<String, Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EventTypeList {
    items: Vec<EventType>,
}

/// List Webhook Event Types
///
/// Every kind of event, with the JSON Schema of its message.
#[utoipa::path(
    get,
    path = "/webhooks/event-types",
    operation_id = "list_webhook_event_types",
    tag = "Webhooks",
    responses((status = 200, description = "Successful Response", body = EventTypeList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<EventTypeList>, ApiError> {
    let kinds = state.app.webhook_event_types(caller).await?.iter();
    Ok(Json(EventTypeList {
        items: kinds
            .map(|kind| EventType {
                name: kind.name,
                description: kind.about,
                schema: match schema(kind) {
                    Value::Object(schema) => schema,
                    _ => Map::new(),
                },
            })
            .collect(),
    }))
}
