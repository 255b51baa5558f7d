//! `POST /demo/clock/advance`

use crate::support::demo::DemoServer;
use serde_json::json;

#[tokio::test]
async fn only_a_demo_with_a_manual_clock_can_be_moved() {
    let server = DemoServer::new().await;
    let body = json!({"seconds": 86_400});
    assert_eq!(
        server
            .post("", "/demo/clock/advance", &body)
            .await
            .status
            .as_u16(),
        404
    );
    let server = DemoServer::with_manual_clock().await;
    let answer = server.post("", "/demo/clock/advance", &body).await;
    assert_eq!(answer.json(), json!({"now": "2026-05-08T13:20:00.000000Z"}));
    for wrong in [
        json!({"seconds": 0}),
        json!({"seconds": "x"}),
        json!({"seconds": i64::MAX}),
        json!({}),
    ] {
        assert_eq!(
            server
                .post("", "/demo/clock/advance", &wrong)
                .await
                .status
                .as_u16(),
            422
        );
    }
}
