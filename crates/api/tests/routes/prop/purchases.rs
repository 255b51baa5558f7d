//! `POST /prop/purchases/{id}/retry` and `/cancel`

use crate::support::demo::DemoServer;
use serde_json::json;
use touchstone_app::ports::Behaviour;
use touchstone_domain::purchase::Step;

const BUY: &str = "/prop/challenge/buy";

#[tokio::test]
async fn a_purchase_whose_payment_failed_can_be_tried_again() {
    let server = DemoServer::remote().await;
    let token = server.trader().await;
    server.trading.plan(Step::Withdraw, &[Behaviour::Refuse]);
    server
        .post(
            &token,
            BUY,
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    let answer = server
        .post_text(&token, "/prop/purchases/10/retry", "")
        .await;
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &body["purchase"]["status_name"]),
        (200, &json!("active"))
    );
    assert!(body["temporary_password"].is_string());
    let answer = server
        .post_text(&token, "/prop/purchases/10/retry", "")
        .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (409, &json!("PURCHASE_STATE_CONFLICT"))
    );
}

#[tokio::test]
async fn a_purchase_that_hangs_can_be_cancelled_and_is_paid_back() {
    let server = DemoServer::remote().await;
    let token = server.trader().await;
    server
        .trading
        .plan(Step::OpenAccount, &[Behaviour::LoseCall]);
    server
        .post(
            &token,
            BUY,
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    let answer = server
        .post_text(&token, "/prop/purchases/10/cancel", "")
        .await;
    let purchase = &answer.json()["purchase"];
    assert_eq!(
        (
            answer.status.as_u16(),
            &purchase["status_name"],
            &purchase["failure_reason"]
        ),
        (200, &json!("refunded"), &json!("CANCELLED"))
    );
}

#[tokio::test]
async fn what_is_active_unknown_or_not_ones_own_stays_as_it_is() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    server
        .post(
            &trader,
            BUY,
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    for (token, id, status) in [
        (&trader, "10", 409),
        (&rival, "10", 404),
        (&trader, "99", 404),
        (&trader, "0", 400),
    ] {
        for action in ["retry", "cancel"] {
            let answer = server
                .post_text(token, &format!("/prop/purchases/{id}/{action}"), "")
                .await;
            assert_eq!(answer.status.as_u16(), status, "{id} {action}");
        }
    }
}
