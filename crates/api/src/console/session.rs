//! `/console/session`: signing in and out with cookies.

use super::cookies;
use crate::ApiState;
use crate::auth::Visitor;
use crate::dialect::Refusal;
use crate::input::Text;
use crate::slate::error::ApiError;
use crate::slate::extract::SlateJson;
use crate::slate::identity::{admit_customer, admit_staff};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use touchstone_app::identity::{
    Caller, Credentials, EndSessionError, SessionError, Tokens, Who, verify_until,
};
use touchstone_domain::{EntityKind, UnixMicros};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleKind {
    Customer,
    User,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsoleSignInRequest {
    kind: ConsoleKind,
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

/// Who is signed in. Without a session everything but the first three is null.
#[derive(Default, Serialize, ToSchema)]
pub struct ConsoleSession {
    signed_in: bool,
    /// The server shows the demo firm, whose passwords everybody may know.
    demo: bool,
    /// A refresh may bring a session that has run out back.
    can_refresh: bool,
    kind: Option<ConsoleKind>,
    /// For the header `X-CSRF-Token` of every request that changes something.
    csrf_token: Option<String>,
    session_id: Option<Uuid>,
    name: Option<String>,
    email: Option<String>,
    brand: Option<String>,
    /// Of staff: what they may do, by the names that refusals use.
    permissions: Option<Vec<&'static str>>,
    /// The brand wants a second factor of the person, who has to switch it on before anything else.
    totp_enrollment_required: Option<bool>,
    /// When the session wants a refresh.
    expires_at: Option<String>,
}

/// Console Session
///
/// Who is signed in with the browser's cookies.
#[utoipa::path(
    get,
    path = "/console/session",
    operation_id = "console_session",
    tag = "Console",
    responses((status = 200, description = "Successful Response", body = ConsoleSession)),
)]
pub async fn show(
    State(state): State<ApiState>,
    _visitor: Visitor,
    headers: HeaderMap,
) -> Result<Json<ConsoleSession>, ApiError> {
    let held = cookies::access(&headers);
    let nobody = ConsoleSession {
        demo: state.is_demo(),
        can_refresh: cookies::refresh(&headers).is_some(),
        ..ConsoleSession::default()
    };
    let Some(token) = held else {
        return Ok(Json(nobody));
    };
    match greet(&state, token).await {
        Ok(session) => Ok(Json(ConsoleSession {
            can_refresh: nobody.can_refresh,
            ..session
        })),
        Err(SessionError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Json(nobody)),
    }
}

/// Console Sign In
///
/// A session in cookies that no script can read. Customers and staff sign in here.
#[utoipa::path(
    post,
    path = "/console/session",
    operation_id = "console_sign_in",
    tag = "Console",
    request_body = ConsoleSignInRequest,
    responses((status = 200, description = "Successful Response", body = ConsoleSession)),
    extensions(("x-errors" = json!(["invalid_credentials", "sign_in_disabled", "brand_required", "TOTP_REQUIRED", "invalid_totp_code", "forbidden"])))
)]
pub async fn sign_in(
    State(state): State<ApiState>,
    visitor: Visitor,
    headers: HeaderMap,
    SlateJson(body): SlateJson<ConsoleSignInRequest>,
) -> Result<Response, ApiError> {
    cookies::same_site(&headers)?;
    let kind = body.kind;
    let credentials = Credentials {
        brand: body.brand,
        email: body.email.into_string(),
        password: SecretString::from(body.password.into_string()),
        code: body.totp_code.map(Text::into_string),
    };
    let tokens = match kind {
        ConsoleKind::Customer => admit_customer(&state, visitor, credentials).await?.tokens,
        ConsoleKind::User => admit_staff(&state, visitor, credentials).await?,
    };
    begun(&state, &tokens).await
}

