//! `GET /prop/board`

use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;
use touchstone_domain::access::Role;

async fn board(server: &DemoServer, token: &str, query: &str) -> Value {
    let answer = server.get(token, &format!("/prop/board?{query}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{query}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_running_account_is_told_with_its_nearest_floor() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    server.price(109_900).await;
    let staff = server.with_role(Role::Risk).await;
    let seen = board(&server, &staff, "").await;
    assert_eq!(seen["total"], 1, "{seen}");
    let sums = json!({"running": 1, "within_10_percent": 0, "suspended": 0});
    assert_eq!(seen["sums"], sums);
    let item = &seen["items"][0];
    // Ten lots lose 110 points, and a commission.
    assert_eq!(
        [&item["balance"], &item["equity"], &item["day_profit"]],
        [&json!(99_961.5), &json!(98_861.5), &json!(-1_138.5)]
    );
    let floor = json!({
        "rule_type": "daily_loss",
        "level": 95_000.0,
        "distance": 3_861.5,
        "distance_percent": 3.8615,
        "room_left_percent": 77.23,
        "is_provisional": false,
    });
    assert_eq!(item["nearest_floor"], floor);
    for (field, expect) in [
        ("journey_id", json!(server.uuid(EntityKind::Challenge, 12))),
        ("customer_id", json!(server.uuid(EntityKind::Customer, 5))),
        ("template_id", json!(server.uuid(EntityKind::Program, 1))),
        ("phase_index", json!(1)),
        ("currency", json!("USD")),
        ("account_size", json!(100_000.0)),
        ("profit_target", json!(8_000.0)),
        ("open_positions", json!(1)),
        ("is_judgement_suspended", json!(false)),
        ("suspended_because", json!(null)),
        ("is_suspended", json!(false)),
        ("updated_at", seen["as_of"].clone()),
    ] {
        assert_eq!(item[field], expect, "{field}");
    }
    let name = item["customer_name"].as_str().expect("a name").to_owned();
    assert!(!name.is_empty());
    let program = format!("template_id={}", server.uuid(EntityKind::Program, 1));
    let half = &name[..3];
    for query in [
        &program,
        &format!("q={half}"),
        "q=2000100",
        "near=100",
        "has_open_positions=true",
    ] {
        assert_eq!(board(&server, &staff, query).await["total"], 1, "{query}");
    }
    let other = format!("template_id={}", server.uuid(EntityKind::Program, 2));
    for query in [
        &other,
        "q=nobody",
        "near=0",
        "has_open_positions=false",
        "q=%25",
    ] {
        assert_eq!(board(&server, &staff, query).await["total"], 0, "{query}");
    }
    let foreign = server.staff(2).await;
    assert_eq!(board(&server, &foreign, "").await["sums"]["running"], 0);
}

#[tokio::test]
async fn who_sees_only_his_own_customers_sees_only_their_accounts() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    let risk = server.with_role(Role::Risk).await;
    for (owner, total) in [("NULL", 0), ("2", 1)] {
        let owned = format!("UPDATE customer SET owner_id = {owner} WHERE id = 5").leak();
        let scoped = server.app.store.write(|tx| {
            tx.execute("UPDATE staff SET view_scope = 1 WHERE id = 2", &[])?;
            tx.execute(owned, &[])
        });
        scoped.await.expect("a scope");
        assert_eq!(board(&server, &risk, "").await["total"], total);
    }
}

#[tokio::test]
async fn without_a_desk_it_can_be_asked_again() {
    let mut server = DemoServer::with_desk().await;
    server.stop_desk();
    let staff = server.staff(1).await;
    let (status, code) = server.get(&staff, "/prop/board").await.error();
    assert_eq!((status, code.as_str()), (503, "DESK_UNAVAILABLE"));
}

#[tokio::test]
async fn a_wrong_question_is_refused() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    for query in [
        "near=101",
        "limit=201",
        "limit=0",
        "offset=-1",
        "template_id=x",
    ] {
        let answer = server.get(&staff, &format!("/prop/board?{query}")).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
    }
}
