//! Sign-in, registration, refresh, sessions and forgotten passwords.

use super::customer_object::CustomerResponse;
use super::error::{ApiError, Code};
use super::extract::{SlateJson, SlatePath};
use crate::ApiState;
use crate::auth::{SignedIn, Visitor};
use crate::dialect::Refusal;
use crate::input::{Segment, Text};
use crate::login::Attempt;
use crate::rate_limit::NameKind;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use touchstone_app::App;
use touchstone_app::identity::{
    Credentials, CustomerSignedIn, EndSessionError, PasswordError, Registration, RegistrationError,
    SessionLife, SignInError, Tokens,
};
use touchstone_domain::{Account, EntityKind, SessionId};
use utoipa::ToSchema;
use uuid::Uuid;

/// Signs a customer in, and counts the attempt.
pub(crate) async fn admit_customer(
    state: &ApiState,
    visitor: Visitor,
    credentials: Credentials,
) -> Result<CustomerSignedIn, ApiError> {
    let name = credentials.email.clone();
    let attempt = Attempt {
        kind: NameKind::Customer,
        name: &name,
        address: visitor.address,
    };
    state.admit_login(&attempt)?;
    let life = SessionLife::Refreshing;
    let outcome = state.app.sign_in_customer(credentials, life).await;
    state.note_login(&attempt, &outcome);
    Ok(outcome?)
}

/// Signs a person of the firm in, and counts the attempt.
pub(crate) async fn admit_staff(
    state: &ApiState,
    visitor: Visitor,
    credentials: Credentials,
) -> Result<Tokens, ApiError> {
    let name = credentials.email.clone();
    let attempt = Attempt {
        kind: NameKind::Staff,
        name: &name,
        address: visitor.address,
    };
    state.admit_login(&attempt)?;
    let outcome = state.app.sign_in_staff(credentials).await;
    state.note_login(&attempt, &outcome);
    let (_, tokens) = outcome?;
    Ok(tokens)
}

#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    #[schema(inline)]
    email: Text<1, 254>,
    #[schema(inline)]
    password: Text<1, 72>,
    /// Only needed where the same e-mail and password fit in several brands.
    brand: Option<String>,
    /// A code of the second factor, or a backup code, where it is on.
    #[schema(inline)]
    totp_code: Option<Text<0, 32>>,
}

#[derive(Serialize, ToSchema)]
pub struct CustomerLoginResponse {
    access_token: String,
    refresh_token: Option<String>,
    /// Always `bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    session_id: Uuid,
    customer: CustomerResponse,
}

fn credentials(body: LoginRequest) -> Credentials {
    Credentials {
        brand: body.brand,
        email: body.email.into_string(),
        password: SecretString::from(body.password.into_string()),
        code: body.totp_code.map(Text::into_string),
    }
}

/// Customer Login
#[utoipa::path(
    post,
    path = "/customers/login",
    operation_id = "customer_login",
    tag = "Customers",
    request_body = LoginRequest,
    responses((status = 200, description = "Successful Response", body = CustomerLoginResponse)),
    extensions(("x-errors" = json!(["invalid_credentials", "sign_in_disabled", "brand_required", "TOTP_REQUIRED", "invalid_totp_code"])))
)]
pub async fn customer_login(
    State(state): State<ApiState>,
    visitor: Visitor,
    SlateJson(body): SlateJson<LoginRequest>,
) -> Result<Json<CustomerLoginResponse>, ApiError> {
    let CustomerSignedIn {
        customer,
        accounts,
        deposits,
        tokens,
        ..
    } = admit_customer(&state, visitor, credentials(body)).await?;
    let accounts: Vec<Account> = accounts.into_iter().map(|(account, _)| account).collect();
    Ok(Json(CustomerLoginResponse {
        session_id: state
            .app
            .public_ids
            .uuid(EntityKind::Session, tokens.session_id.0),
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token,
        token_type: "bearer",
        expires_in: tokens.expires_in_seconds,
        customer: CustomerResponse::new(&state.app, &customer, &accounts, deposits),
    }))
}

#[derive(Serialize, ToSchema)]
pub struct TokenResponse {
    access_token: String,
    /// Good once: a refresh gives the next one.
    refresh_token: Option<String>,
    /// Always `bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    session_id: Uuid,
}

