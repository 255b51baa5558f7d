//! `GET /customers/me/export` and `GET /customers/{customer_id}/export`

use crate::support::demo::DemoServer;
use crate::support::desk::LOGIN;
use serde_json::{Value, json};
use touchstone_app::privacy::EXPORTS_AN_HOUR;
use touchstone_domain::EntityKind::Customer;
use touchstone_domain::access::Role;

const OWN: &str = "/customers/me/export";

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_held_of_a_trader_is_in_one_document() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.breached().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let rows = server.audit_rows().await;
    let answer = server.get(&trader, OWN).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let id = server.uuid(Customer, 5);
    let named = format!("attachment; filename=\"customer-{id}.json\"");
    assert_eq!(answer.header("content-disposition"), Some(named.as_str()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(server.audit_rows().await, rows + 1);
    let export = answer.json();
    assert_eq!(export["customer"]["email"], "trader@demo.test");
    assert_eq!(
        (&export["brand"], &export["identity"]["status"]),
        (&json!("brand-a"), &json!("none"))
    );
    assert_eq!(export["incomplete"], json!([]));
    let login = LOGIN.to_string();
    let accounts = export["accounts"].as_array().expect("accounts").iter();
    let traded: Vec<&Value> = accounts.filter(|one| one["login"] == login).collect();
    let list = |of: &Value, name: &str| of[name].as_array().map_or(0, Vec::len);
    assert!(list(traded[0], "orders") > 0 && list(traded[0], "deals") > 0);
    // As the pages of the API tell them.
    for (name, path) in [("deals", "deals"), ("orders", "orders/history")] {
        let page = server
            .get(&trader, &format!("/accounts/{LOGIN}/{path}"))
            .await;
        assert_eq!(page.json()["items"], traded[0][name], "{name}");
    }
    for wanted in ["sessions", "purchases", "challenges", "audit"] {
        assert!(list(&export, wanted) > 0, "{wanted}: {export}");
    }
    let breach = &export["challenges"][0]["breaches"][0];
    assert!(breach["evidence"].is_object(), "{breach}");
    assert_eq!(export["challenges"][0]["phases"][0]["phase_index"], 1);
    // No secret, nor what could be one.
    for word in ["argon2", "refresh", "sealed", "password_hash"] {
        assert!(!answer.body.contains(word), "{word}");
    }
    // Staff are told the same, later.
    let path = format!("/customers/{id}/export");
    let by_staff = server.get(&staff, &path).await.json();
    assert_eq!(by_staff["accounts"], export["accounts"]);
    assert_eq!(by_staff["audit"][0]["by"], "staff");
    assert_eq!(by_staff["audit"][1]["action"], "customer.export");
}

#[tokio::test]
async fn it_is_made_so_often_and_for_who_may() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    for _ in 0..EXPORTS_AN_HOUR {
        assert_eq!(server.get(&trader, OWN).await.status.as_u16(), 200);
    }
    let more = server.get(&trader, OWN).await;
    assert_eq!(
        (more.status.as_u16(), &more.json()["error"]),
        (429, &json!("rate_limited"))
    );
    assert_eq!(more.header("retry-after"), Some("3600"));
    let path = format!("/customers/{}/export", server.uuid(Customer, 6));
    for (role, status) in [
        (Role::Owner, 200),
        (Role::Support, 200),
        (Role::Risk, 403),
        (Role::Finance, 403),
        (Role::ReadOnly, 403),
    ] {
        let token = server.with_role(role).await;
        let answer = server.get(&token, &path).await;
        assert_eq!(answer.status.as_u16(), status, "{role:?}");
    }
}
