//! The OpenAPI document: what the routes say of themselves, completed by what holds for all of them.
//!
//! A handler documents its parameters, body, success and, under `x-errors`, the error codes of its
//! own. Everything that the shell around it can answer is added here, so that no handler can forget it.

mod base;
mod described;
mod errors;
mod names;
mod permissions;

use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;

use crate::{ApiState, console, dialect::Dialect, scaletrade, slate, system};

/// Methods that a path item can hold operations under.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every documented route.
pub(crate) fn documented_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(base::document())
        .merge(system::routes())
        .merge(slate::routes())
        .merge(scaletrade::routes())
        .merge(console::routes())
}

/// The finished document, as it is served and as it is committed.
#[must_use]
pub fn document() -> Value {
    finish(documented_routes().into_openapi())
}

pub(crate) fn finish(routes: utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(routes).expect("an OpenAPI document is JSON");
    described::mend(&mut document);
    base::add_shared_parts(&mut document);
    for_each_operation(&mut document, |path, method, operation| {
        if is_system(operation) {
            return;
        }
        let staff = permissions::of(path, method).is_some();
        errors::complete(operation, Dialect::of(path), path, staff);
        names::complete(operation, Dialect::of(path), path, method);
        permissions::complete(operation, path, method);
    });
    names::add_schema_titles(&mut document);
    base::keep_used_tags(&mut document);
    document
}

/// As the file in the repository: indented, with a line end.
#[must_use]
pub fn to_text(document: &Value) -> String {
    format!("{document:#}\n")
}

fn for_each_operation(
    document: &mut Value,
    mut edit: impl FnMut(&str, &str, &mut Map<String, Value>),
) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                edit(path, method, operation);
            }
        }
    }
}

fn is_system(operation: &Map<String, Value>) -> bool {
    operation
        .get("tags")
        .and_then(Value::as_array)
        .is_some_and(|tags| tags.iter().any(|tag| tag == base::SYSTEM_TAG))
}
