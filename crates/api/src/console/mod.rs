//! The web console: its files, and the session that a browser holds for it. Everything else it asks of the dialects.

pub mod cookies;
pub mod files;
pub mod session;

use crate::ApiState;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(session::refresh))
}
