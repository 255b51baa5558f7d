//! `POST`, `GET` and `DELETE /prop/templates/{template_id}/simulate`

use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::Program;

fn path(server: &DemoServer, program: i64) -> String {
    format!("/prop/templates/{}/simulate", server.uuid(Program, program))
}

/// Waits until it is over.
async fn ended(server: &DemoServer, staff: &str, path: &str) -> Value {
    loop {
        let answer = server.get(staff, path).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        let told = answer.json();
        if told["status"] != "running" {
            return told;
        }
        tokio::task::yield_now().await;
    }
}

/// A template was simulated with one trader.
pub async fn simulated(server: &DemoServer, staff: &str, program: i64) {
    let path = path(server, program);
    let body = json!({"traders": 1, "days": 1, "evaluation_days": 1});
    let answer = server.post(staff, &path, &body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.body);
    ended(server, staff, &path).await;
}

#[tokio::test]
async fn a_template_is_simulated_and_the_same_seed_tells_the_same() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let path = path(&server, 1);
    let body = json!({"traders": 30, "seed": 4, "days": 30});
    let begun = server.post(&staff, &path, &body).await;
    assert_eq!(begun.status.as_u16(), 202, "{}", begun.body);
    let begun = begun.json();
    assert_eq!(begun["traders"], 30);
    assert_eq!(begun["seed"], 4);
    let first = ended(&server, &staff, &path).await;
    assert_eq!(first["status"], "done", "{first}");
    assert_eq!(first["done"], 30);
    assert_eq!(first["report"]["phases"][0]["entered"]["count"], 30);
    assert_eq!(first["report"]["money"]["fee"], "499.00");
    let pictures = first["pictures"].as_array().expect("pictures");
    let names: Vec<_> = pictures.iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["funnel", "days", "causes", "kept", "curves"]);
    assert!(
        pictures
            .iter()
            .all(|one| one["svg"].as_str().unwrap().starts_with("<svg "))
    );
    assert_eq!(server.post(&staff, &path, &body).await.status.as_u16(), 202);
    let second = ended(&server, &staff, &path).await;
    assert_eq!(first["report"], second["report"]);
}

#[tokio::test]
async fn a_draft_and_a_population_of_ones_own_can_be_simulated() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    // Program 3 is not on sale.
    let path = path(&server, 3);
    let trader = json!({"name": "ours", "weight": 1, "edge_pct": -20, "risk_pct": "2.5", "trades_per_day": 4,
        "reward_risk": 1.5, "stop_pct_of_day": 20, "stops_after_losses": 3, "risk_of": "room"});
    let body = json!({"traders": 5, "volatility_pct": "0.8", "symbol": "GBPUSD", "spread_points": 0,
        "population": [trader]});
    let answer = server.post(&staff, &path, &body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.body);
    let told = ended(&server, &staff, &path).await;
    assert_eq!(told["report"]["traders"][0]["name"], "ours");
    assert!(
        told["report"]["prices"]
            .as_str()
            .unwrap()
            .contains("GBPUSD"),
        "{told}"
    );
}

#[tokio::test]
async fn one_runs_at_a_time_until_it_is_dropped() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let (first, second) = (path(&server, 1), path(&server, 2));
    let long = json!({"traders": 2000, "evaluation_days": 365, "days": 365});
    assert_eq!(
        server.post(&staff, &first, &long).await.status.as_u16(),
        202
    );
    let before = server.audit_rows().await;
    for path in [&first, &second] {
        let busy = server.post(&staff, path, &json!({"traders": 1})).await;
        assert_eq!(busy.status.as_u16(), 409, "{}", busy.body);
        assert_eq!(busy.json()["error"], "simulation_running");
        // Whatever the brand: the server has one place.
        assert_eq!(server.audit_rows().await, before);
    }
    assert_eq!(server.get(&staff, &first).await.json()["status"], "running");
    let dropped = server.send(Method::DELETE, &staff, &first).await;
    assert_eq!(dropped.status.as_u16(), 200, "{}", dropped.body);
    assert_eq!(server.audit_rows().await, before + 1);
    let gone = server.get(&staff, &first).await;
    assert_eq!(gone.status.as_u16(), 404);
    assert_eq!(gone.json()["error"], "simulation_not_found");
    let again = server.send(Method::DELETE, &staff, &first).await;
    assert_eq!(again.status.as_u16(), 404);
    // Its place is free as soon as the trader in hand is done with.
    loop {
        let answer = server.post(&staff, &second, &json!({"traders": 1})).await;
        if answer.status.as_u16() == 202 {
            break;
        }
        assert_eq!(answer.status.as_u16(), 409, "{}", answer.body);
        tokio::task::yield_now().await;
    }
    assert_eq!(ended(&server, &staff, &second).await["status"], "done");
}

#[tokio::test]
async fn of_many_at_once_one_begins() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let path = path(&server, 1);
    let body = json!({"traders": 2000});
    let (a, b, c) = tokio::join!(
        server.post(&staff, &path, &body),
        server.post(&staff, &path, &body),
        server.post(&staff, &path, &body)
    );
    let mut told = [a, b, c].map(|answer| answer.status.as_u16());
    told.sort_unstable();
    assert_eq!(told, [202, 409, 409]);
    server.send(Method::DELETE, &staff, &path).await;
}

#[rstest]
#[case(json!({"traders": 0}), "traders")]
#[case(json!({"traders": 2001}), "traders")]
#[case(json!({"days": 366}), "days")]
#[case(json!({"seed": -1}), "seed")]
#[case(json!({"volatility_pct": "0"}), "volatility_pct")]
#[case(json!({"volatility_pct": "0.123"}), "volatility_pct")]
#[case(json!({"symbol": "NOTHING"}), "symbol")]
#[case(json!({"symbol": "no symbol"}), "symbol")]
#[case(json!({"population": []}), "population")]
#[case(json!({"population": [{"name": "a"}]}), "population")]
#[case(json!({"population": [{"name": "a", "weight": 1, "edge_pct": 101, "risk_pct": 1, "trades_per_day": 1,
    "reward_risk": 1, "stop_pct_of_day": 10}]}), "population")]
#[case(json!({"rate": "0"}), "rate")]
#[case(json!({"unknown": 1}), "unknown")]
#[tokio::test]
async fn a_wrong_request_begins_nothing(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let path = path(&server, 1);
    let before = server.audit_rows().await;
    let answer = server.post(&staff, &path, &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(
        answer.json()["detail"][0]["loc"][1],
        field,
        "{}",
        answer.body
    );
    assert_eq!(server.audit_rows().await, before);
    assert_eq!(server.get(&staff, &path).await.status.as_u16(), 404);
}