impl TokenResponse {
    fn new(app: &App, tokens: Tokens) -> Self {
        Self {
            session_id: app
                .public_ids
                .uuid(EntityKind::Session, tokens.session_id.0),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            token_type: "bearer",
            expires_in: tokens.expires_in_seconds,
        }
    }
}

/// User Login
///
/// Sign-in of staff.
#[utoipa::path(
    post,
    path = "/users/login",
    operation_id = "user_login",
    tag = "Authentication",
    request_body = LoginRequest,
    responses((status = 200, description = "Successful Response", body = TokenResponse)),
    extensions(("x-errors" = json!(["invalid_credentials", "sign_in_disabled", "brand_required", "TOTP_REQUIRED", "invalid_totp_code"])))
)]
pub async fn user_login(
    State(state): State<ApiState>,
    visitor: Visitor,
    SlateJson(body): SlateJson<LoginRequest>,
) -> Result<Json<TokenResponse>, ApiError> {
    let tokens = admit_staff(&state, visitor, credentials(body)).await?;
    Ok(Json(TokenResponse::new(&state.app, tokens)))
}

#[derive(Deserialize, ToSchema)]
pub struct RefreshRequest {
    #[schema(inline)]
    refresh_token: Text<1, 256>,
}

/// Refresh
///
/// A new pair of tokens. A refresh token is good once; an old one that comes again ends the session.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    operation_id = "refresh",
    tag = "Authentication",
    request_body = RefreshRequest,
    responses((status = 200, description = "Successful Response", body = TokenResponse)),
    extensions(("x-errors" = json!(["unauthorized"])))
)]
pub async fn refresh(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlateJson(body): SlateJson<RefreshRequest>,
) -> Result<Json<TokenResponse>, ApiError> {
    let tokens = state.app.refresh(body.refresh_token.as_str()).await?;
    Ok(Json(TokenResponse::new(&state.app, tokens)))
}

/// Revoke Session
///
/// Ends a session at once: one's own, or for staff one of a customer of their brand.
#[utoipa::path(
    delete,
    path = "/auth/sessions/{session_id}",
    operation_id = "revoke_session",
    tag = "Authentication",
    params(("session_id" = Uuid, Path)),
    responses((status = 204, description = "Ended")),
    security(("bearerAuth" = [])),
)]
pub async fn revoke_session(
    State(state): State<ApiState>,
    SignedIn(caller): SignedIn,
    SlatePath(session_id): SlatePath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let key = state
        .app
        .public_ids
        .key(EntityKind::Session, session_id)
        .ok_or(Code::NotFound)?;
    state
        .app
        .end_session(caller, SessionId(key))
        .await
        .map_err(|error| match error {
            EndSessionError::Session(error) => error.into(),
            EndSessionError::NotFound => ApiError::from(Code::NotFound),
            EndSessionError::Store(error) => error.into(),
        })?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
pub struct RegisterRequest {
    #[schema(inline)]
    email: Text<3, 254>,
    #[schema(inline)]
    phone: Text<1, 20>,
    #[schema(inline)]
    password: Option<Text<8, 72>>,
    #[schema(inline)]
    first_name: Option<Text<0, 100>>,
    #[schema(inline)]
    last_name: Option<Text<0, 100>>,
    #[schema(inline)]
    country: Option<Text<2, 2>>,
    /// `organic` when it is not given.
    #[schema(inline)]
    source: Option<Text<1, 32>>,
    /// The firm's first brand when it is not given.
    brand: Option<String>,
}

/// Register Customer
#[utoipa::path(
    post,
    path = "/customers/register",
    operation_id = "register_customer",
    tag = "Customers",
    request_body = RegisterRequest,
    responses((status = 201, description = "Successful Response", body = CustomerResponse)),
    extensions(("x-errors" = json!(["email_taken"])))
)]
pub async fn register(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlateJson(body): SlateJson<RegisterRequest>,
) -> Result<(StatusCode, Json<CustomerResponse>), ApiError> {
    if !is_email(body.email.as_str()) {
        return Err(ApiError::invalid_body(
            [Segment::Key("email".into())],
            "value is not a valid email address",
        ));
    }
    let text = |text: Option<Text<0, 100>>| text.map(Text::into_string).unwrap_or_default();
    let registration = Registration {
        brand: body.brand,
        email: body.email.into_string(),
        password: body
            .password
            .map(|password| SecretString::from(password.into_string())),
        first_name: text(body.first_name),
        last_name: text(body.last_name),
        phone: body.phone.into_string(),
        country: body
            .country
            .map(|country| country.as_str().to_uppercase())
            .unwrap_or_default(),
        source: body
            .source
            .map_or_else(|| "organic".to_owned(), Text::into_string),
    };
    let customer = state.app.register(registration).await?;
    Ok((
        StatusCode::CREATED,
        Json(CustomerResponse::new(&state.app, &customer, &[], None)),
    ))
}

