//! `POST /prop/journeys/grant`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

const PATH: &str = "/prop/journeys/grant";

fn body(server: &DemoServer, customer: i64, program: i64) -> Value {
    json!({
        "customer_id": server.uuid(EntityKind::Customer, customer),
        "template_id": server.uuid(EntityKind::Program, program),
        "reason": "won a contest",
    })
}

#[tokio::test]
async fn staff_begin_a_journey_that_waits_for_payment() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.post(&staff, PATH, &body(&server, 5, 1)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    assert_eq!(
        answer.json(),
        json!({
            "journey_id": server.uuid(EntityKind::Challenge, 12),
            "account_id": server.uuid(EntityKind::Account, 2_000_100),
            "login": "2000100",
            "phase": "Evaluation",
            "pending_payment_tx_id": server.uuid(EntityKind::Transaction, 1),
        })
    );
}

#[tokio::test]
async fn a_free_template_leaves_nothing_to_pay() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.post(&staff, PATH, &body(&server, 5, 2)).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    assert_eq!(answer.json()["pending_payment_tx_id"], Value::Null);
    assert_eq!(answer.json()["phase"], "Trial");
}

#[rstest]
#[case::unknown_customer(999, 1, json!({}), 404, "customer_not_found")]
#[case::foreign_customer(21, 1, json!({}), 404, "customer_not_found")]
#[case::unknown_template(5, 999, json!({}), 404, "template_not_found")]
#[case::foreign_template(5, 21, json!({}), 404, "template_not_found")]
#[case::inactive(5, 3, json!({}), 409, "template_inactive")]
#[case::no_reason(5, 1, json!({"reason": ""}), 422, "validation_error")]
#[case::long_reason(5, 1, json!({"reason": "x".repeat(501)}), 422, "validation_error")]
#[case::add_on(5, 1, json!({"selected_addon_codes": ["gold"]}), 422, "validation_error")]
#[case::no_uuid(5, 1, json!({"customer_id": 5}), 422, "validation_error")]
#[tokio::test]
async fn what_does_not_fit_is_refused(
    #[case] customer: i64,
    #[case] program: i64,
    #[case] changes: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mut body = body(&server, customer, program);
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let answer = server.post(&staff, PATH, &body).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.json()["error"], code);
}

#[tokio::test]
async fn only_staff_grant() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    for (token, status) in [("", 401), (trader.as_str(), 403)] {
        let answer = server.post(token, PATH, &body(&server, 5, 1)).await;
        assert_eq!(answer.status.as_u16(), status);
    }
}
