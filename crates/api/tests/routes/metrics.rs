use crate::support::TestServer;

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let server = TestServer::new().await;
    server.get("/docs/swagger-ui.css").await;
    server.get("/who/knows/whose-path").await;
    let answer = server.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let line = r#"touchstone_http_requests_total{method="GET",path="/docs/{*file}",status="200"}"#;
    assert!(answer.body.contains(line), "{}", answer.body);
    let line = r#"touchstone_http_requests_total{method="GET",path="unmatched",status="404"}"#;
    assert!(answer.body.contains(line), "{}", answer.body);
    assert!(!answer.body.contains("whose-path"));
    assert!(
        answer
            .body
            .contains("touchstone_http_request_seconds_bucket")
    );
}
