//! `GET` and `POST /prop/templates`, `POST .../validate`, `GET` and `PATCH .../{template_id}`, `POST .../{template_id}/clone`.

use super::error::{ApiError, Code, Location};
use super::extract::{SlateJson, SlatePath, SlateQuery};
use super::ids::key_or;
use super::template::{TemplateResponse, TemplateWarning, status_name, warnings};
use super::template_change::{place, refusal};
use super::template_request::{
    CreateTemplateRequest, UpdateTemplateRequest, ValidateTemplateRequest,
};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Text, Within};
use crate::limits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::templates::{
    Beginning, Draft, FieldFault, TemplateChange, TemplateError, TemplateFilter,
};
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

/// Create Template
///
/// A new template, by itself or from a ready-made program. It is not on sale until `status` says `active`, here or later,
/// and until then it may lack its phases. Without a preset a fee is wanted: `fee_amount` and `fee_currency`.
#[utoipa::path(
    post,
    path = "/prop/templates",
    operation_id = "create_template",
    tag = "Prop trading",
    request_body = CreateTemplateRequest,
    responses((status = 201, description = "Successful Response", body = TemplateResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["preset_not_found"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(mut body): SlateJson<CreateTemplateRequest>,
) -> Result<(StatusCode, Json<TemplateResponse>), ApiError> {
    let app = &state.app;
    let preset = body.preset.take().map(Text::into_string);
    let (beginning, change) = beginning(app, preset, body.into())?;
    let template = app.create_template(caller, beginning, change).await?;
    let answer = TemplateResponse::new(app, &template);
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What a new template begins from, and what is said of it.
fn beginning(
    app: &App,
    preset: Option<String>,
    body: UpdateTemplateRequest,
) -> Result<(Beginning, TemplateChange), ApiError> {
    let change = body.into_change(app)?;
    let missing = [
        ("fee_amount", change.fee_amount.is_none()),
        ("fee_currency", change.fee_currency.is_none()),
    ];
    let missing = missing
        .into_iter()
        .filter(|(_, is_missing)| *is_missing && preset.is_none());
    let faults: Vec<FieldFault> = missing
        .map(|(field, _)| FieldFault {
            code: "fee_missing",
            field,
            phase: None,
            message: "a fee is wanted where there is no preset".to_owned(),
        })
        .collect();
    if !faults.is_empty() {
        return Err(refusal(faults));
    }
    let beginning = Beginning {
        preset,
        currency: change.fee_currency,
    };
    Ok((beginning, change))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateValidation {
    /// Whether it could be saved so.
    valid: bool,
    /// What keeps it from being saved, all of it at once.
    faults: Vec<TemplateFault>,
    /// What is odd about it; of one that is valid.
    warnings: Vec<TemplateWarning>,
    /// What it would be: `active`, `disabled` or `archived`. Null for one that is not valid.
    status: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateFault {
    /// Stable.
    code: &'static str,
    /// The place in the body, as a 422 has it.
    #[schema(value_type = Vec<serde_json::Value>)]
    loc: Vec<Location>,
    msg: String,
}

impl From<Result<Draft, Vec<FieldFault>>> for TemplateValidation {
    fn from(tried: Result<Draft, Vec<FieldFault>>) -> Self {
        match tried {
            Ok(draft) => Self {
                valid: true,
                faults: Vec::new(),
                warnings: warnings(&draft.terms),
                status: Some(status_name(draft.status)),
            },
            Err(faults) => Self {
                valid: false,
                faults: faults
                    .into_iter()
                    .map(|fault| TemplateFault {
                        code: fault.code,
                        loc: place(&fault),
                        msg: fault.message,
                    })
                    .collect(),
                warnings: Vec::new(),
                status: None,
            },
        }
    }
}

/// Validate Template
///
/// Says what is wrong and what is odd about a template, or about a change of the one that is named, and saves nothing.
/// What cannot be read at all is a 422 here too.
#[utoipa::path(
    post,
    path = "/prop/templates/validate",
    operation_id = "validate_template",
    tag = "Prop trading",
    request_body = ValidateTemplateRequest,
    responses((status = 200, description = "Successful Response", body = TemplateValidation)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "preset_not_found"])))
)]
pub async fn validate(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlateJson(mut body): SlateJson<ValidateTemplateRequest>,
) -> Result<Json<TemplateValidation>, ApiError> {
    let app = &state.app;
    let id = body.template_id.map(|id| program(app, id)).transpose()?;
    let preset = body.preset.take().map(Text::into_string);
    let (beginning, change) = match id {
        Some(_) => (
            Beginning::default(),
            UpdateTemplateRequest::from(body).into_change(app)?,
        ),
        None => beginning(app, preset, body.into())?,
    };
    let tried = match app.validate_template(caller, id, beginning, change).await {
        Ok(draft) => Ok(draft),
        Err(TemplateError::Faults(faults)) => Err(faults),
        Err(error) => return Err(error.into()),
    };
    Ok(Json(tried.into()))
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
/// journeys keep the one that they began with. Seeds are read-only; clone one first. With `version` nothing is changed
/// when the template has another one by now.
#[utoipa::path(
    patch,
    path = "/prop/templates/{template_id}",
    operation_id = "update_template",
    tag = "Prop trading",
    params(("template_id" = Uuid, Path)),
    request_body = UpdateTemplateRequest,
    responses((status = 200, description = "Successful Response", body = TemplateResponse)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["template_not_found", "template_read_only", "template_version_conflict"])))
)]
pub async fn change(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<UpdateTemplateRequest>,
) -> Result<Json<TemplateResponse>, ApiError> {
    let app = &state.app;
    let id = program(app, id)?;
    let version = body.version.map(Within::get);
    let change = body.into_change(app)?;
    let template = app.change_template(caller, id, version, change).await?;
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

pub(super) fn program(app: &App, id: Uuid) -> Result<ProgramId, ApiError> {
    key_or(app, EntityKind::Program, id, Code::TemplateNotFound).map(ProgramId)
}

impl From<TemplateError> for ApiError {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Session(error) => error.into(),
            TemplateError::NotFound => Code::TemplateNotFound.into(),
            TemplateError::ReadOnly => Code::TemplateReadOnly.into(),
            TemplateError::NoPreset => Code::PresetNotFound.into(),
            TemplateError::VersionConflict { current } => Self::new(
                Code::TemplateVersionConflict,
                format!("The template was changed meanwhile; it has version {current} now"),
            ),
            TemplateError::Faults(faults) => refusal(faults),
            TemplateError::Store(error) => error.into(),
        }
    }
}
