//! `GET /challenges/me/{journey_id}/overview`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::Challenge;

async fn overview(server: &DemoServer, query: &str) -> Value {
    let journey = server.uuid(Challenge, 12);
    let path = format!("/challenges/me/{journey}/overview{query}");
    let answer = server.get(&server.trader().await, &path).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()
}

fn objective<'a>(phase: &'a Value, name: &str) -> &'a Value {
    let all = phase["objectives"].as_array().expect("objectives");
    let found = all.iter().find(|one| one["objective"] == name);
    found.unwrap_or_else(|| panic!("{name} in {all:?}"))
}

#[tokio::test]
async fn a_running_journey_says_what_is_reached_and_what_is_missing() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    server.price(110_200).await;
    let told = overview(&server, "").await;
    assert_eq!(
        [&told["status"], &told["is_suspended"], &told["phases"]],
        [&json!("active"), &json!(false), &json!(3)],
        "{told}"
    );
    let phase = &told["phase"];
    assert_eq!(
        [&phase["phase_index"], &phase["status"], &phase["login"]],
        [&json!(1), &json!("active"), &json!("2000100")]
    );
    assert_eq!(phase["is_live"], true);
    let target = json!({
        "objective": "profit_target",
        "counted_in": "money",
        "wanted": 8_000.0,
        "reached": 1_861.5,
        "missing": 6_138.5,
        "is_met": false,
    });
    assert_eq!(objective(phase, "profit_target"), &target);
    let days = json!({
        "objective": "min_trading_days",
        "counted_in": "days",
        "wanted": 5.0,
        "reached": 1.0,
        "missing": 4.0,
        "is_met": false,
    });
    assert_eq!(objective(phase, "min_trading_days"), &days);
    let floors = phase["limits"].as_array().expect("limits").iter();
    let floors: Vec<&Value> = floors.map(|limit| &limit["rule_type"]).collect();
    assert_eq!(floors, ["daily_loss", "max_loss"]);
    let day =
        json!({"zone": "UTC", "reset": "00:00", "next_reset_at": "2026-05-08T00:00:00.000000Z"});
    assert_eq!(phase["trading_day"], day);
    let lines = phase["rule_text"].as_array().expect("lines").iter();
    let places: Vec<&Value> = lines.map(|line| &line["place"]).collect();
    assert!(places.contains(&&json!("daily_loss")), "{places:?}");
    assert_eq!(phase["breach"], Value::Null);
    assert_eq!(
        [&told["days"], &told["days_total"]],
        [&json!([]), &json!(0)]
    );
}

#[tokio::test]
async fn a_journey_that_has_failed_says_by_what_and_keeps_its_days() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    server.clock.advance_micros(86_400_000_000);
    // Until the night is over nothing but the maximum loss is judged by a price that was old.
    server.price(109_500).await;
    server.price(109_000).await;
    let told = overview(&server, "").await;
    let phase = &told["phase"];
    assert_eq!(
        [&told["status"], &phase["status"]],
        [&json!("completed"), &json!("breached")],
        "{told}"
    );
    let breach = &phase["breach"];
    assert_eq!(breach["id"], phase["breached_event_id"]);
    let message = breach["message"].as_str().expect("a text");
    assert!(message.starts_with("breach: max_loss "), "{message}");
    assert_eq!(phase["trading_day"]["next_reset_at"], Value::Null);
    let first = &told["days"][0];
    assert_eq!(
        [&first["day"], &first["is_trading_day"]],
        [&json!("2026-05-07"), &json!(true)],
        "{told}"
    );
    assert_eq!(told["days_total"], 1);
    let none = overview(&server, "?days=0").await;
    assert_eq!(
        [&none["days"], &none["days_total"]],
        [&json!([]), &json!(1)]
    );
}

#[tokio::test]
async fn before_it_is_paid_there_is_no_phase() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let told = overview(&server, "").await;
    assert_eq!(
        [&told["journey_id"], &told["status"], &told["phase"]],
        [&json!(journey.id), &json!("pending_payment"), &Value::Null]
    );
    let path = format!("/challenges/me/{}/overview", journey.id);
    let rival = server.get(&server.customer(1, 6).await, &path).await;
    assert_eq!(rival.status.as_u16(), 404);
    let wrong = server
        .get(&server.trader().await, &format!("{path}?days=501"))
        .await;
    assert_eq!(wrong.status.as_u16(), 422);
}
