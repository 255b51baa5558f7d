//! The OpenAPI document and a page to read it, both without any other server.

use std::sync::{Arc, LazyLock};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{Path, rejection::PathRejection},
    http::{
        HeaderValue, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa_swagger_ui::Config;

use crate::{
    ApiState,
    dialect::{Dialect, Refusal},
};

/// The page runs its own scripts and reads this server, and nothing else. Its script library sets
/// styles and draws inline pictures.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// No validator badge: it would send the document to someone else's server.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    Arc::new(
        Config::new(["/openapi.json"])
            .validator_url("none")
            .deep_linking(true)
            .display_operation_id(true)
            .try_it_out_enabled(true),
    )
});

/// The document as it was built with the routes.
#[derive(Debug, Clone)]
pub(crate) struct Document(Bytes);

impl Document {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }
}

/// The OpenAPI document of this server
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi_document", tag = "Observability",
    responses((status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json")))]
pub(crate) async fn openapi_json(Extension(document): Extension<Document>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, REVALIDATE),
    ];
    (headers, document.0).into_response()
}

/// A page to read the OpenAPI document and to try it
#[utoipa::path(get, path = "/docs", operation_id = "docs_page", tag = "Observability",
    responses((status = 308, description = "The page is at `/docs/`")))]
pub(crate) async fn docs() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The page and the files that it loads, which are no part of the API.
pub(crate) fn files() -> Router<ApiState> {
    Router::new()
        .route(
            "/docs/",
            get(|uri: Uri| async move { page(&uri, "index.html") }),
        )
        .route(
            "/docs/{*file}",
            get(
                |uri: Uri, file: Result<Path<String>, PathRejection>| async move {
                    match file {
                        Ok(Path(file)) => page(&uri, &file),
                        Err(_) => Refusal::NotFound.in_dialect(Dialect::of(uri.path())),
                    }
                },
            ),
        )
}

fn page(uri: &Uri, file: &str) -> Response {
    match utoipa_swagger_ui::serve(file, Arc::clone(&CONFIG)) {
        Ok(Some(file)) => {
            let headers = [
                (CONTENT_TYPE.as_str(), file.content_type.as_str()),
                (CACHE_CONTROL.as_str(), "no-cache"),
            ];
            let mut response = (StatusCode::OK, headers, file.bytes.into_owned()).into_response();
            response
                .headers_mut()
                .insert(CONTENT_SECURITY_POLICY, PAGE_POLICY);
            response
        }
        Ok(None) => Refusal::NotFound.in_dialect(Dialect::of(uri.path())),
        Err(error) => {
            tracing::error!(%error, "the documentation page is broken");
            Refusal::Internal.in_dialect(Dialect::of(uri.path()))
        }
    }
}
