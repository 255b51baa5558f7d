//! The last net.

use axum::{Router, body::Body, http::Request, middleware, routing::get};
use rstest::rstest;
use serde_json::json;

use crate::support::{TestServer, send};

#[expect(clippy::panic, reason = "the handler of this test has a bug")]
async fn broken() -> &'static str {
    panic!("secret: 4711")
}

#[rstest]
#[case("/customer/x", json!({"error": "INTERNAL_ERROR", "message": "The server made a mistake; nothing was changed that is not shown"}))]
#[case("/customers/x", json!({"detail": "The server made a mistake; nothing was changed that is not shown", "error": "internal_error"}))]
#[tokio::test]
async fn a_panic_is_answered_in_the_dialect_and_says_nothing(
    #[case] path: &str,
    #[case] expected: serde_json::Value,
) {
    let server = TestServer::new().await;
    let router = Router::new()
        .route(path, get(broken))
        .layer(middleware::from_fn_with_state(
            server.state.clone(),
            touchstone_api::around,
        ))
        .with_state(server.state.clone());
    let answer = send(router, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (500, expected));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("x-request-id").is_some());
}
