//! `POST /prop/challenge/buy`

use crate::support::demo::DemoServer;
use axum::http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::ports::Behaviour;
use touchstone_domain::purchase::Step;

const PATH: &str = "/prop/challenge/buy";
const KEY: &str = "3c68d3bf-d42c-4a6d-9a4c-80d5c3439f44";

fn documented() -> Value {
    json!({"program_id": 1, "payer_login": 100001, "idempotency_key": KEY})
}

/// The document's answer, letter for letter; the clock stands at its time.
const DOCUMENT: &str = include_str!("buy_answer.json");

#[tokio::test]
async fn the_documents_request_gives_the_documents_answer() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let answer = server.post(&token, PATH, &documented()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let mut body = answer.json();
    let password = body["temporary_password"].take();
    assert!(
        password
            .as_str()
            .is_some_and(|p| p.len() == 12 && p.bytes().all(|b| b.is_ascii_hexdigit()))
    );
    let mut document: Value = serde_json::from_str(DOCUMENT).unwrap();
    document["temporary_password"].take();
    assert_eq!(body, document);
    // Numbers are printed as the document prints them, and fields stand in its order.
    assert!(
        answer
            .body
            .contains(r#""amount":499.0,"currency":"USD","conversion_rate":1.0"#),
        "{}",
        answer.body
    );
    let keys = |text: &str| {
        let mut keys: Vec<String> = Vec::new();
        for part in text.split('"').collect::<Vec<_>>().windows(2) {
            if part[1].trim_start().starts_with(':') {
                keys.push(part[0].to_owned());
            }
        }
        keys
    };
    assert_eq!(keys(&answer.body), keys(DOCUMENT));
}

#[tokio::test]
async fn a_repeat_shows_the_purchase_and_never_the_password() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let first = server.post(&token, PATH, &documented()).await.json();
    let again = server.post(&token, PATH, &documented()).await;
    assert_eq!(again.status, StatusCode::OK);
    let again = again.json();
    assert_eq!(again["idempotent"], true);
    assert_eq!(
        (&again["purchase"], &again["challenge"]),
        (&first["purchase"], &first["challenge"])
    );
    assert_eq!(again["challenges"], json!([first["challenge"]]));
    assert_eq!(again.get("temporary_password"), None);
    assert_eq!(balance(&server, &token, 100001).await, json!(701.0));
}

#[rstest]
#[case(json!({"program_id": 2, "payer_login": 100001, "idempotency_key": KEY}), "program_id")]
#[case(json!({"program_id": 1, "payer_login": 100002, "idempotency_key": KEY}), "payer_login")]
#[tokio::test]
async fn a_key_with_another_input_is_a_conflict(#[case] other: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    server.post(&token, PATH, &documented()).await;
    let answer = server.post(&token, PATH, &other).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(
        (&answer.json()["error"], &answer.json()["field"]),
        (&json!("IDEMPOTENCY_KEY_CONFLICT"), &json!(field))
    );
}

#[tokio::test]
async fn keys_belong_to_their_customer() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    server.post(&trader, PATH, &documented()).await;
    let body = json!({"program_id": 1, "payer_login": 100003, "idempotency_key": KEY});
    let answer = server.post(&rival, PATH, &body).await;
    assert_eq!(
        (answer.status, &answer.json()["idempotent"]),
        (StatusCode::OK, &json!(false))
    );
}

#[tokio::test]
async fn a_free_program_has_no_payment_order() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let body = server
        .post(
            &token,
            PATH,
            &json!({"program_id": 2, "payer_login": 100001}),
        )
        .await
        .json();
    assert_eq!(body.get("payment_order"), None);
    assert_eq!(body["purchase"]["amount"], json!(0.0));
    assert_eq!(body["purchase"]["idempotency_key"], "");
    assert_eq!(balance(&server, &token, 100001).await, json!(1200.0));
}

#[rstest]
#[case(r#"{"program_id":99,"payer_login":100001}"#, 404, "PROGRAM_NOT_FOUND")]
#[case(r#"{"program_id":21,"payer_login":100001}"#, 404, "PROGRAM_NOT_FOUND")]
#[case(r#"{"program_id":3,"payer_login":100001}"#, 400, "PROGRAM_DISABLED")]
#[case(
    r#"{"program_id":1,"payer_login":100003}"#,
    403,
    "INVALID_PAYER_ACCOUNT"
)]
#[case(
    r#"{"program_id":1,"payer_login":999999}"#,
    403,
    "INVALID_PAYER_ACCOUNT"
)]
#[case(
    r#"{"program_id":1,"payer_login":100002}"#,
    400,
    "CURRENCY_CONVERSION_REQUIRED"
)]
#[case(
    r#"{"program_id":4,"payer_login":100001}"#,
    400,
    "CURRENCY_CONVERSION_REQUIRED"
)]
#[case("{", 400, "INVALID_JSON")]
#[case("", 400, "INVALID_JSON")]
#[case("[]", 400, "INVALID_DATA")]
#[case(r#"{"payer_login":100001}"#, 400, "INVALID_DATA")]
#[case(r#"{"program_id":1}"#, 400, "INVALID_DATA")]
#[case(r#"{"program_id":"1","payer_login":100001}"#, 400, "INVALID_DATA")]
#[case(r#"{"program_id":1.5,"payer_login":100001}"#, 400, "INVALID_DATA")]
#[case(r#"{"program_id":0,"payer_login":100001}"#, 400, "INVALID_DATA")]
#[case(r#"{"program_id":1,"payer_login":-1}"#, 400, "INVALID_DATA")]
#[case(
    r#"{"program_id":9223372036854775808,"payer_login":100001}"#,
    400,
    "INVALID_DATA"
)]
#[case(
    r#"{"program_id":1,"payer_login":100001,"idempotency_key":7}"#,
    400,
    "INVALID_DATA"
)]
#[case(
    r#"{"program_id":1,"payer_login":100001,"idempotency_key":"a\u0000b"}"#,
    400,
    "INVALID_DATA"
)]
#[tokio::test]
async fn a_wrong_request_has_a_stable_code_and_changes_nothing(
    #[case] body: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let answer = server.post_text(&token, PATH, body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["error"].as_str()),
        (status, Some(code)),
        "{}",
        answer.body
    );
    assert!(answer.json()["message"].is_string());
    assert_eq!(
        server.get(&token, "/prop/challenges").await.json(),
        json!({"purchases": [], "challenges": []})
    );
    assert_eq!(balance(&server, &token, 100001).await, json!(1200.0));
}

