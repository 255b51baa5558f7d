use std::{collections::BTreeSet, env, fs, path::Path};

use axum::http::Method;
use serde_json::Value;
use touchstone_api::openapi;

use crate::support::{TestServer, json_request};

/// The file in the repository is what the server serves. `UPDATE_OPENAPI=1` writes it anew.
#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let server = TestServer::new().await;
    let served = server.get("/openapi.json").await;
    assert_eq!(served.status, 200);
    assert_eq!(served.header("content-type"), Some("application/json"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&file, &served.body).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == served.body,
        "openapi.json is not what the server serves; run this test with UPDATE_OPENAPI=1"
    );
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    all
}

#[test]
fn it_is_openapi_3_1_under_our_name_and_licence() {
    let document = openapi::document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["title"], "Touchstone");
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    assert_eq!(
        document["components"]["securitySchemes"]["bearerAuth"]["scheme"],
        "bearer"
    );
    assert_eq!(
        document["components"]["securitySchemes"]["rawToken"]["name"],
        "Authorization"
    );
}

#[test]
fn every_operation_has_an_id_of_its_own_a_tag_and_a_summary() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&openapi::document()) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{id} is there twice");
        assert!(operation["tags"][0].is_string(), "{method} {path}");
        assert!(operation["summary"].is_string(), "{method} {path}");
        assert!(operation.get("x-errors").is_none(), "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                fields.values().for_each(|inner| walk(document, inner));
            }
            Value::Array(items) => items.iter().for_each(|inner| walk(document, inner)),
            _ => {}
        }
    }
    let document = openapi::document();
    walk(&document, &document);
}

/// No value is a text and an object: whoever makes up requests from the document would have nothing to send.
#[test]
fn no_schema_asks_for_two_types_at_once() {
    fn walk(value: &Value) {
        match value {
            Value::Object(fields) => {
                let parts = fields.get("allOf").and_then(Value::as_array);
                let types = parts.into_iter().flatten().map(|part| &part["type"]);
                let types: BTreeSet<String> = types
                    .filter(|kind| !kind.is_null())
                    .map(Value::to_string)
                    .collect();
                assert!(types.len() < 2, "{value:#}");
                fields.values().for_each(walk);
            }
            Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    walk(&openapi::document());
}

/// A path with ids that nobody has.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for (index, part) in path.split(['{', '}']).enumerate() {
        match index % 2 {
            0 => filled.push_str(part),
            _ if path.starts_with("/prop/p") || path.starts_with("/prop/c") => filled.push('9'),
            _ => filled.push_str("00000000-0000-8000-8000-000000000009"),
        }
    }
    filled
}

/// Without a token: 401 where the document asks for one, and nowhere else; never an answer that
/// the document does not name.
#[tokio::test]
async fn the_document_says_who_is_let_in() {
    let server = TestServer::new().await;
    for (path, method, operation) in operations(&openapi::document()) {
        let method: Method = method.to_uppercase().parse().unwrap();
        let request = json_request(method.clone(), &filled(&path), "{}");
        let status = server.send(request).await.status.as_u16().to_string();
        let is_secured = operation["security"]
            .as_array()
            .is_some_and(|schemes| !schemes.is_empty());
        assert_eq!(
            status == "401",
            is_secured,
            "{method} {path} answered {status}"
        );
        assert!(
            operation["responses"].get(&status).is_some(),
            "{method} {path} answered {status}"
        );
    }
}
