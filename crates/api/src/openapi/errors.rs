//! The error answers of an operation: those every one has, and those it names itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{dialect::Dialect, scaletrade, slate};

/// Where a handler lists the codes that only it answers.
const OWN_CODES: &str = "x-errors";

/// One line of a dialect's table.
#[derive(Clone, Copy)]
struct Line {
    code: &'static str,
    status: u16,
    meaning: &'static str,
}

impl From<scaletrade::error::Code> for Line {
    fn from(code: scaletrade::error::Code) -> Self {
        Self {
            code: code.as_str(),
            status: code.status().as_u16(),
            meaning: code.meaning(),
        }
    }
}

impl From<slate::error::Code> for Line {
    fn from(code: slate::error::Code) -> Self {
        Self {
            code: code.as_str(),
            status: code.status().as_u16(),
            meaning: code.meaning(),
        }
    }
}

/// Adds every error answer that is not documented by hand.
pub(super) fn complete(
    operation: &mut Map<String, Value>,
    dialect: Dialect,
    path: &str,
    is_for_staff: bool,
) {
    let mut lines = common(operation, dialect, path);
    if is_for_staff {
        lines.push(match dialect {
            Dialect::ScaleTrade => scaletrade::error::Code::TotpEnrollmentRequired.into(),
            Dialect::Slate => slate::error::Code::TotpEnrollmentRequired.into(),
        });
    }
    lines.extend(own(operation, dialect, path));
    let mut by_status: BTreeMap<u16, Vec<Line>> = BTreeMap::new();
    for line in lines {
        let known = by_status.entry(line.status).or_default();
        if known.iter().all(|other| other.code != line.code) {
            known.push(line);
        }
    }
    let responses = operation
        .entry("responses")
        .or_insert_with(|| json!({}))
        .as_object_mut()
        .expect("responses are an object");
    for (status, lines) in by_status {
        responses
            .entry(status.to_string())
            .or_insert_with(|| response(dialect, status, &lines));
    }
    for (status, response) in responses.iter_mut() {
        add_rate_limit_headers(status, response);
    }
}

/// What the shell answers around a handler, as far as it can meet this operation.
fn common(operation: &Map<String, Value>, dialect: Dialect, path: &str) -> Vec<Line> {
    let has_body = operation.contains_key("requestBody");
    let has_parameters = operation
        .get("parameters")
        .and_then(Value::as_array)
        .is_some_and(|parameters| !parameters.is_empty());
    let is_secured = operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(|schemes| !schemes.is_empty());
    let names_a_resource = path.contains('{');
    match dialect {
        Dialect::ScaleTrade => {
            use scaletrade::error::Code;
            select([
                (has_body || has_parameters, &[Code::InvalidData][..]),
                (
                    has_body,
                    &[
                        Code::InvalidJson,
                        Code::RequestTimeout,
                        Code::PayloadTooLarge,
                        Code::UnsupportedMediaType,
                    ],
                ),
                (is_secured, &[Code::InvalidCustomerSession, Code::Forbidden]),
                (names_a_resource, &[Code::NotFound]),
                (
                    true,
                    &[Code::RateLimited, Code::InternalError, Code::Unavailable],
                ),
            ])
        }
        Dialect::Slate => {
            use slate::error::Code;
            select([
                (has_body || has_parameters, &[Code::ValidationError][..]),
                (
                    has_body,
                    &[
                        Code::RequestTimeout,
                        Code::PayloadTooLarge,
                        Code::UnsupportedMediaType,
                    ],
                ),
                (is_secured, &[Code::Unauthorized, Code::Forbidden]),
                (names_a_resource, &[Code::NotFound]),
                (
                    true,
                    &[Code::RateLimited, Code::InternalError, Code::Unavailable],
                ),
            ])
        }
    }
}

fn select<C: Copy + Into<Line>, const N: usize>(groups: [(bool, &[C]); N]) -> Vec<Line> {
    groups
        .into_iter()
        .filter(|(applies, _)| *applies)
        .flat_map(|(_, codes)| codes.iter().map(|code| (*code).into()))
        .collect()
}

/// The codes that the handler lists, which leave the document once they are read.
fn own(operation: &mut Map<String, Value>, dialect: Dialect, path: &str) -> Vec<Line> {
    let Some(Value::Array(codes)) = operation.remove(OWN_CODES) else {
        return Vec::new();
    };
    codes
        .iter()
        .map(|code| {
            let code = code.as_str().unwrap_or_default();
            line_of(dialect, code).unwrap_or_else(|| {
                panic!("{path} lists `{code}`, which is in no table of {dialect:?}")
            })
        })
        .collect()
}

fn line_of(dialect: Dialect, code: &str) -> Option<Line> {
    match dialect {
        Dialect::ScaleTrade => find(scaletrade::error::Code::ALL, code),
        Dialect::Slate => find(slate::error::Code::ALL, code),
    }
}

fn find<C: Copy + Into<Line>>(table: &[C], code: &str) -> Option<Line> {
    table
        .iter()
        .map(|line| (*line).into())
        .find(|line: &Line| line.code == code)
}

fn response(dialect: Dialect, status: u16, lines: &[Line]) -> Value {
    let schema = match (dialect, status) {
        (Dialect::ScaleTrade, _) => "ScaleTradeError",
        (Dialect::Slate, 422) => "HTTPValidationError",
        (Dialect::Slate, _) => "SlateError",
    };
    let description = match schema {
        "HTTPValidationError" => "Validation Error".to_owned(),
        _ => {
            let lines: Vec<String> = lines
                .iter()
                .map(|line| format!("`{}`: {}", line.code, line.meaning))
                .collect();
            lines.join("\n\n")
        }
    };
    let mut response = json!({
        "description": description,
        "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}},
    });
    if matches!(status, 429 | 503) {
        response["headers"] = json!({"Retry-After": {"$ref": "#/components/headers/RetryAfter"}});
    }
    response
}

/// Every answer can show the allowance, the refusal has to.
fn add_rate_limit_headers(status: &str, response: &mut Value) {
    let is_shown = status.starts_with('2') || status == "429";
    if !is_shown {
        return;
    }
    for (header, name) in [
        ("X-RateLimit-Limit", "RateLimitLimit"),
        ("X-RateLimit-Remaining", "RateLimitRemaining"),
        ("X-RateLimit-Reset", "RateLimitReset"),
    ] {
        response["headers"][header] = json!({"$ref": format!("#/components/headers/{name}")});
    }
}
