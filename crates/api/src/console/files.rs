//! The console's files under `/console/`, and the way there.

use crate::ApiState;
use crate::dialect::{Dialect, Refusal};
use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use touchstone_console::{File, START};

/// The console asks nobody but this server, and runs no script or style that does not come in a file of its own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
/// The name of a built file changes with what is in it.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// What stands in `/console/` where the server was built without it.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Touchstone</title>\
<h1>The console was not built</h1><p>This server was compiled where Node.js was missing. Install Node.js 20.19 or later and \
run <code>cargo xtask demo</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>console/</code> before \
<code>cargo build</code>.</p><p>The API is complete without it: <a href=\"/docs/\">/docs/</a>.</p></html>";

pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route(
            "/console",
            get(|| async { Redirect::permanent("/console/") }),
        )
        .route(
            "/console/",
            get(|headers: HeaderMap| async move { start(&headers) }),
        )
        .route(
            "/console/{*file}",
            get(
                |uri: Uri, headers: HeaderMap, file: Result<Path<String>, PathRejection>| async move {
                    match file {
                        Ok(Path(file)) => page(&uri, &headers, &file),
                        Err(_) => Refusal::NotFound.in_dialect(Dialect::of(uri.path())),
                    }
                },
            ),
        )
}

fn page(uri: &Uri, headers: &HeaderMap, path: &str) -> Response {
    match touchstone_console::file(path) {
        Some(file) => answer(headers, path, file),
        // A page of the console has no dot in its last part; a file that is gone has.
        None if path
            .rsplit('/')
            .next()
            .is_some_and(|last| last.contains('.')) =>
        {
            Refusal::NotFound.in_dialect(Dialect::of(uri.path()))
        }
        None => start(headers),
    }
}

fn start(headers: &HeaderMap) -> Response {
    match touchstone_console::file(START) {
        Some(file) => answer(headers, START, file),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

fn answer(asked: &HeaderMap, path: &str, plain: File) -> Response {
    let packed = takes_brotli(asked)
        .then(|| touchstone_console::file(&format!("{path}.br")))
        .flatten();
    let is_packed = packed.is_some();
    let file = packed.unwrap_or(plain);
    let tag = format!("\"{}\"", file.digest);
    let mut response = match asked.get(IF_NONE_MATCH) {
        Some(known) if known.as_bytes() == tag.as_bytes() => {
            StatusCode::NOT_MODIFIED.into_response()
        }
        _ => file.bytes.into_owned().into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    let is_named_by_content = path.starts_with("assets/");
    let caching = if is_named_by_content {
        FOR_EVER
    } else {
        REVALIDATE
    };
    headers.insert(CACHE_CONTROL, caching);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(ACCEPT_ENCODING).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("br") && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0"))
    })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest" | "map") => "application/json",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
