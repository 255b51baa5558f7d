//! `GET /prop/templates`, `GET` and `PATCH /prop/templates/{template_id}`, `POST .../clone`.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::ids::key_or;
use super::template::TemplateResponse;
use super::template_change::{UpdateTemplateRequest, refusal};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::templates::{TemplateError, TemplateFilter};
use touchstone_domain::{EntityKind, ProgramId};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplatesQuery {
    is_active: Option<bool>,
    /// Part of the name, in any case.
    #[param(inline)]
    q: Option<Text<0, 120>>,
    /// Archived templates are left out unless this is true.
    archived: Option<bool>,
    #[param(inline)]
    limit: Option<Within<1, { limits::TEMPLATES_PAGE_MAX }>>,
    #[param(inline)]
    offset: Option<Within<0, { limits::OFFSET_MAX }>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateList {
    items: Vec<TemplateResponse>,
    /// How many there are on all pages.
    total: usize,
}

/// List Templates
///
/// The brand's templates, on sale or not, in the order in which customers see them. They are the
/// programs of the other dialect.
#[utoipa::path(
    get,
    path = "/prop/templates",
    operation_id = "list_templates",
    tag = "Prop trading",
    params(TemplatesQuery),
    responses((status = 200, description = "Successful Response", body = TemplateList)),
    security(("bearerAuth" = [])),
)]
pub async fn list(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateQuery(query): SlateQuery<TemplatesQuery>,
) -> Result<Json<TemplateList>, ApiError> {
    let filter = TemplateFilter {
        is_active: query.is_active,
        text: query.q.map(Text::into_string),
        with_archived: query.archived.unwrap_or(false),
    };
    let size = |value: i64| usize::try_from(value).unwrap_or(usize::MAX);
    let limit = size(query.limit.map_or(100, Within::get));
    let offset = size(query.offset.map_or(0, Within::get));
    let page = state.app.templates(caller, filter, limit, offset).await?;
    let items = page.items.iter();
    Ok(Json(TemplateList {
        items: items
            .map(|template| TemplateResponse::new(&state.app, template))
            .collect(),
        total: page.total,
    }))
}

/// Get Template
#[utoipa::path(
    get,
    path = "/prop/templates/{template_id}",
    operation_id = "get_template",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    responses((status = 200, description = "Successful Response", body = TemplateResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found"])))
)]
pub async fn one(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
) -> Result<Json<TemplateResponse>, ApiError> {
    let app = &state.app;
    let template = app.template(caller, program(app, id)?).await?;
    Ok(Json(TemplateResponse::new(app, &template)))
}

/// Update Template
///
/// Writes what is supplied, and nothing else. A change of what is promised is a new version:
/// journeys keep the one that they began with. Seeds are read-only; clone one first.
#[utoipa::path(
    patch,
    path = "/prop/templates/{template_id}",
    operation_id = "update_template",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    request_body = UpdateTemplateRequest,
    responses((status = 200, description = "Successful Response", body = TemplateResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "template_read_only"])))
)]
pub async fn change(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<UpdateTemplateRequest>,
) -> Result<Json<TemplateResponse>, ApiError> {
    let app = &state.app;
    let id = program(app, id)?;
    let change = body.into_change(app)?;
    let template = app.change_template(caller, id, change).await?;
    Ok(Json(TemplateResponse::new(app, &template)))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct CloneTemplateRequest {
    #[schema(inline)]
    name: Text<1, 120>,
}

/// Clone Template
///
/// A template of its own with all that the other one has, under a new name. It can be changed.
#[utoipa::path(
    post,
    path = "/prop/templates/{template_id}/clone",
    operation_id = "clone_template",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    request_body = CloneTemplateRequest,
    responses((status = 201, description = "Successful Response", body = TemplateResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found"])))
)]
pub async fn clone(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<CloneTemplateRequest>,
) -> Result<(StatusCode, Json<TemplateResponse>), ApiError> {
    let app = &state.app;
    let name = body.name.into_string();
    let template = app.clone_template(caller, program(app, id)?, name).await?;
    let answer = TemplateResponse::new(app, &template);
    Ok((StatusCode::CREATED, Json(answer)))
}

fn program(app: &App, id: Uuid) -> Result<ProgramId, ApiError> {
    key_or(app, EntityKind::Program, id, Code::TemplateNotFound).map(ProgramId)
}

impl From<TemplateError> for ApiError {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Session(error) => error.into(),
            TemplateError::NotFound => Code::TemplateNotFound.into(),
            TemplateError::ReadOnly => Code::TemplateReadOnly.into(),
            TemplateError::Faults(faults) => refusal(faults),
            TemplateError::Store(error) => error.into(),
        }
    }
}
