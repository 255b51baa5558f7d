//! `GET /prop/journeys/{journey_id}`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

async fn detail(server: &DemoServer, staff: &str, id: &str) -> Value {
    let answer = server.get(staff, &format!("/prop/journeys/{id}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_journey_tells_its_whole_life() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let journey = enrolled(&server).await;
    let waiting = detail(&server, &staff, &journey.id).await;
    assert_eq!(
        (
            &waiting["status"],
            &waiting["phases"],
            &waiting["account_enabled"]
        ),
        (&json!("pending_payment"), &json!([]), &json!(false))
    );
    assert_eq!(waiting["transactions"][0]["status"], "PENDING");

    let path = format!("/transactions/{}/approve", journey.transaction);
    server.patch_text(&staff, &path, "").await;
    let active = detail(&server, &staff, &journey.id).await;
    for (field, wanted) in [
        ("status", json!("active")),
        ("source", json!("customer")),
        ("purchase_number", json!(10)),
        ("failure_reason", json!(null)),
        ("account_enabled", json!(true)),
        ("fee_amount", json!("499.00")),
        ("selected_addon_codes", json!([])),
        ("template_version", json!(1)),
        (
            "current_account_id",
            json!(server.uuid(EntityKind::Account, 2_000_100)),
        ),
    ] {
        assert_eq!(active[field], wanted, "{field}");
    }
    assert_eq!(active["template"]["phases"][1]["name"], "Verification");
    assert_eq!(active["phases"].as_array().map(Vec::len), Some(1));
    let phase = &active["phases"][0];
    for (field, wanted) in [
        ("phase_index", json!(1)),
        ("name", json!("Evaluation")),
        ("phase_type", json!("evaluation")),
        (
            "account_id",
            json!(server.uuid(EntityKind::Account, 2_000_100)),
        ),
        ("login", json!("2000100")),
        ("status", json!("active")),
        ("initial_balance", json!(100_000.0)),
        ("balance", json!(100_000.0)),
        ("equity", json!(100_000.0)),
        ("final_balance", json!(null)),
        ("close_only", json!(false)),
        ("day_ends_at", json!("2026-05-08T00:00:00.000000Z")),
        ("breached_event_id", json!(null)),
        ("started_at", json!("2026-05-07T13:20:00.000000Z")),
        ("ended_at", json!(null)),
    ] {
        assert_eq!(phase[field], wanted, "{field}");
    }
    assert_eq!(
        (
            &active["transactions"][0]["id"],
            &active["transactions"][0]["status"]
        ),
        (&json!(journey.transaction), &json!("APPROVED"))
    );
}

#[tokio::test]
async fn a_grant_and_a_purchase_of_the_other_dialect_are_told_apart() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let body = json!({
        "customer_id": server.uuid(EntityKind::Customer, 5),
        "template_id": server.uuid(EntityKind::Program, 1),
        "reason": "a prize",
        "selected_addon_codes": ["no_time_limit"],
    });
    let granted = server
        .post(&staff, "/prop/journeys/grant", &body)
        .await
        .json();
    let granted = detail(
        &server,
        &staff,
        granted["journey_id"].as_str().expect("an id"),
    )
    .await;
    assert_eq!(
        (
            &granted["source"],
            &granted["granted_by"],
            &granted["selected_addon_codes"]
        ),
        (
            &json!("crm"),
            &json!(server.uuid(EntityKind::Staff, 1)),
            &json!(["no_time_limit"])
        )
    );
    // What was paid for is what is promised and judged: the days of every phase are gone.
    for phase in granted["template"]["phases"].as_array().expect("phases") {
        assert_eq!(
            (&phase["duration_days"], &phase["max_trading_days"]),
            (&json!(0), &json!(0))
        );
    }
    let transaction = granted["transactions"][0]["id"].as_str().expect("an id");
    let path = format!("/transactions/{transaction}/approve");
    server.patch_text(&staff, &path, "").await;
    let id = granted["journey_id"].as_str().expect("an id");
    let granted = detail(&server, &staff, id).await;
    let phase = &granted["phases"][0];
    assert_eq!(phase["rules"]["passing"]["time_limits"], json!(null));
    assert_eq!(
        phase["rules"]["conduct"]["no_copy_trading"]["effect"],
        "reject_order"
    );
    let told = |phase: &Value| phase["rule_text"].to_string();
    assert!(
        told(phase).contains("Copying trades is not allowed."),
        "{phase:#}"
    );
    assert!(!told(phase).contains("30 calendar days"), "{phase:#}");
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    let bought = server
        .post(&trader, "/prop/challenge/buy", &buy)
        .await
        .json();
    let id = server.uuid(
        EntityKind::Challenge,
        bought["challenge"]["id"].as_i64().expect("a challenge"),
    );
    let bought = detail(&server, &staff, &id).await;
    assert_eq!(bought["source"], "wallet");
    assert!(told(&bought["phases"][0]).contains("not passed within 30 calendar days"));
    assert_eq!(bought["template"]["phases"][0]["duration_days"], 30);
}

#[tokio::test]
async fn who_may_not_see_it_finds_nothing() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let (staff, other, trader) = (
        server.staff(1).await,
        server.staff(2).await,
        server.trader().await,
    );
    let path = format!("/prop/journeys/{}", journey.id);
    let unknown = "/prop/journeys/7a9e7b1c-6f0e-4c57-9d41-0f9c8f3a2b11";
    for (token, path, status) in [
        (&other, path.as_str(), 404),
        (&trader, &path, 403),
        (&staff, unknown, 404),
        (&staff, "/prop/journeys/12", 422),
    ] {
        assert_eq!(
            server.get(token, path).await.status.as_u16(),
            status,
            "{path}"
        );
    }
    let absent = server.get(&other, &path).await.json();
    assert_eq!(absent, server.get(&staff, unknown).await.json());
}
