//! `POST /payments/webhook/{provider}`

use crate::support::demo::{BANK_SECRETS, DemoServer};
use crate::support::{Answer, START, enrolled};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::cashier::WebhookSecret;
use touchstone_domain::EntityKind;

const PATH: &str = "/payments/webhook/bank";

fn sign(secret: &str, timestamp: i64, body: &str) -> String {
    let secret = WebhookSecret::new(secret.to_owned()).expect("a long secret");
    format!("v1={}", secret.sign(timestamp, body.as_bytes()))
}

async fn send(server: &DemoServer, body: &Value) -> Answer {
    let body = body.to_string();
    let time = START.seconds();
    let signature = sign(BANK_SECRETS[0], time, &body);
    server
        .post_with_headers(
            "",
            PATH,
            &[
                ("X-Touchstone-Timestamp", &time.to_string()),
                ("X-Touchstone-Signature", &signature),
            ],
            &body,
        )
        .await
}

fn received(transaction: &str, event: &str, amount: Value, currency: &str) -> Value {
    json!({
        "event_id": event,
        "type": "payment.received",
        "transaction_id": transaction,
        "amount": amount,
        "currency": currency,
    })
}

#[rstest]
#[case::text(json!("499.00"), "USD", "approved", "APPROVED")]
#[case::number(json!(499), "USD", "approved", "APPROVED")]
#[case::too_little(json!("498.99"), "USD", "underpaid", "UNDERPAID")]
#[case::too_much(json!("500"), "USD", "overpaid", "OVERPAID")]
#[case::other_currency(json!("499.00"), "EUR", "refund_due", "PENDING")]
#[tokio::test]
async fn what_came_in_has_its_outcome(
    #[case] amount: Value,
    #[case] currency: &str,
    #[case] outcome: &str,
    #[case] status: &str,
) {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let event = received(&journey.transaction, "e1", amount, currency);
    for _ in 0..2 {
        let answer = send(&server, &event).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        assert_eq!(
            answer.json(),
            json!({"event_id": "e1", "transaction_id": journey.transaction, "outcome": outcome})
        );
    }
    assert_eq!(server.status_of(1).await, status);
}

#[tokio::test]
async fn a_declined_payment_ends_the_journey() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let event = json!({
        "event_id": "e1",
        "type": "payment.declined",
        "transaction_id": journey.transaction,
    });
    assert_eq!(send(&server, &event).await.json()["outcome"], "declined");
    let late = received(&journey.transaction, "e2", json!("499.00"), "USD");
    assert_eq!(send(&server, &late).await.json()["outcome"], "refund_due");
}

#[tokio::test]
async fn an_event_has_one_content() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let event = |amount: &str| received(&journey.transaction, "e1", json!(amount), "USD");
    send(&server, &event("1.00")).await;
    let answer = send(&server, &event("2.00")).await;
    assert_eq!(answer.status.as_u16(), 409);
    assert_eq!(answer.json()["error"], "payment_event_conflict");
}

#[rstest]
#[case::unsigned(None, 0, PATH)]
#[case::wrong_secret(Some("another secret of a stranger"), 0, PATH)]
#[case::too_old(Some(BANK_SECRETS[0]), -301, PATH)]
#[case::from_the_future(Some(BANK_SECRETS[0]), 301, PATH)]
#[case::unknown_provider(Some(BANK_SECRETS[0]), 0, "/payments/webhook/nobody")]
#[tokio::test]
async fn what_is_not_authentic_is_refused(
    #[case] secret: Option<&str>,
    #[case] offset: i64,
    #[case] path: &str,
) {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let body = received(&journey.transaction, "e1", json!("499.00"), "USD").to_string();
    let time = START.seconds() + offset;
    let signature = secret.map_or(String::new(), |secret| sign(secret, time, &body));
    let answer = server
        .post_with_headers(
            "",
            path,
            &[
                ("X-Touchstone-Timestamp", &time.to_string()),
                ("X-Touchstone-Signature", &signature),
            ],
            &body,
        )
        .await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.body);
    assert_eq!(answer.json()["error"], "invalid_signature");
    assert_eq!(server.status_of(1).await, "PENDING");
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_are_good() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let body = received(&journey.transaction, "e1", json!("499.00"), "USD").to_string();
    let time = START.seconds();
    let signatures = format!("v1=00,{}", sign(BANK_SECRETS[1], time, &body));
    let answer = server
        .post_with_headers(
            "",
            PATH,
            &[
                ("X-Touchstone-Timestamp", &time.to_string()),
                ("X-Touchstone-Signature", &signatures),
            ],
            &body,
        )
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
}

#[rstest]
#[case::no_amount(json!({"amount": null}), "amount")]
#[case::zero(json!({"amount": "0.00"}), "amount")]
#[case::negative(json!({"amount": "-1.00"}), "amount")]
#[case::too_fine(json!({"amount": "499.001"}), "amount")]
#[case::too_large(json!({"amount": "99999999999999999999"}), "amount")]
#[case::no_currency(json!({"currency": null}), "currency")]
#[case::strange_currency(json!({"currency": "dollars"}), "currency")]
#[case::strange_type(json!({"type": "payment.maybe"}), "type")]
#[case::no_event(json!({"event_id": ""}), "event_id")]
#[case::no_uuid(json!({"transaction_id": "1"}), "transaction_id")]
#[tokio::test]
async fn what_does_not_fit_changes_nothing(#[case] changes: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let mut event = received(&journey.transaction, "e1", json!("499.00"), "USD");
    for (name, value) in changes.as_object().expect("an object") {
        event[name] = value.clone();
    }
    let answer = send(&server, &event).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", field]));
    assert_eq!(server.status_of(1).await, "PENDING");
}

#[tokio::test]
async fn a_transaction_that_is_not_there_is_told() {
    let server = DemoServer::new().await;
    let unknown = server.uuid(EntityKind::Transaction, 99);
    for id in [unknown.as_str(), "7a9e7b1c-6f0e-4c57-9d41-0f9c8f3a2b11"] {
        let event = received(id, "e1", json!("499.00"), "USD");
        assert_eq!(send(&server, &event).await.status.as_u16(), 404);
    }
}
