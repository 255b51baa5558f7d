//! The list of operations by which staff look over everything.

use super::Who::Staff;
use super::words::Line;
use crate::support::demo::DemoServer;
use axum::http::Method;

pub fn doors(_server: &DemoServer) -> Vec<Line> {
    let get = |pattern, ids, who| (Method::GET, pattern, ids, None, who, false);
    vec![
        get("/audit", None, Staff),
        get("/prop/board", None, Staff),
        get("/customers", None, Staff),
    ]
}
