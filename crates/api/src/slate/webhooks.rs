//! `/webhooks`: where programs of the firm are told what happens.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlateOptionalJson, SlatePath};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Segment, Text, Within, given};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::webhooks::{Endpoint, NewWebhook, Secret, WebhookError, WebhookPatch};
use touchstone_domain::webhook::DisabledBy;
use touchstone_domain::{EntityKind, WebhookId};
use utoipa::ToSchema;
use uuid::Uuid;

/// How long the secret before signs along when nothing else is said: a day.
const OVERLAP_SECONDS: i64 = 86_400;

type Url = Text<1, 2_048>;
type Description = Text<0, 500>;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookRequest {
    /// `https://...`, at an address of the Internet; redirects are not followed.
    #[schema(inline)]
    endpoint_url: Url,
    /// Kinds of events (`payout.paid`) and beginnings (`payout.*`); every kind when it is empty or not given.
    #[serde(default)]
    #[schema(max_items = 50)]
    events: Vec<String>,
    #[schema(inline)]
    description: Option<Description>,
    /// `whsec_` and 24 to 64 bytes in base64; one is drawn when it is not given.
    #[schema(inline)]
    secret: Option<Text<1, 200>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateWebhookRequest {
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    endpoint_url: Option<Url>,
    /// An empty list is every kind.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 50)]
    events: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(inline, nullable = false)]
    description: Option<Description>,
    /// `false` keeps what waits and adds nothing; `true` goes on with it at once.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecretRequest {
    /// `whsec_` and 24 to 64 bytes in base64; one is drawn when it is not given.
    #[schema(inline)]
    secret: Option<Text<1, 200>>,
    /// For how many seconds the secret before signs along: a day when it is not given, 0 for a secret that others know.
    #[schema(inline)]
    overlap_seconds: Option<Within<0, 604_800>>,
}

/// A stretch of time that is told once more.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookReplayObject {
    since: String,
    until: String,
    /// How many events are looked at, whether or not the filter wants them.
    events: i64,
    /// How many of them have been.
    events_done: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookObject {
    id: i64,
    endpoint_url: String,
    /// Empty: every kind.
    events: Vec<String>,
    description: String,
    is_active: bool,
    /// Why it is told nothing: `staff`, `failures` (for five days) or `gone` (it has answered 410); null while it is.
    disabled_by: Option<&'static str>,
    /// Since when no attempt has succeeded; null while the last one did.
    failing_since: Option<String>,
    /// Until when the secret before the current one signs along.
    previous_secret_until: Option<String>,
    /// What is told once more just now.
    replay: Option<WebhookReplayObject>,
    created_by: Uuid,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize, ToSchema)]