#[tokio::test]
async fn a_key_may_have_128_characters_and_no_more() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let body =
        |key: String| json!({"program_id": 2, "payer_login": 100001, "idempotency_key": key});
    let good = server.post(&token, PATH, &body("ä".repeat(128))).await;
    assert_eq!(good.status, StatusCode::OK, "{}", good.body);
    let bad = server.post(&token, PATH, &body("a".repeat(129))).await;
    assert_eq!(
        (bad.status, &bad.json()["error"]),
        (StatusCode::BAD_REQUEST, &json!("IDEMPOTENCY_KEY_TOO_LONG"))
    );
}

#[tokio::test]
async fn an_empty_wallet_is_not_enough() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let body = json!({"program_id": 1, "payer_login": 100001});
    for _ in 0..2 {
        assert_eq!(
            server.post(&token, PATH, &body).await.status,
            StatusCode::OK
        );
    }
    let answer = server.post(&token, PATH, &body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &json!("NOT_ENOUGH_FUNDS"))
    );
    assert_eq!(balance(&server, &token, 100001).await, json!(202.0));
}

#[tokio::test]
async fn a_challenge_account_never_pays() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    server.post(&token, PATH, &documented()).await;
    let answer = server
        .post(
            &token,
            PATH,
            &json!({"program_id": 2, "payer_login": 2000100}),
        )
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &json!("PAYER_ACCOUNT_NOT_REAL"))
    );
}

#[tokio::test]
async fn nobody_buys_without_a_live_session() {
    let server = DemoServer::new().await;
    let answer = server.post("", PATH, &documented()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (401, &json!("INVALID_CUSTOMER_SESSION"))
    );
}

#[rstest]
#[case(Step::Withdraw, 402, "PAYMENT_FAILED", "failed", true)]
#[case(Step::OpenAccount, 502, "ACCOUNT_CREATION_FAILED", "refunded", false)]
#[case(Step::GrantBalance, 502, "INITIAL_BALANCE_FAILED", "refunded", false)]
#[case(Step::Enable, 502, "CHALLENGE_CREATION_FAILED", "refunded", false)]
#[tokio::test]
async fn what_the_trading_server_refuses_has_its_code_and_goes_back(
    #[case] step: Step,
    #[case] status: u16,
    #[case] code: &str,
    #[case] state: &str,
    #[case] can_retry: bool,
) {
    let server = DemoServer::remote().await;
    let token = server.trader().await;
    server.trading.plan(step, &[Behaviour::Refuse]);
    let answer = server.post(&token, PATH, &documented()).await;
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), body["error"].as_str()),
        (status, Some(code))
    );
    assert_eq!(
        (
            body["purchase"]["status_name"].as_str(),
            body["idempotent"].as_bool()
        ),
        (Some(state), Some(false))
    );
    assert_eq!(body["purchase"]["can_retry"], can_retry);
    assert_eq!(balance(&server, &token, 100001).await, json!(1200.0));
    let again = server.post(&token, PATH, &documented()).await;
    assert_eq!(
        (again.status.as_u16(), again.json()["error"].as_str()),
        (status, Some(code))
    );
    assert_eq!(
        (&again.json()["idempotent"], &again.json()["purchase"]["id"]),
        (&json!(true), &json!(10))
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_in_time_is_202() {
    let server = DemoServer::remote().await;
    let token = server.trader().await;
    server
        .trading
        .plan(Step::OpenAccount, &[Behaviour::HangAfter]);
    let answer = server.post(&token, PATH, &documented()).await;
    let body = answer.json();
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(
        (&body["challenge"], &body["account"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (
            &body["purchase"]["status_name"],
            &body["purchase"]["next_action"],
            &body["purchase"]["can_cancel"]
        ),
        (&json!("paid"), &json!("WAIT"), &json!(true))
    );
    server.clock.advance_micros(60_000_000);
    server.app.drive_due().await.unwrap();
    let again = server.post(&token, PATH, &documented()).await;
    assert_eq!(
        (again.status, &again.json()["purchase"]["status_name"]),
        (StatusCode::OK, &json!("active"))
    );
}

/// What the customer can spend from an account.
async fn balance(server: &DemoServer, token: &str, login: i64) -> Value {
    let rows = server
        .get(token, "/prop/programs/1/payer-accounts")
        .await
        .json();
    let row = rows["rows"]
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["login"] == login));
    row.map(|row| row["balance"].clone()).expect("the account")
}
