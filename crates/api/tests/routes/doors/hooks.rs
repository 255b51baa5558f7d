//! The list of operations about webhooks.

use super::Who::Staff;
use super::words::Line;
use axum::http::Method;
use serde_json::json;

/// The one that comes last ends what the others are about.
pub fn doors() -> Vec<Line> {
    let one = || Some(("1".to_owned(), "999999".to_owned()));
    let get = |pattern, ids| (Method::GET, pattern, ids, None, Staff, false);
    let post = |pattern, ids, body| (Method::POST, pattern, ids, body, Staff, true);
    vec![
        get("/webhooks", None),
        post("/webhooks", None, Some(webhook("door"))),
        get("/webhooks/event-types", None),
        get("/webhooks/{webhook_id}", one()),
        get("/webhooks/{webhook_id}/deliveries", one()),
        post("/webhooks/{webhook_id}/test", one(), None),
        post(
            "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
            one(),
            None,
        ),
        post(
            "/webhooks/{webhook_id}/replay",
            one(),
            Some(json!({"since": "2026-05-01"})),
        ),
        (
            Method::DELETE,
            "/webhooks/{webhook_id}/replay",
            Some(("2".to_owned(), "999999".to_owned())),
            None,
            Staff,
            true,
        ),
        post("/webhooks/{webhook_id}/rotate-secret", one(), None),
        (
            Method::PATCH,
            "/webhooks/{webhook_id}",
            one(),
            Some(json!({"description": "Another"})),
            Staff,
            true,
        ),
        (
            Method::DELETE,
            "/webhooks/{webhook_id}",
            one(),
            None,
            Staff,
            true,
        ),
    ]
}

pub fn webhook(path: &str) -> serde_json::Value {
    json!({"endpoint_url": format!("https://hooks.example.com/{path}")})
}
