//! The manager's commands for programs over HTTP: `PUT /prop/manage/programs`, `GET` and `POST .../{id}`,
//! `POST .../validate`. The documents have them for a TCP connection; the fields and the replies are theirs.

use super::error::{ApiError, Code};
use super::extract::{ScaleJson, ScalePath};
use super::manage_objects::{
    CreateProgramRequest, ManagedProgramAnswer, ProgramFault, ProgramValidation,
    UpdateProgramRequest, ValidateProgramRequest,
};
use crate::ApiState;
use crate::auth::Staff;
use crate::input::{Id, Text, Within};
use axum::Json;
use axum::extract::State;
use touchstone_app::App;
use touchstone_app::identity::StaffCaller;
use touchstone_app::templates::ProgramError;
use touchstone_domain::ProgramId;

/// Create a Prop Program
///
/// MngCreatePropProgram: a program with all its steps. As documented it is on sale at once where `status` says nothing
/// else (1: not on sale).
#[utoipa::path(
    put,
    path = "/prop/manage/programs",
    operation_id = "MngCreatePropProgram",
    tag = "ScaleTrade management",
    request_body = CreateProgramRequest,
    responses((status = 200, description = "The program with its steps", body = ManagedProgramAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["INVALID_PROGRAM"])))
)]
pub async fn create(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    ScaleJson(body): ScaleJson<CreateProgramRequest>,
) -> Result<Json<ManagedProgramAnswer>, ApiError> {
    let app = &state.app;
    let brand = own_brand(app, caller, Some(body.brand.as_str())).await?;
    let template = app.create_program(caller, body.into_edit()?).await?;
    Ok(Json(ManagedProgramAnswer::new(&brand, &template)))
}

/// Update a Prop Program
///
/// MngUpdatePropProgram: what is given, and all steps where `steps` is given. Every change of what is promised is a new
/// version; challenges that run keep theirs. With `version` nothing is changed when the program has another one by now.
#[utoipa::path(
    post,
    path = "/prop/manage/programs/{id}",
    operation_id = "MngUpdatePropProgram",
    tag = "ScaleTrade management",
    params(("id" = Id, Path, description = "Program id")),
    request_body = UpdateProgramRequest,
    responses((status = 200, description = "The program with its steps", body = ManagedProgramAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["INVALID_PROGRAM", "PROGRAM_NOT_FOUND", "PROGRAM_READ_ONLY", "PROGRAM_VERSION_CONFLICT"])))
)]
pub async fn update(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    ScalePath(id): ScalePath<Id>,
    ScaleJson(body): ScaleJson<UpdateProgramRequest>,
) -> Result<Json<ManagedProgramAnswer>, ApiError> {
    let app = &state.app;
    if body.id.is_some_and(|other| other != id) {
        let message = "`id` says something else than the path";
        return Err(ApiError::new(Code::InvalidData, message).with("field", "id"));
    }
    let brand = own_brand(app, caller, body.brand.as_ref().map(Text::as_str)).await?;
    let version = body.version.map(Within::get);
    let edit = body.into_edit()?;
    let id = ProgramId(id.get());
    let template = app.update_program(caller, id, version, edit).await?;
    Ok(Json(ManagedProgramAnswer::new(&brand, &template)))
}

/// Get a Prop Program with its Steps
///
/// MngGetPropProgram: a program whatever its status.
#[utoipa::path(
    get,
    path = "/prop/manage/programs/{id}",
    operation_id = "MngGetPropProgram",
    tag = "ScaleTrade management",
    params(("id" = Id, Path, description = "Program id")),
    responses((status = 200, description = "The program with its steps", body = ManagedProgramAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PROGRAM_NOT_FOUND"])))
)]
pub async fn card(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    ScalePath(id): ScalePath<Id>,
) -> Result<Json<ManagedProgramAnswer>, ApiError> {
    let id = ProgramId(id.get());
    let found = state.app.managed_programs(caller, Some(id)).await?;
    let program = found.programs.first().ok_or(Code::ProgramNotFound)?;
    Ok(Json(ManagedProgramAnswer::new(&found.brand, program)))
}

/// Check a Prop Program
///
/// Says what is wrong and what is odd about a program, or about a change of the one with this `id`, and saves nothing.
#[utoipa::path(
    post,
    path = "/prop/manage/programs/validate",
    operation_id = "MngValidatePropProgram",
    tag = "ScaleTrade management",
    request_body = ValidateProgramRequest,
    responses((status = 200, description = "Its faults and warnings", body = ProgramValidation)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["PROGRAM_NOT_FOUND"])))
)]
pub async fn validate(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    ScaleJson(body): ScaleJson<ValidateProgramRequest>,
) -> Result<Json<ProgramValidation>, ApiError> {
    let app = &state.app;
    own_brand(app, caller, body.brand.as_ref().map(Text::as_str)).await?;
    let id = body.id.map(|id| ProgramId(id.get()));
    let tried = match body.into_edit() {
        Ok(edit) => match app.validate_program(caller, id, edit).await {
            Ok(draft) => Ok(draft),
            Err(ProgramError::Faults(faults)) => Err(faults),
            Err(error) => return Err(error.into()),
        },
        Err(faults) => Err(faults.0),
    };
    Ok(Json(tried.into()))
}

/// The brand of the caller, which is the only one that a request can name.
pub(super) async fn own_brand(
    app: &App,
    caller: StaffCaller,
    named: Option<&str>,
) -> Result<std::sync::Arc<str>, ApiError> {
    let brand = app.own_brand(caller).await?;
    match named.is_none_or(|named| *named == *brand) {
        true => Ok(brand),
        false => {
            let message = "`brand` is not the one that you belong to";
            Err(ApiError::new(Code::InvalidData, message).with("field", "brand"))
        }
    }
}

impl From<ProgramError> for ApiError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Session(error) => error.into(),
            ProgramError::NotFound => Self::new(
                Code::ProgramNotFound,
                "There is no such program, or it is another brand's",
            ),
            ProgramError::ReadOnly => Code::ProgramReadOnly.into(),
            ProgramError::VersionConflict { current } => {
                Self::from(Code::ProgramVersionConflict).with("version", current)
            }
            // Only templates begin from one.
            ProgramError::NoPreset => Code::NotFound.into(),
            ProgramError::Faults(faults) => super::manage_objects::Faults(faults).into(),
            ProgramError::Store(error) => error.into(),
        }
    }
}

impl From<super::manage_objects::Faults> for ApiError {
    fn from(faults: super::manage_objects::Faults) -> Self {
        let faults: Vec<ProgramFault> = faults.0.into_iter().map(ProgramFault::from).collect();
        let message = faults.iter().map(|fault| match fault.field.as_str() {
            "" => fault.message.clone(),
            field => format!("`{field}`: {}", fault.message),
        });
        let message = message.collect::<Vec<_>>().join("; ");
        let faults = serde_json::to_value(faults).unwrap_or_default();
        Self::new(Code::InvalidProgram, message).with("faults", faults)
    }
}
