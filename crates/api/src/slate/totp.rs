//! `/auth/totp`: the second factor of whoever is signed in, and how staff take it away from who has lost it.

use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use super::ids::key_or;
use super::users::user;
use crate::ApiState;
use crate::auth::{SignedIn, Staff};
use crate::dialect::Refusal;
use crate::input::{Reason, Text};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::totp::{CodeError, TotpError};
use touchstone_domain::{CustomerId, EntityKind};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCodeRequest {
    /// Of the device, or a backup code.
    #[schema(inline)]
    code: Text<1, 32>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetTotpRequest {
    /// Why; kept in the audit.
    #[schema(inline)]
    reason: Reason<500>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TotpStandingObject {
    enabled: bool,
    /// Since when; null while it is off.
    confirmed_at: Option<String>,
    backup_codes_left: i64,
}

#[derive(Serialize, ToSchema)]
pub struct TotpEnrolmentObject {
    /// Base32, for devices without a camera.
    secret: String,
    /// `otpauth://totp/...`, to be shown as a picture.
    provisioning_uri: String,
}

#[derive(Serialize, ToSchema)]
pub struct BackupCodesObject {
    /// Each good once instead of a code of the device; they are shown this once.
    backup_codes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TotpResetObject {
    ok: bool,
    /// Whether one was on.
    was_enrolled: bool,
}

/// TOTP Status
#[utoipa::path(
    get,
    path = "/auth/totp",
    operation_id = "totp_status",
    tag = "Authentication",
    responses((status = 200, description = "Successful Response", body = TotpStandingObject)),
    security(("bearerAuth" = [])),
)]
pub async fn status(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<TotpStandingObject>, ApiError> {
    let standing = state.app.totp_standing(caller).await?;
    Ok(Json(TotpStandingObject {
        enabled: standing.confirmed_at.is_some(),
        confirmed_at: standing.confirmed_at.map(|at| at.rfc3339()),
        backup_codes_left: standing.backup_codes_left,
    }))
}

/// Enroll TOTP
///
/// A new secret for a device (SHA-1, 6 digits, 30 seconds). It asks for nothing before a code has confirmed it.
#[utoipa::path(
    post,
    path = "/auth/totp/enroll",
    operation_id = "enroll_totp",
    tag = "Authentication",
    responses((status = 200, description = "Successful Response", body = TotpEnrolmentObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["totp_enabled"])))
)]
pub async fn enroll(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<TotpEnrolmentObject>, ApiError> {
    let enrolled = state.app.enrol_totp(caller).await?;
    Ok(Json(TotpEnrolmentObject {
        secret: enrolled.secret,
        provisioning_uri: enrolled.uri,
    }))
}

/// Confirm TOTP
///
/// Switches the second factor on with a first code of the device.
#[utoipa::path(
    post,
    path = "/auth/totp/confirm",
    operation_id = "confirm_totp",
    tag = "Authentication",
    request_body = TotpCodeRequest,
    responses((status = 200, description = "Successful Response", body = BackupCodesObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["totp_enabled", "totp_not_enrolled", "invalid_totp_code"])))
)]
pub async fn confirm(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlateJson(body): SlateJson<TotpCodeRequest>,
) -> Result<Json<BackupCodesObject>, ApiError> {
    let code = body.code.into_string();
    let backup_codes = state.app.confirm_totp(caller, code).await?;
    Ok(Json(BackupCodesObject { backup_codes }))
}

/// Disable TOTP
///
/// Switches the second factor off, with a code of the device or a backup code.
#[utoipa::path(
    post,
    path = "/auth/totp/disable",
    operation_id = "disable_totp",
    tag = "Authentication",
    request_body = TotpCodeRequest,
    responses((status = 200, description = "Successful Response", body = TotpStandingObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["totp_disabled", "invalid_totp_code"])))
)]
pub async fn disable(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlateJson(body): SlateJson<TotpCodeRequest>,
) -> Result<Json<TotpStandingObject>, ApiError> {
    let code = body.code.into_string();
    state.app.disable_totp(caller, code).await?;
    Ok(Json(TotpStandingObject {
        enabled: false,
        confirmed_at: None,
        backup_codes_left: 0,
    }))
}

