//! `Retry-After`, the same in both dialects.

use std::time::Duration;

use axum::http::HeaderValue;

/// `Retry-After` in whole seconds, rounded up, at least 1.
pub(crate) fn retry_after_value(wait: Duration) -> HeaderValue {
    let whole = wait
        .as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0));
    HeaderValue::from(whole.max(1))
}
