use serde_json::json;

use crate::support::{START, TestServer};

#[tokio::test]
async fn answers_while_the_process_is_up() {
    let server = TestServer::new().await;
    let answer = server.get("/healthz").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({"status": "ok", "now": START.rfc3339()})
    );
}