/// Renew Backup Codes
///
/// Other backup codes, with a code; the ones before are worth nothing from now on.
#[utoipa::path(
    post,
    path = "/auth/totp/backup-codes",
    operation_id = "renew_backup_codes",
    tag = "Authentication",
    request_body = TotpCodeRequest,
    responses((status = 200, description = "Successful Response", body = BackupCodesObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["totp_disabled", "invalid_totp_code"])))
)]
pub async fn backup_codes(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlateJson(body): SlateJson<TotpCodeRequest>,
) -> Result<Json<BackupCodesObject>, ApiError> {
    let code = body.code.into_string();
    let backup_codes = state.app.renew_backup_codes(caller, code).await?;
    Ok(Json(BackupCodesObject { backup_codes }))
}

/// Reset User TOTP
///
/// Takes the second factor away from a colleague who has lost it, and ends his sessions.
#[utoipa::path(
    post,
    path = "/users/{user_id}/totp/reset",
    operation_id = "reset_user_totp",
    tag = "Users",
    params(("user_id" = Uuid, Path)),
    request_body = ResetTotpRequest,
    responses((status = 200, description = "Successful Response", body = TotpResetObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["user_not_found", "role_above_yours", "cannot_change_yourself"])))
)]
pub async fn reset_user(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ResetTotpRequest>,
) -> Result<Json<TotpResetObject>, ApiError> {
    let id = user(&state.app, id)?;
    let reason = body.reason.into_string();
    let was_enrolled = state.app.reset_staff_totp(caller, id, reason).await?;
    let ok = true;
    Ok(Json(TotpResetObject { ok, was_enrolled }))
}

/// Reset Customer TOTP
///
/// Takes the second factor away from a customer who has lost it, and ends his sessions.
#[utoipa::path(
    post,
    path = "/customers/{customer_id}/totp/reset",
    operation_id = "reset_customer_totp",
    tag = "Customers",
    params(("customer_id" = Uuid, Path)),
    request_body = ResetTotpRequest,
    responses((status = 200, description = "Successful Response", body = TotpResetObject)),
    security(("bearerAuth" = [])),
    extensions(("x-errors" = json!(["customer_not_found"])))
)]
pub async fn reset_customer(
    State(state): State<ApiState>,
    Staff(caller): Staff,
    SlatePath(id): SlatePath<Uuid>,
    SlateJson(body): SlateJson<ResetTotpRequest>,
) -> Result<Json<TotpResetObject>, ApiError> {
    let id = key_or(&state.app, EntityKind::Customer, id, Code::CustomerNotFound)?;
    let reason = body.reason.into_string();
    let reset = state
        .app
        .reset_customers_totp(caller, CustomerId(id), reason);
    let (ok, was_enrolled) = (true, reset.await?);
    Ok(Json(TotpResetObject { ok, was_enrolled }))
}

impl From<TotpError> for ApiError {
    fn from(error: TotpError) -> Self {
        match error {
            TotpError::Session(error) => error.into(),
            TotpError::NotForAccounts => Self::new(Code::Forbidden, error.to_string()),
            TotpError::IsOn => Code::TotpEnabled.into(),
            TotpError::IsOff => Code::TotpDisabled.into(),
            TotpError::NotEnrolled => Code::TotpNotEnrolled.into(),
            TotpError::Code(CodeError::Wanted | CodeError::Wrong) => Code::InvalidTotpCode.into(),
            TotpError::Code(CodeError::TooSoon { wait_seconds }) => {
                Refusal::code_too_soon(wait_seconds).into()
            }
            TotpError::Code(CodeError::Sealed(error)) => {
                tracing::error!(%error, "a second factor cannot be asked");
                Code::InternalError.into()
            }
            TotpError::Code(CodeError::Store(error)) | TotpError::Store(error) => error.into(),
        }
    }
}
