//! `/mail-templates`: the words of the mails that customers get.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Segment, Text};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::letters::{Letter, LetterError, LetterKind, LetterView, SetLetter};
use touchstone_domain::EntityKind;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailTemplateRequest {
    /// A template of one line; `{{ name }}` is replaced.
    #[schema(inline)]
    subject: Text<1, 500>,
    /// A template of plain text.
    #[schema(inline)]
    body: Text<1, 10_000>,
    /// Whether it is sent; true when it is not given.
    enabled: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailPreviewRequest {
    #[schema(inline)]
    subject: Text<1, 500>,
    #[schema(inline)]
    body: Text<1, 10_000>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MailTemplateObject {
    /// `purchase`, `activation`, `pass`, `breach`, `breach_reverted`, `payout` or `refund`.
    kind: &'static str,
    subject: String,
    body: String,
    enabled: bool,
    /// Nobody has worded it anew.
    is_standard: bool,
    /// Names that the template can use.
    variables: Vec<&'static str>,
    /// Who has worded it; null for the standard one.
    updated_by: Option<Uuid>,
    updated_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MailTemplateList {
    items: Vec<MailTemplateObject>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MailPreview {
    subject: String,
    body: String,
}

/// List Mail Templates
///
/// Every mail that customers get about their challenges, in the words in which it is sent now.
#[utoipa::path(
    get,
    path = "/mail-templates",
    operation_id = "list_mail_templates",
    tag = "Messaging",
    responses((status = 200, description = "Successful Response", body = MailTemplateList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
) -> Result<Json<MailTemplateList>, ApiError> {
    let views = state.app.letters(caller).await?;
    let items = views.iter();
    Ok(Json(MailTemplateList {
        items: items
            .map(|view| MailTemplateObject::new(&state.app, view))
            .collect(),
    }))
}

/// Set Mail Template
///
/// Words a mail anew for the brand, or leaves it unsent. A template is tried with sample values first.
#[utoipa::path(
    put,
    path = "/mail-templates/{kind}",
    operation_id = "set_mail_template",
    tag = "Messaging",
    params(("kind" = String, Path)),
    request_body = MailTemplateRequest,
    responses((status = 200, description = "Successful Response", body = MailTemplateObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn set(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(kind): SlatePath<String>,
    SlateJson(body): SlateJson<MailTemplateRequest>,
) -> Result<Json<MailTemplateObject>, ApiError> {
    let set = SetLetter {
        kind: known(&kind)?,
        letter: Letter {
            subject: body.subject.into_string(),
            body: body.body.into_string(),
        },
        enabled: body.enabled.unwrap_or(true),
    };
    let view = state.app.set_letter(caller, set).await?;
    Ok(Json(MailTemplateObject::new(&state.app, &view)))
}

/// Reset Mail Template
///
/// Gives the mail its standard words back, and sends it.
#[utoipa::path(
    delete,
    path = "/mail-templates/{kind}",
    operation_id = "reset_mail_template",
    tag = "Messaging",
    params(("kind" = String, Path)),
    responses((status = 200, description = "Successful Response", body = MailTemplateObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn reset(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(kind): SlatePath<String>,
) -> Result<Json<MailTemplateObject>, ApiError> {
    let view = state.app.reset_letter(caller, known(&kind)?).await?;
    Ok(Json(MailTemplateObject::new(&state.app, &view)))
}

/// Preview Mail Template
///
/// What the words come to with sample values. Nothing is kept or sent.
#[utoipa::path(
    post,
    path = "/mail-templates/{kind}/preview",
    operation_id = "preview_mail_template",
    tag = "Messaging",
    params(("kind" = String, Path)),
    request_body = MailPreviewRequest,
    responses((status = 200, description = "Successful Response", body = MailPreview)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["not_found"])))
)]
pub async fn preview(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(kind): SlatePath<String>,
    SlateJson(body): SlateJson<MailPreviewRequest>,
) -> Result<Json<MailPreview>, ApiError> {
    let letter = Letter {
        subject: body.subject.into_string(),
        body: body.body.into_string(),
    };
    let kind = known(&kind)?;
    let Letter { subject, body } = state.app.preview_letter(caller, kind, letter).await?;
    Ok(Json(MailPreview { subject, body }))
}

fn known(kind: &str) -> Result<LetterKind, ApiError> {
    LetterKind::from_name(kind).ok_or_else(|| Code::NotFound.into())
}

impl MailTemplateObject {
    fn new(app: &App, view: &LetterView) -> Self {
        Self {
            kind: view.kind.name(),
            subject: view.letter.subject.clone(),
            body: view.letter.body.clone(),
            enabled: view.enabled,
            is_standard: view.changed.is_none(),
            variables: view.kind.variables(),
            updated_by: view
                .changed
                .map(|(staff, _)| app.public_ids.uuid(EntityKind::Staff, staff.0)),
            updated_at: view.changed.map(|(_, at)| at.rfc3339()),
        }
    }
}

impl From<LetterError> for ApiError {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::Session(error) => error.into(),
            LetterError::Template { at, fault } => {
                Self::invalid_body([Segment::Key(at.to_owned())], &fault.to_string())
            }
            LetterError::Store(error) => error.into(),
        }
    }
}
