//! `X-Request-Id`: the client's own when it is fit for a log line, else one of ours.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue},
    response::Response,
};
use touchstone_domain::UnixMicros;

use crate::limits;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes ids that differ within one server and between its starts.
#[derive(Debug, Clone)]
pub struct RequestIds {
    started_at: UnixMicros,
    next: Arc<AtomicU64>,
}

impl RequestIds {
    #[must_use]
    pub fn new(started_at: UnixMicros) -> Self {
        Self {
            started_at,
            next: Arc::new(AtomicU64::new(1)),
        }
    }

    pub(super) fn of(&self, headers: &HeaderMap) -> String {
        match headers
            .get(X_REQUEST_ID)
            .and_then(|value| value.to_str().ok())
        {
            Some(sent) if is_fit(sent) => sent.to_owned(),
            _ => {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                format!("{:x}-{number:x}", self.started_at.0)
            }
        }
    }
}

fn is_fit(id: &str) -> bool {
    (1..=limits::REQUEST_ID_BYTES_MAX).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

pub(super) fn show(id: &str, response: &mut Response) {
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
}
