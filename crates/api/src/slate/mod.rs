//! The Slate dialect: the prop endpoints of its broker API and what they lean on.

pub mod attention;
pub mod error;
pub mod extract;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::ApiState;

/// Every route of this dialect, with its part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(attention::list))
        .routes(routes!(attention::resolve))
}