/// Something, an at sign, and a name with a dot inside; whether it can be reached is told by mail.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.trim().rsplit_once('@') else {
        return false;
    };
    let host_is_good = host.split('.').count() >= 2 && host.split('.').all(|part| !part.is_empty());
    let no_space = !text
        .trim()
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control());
    !local.is_empty() && host_is_good && no_space
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ResetRequest {
    #[schema(inline)]
    email: Text<1, 254>,
    /// Every brand in which the e-mail is known when it is not given.
    brand: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    ok: bool,
}

/// Request Password Reset
///
/// Mails a token to a known e-mail, at most three that are good at once; the answer is the same for
/// an unknown one.
#[utoipa::path(
    post,
    path = "/auth/password-reset/request",
    operation_id = "request_password_reset",
    tag = "Authentication",
    request_body = ResetRequest,
    responses((status = 202, description = "Accepted", body = Accepted)),
)]
pub async fn request_reset(
    State(state): State<ApiState>,
    visitor: Visitor,
    SlateJson(body): SlateJson<ResetRequest>,
) -> Result<(StatusCode, Json<Accepted>), ApiError> {
    state
        .rate_limits
        .begin_mail(body.email.as_str(), visitor.address)
        .map_err(|retry_after| Refusal::RateLimited { retry_after })?;
    state
        .app
        .ask_password_reset(body.brand, body.email.as_str())
        .await?;
    Ok((StatusCode::ACCEPTED, Json(Accepted { ok: true })))
}

#[derive(Deserialize, ToSchema)]
pub struct ResetConfirm {
    #[schema(inline)]
    token: Text<1, 256>,
    #[schema(inline)]
    password: Text<8, 72>,
}

/// Confirm Password Reset
///
/// Sets a new password by a mailed token; every session of the customer or staff member ends.
#[utoipa::path(
    post,
    path = "/auth/password-reset/confirm",
    operation_id = "confirm_password_reset",
    tag = "Authentication",
    request_body = ResetConfirm,
    responses((status = 200, description = "Successful Response", body = Accepted)),
    extensions(("x-errors" = json!(["invalid_token"])))
)]
pub async fn confirm_reset(
    State(state): State<ApiState>,
    _visitor: Visitor,
    SlateJson(body): SlateJson<ResetConfirm>,
) -> Result<Json<Accepted>, ApiError> {
    let password = SecretString::from(body.password.into_string());
    state
        .app
        .reset_password(body.token.as_str(), password)
        .await?;
    Ok(Json(Accepted { ok: true }))
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Code::InvalidCredentials.into(),
            SignInError::Disabled => Code::SignInDisabled.into(),
            SignInError::BrandWanted => Code::BrandRequired.into(),
            SignInError::CodeWanted => Code::TotpRequired.into(),
            SignInError::WrongCode => Code::InvalidTotpCode.into(),
            SignInError::CodeTooSoon { wait_seconds } => {
                Refusal::code_too_soon(wait_seconds).into()
            }
            SignInError::Sealed(error) => {
                tracing::error!(%error, "a second factor cannot be asked");
                Code::InternalError.into()
            }
            SignInError::Hashing(error) => error.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Length => {
                Self::invalid_body([Segment::Key("password".into())], &error.to_string())
            }
            PasswordError::Token => Code::InvalidToken.into(),
            PasswordError::Hashing(error) => error.into(),
            PasswordError::Store(error) => error.into(),
        }
    }
}

impl From<RegistrationError> for ApiError {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::EmailTaken => Code::EmailTaken.into(),
            RegistrationError::UnknownBrand => {
                Self::invalid_body([Segment::Key("brand".into())], "there is no such brand")
            }
            RegistrationError::Password(error) => error.into(),
            RegistrationError::Store(error) => error.into(),
        }
    }
}
