//! The parts of the document that belong to no route.

use serde_json::{Value, json};
use utoipa::openapi::{
    InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathsBuilder, tag::TagBuilder,
};

pub(super) const SYSTEM_TAG: &str = "Observability";

/// Slate's tags in its documented order, then ScaleTrade's.
const TAGS: [&str; 30] = [
    "Authentication",
    "API Tokens",
    "Customers",
    "Accounts",
    "Orders",
    "Instruments & Groups",
    "Transactions",
    "Payments",
    "Transfers",
    "Risk",
    "Workflow & CRM",
    "Messaging",
    "Integrations",
    "Webhooks",
    "Compliance",
    "Promo codes",
    "Reporting",
    "Audit",
    "Fraud & moderation",
    "Broker settings",
    "Users",
    "Roles & Teams",
    "Streams (SSE)",
    "Simulator",
    "Prices",
    SYSTEM_TAG,
    "Prop trading",
    "ScaleTrade customer",
    "ScaleTrade prop",
    "Console",
];

const DESCRIPTION: &str = "A self-hosted server that sells trading challenges and runs them. \
It speaks two published dialects: the prop endpoints of ScaleTrade's client API, and Slate's broker API.";

pub(super) fn document() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Touchstone")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(
                    LicenseBuilder::new()
                        .name("Apache-2.0")
                        .identifier(Some("Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .paths(PathsBuilder::new().build())
        .tags(Some(TAGS.map(|name| TagBuilder::new().name(name).build())))
        .build()
}

/// Error schemas, headers and security schemes, which every route may point at.
pub(super) fn add_shared_parts(document: &mut Value) {
    let shared = json!({
        "schemas": {
            "ScaleTradeError": {
                "type": "object",
                "required": ["error", "message"],
                "properties": {
                    "error": {"type": "string", "description": "A stable code to compare with"},
                    "message": {"type": "string", "description": "For people"},
                    "field": {"type": "string", "description": "The field that is wrong, where one is"},
                },
                "additionalProperties": true,
            },
            "SlateError": {
                "type": "object",
                "required": ["detail", "error"],
                "properties": {
                    "detail": {"type": "string", "description": "For people"},
                    "error": {"type": "string", "description": "A stable code to compare with"},
                },
            },
            "HTTPValidationError": {
                "properties": {
                    "detail": {
                        "items": {"$ref": "#/components/schemas/ValidationError"},
                        "type": "array",
                        "title": "Detail",
                    },
                },
                "type": "object",
                "title": "HTTPValidationError",
            },
            "ValidationError": {
                "properties": {
                    "loc": {
                        "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                        "type": "array",
                        "title": "Location",
                    },
                    "msg": {"type": "string", "title": "Message"},
                    "type": {"type": "string", "title": "Error Type"},
                },
                "type": "object",
                "required": ["loc", "msg", "type"],
                "title": "ValidationError",
            },
        },
        "headers": {
            "RetryAfter": {
                "description": "Seconds until a repeat makes sense",
                "schema": {"type": "integer", "minimum": 1},
            },
            "RateLimitLimit": {
                "description": "Requests a minute that are allowed",
                "schema": {"type": "integer", "minimum": 1},
            },
            "RateLimitRemaining": {
                "description": "Requests that would be answered at once",
                "schema": {"type": "integer", "minimum": 0},
            },
            "RateLimitReset": {
                "description": "Unix second at which the whole allowance is there again",
                "schema": {"type": "integer"},
            },
        },
        "securitySchemes": {
            "bearerAuth": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "`Authorization: Bearer <token>`, in both dialects",
            },
            "paymentSignature": {
                "type": "apiKey",
                "in": "header",
                "name": "X-Touchstone-Signature",
                "description": "`v1=` and the HMAC-SHA-256, in hexadecimal digits, of `X-Touchstone-Timestamp`, a dot and the body",
            },
            "feedSignature": {
                "type": "apiKey",
                "in": "header",
                "name": "X-Touchstone-Signature",
                "description": "`v1=` and the HMAC-SHA-256, in hexadecimal digits, of `X-Touchstone-Timestamp`, a dot and the body, with a secret of the feed",
            },
            "consoleRefresh": {
                "type": "apiKey",
                "in": "cookie",
                "name": "touchstone_refresh",
                "description": "What signing in to the console has given the browser",
            },
            "rawToken": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "The token alone: `Authorization: <token>`, in the ScaleTrade dialect",
            },
        },
    });
    merge(&mut document["components"], shared);
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

/// Leaves out tags that no operation has yet.
pub(super) fn keep_used_tags(document: &mut Value) {
    let mut used = Vec::new();
    super::for_each_operation(document, |_, _, operation| {
        if let Some(tags) = operation.get("tags").and_then(Value::as_array) {
            used.extend(tags.iter().cloned());
        }
    });
    if let Some(tags) = document.get_mut("tags").and_then(Value::as_array_mut) {
        tags.retain(|tag| used.contains(&tag["name"]));
    }
}
