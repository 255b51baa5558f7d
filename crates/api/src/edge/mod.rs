//! What stands around every request: its id and span, its metrics, the headers of its answer,
//! and the last net under a panic.

pub(crate) mod headers;
mod observe;
pub(crate) mod request_id;

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::{
    ApiState,
    console::cookies,
    dialect::{Dialect, Refusal},
    rate_limit::Standing,
};

pub use request_id::RequestIds;

/// Filled by the extractor that counted the request, read when its answer is ready.
#[derive(Debug, Clone, Default)]
pub struct CountedStanding(Arc<OnceLock<Standing>>);

impl CountedStanding {
    /// The first count of a request is the one that is shown.
    pub fn set(&self, standing: Standing) {
        let _ = self.0.set(standing);
    }
}

/// The middleware around all routes and fallbacks.
pub async fn around(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let id = state.request_ids.of(request.headers());
    let dialect = Dialect::of(request.uri().path());
    let counted = CountedStanding::default();
    request.extensions_mut().insert(counted.clone());
    let observation = observe::Observation::begin(
        request.method(),
        request.extensions().get::<MatchedPath>(),
        &id,
    );
    let span = observation.span();

    // Before anything looks for a token.
    cookies::adopt(&state, &mut request);
    let answer = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    let mut response = answer.unwrap_or_else(|_panic| {
        // The panic hook has logged the message and the place already.
        span.in_scope(|| tracing::error!("a handler panicked"));
        Refusal::Internal.in_dialect(dialect)
    });

    request_id::show(&id, &mut response);
    headers::secure(response.headers_mut());
    headers::challenge(&mut response);
    if let Some(standing) = counted.0.get() {
        headers::show_standing(*standing, state.app.now(), response.headers_mut());
    }
    span.in_scope(|| observation.end(response.status()));
    response
}
