//! The list of operations about what customers are told, asked and given to show.

use super::Who::{self, Customer as Trader, Staff};
use super::door;
use crate::support::demo::DemoServer;
use axum::http::Method;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Agreement, Customer};

/// Method, pattern, what stands in its braces (a thing that is there and one that is not), body, who, whether it changes.
pub type Line = (
    Method,
    &'static str,
    Option<(String, String)>,
    Option<Value>,
    Who,
    bool,
);

pub fn doors(server: &DemoServer) -> Vec<Line> {
    let uuids = |kind, own: i64| Some((server.uuid(kind, own), server.uuid(kind, 999_999)));
    let kind = Some(("refund".to_owned(), "nothing".to_owned()));
    let get = |pattern, ids, who| (Method::GET, pattern, ids, None, who, false);
    let post = |pattern, ids, body, who| (Method::POST, pattern, ids, body, who, true);
    let still = |pattern, ids, body, who| (Method::POST, pattern, ids, body, who, false);
    vec![
        get("/challenges/me/certificates", None, Trader),
        // Who was told everything stands in the audit.
        (
            Method::GET,
            "/customers/me/export",
            None,
            None,
            Trader,
            true,
        ),
        (
            Method::GET,
            "/customers/{customer_id}/export",
            uuids(Customer, 5),
            None,
            Staff,
            true,
        ),
        // He has money and a challenge: `customers/erasure.rs` goes through with it.
        still(
            "/customers/me/erasure",
            None,
            Some(json!({"password": "demo-trader-1"})),
            Trader,
        ),
        still(
            "/customers/{customer_id}/erasure",
            uuids(Customer, 5),
            Some(json!({"reason": "he asked"})),
            Staff,
        ),
        get("/agreements", None, Staff),
        post(
            "/agreements",
            None,
            Some(json!({"kind": "terms", "title": "Terms", "text": "Be fair, always."})),
            Staff,
        ),
        (
            Method::DELETE,
            "/agreements/{agreement_id}",
            uuids(Agreement, 1),
            None,
            Staff,
            true,
        ),
        get("/customers/me/agreements", None, Trader),
        still(
            "/customers/me/agreements/{agreement_id}/accept",
            uuids(Agreement, 1),
            None,
            Trader,
        ),
        get("/mail-templates", None, Staff),
        (
            Method::PUT,
            "/mail-templates/{kind}",
            kind.clone(),
            Some(door::mail("Anew")),
            Staff,
            true,
        ),
        still(
            "/mail-templates/{kind}/preview",
            kind.clone(),
            Some(door::mail("Anew")),
            Staff,
        ),
        (
            Method::DELETE,
            "/mail-templates/{kind}",
            kind,
            None,
            Staff,
            true,
        ),
        post(
            "/prop/news/import",
            None,
            Some(json!(
                "at,impact,currency,title\n2026-05-09T12:00:00Z,low,,Door"
            )),
            Staff,
        ),
    ]
}
