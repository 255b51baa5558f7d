//! The Slate dialect: the prop endpoints of its broker API and what they lean on.

pub mod error;
pub mod extract;

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;

/// Every route of this dialect, with its part of the OpenAPI document.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}
