//! `POST /transactions/manual` and `POST /transactions/{tx_id}/reverse`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

async fn manual(server: &DemoServer, change: Value) -> Answer {
    let staff = server.staff(1).await;
    let mut body = json!({
        "account_id": server.uuid(EntityKind::Account, 100_001),
        "type": "CORRECTION_IN",
        "amount": "12.50",
        "comment": "a complaint",
        "status": "APPROVED",
    });
    for (field, value) in change.as_object().expect("fields") {
        body[field] = value.clone();
    }
    server.post(&staff, "/transactions/manual", &body).await
}

async fn balance(server: &DemoServer) -> Value {
    let trader = server.trader().await;
    let rows = server
        .get(&trader, "/prop/programs/1/payer-accounts")
        .await
        .json();
    rows["rows"][0]["balance"].clone()
}

#[tokio::test]
async fn what_is_given_can_be_taken_back_once() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let given = manual(&server, json!({"payment_data": {"ticket": 7}})).await;
    assert_eq!(given.status.as_u16(), 201, "{}", given.body);
    let told = given.json();
    for (field, value) in [
        ("type", json!("CORRECTION_IN")),
        ("status", json!("APPROVED")),
        ("source", json!("crm")),
        ("amount", json!("12.50")),
        ("account_amount", json!("12.50")),
        ("comment", json!("a complaint")),
        ("payment_data", json!({"ticket": 7})),
        ("approved_by_name", json!("Ada Admin")),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
    assert_eq!(balance(&server).await, json!(1212.5));
    let path = format!(
        "/transactions/{}/reverse",
        told["id"].as_str().expect("an id")
    );
    let undone = server
        .post(&staff, &path, &json!({"reason": "a mistake"}))
        .await;
    assert_eq!(undone.status.as_u16(), 201, "{}", undone.body);
    assert_eq!(undone.json()["type"], "CORRECTION_OUT");
    assert_eq!(undone.json()["related_transaction_id"], told["id"]);
    assert_eq!(balance(&server).await, json!(1200.0));
    let again = server.post(&staff, &path, &json!({"reason": "x"})).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (409, &json!("state_conflict"))
    );
    let id = undone.json()["id"].as_str().expect("an id").to_owned();
    let path = format!("/transactions/{id}/reverse");
    let mirror = server.post(&staff, &path, &json!({"reason": "x"})).await;
    assert_eq!(mirror.status.as_u16(), 409, "{}", mirror.body);
    let listed = server
        .get(&staff, "/transactions?type=CORRECTION_OUT")
        .await
        .json();
    assert_eq!(listed.as_array().expect("a list").len(), 1);
    let listed = server.get(&staff, "/transactions").await.json();
    let reversed = [&listed[0]["is_reversed"], &listed[1]["is_reversed"]];
    assert_eq!(reversed, [false, true], "the mirror, and what it undoes");
}

#[tokio::test]
async fn what_waits_moves_when_it_is_approved_and_is_held_until_then() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let out = json!({"type": "CORRECTION_OUT", "status": "PENDING", "amount": "1200"});
    let waits = manual(&server, out).await.json();
    assert_eq!(waits["status"], "PENDING");
    assert_eq!(balance(&server).await, json!(0.0));
    let more = manual(&server, json!({"type": "CORRECTION_OUT", "amount": "0.01"})).await;
    assert_eq!(
        (more.status.as_u16(), &more.json()["error"]),
        (409, &json!("insufficient_funds"))
    );
    let path = format!(
        "/transactions/{}/decline",
        waits["id"].as_str().expect("an id")
    );
    server.patch(&staff, &path, &json!({})).await;
    assert_eq!(balance(&server).await, json!(1200.0));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_place() {
    let server = DemoServer::new().await;
    let account = |login| server.uuid(EntityKind::Account, login);
    server.bought().await;
    for (change, field) in [
        (json!({"amount": "0"}), "amount"),
        (json!({"amount": "-1"}), "amount"),
        (json!({"amount": "0.001"}), "amount"),
        (json!({"amount": "10000000.01"}), "amount"),
        (json!({"currency": "EUR"}), "currency"),
        (json!({"currency": "moons"}), "currency"),
        (json!({"account_id": account(999_999)}), "account_id"),
        (json!({"account_id": account(2_000_100)}), "account_id"),
        (json!({"type": "GIFT"}), "type"),
        (json!({"comment": ""}), "comment"),
        (json!({"status": "DECLINED"}), "status"),
    ] {
        let answer = manual(&server, change.clone()).await;
        assert_eq!(answer.status.as_u16(), 422, "{change}: {}", answer.body);
        assert_eq!(
            answer.json()["detail"][0]["loc"][1],
            field,
            "{}",
            answer.body
        );
    }
    let staff = server.staff(2).await;
    let body = json!({"account_id": account(100_001), "type": "CORRECTION_IN", "amount": 1, "comment": "x"});
    let foreign = server.post(&staff, "/transactions/manual", &body).await;
    let none = json!({"account_id": account(999_999), "type": "CORRECTION_IN", "amount": 1, "comment": "x"});
    let none = server.post(&staff, "/transactions/manual", &none).await;
    assert_eq!((foreign.status, foreign.body), (none.status, none.body));
}
