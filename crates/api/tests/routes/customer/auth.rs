//! `POST /customer/auth/login` and `/logout`, `GET /customer/me` and `/customer/session/accounts`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/customer/auth/login";

fn trader() -> Value {
    json!({"email": "Trader@Demo.test", "password": "demo-trader-1"})
}

#[tokio::test]
async fn a_customer_signs_in_and_uses_his_token_bare_or_as_bearer() {
    let server = DemoServer::new().await;
    let answer = server.post("", PATH, &trader()).await;
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &body["customer_id"], &body["brand"]),
        (200, &json!(5), &json!("brand-a"))
    );
    assert_eq!(
        (
            &body["otp_enabled"],
            &body["status"],
            &body["last_login_time"]
        ),
        (&json!(0), &json!(1), &json!(0))
    );
    let logins: Vec<_> = body["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["login"].as_i64().unwrap())
        .collect();
    assert_eq!(logins, [100001, 100002]);
    let token = body["__token"].as_str().unwrap();
    assert_eq!(
        server.get(token, "/customer/me").await.json()["accounts_count"],
        2
    );
    assert_eq!(
        server
            .get_raw(token, "/customer/session/accounts")
            .await
            .json()["accounts"],
        body["accounts"]
    );
    server.clock.advance_micros(1_000_000);
    let again = server.post("", PATH, &trader()).await.json();
    assert_eq!(again["last_login_time"], 1_778_160_000);
}

#[rstest]
#[case(json!({"email": "trader@demo.test", "password": "wrong"}), 403, "CUSTOMER_NOT_FOUND_OR_INCORRECT")]
#[case(json!({"email": "nobody@demo.test", "password": "demo-trader-1"}), 403, "CUSTOMER_NOT_FOUND_OR_INCORRECT")]
#[case(json!({"email": "trader@demo.test", "password": "demo-trader-1", "brand": "brand-b"}), 403, "CUSTOMER_NOT_FOUND_OR_INCORRECT")]
#[case(json!({"email": "trader@demo.test"}), 400, "INVALID_DATA")]
#[case(json!({"email": 5, "password": "x"}), 400, "INVALID_DATA")]
#[case(json!({"email": "a\u{0}b", "password": "x"}), 400, "INVALID_DATA")]
#[case(json!({"email": "trader@demo.test", "password": "x".repeat(129)}), 400, "INVALID_DATA")]
#[tokio::test]
async fn a_wrong_sign_in_has_its_code(
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = DemoServer::new().await;
    let answer = server.post("", PATH, &body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["error"].as_str()),
        (status, Some(code)),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_logout_is_felt_at_once() {
    let server = DemoServer::new().await;
    let body = server.post("", PATH, &trader()).await.json();
    let token = body["__token"].as_str().unwrap();
    assert_eq!(
        server
            .post_text(token, "/customer/auth/logout", "")
            .await
            .json(),
        json!({"data": "OK"})
    );
    let answer = server.get(token, "/customer/me").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (401, &json!("INVALID_CUSTOMER_SESSION"))
    );
}

#[tokio::test]
async fn a_terminals_session_ends_by_itself() {
    let server = DemoServer::new().await;
    let body = server.post("", PATH, &trader()).await.json();
    let token = body["__token"].as_str().unwrap();
    server.clock.advance_micros(86_399 * 1_000_000);
    assert_eq!(server.get(token, "/customer/me").await.status.as_u16(), 200);
    server.clock.advance_micros(1_000_000);
    assert_eq!(server.get(token, "/customer/me").await.status.as_u16(), 401);
}

#[tokio::test]
async fn staff_are_no_customers() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.get(&staff, "/customer/me").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (403, &json!("FORBIDDEN"))
    );
}

#[tokio::test]
async fn failed_attempts_have_to_wait() {
    let server = DemoServer::new().await;
    let wrong = json!({"email": "trader@demo.test", "password": "wrong"});
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(server.post("", PATH, &wrong).await.status.as_u16());
    }
    assert_eq!(
        (statuses[0], statuses.last()),
        (403, Some(&429)),
        "{statuses:?}"
    );
    assert_eq!(server.post("", PATH, &trader()).await.status.as_u16(), 429);
}
