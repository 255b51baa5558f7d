//! All routes under one roof.

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Request},
    middleware,
    response::Response,
    routing::get,
};

use crate::{
    ApiState, console, cors,
    dialect::{Dialect, Refusal},
    edge, limits, openapi, scaletrade,
    system::docs::{self, Document},
};

/// The whole HTTP interface over one state.
pub fn router(state: ApiState) -> Router {
    let (documented, document) = openapi::documented_routes().split_for_parts();
    let document = Document::new(openapi::to_text(&openapi::finish(document)));
    let routes = documented
        .merge(docs::files())
        .merge(console::files::routes())
        .route("/", get(scaletrade::socket::root))
        .route("/ws", get(scaletrade::socket::open))
        .layer(Extension(document))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(state.clone(), edge::around));
    // Around everything, so that a page can read why it was refused, or that the server failed.
    let routes = match cors::layer(&state.allowed_origins) {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.with_state(state)
}

async fn not_found(request: Request) -> Response {
    Refusal::NotFound.in_dialect(Dialect::of(request.uri().path()))
}

async fn method_not_allowed(request: Request) -> Response {
    Refusal::MethodNotAllowed.in_dialect(Dialect::of(request.uri().path()))
}
