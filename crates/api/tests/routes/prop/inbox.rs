//! `GET /prop/inbox`

use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Account, Customer};
use touchstone_domain::access::Role;

async fn inbox(server: &DemoServer, token: &str) -> Vec<Value> {
    let answer = server.get(token, "/prop/inbox").await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()["items"].as_array().expect("items").clone()
}

fn counts(items: &[Value]) -> Vec<(&str, i64)> {
    let items = items.iter();
    items
        .map(|item| {
            let kind = item["kind"].as_str().expect("a kind");
            (kind, item["count"].as_i64().expect("a count"))
        })
        .collect()
}

/// A breach, a payout, a withdrawal and papers wait.
async fn busy() -> DemoServer {
    let server = DemoServer::with_desk().await;
    crate::support::enrolled(&server).await;
    crate::support::desk::warned(&server).await;
    crate::support::funded::waiting(&server).await;
    let staff = server.staff(1).await;
    let kyc = format!("/customers/{}/kyc", server.uuid(Customer, 6));
    let papers = json!({"status": "pending", "reason": "papers"});
    let answer = server.put(&staff, &kyc, &papers).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let trader = server.trader().await;
    let out = json!({"amount": "10.00", "account_id": server.uuid(Account, 100_001)});
    let answer = server.post(&trader, "/customers/me/withdraw", &out).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    server
}

#[tokio::test]
async fn every_kind_is_counted_as_its_own_list_has_it() {
    let server = busy().await;
    let staff = server.staff(1).await;
    let items = inbox(&server, &staff).await;
    let expect = [
        ("stuck_purchases", 0),
        ("refunds_due", 0),
        ("underpaid_payments", 0),
        ("withdrawals", 1),
        ("payments_waiting", 1),
        ("breaches", 1),
        ("payouts_to_approve", 1),
        ("payouts_to_approve_second", 0),
        ("payouts_to_send", 0),
        ("payouts_on_their_way", 0),
        ("kyc", 1),
    ];
    assert_eq!(counts(&items), expect);
    for item in &items {
        let text = |field: &str| item[field].as_str().expect("a text").to_owned();
        let list = format!("{}?{}", text("path"), text("query"));
        let answer = server.get(&staff, &list).await;
        assert_eq!(answer.status.as_u16(), 200, "{list}: {}", answer.body);
        let answer = answer.json();
        let rows = answer.as_array().or_else(|| answer["items"].as_array());
        let rows = rows.expect("a list").len();
        assert_eq!(item["count"], json!(rows), "{list}");
        assert_eq!(item["oldest_at"].is_null(), rows == 0, "{item}");
        assert_eq!([&item["is_more"], &item["can_decide"]], [false, true]);
    }
    let foreign = inbox(&server, &server.staff(2).await).await;
    assert!(counts(&foreign).iter().all(|(_, count)| *count == 0));
}

#[tokio::test]
async fn who_may_only_look_is_told_so_and_sees_his_own_customers() {
    let server = busy().await;
    let support = server.with_role(Role::Support).await;
    let decides: Vec<Value> = inbox(&server, &support).await;
    let decides = decides.iter().filter(|item| item["can_decide"] == true);
    let decides: Vec<&str> = decides.filter_map(|item| item["kind"].as_str()).collect();
    assert_eq!(decides, ["kyc"]);
    let narrowed = "UPDATE staff SET view_scope = 1 WHERE id = 4";
    let narrowed = server.app.store.write(move |tx| tx.execute(narrowed, &[]));
    assert_eq!(narrowed.await.expect("a store"), 1);
    let items = inbox(&server, &support).await;
    assert!(counts(&items).iter().all(|(_, count)| *count == 0));
    let owned = "UPDATE customer SET owner_id = 4 WHERE id = 5";
    let owned = server.app.store.write(move |tx| tx.execute(owned, &[]));
    assert_eq!(owned.await.expect("a store"), 1);
    let items = inbox(&server, &support).await;
    let some = counts(&items).into_iter().filter(|(_, count)| *count > 0);
    let some: Vec<&str> = some.map(|(kind, _)| kind).collect();
    assert_eq!(
        some,
        [
            "withdrawals",
            "payments_waiting",
            "breaches",
            "payouts_to_approve"
        ]
    );
}

#[tokio::test]
async fn a_token_is_told_of_what_its_scopes_name() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let body = json!({"name": "Payer", "scopes": ["view_payouts", "approve_payout"]});
    let made = server.post(&staff, "/api-tokens", &body).await.json();
    let secret = made["secret"].as_str().or(made["token"].as_str());
    let items = inbox(&server, secret.expect("a token")).await;
    assert_eq!(items.len(), 4, "{items:?}");
    let can: Vec<&Value> = items.iter().map(|item| &item["can_decide"]).collect();
    assert_eq!(can, [true, true, false, false]);
}
