//! The session of a browser: an access token and a refresh token in cookies that no script reads. A request that brings
//! no `Authorization` of its own is given the cookie's; one that changes something has to prove first that a page of the
//! console sent it.

use crate::ApiState;
use crate::dialect::Refusal;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use touchstone_app::identity::{Caller, Tokens, verify};

const ACCESS: &str = "touchstone_access";
const REFRESH: &str = "touchstone_refresh";
/// The refresh token goes nowhere else.
const SESSION_PATH: &str = "/console/session";

const PROOF: HeaderName = HeaderName::from_static("x-csrf-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const UNPROVED: &str = "A change with the session's cookie needs the header X-CSRF-Token with the token of GET /console/session";
const ELSEWHERE: &str = "The console's session is only for pages of this server";

/// A cookie that was not taken for a session, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unproved(pub &'static str);

/// Puts the cookie's access token where every extractor looks for one. A change that no page of the console has sent gets
/// none; what asks for no session does not feel it.
pub(crate) fn adopt(state: &ApiState, request: &mut Request) {
    if request.headers().contains_key(AUTHORIZATION) {
        return;
    }
    let Some(token) = access(request.headers()) else {
        return;
    };
    // One that is out of date is answered like none.
    let Ok(caller) = verify(&state.app.keys, token, state.app.now()) else {
        return;
    };
    if !request.method().is_safe() {
        let proved =
            same_site(request.headers()).and_then(|()| proved(state, &caller, request.headers()));
        if let Err(Refusal::WrongKind(reason)) = proved {
            request.extensions_mut().insert(Unproved(reason));
            return;
        }
    }
    if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {token}")) {
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
}

/// Browsers say where a request comes from, and pages cannot change it.
///
/// # Errors
/// A request that a page of another site sent.
pub(super) fn same_site(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Refusal::WrongKind(ELSEWHERE)),
    }
}

/// That a page of the console has sent it: nobody else can have read the session's token.
///
/// # Errors
/// A request without it.
pub(super) fn proved(
    state: &ApiState,
    caller: &Caller,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    let shown = headers.get(PROOF).and_then(|value| value.to_str().ok());
    let is_proved = caller.session_id().is_some_and(|session| {
        let keys = &state.app.keys;
        keys.is_forgery_token(session, shown.unwrap_or_default())
    });
    match is_proved {
        true => Ok(()),
        false => Err(Refusal::WrongKind(UNPROVED)),
    }
}

pub(super) fn access(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, ACCESS)
}

pub(super) fn refresh(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, REFRESH)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, value)| *found == name && !value.is_empty())
        .map(|(_, value)| value)
}

/// Gives the browser a session, or the next tokens of one.
pub(super) fn keep(state: &ApiState, headers: &mut HeaderMap, tokens: &Tokens) {
    let life = tokens.expires_in_seconds;
    set(state, headers, ACCESS, &tokens.access_token, "/", life);
    if let Some(refresh) = &tokens.refresh_token {
        let life = state.app.settings.refresh_token_seconds;
        set(state, headers, REFRESH, refresh, SESSION_PATH, life);
    }
}

pub(super) fn forget(state: &ApiState, headers: &mut HeaderMap) {
    set(state, headers, ACCESS, "", "/", 0);
    set(state, headers, REFRESH, "", SESSION_PATH, 0);
}

fn set(
    state: &ApiState,
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
    path: &str,
    life_seconds: i64,
) {
    let secure = match state.app.settings.public_url.starts_with("https:") {
        true => "; Secure",
        false => "",
    };
    let text = format!(
        "{name}={value}; Path={path}; Max-Age={life_seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(SET_COOKIE, value);
    }
}
