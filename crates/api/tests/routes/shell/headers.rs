//! Headers of every answer.

use axum::{body::Body, http::Request};
use rstest::rstest;

use crate::support::TestServer;

#[rstest]
#[case("/healthz")]
#[case("/nothing/here")]
#[case("/docs/")]
#[tokio::test]
async fn every_answer_is_closed(#[case] path: &str) {
    let answer = TestServer::new().await.get(path).await;
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn what_the_api_says_is_not_stored() {
    let answer = TestServer::new().await.get("/nothing/here").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn without_a_limit_there_are_no_limit_headers() {
    let answer = TestServer::new().await.get("/nothing/here").await;
    assert_eq!(answer.header("x-ratelimit-limit"), None);
}

async fn request_id_for(sent: Option<&str>) -> String {
    let server = TestServer::new().await;
    let mut request = Request::get("/healthz");
    if let Some(sent) = sent {
        request = request.header("x-request-id", sent);
    }
    let answer = server.send(request.body(Body::empty()).unwrap()).await;
    answer.header("x-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn a_request_keeps_its_id_when_that_is_fit_for_a_log() {
    assert_eq!(request_id_for(Some("shop-17.a_b:c")).await, "shop-17.a_b:c");
    let own = request_id_for(None).await;
    assert!(own.ends_with("-1"), "{own}");
    assert_eq!(request_id_for(Some("two words")).await, own);
    assert_eq!(request_id_for(Some(&"x".repeat(65))).await, own);
    assert_eq!(request_id_for(Some("")).await, own);
}
