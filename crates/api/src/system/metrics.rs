//! Prometheus metrics of the whole process.

use std::sync::OnceLock;

use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::ApiState;

/// Upper bounds of all histograms, seconds: from a read on a warm cache to a slow disk.
const SECONDS_BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// The recorder of this process. The first call installs it; to be called before anything is counted.
///
/// # Panics
/// When something else has installed a recorder: its numbers would be missing here.
pub fn recorder() -> PrometheusHandle {
    RECORDER
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS_BUCKETS)
                .and_then(PrometheusBuilder::install_recorder)
                .expect("no other metrics recorder is installed")
        })
        .clone()
}

/// Metrics in the text format of Prometheus
#[utoipa::path(get, path = "/metrics", tag = "Observability",
    responses((status = 200, description = "All metrics of this process", body = String, content_type = "text/plain")))]
pub async fn metrics(State(state): State<ApiState>) -> Response {
    let app = &state.app;
    app.desk.backlog(app.now()).export();
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        state.metrics.render(),
    )
        .into_response()
}
