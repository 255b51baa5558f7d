//! `POST /prop/challenge/preview`

use crate::support::demo::DemoServer;
use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;

const PATH: &str = "/prop/challenge/preview";

#[tokio::test]
async fn what_can_be_bought_is_priced() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let answer = server
        .post(
            &token,
            PATH,
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.body,
        r#"{"can_buy":true,"price":499.0,"currency":"USD","payer_balance":1200.0,"amount_account_currency":499.0,"conversion_rate":1.0,"warnings":[]}"#
    );
    assert_eq!(
        server.get(&token, "/prop/challenges").await.json()["purchases"],
        json!([])
    );
}

#[rstest]
#[case(3, 100001, "PROGRAM_DISABLED", 1200.0)]
#[case(1, 100003, "INVALID_PAYER_ACCOUNT", 0.0)]
#[case(1, 100002, "CURRENCY_CONVERSION_REQUIRED", 800.0)]
#[tokio::test]
async fn what_cannot_be_bought_says_why(
    #[case] program: i64,
    #[case] payer: i64,
    #[case] reason: &str,
    #[case] available: f64,
) {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let answer = server
        .post(
            &token,
            PATH,
            &json!({"program_id": program, "payer_login": payer}),
        )
        .await;
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["can_buy"], &body["reason"]),
        (StatusCode::OK, &json!(false), &json!(reason))
    );
    assert_eq!(body["available_balance"], json!(available));
    assert!(body["message"].is_string() && body["block_reason_message"].is_string());
}

#[tokio::test]
async fn an_unknown_program_is_not_found() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let answer = server
        .post(
            &token,
            PATH,
            &json!({"program_id": 99, "payer_login": 100001}),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (404, &json!("PROGRAM_NOT_FOUND"))
    );
}
