//! `GET /prop/journeys/{journey_id}/curve`

use crate::support::demo::DemoServer;
use crate::support::desk::LOGIN;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Account, Challenge};

fn points(answer: &Value) -> Vec<Value> {
    answer["points"].as_array().expect("points").clone()
}

#[tokio::test]
async fn the_curve_has_every_change_with_its_floors_the_newest_first() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    server.price(109_900).await;
    server.ten_lots(LOGIN).await;
    let staff = server.staff(1).await;
    let journey = server.uuid(Challenge, 12);
    let path = format!("/prop/journeys/{journey}/curve");
    let answer = server.get(&staff, &path).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let told = answer.json();
    assert_eq!(
        (&told["journey_id"], &told["currency"]),
        (&json!(journey), &json!("USD"))
    );
    let all = points(&told);
    assert!(all.len() >= 2, "{told}");
    assert!(
        all.is_sorted_by(|a, b| a["at"].as_str() >= b["at"].as_str()),
        "{told}"
    );
    let newest = &all[0];
    for (field, expect) in [
        ("account_id", json!(server.uuid(Account, LOGIN))),
        ("account_login", json!(LOGIN.to_string())),
        ("daily_floor", json!(95_000.0)),
        ("max_loss_floor", json!(90_000.0)),
        ("open_positions", json!(2)),
    ] {
        assert_eq!(newest[field], expect, "{field}");
    }
    assert_ne!(newest["equity"], newest["balance"]);

    let own = format!("{path}?account_id={}&limit=1", server.uuid(Account, LOGIN));
    let own = points(&server.get(&staff, &own).await.json());
    assert_eq!((own.len(), own.first()), (1, Some(newest)));
    let other = format!("{path}?account_id={}", server.uuid(Account, 100_001));
    assert_eq!(
        points(&server.get(&staff, &other).await.json()),
        Vec::<Value>::new()
    );
    for (query, status) in [("limit=501", 422), ("account_id=12", 422)] {
        let answer = server.get(&staff, &format!("{path}?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.body);
    }
    let foreign = server.get(&server.staff(2).await, &path).await;
    assert_eq!(foreign.status.as_u16(), 404, "{}", foreign.body);
}
