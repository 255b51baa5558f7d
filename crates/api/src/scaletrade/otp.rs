//! `/customer/auth/otp`: the customer's second factor.

use super::error::{ApiError, Code};
use super::extract::ScaleJson;
use crate::ApiState;
use crate::auth::Customer;
use crate::dialect::Refusal;
use crate::input::{Text, Within};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchstone_app::identity::Caller;
use touchstone_app::totp::{CodeError, TotpError};
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct OtpAnswer {
    /// Base32.
    secret: String,
    /// `otpauth://totp/...`, to be shown as a picture.
    uri: String,
    /// 0: it is not asked for before it was enabled.
    otp_enabled: i64,
}

#[derive(Deserialize, ToSchema)]
pub struct SetOtpBody {
    #[schema(inline)]
    otp_code: Text<1, 32>,
    /// 1, which it is when it is not given, enables; 0 disables.
    #[schema(inline)]
    otp_enabled: Option<Within<0, 1>>,
}

#[derive(Serialize, ToSchema)]
pub struct SetOtpAnswer {
    otp_enabled: i64,
    /// Each good once instead of a code of the device; they are shown this once. Empty after it was disabled.
    backup_codes: Vec<String>,
}

/// Get Customer OTP
///
/// Makes a secret (SHA-1, 6 digits, 30 seconds) and its provisioning URI. It is not asked for before it was enabled; the
/// secret of an earlier call, if it was not, is forgotten.
#[utoipa::path(
    get,
    path = "/customer/auth/otp",
    operation_id = "GetCustomerOTP",
    tag = "ScaleTrade customer",
    responses((status = 200, description = "A new secret", body = OtpAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["OTP_ALREADY_ENABLED"])))
)]
pub async fn get(
    State(state): State<ApiState>,
    Customer(caller): Customer,
) -> Result<Json<OtpAnswer>, ApiError> {
    let enrolled = state.app.enrol_totp(Caller::Customer(caller)).await?;
    Ok(Json(OtpAnswer {
        secret: enrolled.secret,
        uri: enrolled.uri,
        otp_enabled: 0,
    }))
}

/// Set Customer OTP
///
/// Enables the second factor with a first code of the device, or disables it with one.
#[utoipa::path(
    put,
    path = "/customer/auth/otp",
    operation_id = "SetCustomerOTP",
    tag = "ScaleTrade customer",
    request_body = SetOtpBody,
    responses((status = 200, description = "How it is now", body = SetOtpAnswer)),
    security(("bearerAuth" = []), ("rawToken" = [])),
    extensions(("x-errors" = json!(["OTP_NOT_CONFIGURED", "OTP_ALREADY_ENABLED", "INVALID_OTP_CODE"])))
)]
pub async fn set(
    State(state): State<ApiState>,
    Customer(caller): Customer,
    ScaleJson(body): ScaleJson<SetOtpBody>,
) -> Result<Json<SetOtpAnswer>, ApiError> {
    let (app, caller) = (&state.app, Caller::Customer(caller));
    let code = body.otp_code.into_string();
    let wanted = body.otp_enabled.map_or(1, Within::get);
    let backup_codes = if wanted == 0 {
        app.disable_totp(caller, code).await?;
        Vec::new()
    } else {
        app.confirm_totp(caller, code).await?
    };
    Ok(Json(SetOtpAnswer {
        otp_enabled: wanted,
        backup_codes,
    }))
}

impl From<TotpError> for ApiError {
    fn from(error: TotpError) -> Self {
        match error {
            TotpError::Session(error) => error.into(),
            TotpError::NotForAccounts => Self::new(Code::Forbidden, error.to_string()),
            TotpError::IsOn => Code::OtpAlreadyEnabled.into(),
            TotpError::IsOff | TotpError::NotEnrolled => Code::OtpNotConfigured.into(),
            TotpError::Code(CodeError::Wanted | CodeError::Wrong) => Code::InvalidOtpCode.into(),
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
