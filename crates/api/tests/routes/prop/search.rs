//! `GET /prop/search`

use crate::support::demo::DemoServer;
use crate::support::desk::{CHALLENGE, LOGIN};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{
    self, Account, Challenge, Customer, Program, Purchase, Transaction,
};
use touchstone_domain::access::Role;

async fn search(server: &DemoServer, token: &str, q: &str) -> Vec<Value> {
    let answer = server.get(token, &format!("/prop/search?q={q}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{q}: {}", answer.body);
    answer.json()["items"].as_array().expect("items").clone()
}

fn kinds(items: &[Value]) -> Vec<&str> {
    let kinds = items.iter().map(|item| item["kind"].as_str());
    kinds.map(|kind| kind.expect("a kind")).collect()
}

#[rstest]
#[case(Customer, 5, "customer", "Tina Trader")]
#[case(Account, LOGIN, "account", "Tina Trader")]
#[case(Challenge, CHALLENGE, "journey", "Tina Trader")]
#[case(Purchase, 10, "purchase", "Tina Trader")]
#[case(Program, 1, "template", "100K Challenge")]
#[tokio::test]
async fn an_id_finds_the_one_thing_that_has_it(
    #[case] kind: EntityKind,
    #[case] key: i64,
    #[case] told: &str,
    #[case] name: &str,
) {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    let staff = server.with_role(Role::Support).await;
    let id = server.uuid(kind, key);
    let found = search(&server, &staff, &id).await;
    assert_eq!(kinds(&found), [told]);
    assert_eq!(
        (&found[0]["id"], &found[0]["name"]),
        (&json!(id), &json!(name))
    );
    let foreign = server.staff(2).await;
    assert_eq!(search(&server, &foreign, &id).await, Vec::<Value>::new());
}

#[tokio::test]
async fn numbers_and_addresses_find_what_they_name() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    let staff = server.staff(1).await;
    let login = search(&server, &staff, &LOGIN.to_string()).await;
    assert_eq!(kinds(&login), ["account", "customer"]);
    assert_eq!(login[0]["number"], json!(LOGIN));
    let purchase = search(&server, &staff, "%2310").await;
    assert_eq!(
        (&purchase[0]["kind"], &purchase[0]["number"]),
        (&json!("purchase"), &json!(10))
    );
    let address = search(&server, &staff, "TRADER@demo").await;
    assert_eq!(kinds(&address), ["customer"]);
    assert_eq!(address[0]["note"], "trader@demo.test");
    for nothing in ["", "t", "nobody-is-called-so", "%25%25"] {
        assert_eq!(
            search(&server, &staff, nothing).await,
            Vec::<Value>::new(),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn a_payment_leads_to_its_purchase() {
    let server = DemoServer::new().await;
    let journey = crate::support::enrolled(&server).await;
    let staff = server.staff(1).await;
    let found = search(&server, &staff, &journey.transaction).await;
    assert_eq!(kinds(&found), ["purchase"]);
    assert_eq!(journey.transaction, server.uuid(Transaction, 1));
}
