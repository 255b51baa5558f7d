//! Small pages for people, which need no script.

use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem;color:#1c2430}\
main{max-width:26rem;margin:auto}h1{font-size:1.25rem}.amount{font-size:2rem;margin:1rem 0}\
button,input{font:inherit;padding:.6rem 1.2rem;margin:0 .5rem .5rem 0;border:1px solid #1c2430;border-radius:.4rem;background:#fff}\
input{width:100%;box-sizing:border-box}button{cursor:pointer}\
button[value=pay],button.main{background:#1c2430;color:#fff}small{color:#5b6675}img{width:100%;height:auto}\
dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}dt{color:#5b6675}dd{margin:0;overflow-wrap:anywhere}";

/// The page's own style, its own form, pictures of this server, and nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// `content` is HTML: what comes from outside is escaped by whoever puts it in.
pub(super) fn html(status: StatusCode, title: &str, content: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{content}</main></body></html>"
    );
    let mut response = (status, Html(html)).into_response();
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}
