//! The list of operations by which staff look over everything.

use super::Who::{Customer as Trader, Staff};
use super::words::Line;
use crate::support::demo::DemoServer;
use axum::http::Method;
use touchstone_domain::EntityKind::{Challenge, Purchase};

pub fn doors(server: &DemoServer) -> Vec<Line> {
    let get = |pattern, ids, who| (Method::GET, pattern, ids, None, who, false);
    let purchase = (server.uuid(Purchase, 10), server.uuid(Purchase, 999_999));
    let journey = (server.uuid(Challenge, 12), server.uuid(Challenge, 999_999));
    vec![
        get(
            "/challenges/me/{journey_id}/overview",
            Some(journey),
            Trader,
        ),
        get("/audit", None, Staff),
        get("/customers", None, Staff),
        get("/prop/attention/{purchase_id}", Some(purchase), Staff),
        get("/prop/board", None, Staff),
        get("/prop/groups", None, Staff),
        get("/prop/health", None, Staff),
        get("/prop/inbox", None, Staff),
        get("/prop/search", None, Staff),
    ]
}
