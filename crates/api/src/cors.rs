//! Which pages of other origins may call the API from a browser: those that are named, by their
//! exact origin, and none by default. No cookie is ever asked for, so nothing is sent with a call
//! but what the page itself puts there.

use std::{fmt, str::FromStr};

use axum::http::{
    HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::Url;

use crate::{
    edge, limits,
    slate::{enroll, event_stream, trading::preflight},
};

/// Scheme, host and port of a page, written as browsers write it: `https://trade.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoOrigin {
    text: String,
    /// The origin that was meant, perhaps.
    meant: Option<String>,
}

impl fmt::Display for NoOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no origin: ", self.text)?;
        match &self.meant {
            Some(meant) => write!(f, "browsers write `{meant}`"),
            None => f.write_str(
                "http or https and a whole host are wanted, as in https://trade.example.com",
            ),
        }
    }
}

impl std::error::Error for NoOrigin {}

impl FromStr for Origin {
    type Err = NoOrigin;

    /// Origins are compared letter by letter, so one that browsers write otherwise would match
    /// nothing, and is refused.
    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let as_written = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(|url| url.origin().ascii_serialization())
            .filter(|origin| !origin.contains('*'));
        let no_origin = |meant| NoOrigin {
            text: text.to_owned(),
            meant,
        };
        if as_written.as_deref() != Some(text) {
            return Err(no_origin(as_written));
        }
        let value = HeaderValue::from_str(text).map_err(|_| no_origin(None))?;
        Ok(Self(value))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// Answers browsers that ask first whether they may call, before anything is counted, and tells
/// them which headers of an answer the page may read. Nothing when no origin is named.
pub(crate) fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let origins = origins.iter().map(|origin| origin.0.clone());
    let sent: [HeaderName; 6] = [
        AUTHORIZATION,
        CONTENT_TYPE,
        enroll::IDEMPOTENCY_KEY,
        edge::request_id::X_REQUEST_ID,
        preflight::CUSTOMER_LOGIN,
        event_stream::LAST_EVENT_ID,
    ];
    let read: [HeaderName; 8] = [
        CONTENT_DISPOSITION,
        RETRY_AFTER,
        WWW_AUTHENTICATE,
        enroll::REPLAYED,
        edge::request_id::X_REQUEST_ID,
        edge::headers::LIMIT,
        edge::headers::REMAINING,
        edge::headers::RESET,
    ];
    Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allow_headers(sent)
            .expose_headers(read)
            .max_age(limits::CORS_MAX_AGE),
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://trade.example.com")]
    #[case("http://localhost:5173")]
    #[case("http://[::1]:3000")]
    #[case("https://xn--bcher-kva.example")]
    fn an_origin_is_what_browsers_send(#[case] text: &str) {
        assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
    }

    #[rstest]
    #[case::any("*", "as in https://trade.example.com")]
    #[case::any_host("https://*.example.com", "a whole host")]
    #[case::no_scheme("trade.example.com", "http or https")]
    #[case::no_scheme_but_a_port("trade.example.com:443", "http or https")]
    #[case::another_scheme("ftp://example.com", "http or https")]
    #[case::of_a_file("null", "http or https")]
    #[case::nothing("", "http or https")]
    #[case::a_path("https://example.com/app", "browsers write `https://example.com`")]
    #[case::a_slash("https://example.com/", "browsers write `https://example.com`")]
    #[case::a_usual_port("https://example.com:443", "browsers write `https://example.com`")]
    #[case::capitals("https://Example.com", "browsers write `https://example.com`")]
    #[case::a_password("https://u:p@example.com", "browsers write `https://example.com`")]
    fn anything_else_is_refused(#[case] text: &str, #[case] says: &str) {
        let refused = text.parse::<Origin>().unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
}
