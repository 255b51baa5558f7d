//! `PATCH /transactions/{tx_id}/approve` and `/decline`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use rstest::rstest;
use serde_json::json;
use touchstone_domain::EntityKind;

#[tokio::test]
async fn an_approved_fee_has_every_documented_field() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let staff = server.staff(1).await;
    let path = format!("/transactions/{}/approve", journey.transaction);
    let answer = server
        .patch(
            &staff,
            &path,
            &json!({"comment": "seen on the bank account"}),
        )
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let at = "2026-05-07T13:20:00.000000Z";
    assert_eq!(
        answer.json(),
        json!({
            "id": journey.transaction,
            "source": "customer",
            "cashier_id": null,
            "order_id": "500101",
            "customer_id": server.uuid(EntityKind::Customer, 5),
            "customer_name": "Tina Trader",
            "account_id": server.uuid(EntityKind::Account, 2_000_100),
            "manager_id": null,
            "approved_by": server.uuid(EntityKind::Staff, 1),
            "transaction_owner": null,
            "team_id": null,
            "gate_id": null,
            "gate_name": null,
            "payment_data": {},
            "received_amount": "0.00",
            "amount": "499.00",
            "currency": "USD",
            "account_amount": "499.00",
            "usd_amount": "499.00",
            "exchange_rate_usd": "1",
            "proof_reference": null,
            "proof_url": null,
            "type": "CHALLENGE_FEE",
            "status": "APPROVED",
            "customer_view": true,
            "comment": "seen on the bank account",
            "create_time": at,
            "update_time": at,
            "approve_time": at,
            "decline_time": null,
            "account_currency": "USD",
            "fx_rate_applied": null,
            "related_transaction_id": null,
            "account_login": "2000100",
            "manager_name": null,
            "approved_by_name": "Ada Admin",
            "transaction_owner_name": null,
            "chargeback_of": null,
            "fee_state": "earned",
            "is_reversed": false,
        })
    );
}

#[rstest]
#[case("approve", "APPROVED")]
#[case("decline", "DECLINED")]
#[tokio::test]
async fn it_is_decided_once_and_needs_no_body(#[case] verb: &str, #[case] status: &str) {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let staff = server.staff(1).await;
    let path = |verb: &str| format!("/transactions/{}/{verb}", journey.transaction);
    let answer = server.patch_text(&staff, &path(verb), "").await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(answer.json()["status"], status);
    for again in [verb, "decline"] {
        let answer = server.patch_text(&staff, &path(again), "{}").await;
        assert_eq!(answer.status.as_u16(), 409);
        assert_eq!(answer.json()["error"], "state_conflict");
    }
}

#[tokio::test]
async fn an_approval_after_the_end_is_kept_once_and_shows_as_a_refund() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let staff = server.staff(1).await;
    let path = |verb: &str| format!("/transactions/{}/{verb}", journey.transaction);
    server.patch_text(&staff, &path("decline"), "").await;
    let late = server
        .patch(
            &staff,
            &path("approve"),
            &json!({"comment": "wire arrived"}),
        )
        .await;
    assert_eq!(
        (late.status.as_u16(), &late.json()["status"]),
        (200, &json!("DECLINED"))
    );
    let again = server.patch_text(&staff, &path("approve"), "").await;
    assert_eq!(again.status.as_u16(), 409, "{}", again.body);

    let attention = server.get(&staff, "/prop/attention").await.json();
    let item = &attention["items"][0];
    assert_eq!(item["state"], "refund_due");
    assert_eq!(item["refunds"].as_array().map(Vec::len), Some(1));
    let refund = &item["refunds"][0];
    assert_eq!(
        (&refund["amount"], &refund["currency"], &refund["comment"]),
        (
            &json!("499.00"),
            &json!("USD"),
            &json!("it came in after the end")
        )
    );
    let paid = format!(
        "/transactions/{}/approve",
        refund["transaction_id"].as_str().unwrap()
    );
    assert_eq!(server.patch_text(&staff, &paid, "").await.status, 200);
    assert_eq!(
        server.get(&staff, "/prop/attention").await.json(),
        json!({"items": []})
    );
}

#[tokio::test]
async fn only_the_brands_own_staff_decide() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let (trader, other) = (server.trader().await, server.staff(2).await);
    for verb in ["approve", "decline"] {
        let path = format!("/transactions/{}/{verb}", journey.transaction);
        for (token, status) in [("", 401), (&trader, 403), (&other, 404)] {
            let answer = server.patch_text(token, &path, "{}").await;
            assert_eq!(answer.status.as_u16(), status, "{verb}");
        }
        let staff = server.staff(1).await;
        let account = server.uuid(EntityKind::Account, 1);
        let answer = server
            .patch_text(&staff, &format!("/transactions/{account}/{verb}"), "{}")
            .await;
        assert_eq!(answer.status.as_u16(), 404, "another kind of id");
        let long = json!({"comment": "x".repeat(501)});
        let answer = server.patch(&staff, &path, &long).await;
        assert_eq!(answer.status.as_u16(), 422);
    }
}

#[tokio::test]
async fn with_a_remote_server_the_true_state_is_shown() {
    let server = DemoServer::remote().await;
    let journey = enrolled(&server).await;
    let staff = server.staff(1).await;
    let path = format!("/transactions/{}/approve", journey.transaction);
    let answer = server.patch_text(&staff, &path, "{}").await;
    assert_eq!(answer.json()["status"], "APPROVED");
}
