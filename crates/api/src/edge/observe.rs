//! One span and one measurement for each request. Neither ever holds a raw path, a query, a body
//! or a header: those can carry ids and secrets.

use axum::{
    extract::MatchedPath,
    http::{Method, StatusCode},
};
use tokio::time::Instant;
use tracing::Span;

const REQUESTS: &str = "touchstone_http_requests_total";
const SECONDS: &str = "touchstone_http_request_seconds";

pub(super) struct Observation {
    span: Span,
    started: Instant,
    method: &'static str,
    route: String,
}

impl Observation {
    pub(super) fn begin(method: &Method, matched: Option<&MatchedPath>, request_id: &str) -> Self {
        let method = method_label(method);
        let route = matched.map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
        let span = tracing::info_span!("request", request_id, method, route = %route);
        Self {
            span,
            started: Instant::now(),
            method,
            route,
        }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(super) fn end(self, status: StatusCode) {
        let took = self.started.elapsed();
        let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), duration_us, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), duration_us, "answered");
        }
        let labels = [
            ("method", self.method.to_owned()),
            ("path", self.route),
            ("status", status.as_str().to_owned()),
        ];
        metrics::counter!(REQUESTS, &labels).increment(1);
        metrics::histogram!(SECONDS, &labels).record(took);
    }
}

/// A label from a closed list: clients may invent methods.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
