//! What operators and developers ask of the server itself; no dialect has these paths.

mod clock;
pub mod docs;
mod feed;
pub mod health;
pub mod metrics;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(clock::advance))
        .routes(routes!(feed::take))
        .routes(routes!(feed::status))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::metrics))
        .routes(routes!(docs::openapi_json))
        .routes(routes!(docs::docs))
}
