//! Operation ids and titles, as FastAPI and pydantic make them for Slate.

use serde_json::{Map, Value};

use crate::dialect::Dialect;

/// Completes the id of a Slate operation, and gives parameters their titles.
pub(super) fn complete(
    operation: &mut Map<String, Value>,
    dialect: Dialect,
    path: &str,
    method: &str,
) {
    if dialect == Dialect::Slate
        && let Some(Value::String(function)) = operation.get("operationId")
    {
        let id = operation_id(function, path, method);
        operation.insert("operationId".to_owned(), id.into());
    }
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        if let Some(schema) = parameter.get_mut("schema") {
            add_title(schema, &name);
        }
    }
}

/// `enroll`, `/challenges/{id}/enroll`, `post` is `enroll_challenges__id__enroll_post`.
fn operation_id(function: &str, path: &str, method: &str) -> String {
    let path: String = path
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    format!("{function}{path}_{method}")
}

/// Titles for every schema and for its properties that have none.
pub(super) fn add_schema_titles(document: &mut Value) {
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (property, inner) in properties.into_iter().flatten() {
            add_title(inner, property);
        }
        if let Some(schema) = schema.as_object_mut() {
            schema
                .entry("title")
                .or_insert_with(|| name.as_str().into());
        }
    }
}

/// A reference carries no title of its own.
fn add_title(schema: &mut Value, name: &str) {
    if let Some(schema) = schema.as_object_mut()
        && !schema.contains_key("$ref")
    {
        schema.entry("title").or_insert_with(|| title(name).into());
    }
}

/// `selected_addon_codes` is `Selected Addon Codes`.
fn title(name: &str) -> String {
    let words: Vec<String> = name
        .split('_')
        .filter(|word| !word.is_empty())
        .map(|word| {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            format!("{}{}", first.to_uppercase(), rest.to_lowercase())
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_published_document() {
        assert_eq!(
            operation_id(
                "customer_enroll_challenge",
                "/challenges/{template_id}/enroll",
                "post"
            ),
            "customer_enroll_challenge_challenges__template_id__enroll_post"
        );
        assert_eq!(title("selected_addon_codes"), "Selected Addon Codes");
        assert_eq!(title("pending_tx_id"), "Pending Tx Id");
        assert_eq!(title("login"), "Login");
    }
}
