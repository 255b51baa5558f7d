//! `GET /customers/{customer_id}/kyc` and `PUT /customers/{customer_id}/kyc`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Account, Customer};

fn path(server: &DemoServer) -> String {
    format!("/customers/{}/kyc", server.uuid(Customer, 5))
}

async fn set(server: &DemoServer, token: &str, body: Value) -> Answer {
    let path = path(server);
    server
        .request(Method::PUT, token, &path, Some(body.to_string()))
        .await
}

#[tokio::test]
async fn staff_say_what_is_known_and_a_repeat_changes_nothing() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let before = server.get(&staff, &path(&server)).await.json();
    let id = server.uuid(Customer, 5);
    assert_eq!(
        before,
        json!({"customer_id": id, "status": "none", "since": null})
    );
    let rows = server.audit_rows().await;
    for status in ["pending", "approved", "approved", "rejected", "none"] {
        let body = json!({"status": status, "reason": "papers"});
        let answer = set(&server, &staff, body).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        assert_eq!(answer.json()["status"], status);
        assert_eq!(
            server.get(&staff, &path(&server)).await.json(),
            answer.json()
        );
    }
    assert_eq!(server.audit_rows().await, rows + 4);
}

#[tokio::test]
async fn a_customer_of_another_brand_is_not_found() {
    let server = DemoServer::new().await;
    let other = server.staff(2).await;
    let missing = (404, "customer_not_found".to_owned());
    assert_eq!(server.get(&other, &path(&server)).await.error(), missing);
    let body = json!({"status": "approved", "reason": "papers"});
    assert_eq!(set(&server, &other, body).await.error(), missing);
    let staff = server.staff(1).await;
    let account = format!("/customers/{}/kyc", server.uuid(Account, 100_001));
    assert_eq!(server.get(&staff, &account).await.error(), missing);
}

#[rstest]
#[case(json!({"status": "yes", "reason": "x"}))]
#[case(json!({"status": "approved"}))]
#[case(json!({"status": "approved", "reason": ""}))]
#[case(json!({"status": "approved", "reason": "x", "by": "me"}))]
#[tokio::test]
async fn a_body_that_does_not_fit_is_refused(#[case] body: Value) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = set(&server, &staff, body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
}
