//! `GET /prop/attention` and `POST /prop/attention/{purchase_id}/resolve`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::ports::Behaviour;
use touchstone_domain::purchase::Step;

/// A purchase whose account could not be closed after its balance was refused.
async fn stuck() -> (DemoServer, Value) {
    let server = DemoServer::remote().await;
    server
        .trading
        .plan(Step::GrantBalance, &[Behaviour::Refuse]);
    server
        .trading
        .plan(Step::CloseAccount, &[Behaviour::Refuse]);
    let trader = server.trader().await;
    server
        .post(
            &trader,
            "/prop/challenge/buy",
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    let staff = server.staff(1).await;
    let list = server.get(&staff, "/prop/attention").await.json();
    (server, list["items"][0].clone())
}

fn path(item: &Value) -> String {
    format!(
        "/prop/attention/{}/resolve",
        item["purchase_id"].as_str().expect("an id")
    )
}

#[tokio::test]
async fn a_stuck_purchase_is_shown_with_its_reason_and_history() {
    let (_, item) = stuck().await;
    assert_eq!(
        (&item["number"], &item["state"]),
        (&json!(10), &json!("stuck:close_account"))
    );
    assert_eq!(item["customer_name"], "Tina Trader");
    assert_eq!(item["failure_reason"], "INITIAL_BALANCE_FAILED");
    assert_eq!(item["actions"], json!(["retry", "settled"]));
    assert!(
        item["note"]
            .as_str()
            .is_some_and(|note| note.contains("refused")),
        "{item}"
    );
    assert_eq!(item["history"].as_array().map(Vec::len), Some(4));
}

#[rstest]
#[case("retry")]
#[case("settled")]
#[tokio::test]
async fn staff_bring_it_to_its_end(#[case] action: &str) {
    let (server, item) = stuck().await;
    let staff = server.staff(1).await;
    let body = json!({"action": action, "reason": "the account was closed by hand"});
    let answer = server.post(&staff, &path(&item), &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(answer.json()["state"], "refunded");
    assert_eq!(
        server.get(&staff, "/prop/attention").await.json(),
        json!({"items": []})
    );
}

#[tokio::test]
async fn a_wrong_decision_changes_nothing() {
    let (server, item) = stuck().await;
    let (staff, other, trader) = (
        server.staff(1).await,
        server.staff(2).await,
        server.trader().await,
    );
    let good = json!({"action": "retry", "reason": "again"});
    let cancel = json!({"action": "cancel", "reason": "x"});
    for (token, body, status) in [
        (&other, &good, 404),
        (&trader, &good, 403),
        (&staff, &cancel, 409),
        (&staff, &json!({"action": "retry"}), 422),
        (&staff, &json!({"action": "retry", "reason": ""}), 422),
        (&staff, &json!({"action": "explode", "reason": "x"}), 422),
    ] {
        assert_eq!(
            server.post(token, &path(&item), body).await.status.as_u16(),
            status,
            "{body}"
        );
    }
    assert_eq!(
        server
            .post(&staff, "/prop/attention/x/resolve", &good)
            .await
            .status
            .as_u16(),
        422
    );
    assert_eq!(
        server.get(&staff, "/prop/attention").await.json()["items"][0],
        item
    );
    assert_eq!(
        server.get(&other, "/prop/attention").await.json(),
        json!({"items": []})
    );
}
