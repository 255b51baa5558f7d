//! `GET /customers/{customer_id}` and `PUT /customers/{customer_id}/owner`: whose customer somebody is, and what people
//! of the firm see who look after their own customers only.

use crate::support::Answer;
use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Customer, Staff};
use touchstone_domain::access::Role;

const SUPPORT: i64 = 4;
/// What a list holds, and where the number of its lines stands.
const LISTS: [(&str, &str); 5] = [
    ("/accounts", "/total"),
    ("/prop/journeys", "/total"),
    ("/prop/breach-events", "/total"),
    ("/prop/payouts", "/total"),
    ("/transactions", ""),
];

async fn assign(server: &DemoServer, token: &str, customer: i64, owner: Value) -> Answer {
    let path = format!("/customers/{}/owner", server.uuid(Customer, customer));
    let body = json!({"owner_id": owner, "reason": "his region"});
    server.put(token, &path, &body).await
}

async fn narrow(server: &DemoServer, admin: &str) -> String {
    let path = format!("/users/{}", server.uuid(Staff, SUPPORT));
    let body = json!({"customer_view_scope": "own", "reason": "a test"});
    let answer = server.patch(admin, &path, &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    server.with_role(Role::Support).await
}

async fn counts(server: &DemoServer, token: &str, query: &str) -> Vec<usize> {
    let mut counts = Vec::new();
    for (path, place) in LISTS {
        let page = server.get(token, &format!("{path}{query}")).await.json();
        let found = page.pointer(place).expect("a count");
        let count = found.as_array().map_or_else(
            || usize::try_from(found.as_i64().unwrap_or(-1)).expect("a count"),
            Vec::len,
        );
        counts.push(count);
    }
    counts
}

#[tokio::test]
async fn who_has_no_customers_sees_nothing_and_whoever_gets_one_sees_his_things() {
    let server = DemoServer::with_desk().await;
    crate::support::enrolled(&server).await;
    crate::support::desk::warned(&server).await;
    crate::support::funded::waiting(&server).await;
    let admin = server.staff(1).await;
    let support = narrow(&server, &admin).await;
    assert_eq!(counts(&server, &support, "").await, [0; LISTS.len()]);
    let all = counts(&server, &admin, "").await;
    assert!(all.iter().all(|count| *count > 0), "{all:?}");
    let owner = server.uuid(Staff, SUPPORT);
    let rows = server.audit_rows().await;
    let card = assign(&server, &admin, 5, json!(owner)).await;
    assert_eq!(card.json()["owner_id"], json!(owner), "{}", card.body);
    assert_eq!(card.json()["owner"]["role_name"], "support");
    assert_eq!(
        assign(&server, &admin, 5, json!(owner)).await.body,
        card.body
    );
    assert_eq!(server.audit_rows().await, rows + 1);
    let id = server.uuid(Customer, 5);
    let card = server.get(&support, &format!("/customers/{id}")).await;
    assert_eq!(card.json()["email"], "trader@demo.test", "{}", card.body);
    // Everything but `/transactions` and `/prop/breach-events` can be asked for one customer.
    let his = counts(&server, &admin, &format!("?customer_id={id}")).await;
    assert_eq!(counts(&server, &support, "").await, his);
    assert_eq!(
        counts(&server, &support, &format!("?customer_id={id}")).await,
        his
    );
    let rival = format!("?customer_id={}", server.uuid(Customer, 6));
    let none = counts(&server, &support, &rival).await;
    assert_eq!((none[0], none[1], none[3], none[4]), (0, 0, 0, 0));
    let gone = assign(&server, &admin, 5, Value::Null).await;
    assert_eq!(gone.json()["owner"], Value::Null);
    assert_eq!(counts(&server, &support, "").await, [0; LISTS.len()]);
}

#[tokio::test]
async fn a_customer_goes_to_somebody_who_is_there() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let foreign = server.uuid(Staff, 6);
    for owner in [json!(foreign), json!(server.uuid(Customer, 5))] {
        let refused = assign(&server, &admin, 5, owner).await;
        assert_eq!(refused.error(), (404, "user_not_found".to_owned()));
    }
    let other = server.staff(2).await;
    let refused = assign(&server, &other, 5, json!(foreign)).await;
    assert_eq!(refused.error(), (404, "customer_not_found".to_owned()));
    let path = format!("/users/{}", server.uuid(Staff, SUPPORT));
    let body = json!({"is_active": false, "reason": "a test"});
    server.patch(&admin, &path, &body).await;
    let gone = assign(&server, &admin, 5, json!(server.uuid(Staff, SUPPORT))).await;
    assert_eq!(gone.status.as_u16(), 422, "{}", gone.body);
}

#[tokio::test]
async fn a_customer_is_not_told_who_looks_after_him() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    assign(&server, &admin, 5, json!(server.uuid(Staff, SUPPORT))).await;
    let body = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    let login = server.post("", "/customers/login", &body).await.json();
    assert_eq!(login["customer"]["owner_id"], Value::Null);
}
