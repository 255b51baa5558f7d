//! `GET /customers`

use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Customer, Staff};
use touchstone_domain::access::Role;

async fn ids(server: &DemoServer, token: &str, query: &str) -> Vec<String> {
    let answer = server.get(token, &format!("/customers?{query}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{query}: {}", answer.body);
    let body = answer.json();
    let items = body["items"].as_array().expect("items").iter();
    let ids = items.map(|item| item["id"].as_str().expect("an id").to_owned());
    ids.collect()
}

#[tokio::test]
async fn the_newest_come_first_and_filters_narrow_them() {
    let server = DemoServer::new().await;
    server.bought().await;
    let staff = server.staff(1).await;
    let trader = server.uuid(Customer, 5);
    let all = ids(&server, &staff, "limit=500").await;
    assert!(all.contains(&trader) && all.len() > 1, "{all:?}");
    let total = server.get(&staff, "/customers?limit=1").await.json()["total"].clone();
    assert_eq!(total, Value::from(all.len()));
    let mut paged = Vec::new();
    for offset in 0..all.len() {
        paged.extend(ids(&server, &staff, &format!("limit=1&offset={offset}")).await);
    }
    assert_eq!(paged, all);
    let one = server.get(&staff, "/customers?q=TRADER@demo").await.json()["items"][0].take();
    for (field, expect) in [
        ("id", json!(trader)),
        ("email", json!("trader@demo.test")),
        ("is_active", json!(true)),
        ("kyc_status", json!("none")),
        ("kyc_since", json!(null)),
        ("owner_id", json!(null)),
        ("active_journeys", json!(1)),
        ("erased_at", json!(null)),
    ] {
        assert_eq!(one[field], expect, "{field}: {one}");
    }
    let only = [trader.clone()];
    for query in [
        "q=100001",
        "q=2000100",
        "q=trader@demo.test&kyc_status=none&is_active=true",
    ] {
        assert_eq!(ids(&server, &staff, query).await, only, "{query}");
    }
    let kyc = format!("/customers/{trader}/kyc");
    let pending = json!({"status": "pending", "reason": "papers"});
    server.put(&staff, &kyc, &pending).await;
    assert_eq!(ids(&server, &staff, "kyc_status=pending").await, only);
    for query in ["q=%25", "q=999", "is_active=false", "kyc_status=rejected"] {
        assert_eq!(ids(&server, &staff, query).await, [""; 0], "{query}");
    }
    for query in ["kyc_status=maybe", "limit=501", "owner_id=5"] {
        let answer = server.get(&staff, &format!("/customers?{query}")).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
    }
    let foreign = ids(&server, &server.staff(2).await, "limit=500").await;
    assert!(!foreign.is_empty() && foreign.iter().all(|id| !all.contains(id)));
}

#[tokio::test]
async fn who_sees_only_his_own_is_shown_no_others() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let support = server.with_role(Role::Support).await;
    let narrowed = "UPDATE staff SET view_scope = 1 WHERE id = 4";
    let narrowed = server.app.store.write(move |tx| tx.execute(narrowed, &[]));
    assert_eq!(narrowed.await.expect("a store"), 1);
    assert_eq!(ids(&server, &support, "").await, [""; 0]);
    let (trader, owner) = (server.uuid(Customer, 5), server.uuid(Staff, 4));
    let body = json!({"owner_id": owner, "reason": "his region"});
    server
        .put(&admin, &format!("/customers/{trader}/owner"), &body)
        .await;
    assert_eq!(ids(&server, &support, "").await, [trader.as_str()]);
    let other = format!("owner_id={}", server.uuid(Staff, 1));
    assert_eq!(ids(&server, &support, &other).await, [""; 0]);
    let his = format!("owner_id={owner}");
    assert_eq!(ids(&server, &admin, &his).await, [trader]);
}
