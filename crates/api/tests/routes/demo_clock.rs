//! `POST /demo/clock/advance`

use crate::support::{demo::DemoServer, enrolled};
use serde_json::json;

#[tokio::test]
async fn what_nobody_paid_has_ended_when_the_days_have_passed() {
    let server = DemoServer::with_manual_clock().await;
    enrolled(&server).await;
    for (days, status) in [(6, "PENDING"), (2, "DECLINED")] {
        let body = json!({"seconds": days * 86_400});
        let answer = server.post("", "/demo/clock/advance", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(server.status_of(1).await, status, "after {days} days");
    }
}

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