pub struct NewWebhookObject {
    #[serde(flatten)]
    object: WebhookObject,
    /// With which messages are signed; it is shown this once.
    secret: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    items: Vec<WebhookObject>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeleted {
    ok: bool,
}

/// List Webhooks
///
/// The brand's webhooks, newest first.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "list_webhooks",
    tag = "Webhooks",
    responses((status = 200, description = "Successful Response", body = WebhookList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<WebhookList>, ApiError> {
    let found = state.app.webhooks(caller).await?;
    let items = found.iter().map(|one| WebhookObject::new(&state.app, one));
    Ok(Json(WebhookList {
        items: items.collect(),
    }))
}

/// Create Webhook
///
/// From now on the endpoint is told what happens in the brand, by a POST for each event, signed as Standard Webhooks says:
/// at least once each, and of one challenge in the order in which it happened. It answers with 2xx within 15 seconds;
/// what it does not take is tried again for three days.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "create_webhook",
    tag = "Webhooks",
    request_body = CreateWebhookRequest,
    responses((status = 201, description = "Successful Response", body = NewWebhookObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["too_many_webhooks"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(body): SlateJson<CreateWebhookRequest>,
) -> Result<(StatusCode, Json<NewWebhookObject>), ApiError> {
    let new = NewWebhook {
        url: body.endpoint_url.into_string(),
        events: not_too_many(body.events)?,
        description: body.description.map(Text::into_string).unwrap_or_default(),
        secret: body.secret.map(Text::into_string),
    };
    let (made, secret) = state.app.make_webhook(caller, new).await?;
    let shown = NewWebhookObject::new(&state.app, &made, &secret);
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Webhook Detail
#[utoipa::path(
    get,
    path = "/webhooks/{webhook_id}",
    operation_id = "webhook_detail",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    responses((status = 200, description = "Successful Response", body = WebhookObject)),
    security(("bearerAuth" = [])),
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
) -> Result<Json<WebhookObject>, ApiError> {
    let found = state.app.webhook(caller, WebhookId(id)).await?;
    Ok(Json(WebhookObject::new(&state.app, &found)))
}

/// Update Webhook
///
/// Only supplied fields are written. What happens while a webhook is switched off is not sent afterwards; it can be replayed.
#[utoipa::path(
    patch,
    path = "/webhooks/{webhook_id}",
    operation_id = "update_webhook",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    request_body = UpdateWebhookRequest,
    responses((status = 200, description = "Successful Response", body = WebhookObject)),
    security(("bearerAuth" = [])),
)]
pub async fn update(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
    SlateJson(body): SlateJson<UpdateWebhookRequest>,
) -> Result<Json<WebhookObject>, ApiError> {
    let patch = WebhookPatch {
        url: body.endpoint_url.map(Text::into_string),
        events: body.events.map(not_too_many).transpose()?,
        description: body.description.map(Text::into_string),
        enabled: body.is_active,
    };
    let changed = state.app.change_webhook(caller, WebhookId(id), patch);
    Ok(Json(WebhookObject::new(&state.app, &changed.await?)))
}

/// Delete Webhook
///
/// Ends it for good; what still waits for it is not sent.
#[utoipa::path(
    delete,
    path = "/webhooks/{webhook_id}",
    operation_id = "delete_webhook",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    responses((status = 200, description = "Successful Response", body = WebhookDeleted)),
    security(("bearerAuth" = [])),
)]
pub async fn remove(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
) -> Result<Json<WebhookDeleted>, ApiError> {
    state.app.delete_webhook(caller, WebhookId(id)).await?;
    Ok(Json(WebhookDeleted { ok: true }))
}

/// Rotate Webhook Secret
///
/// Another secret. For a while messages have two signatures, with the secret before too, so that a receiver can take over the
/// new one when it suits him.
#[utoipa::path(
    post,
    path = "/webhooks/{webhook_id}/rotate-secret",
    operation_id = "rotate_webhook_secret",
    tag = "Webhooks",
    params(("webhook_id" = i64, Path)),
    request_body = Option<RotateSecretRequest>,
    responses((status = 200, description = "Successful Response", body = NewWebhookObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["state_conflict"]))),
)]
pub async fn rotate(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<i64>,
    SlateOptionalJson(body): SlateOptionalJson<RotateSecretRequest>,
) -> Result<Json<NewWebhookObject>, ApiError> {
    let body = body.unwrap_or_default();
    let secret = body.secret.map(Text::into_string);
    let overlap = body.overlap_seconds.map_or(OVERLAP_SECONDS, Within::get);
    let rotated = state
        .app
        .rotate_webhook_secret(caller, WebhookId(id), secret, overlap);
    let (rotated, secret) = rotated.await?;
    let shown = NewWebhookObject::new(&state.app, &rotated, &secret);
    Ok(Json(shown))
}

fn not_too_many(events: Vec<String>) -> Result<Vec<String>, ApiError> {
    let most = limits::WEBHOOK_EVENTS_MAX;
    match events.len() > most {
        true => Err(wrong("events", None, &format!("at most {most} of them"))),
        false => Ok(events),
    }
}

fn wrong(field: &str, index: Option<usize>, sentence: &str) -> ApiError {
    let place = index.map(Segment::Index);
    let path = std::iter::once(Segment::Key(field.to_owned())).chain(place);
    ApiError::invalid_body(path, sentence)
}

impl WebhookObject {
    pub(super) fn new(app: &App, endpoint: &Endpoint) -> Self {
        let replay = endpoint.replay.map(|replay| WebhookReplayObject {
            since: replay.since.rfc3339(),
            until: replay.until.rfc3339(),
            events: replay.through - replay.from,
            events_done: replay.after - replay.from,
        });
        let old = endpoint.old_secret.as_ref().map(|(_, until)| *until);
        let old = old.filter(|until| *until > app.now());
        Self {
            id: endpoint.id.0,
            endpoint_url: endpoint.url.clone(),
            events: endpoint.events.patterns().to_vec(),
            description: endpoint.description.clone(),
            is_active: endpoint.disabled_by.is_none(),
            disabled_by: endpoint.disabled_by.map(DisabledBy::name),
            failing_since: endpoint.failing_since.map(|at| at.rfc3339()),
            previous_secret_until: old.map(|until| until.rfc3339()),
            replay,
            created_by: app
                .public_ids
                .uuid(EntityKind::Staff, endpoint.created_by.0),
            created_at: endpoint.created_at.rfc3339(),
            updated_at: endpoint.updated_at.rfc3339(),
        }
    }
}

impl NewWebhookObject {
    fn new(app: &App, endpoint: &Endpoint, secret: &Secret) -> Self {
        Self {
            object: WebhookObject::new(app, endpoint),
            secret: secret.text(),
        }
    }
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        let text = error.to_string();
        match error {
            WebhookError::Session(error) => error.into(),
            WebhookError::NotFound => Code::NotFound.into(),
            WebhookError::Url(_) => wrong("endpoint_url", None, &text),
            WebhookError::Events(index) => wrong("events", Some(index), &text),
            WebhookError::Secret(_) => wrong("secret", None, &text),
            WebhookError::TooMany => Self::new(Code::TooManyWebhooks, text),
            WebhookError::Disabled
            | WebhookError::ReplayUnderWay
            | WebhookError::RotationUnderWay => Self::new(Code::StateConflict, text),
            WebhookError::Store(error) => error.into(),
        }
    }
}
