//! Whether the process is up, and whether it can do its work.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use touchstone_app::NotReady;
use utoipa::ToSchema;

use crate::{ApiState, limits};

#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
    /// The server's time, RFC 3339: what a feed tells its own from.
    now: String,
}

/// The process is up
///
/// Says nothing about the database: restart the process only when this does not answer.
#[utoipa::path(get, path = "/healthz", tag = "Observability",
    responses((status = 200, description = "The process is up", body = Health)))]
pub async fn healthz(State(state): State<ApiState>) -> Json<Health> {
    Json(Health {
        status: "ok",
        now: state.app.now().rfc3339(),
    })
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    status: &'static str,
    /// Why the server cannot work now.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// The server can do its work
///
/// The database answers and has the schema of this program; the server is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "Observability",
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Not ready; `reason` says why", body = Readiness),
    ))]
pub async fn readyz(State(state): State<ApiState>) -> (StatusCode, Json<Readiness>) {
    let reason = if state.shutdown.is_cancelled() {
        Some("the server is stopping")
    } else {
        store_trouble(&state).await
    };
    match reason {
        None => (
            StatusCode::OK,
            Json(Readiness {
                status: "ready",
                reason,
            }),
        ),
        Some(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(Readiness {
                status: "unavailable",
                reason,
            }),
        ),
    }
}

/// The text of a store error can name hosts and files: it goes to the log, not to whoever asks.
async fn store_trouble(state: &ApiState) -> Option<&'static str> {
    match tokio::time::timeout(limits::READY_TIMEOUT, state.app.check_ready()).await {
        Ok(Ok(())) => None,
        Ok(Err(NotReady::OtherSchema)) => Some("the database has another schema"),
        Ok(Err(NotReady::Store(error))) => {
            tracing::warn!(%error, "the store is not ready");
            Some("the database does not answer")
        }
        Err(_) => Some("the database does not answer in time"),
    }
}