/// Console Refresh
///
/// The next tokens of the session, in its cookies. Tabs that refresh at once have to wait for each other: a refresh token
/// is good once.
#[utoipa::path(
    post,
    path = "/console/session/refresh",
    operation_id = "console_refresh",
    tag = "Console",
    responses((status = 200, description = "Successful Response", body = ConsoleSession)),
    security(("consoleRefresh" = [])),
    extensions(("x-errors" = json!(["unauthorized", "forbidden"])))
)]
pub async fn refresh(
    State(state): State<ApiState>,
    _visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    cookies::same_site(&headers)?;
    let Some(token) = cookies::refresh(&headers) else {
        return Err(Refusal::Unauthorized.into());
    };
    match state.app.refresh(token).await {
        Ok(tokens) => begun(&state, &tokens).await,
        Err(SessionError::Ended) => {
            let mut response = ApiError::from(Refusal::Unauthorized).into_response();
            cookies::forget(&state, response.headers_mut());
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// Console Sign Out
///
/// Ends the session and takes its cookies away. Without a session nothing happens.
#[utoipa::path(
    delete,
    path = "/console/session",
    operation_id = "console_sign_out",
    tag = "Console",
    responses((status = 204, description = "Signed out")),
    extensions(("x-errors" = json!(["forbidden"])))
)]
pub async fn sign_out(
    State(state): State<ApiState>,
    _visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    cookies::same_site(&headers)?;
    if let Some(caller) = still_held(&state, &headers).await?
        && let Some(session) = caller.session_id()
    {
        match state.app.end_session(caller, session).await {
            Ok(()) | Err(EndSessionError::Session(_) | EndSessionError::NotFound) => {}
            Err(EndSessionError::Store(error)) => return Err(error.into()),
        }
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    cookies::forget(&state, response.headers_mut());
    Ok(response)
}

/// Whose session the cookies are of, also when its access token has run out.
async fn still_held(state: &ApiState, headers: &HeaderMap) -> Result<Option<Caller>, ApiError> {
    let (keys, now) = (&state.app.keys, state.app.now());
    if let Some(token) = cookies::access(headers)
        && let Ok((caller, _)) = verify_until(keys, token, now)
    {
        cookies::proved(state, &caller, headers)?;
        return Ok(Some(caller));
    }
    let Some(token) = cookies::refresh(headers) else {
        return Ok(None);
    };
    match state.app.refresh(token).await {
        Ok(tokens) => Ok(verify_until(keys, &tokens.access_token, now)
            .ok()
            .map(|(caller, _)| caller)),
        Err(SessionError::Ended) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn begun(state: &ApiState, tokens: &Tokens) -> Result<Response, ApiError> {
    let session = greet(state, &tokens.access_token).await?;
    let session = ConsoleSession {
        can_refresh: tokens.refresh_token.is_some(),
        ..session
    };
    let mut response = Json(session).into_response();
    cookies::keep(state, response.headers_mut(), tokens);
    Ok(response)
}

async fn greet(state: &ApiState, token: &str) -> Result<ConsoleSession, SessionError> {
    let (keys, now) = (&state.app.keys, state.app.now());
    let Ok((caller, until)) = verify_until(keys, token, now) else {
        return Err(SessionError::Ended);
    };
    let who = state.app.who(caller).await?;
    Ok(ConsoleSession::of(state, &caller, who, until))
}

impl ConsoleSession {
    fn of(state: &ApiState, caller: &Caller, who: Who, until: UnixMicros) -> Self {
        let session = caller.session_id();
        let ids = &state.app.public_ids;
        Self {
            signed_in: true,
            demo: state.is_demo(),
            can_refresh: false,
            kind: Some(match caller {
                Caller::Staff(_) => ConsoleKind::User,
                Caller::Customer(_) | Caller::Account(_) => ConsoleKind::Customer,
            }),
            csrf_token: session.map(|id| state.app.keys.forgery_token(id)),
            session_id: session.map(|id| ids.uuid(EntityKind::Session, id.0)),
            name: Some(who.name),
            email: Some(who.email),
            brand: Some(who.brand),
            permissions: who
                .permissions
                .map(|held| held.iter().map(|one| one.name()).collect()),
            totp_enrollment_required: Some(who.wants_factor),
            expires_at: Some(until.rfc3339()),
        }
    }
}
