//! `GET /prop/attention/{purchase_id}`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use serde_json::{Value, json};
use touchstone_app::ports::Behaviour;
use touchstone_domain::EntityKind::{Challenge, Customer, Purchase};
use touchstone_domain::access::Role;
use touchstone_domain::purchase::Step;

/// The first one that is made on top of the demo firm.
const PURCHASE: i64 = 10;

async fn story(server: &DemoServer, token: &str) -> Value {
    let path = format!("/prop/attention/{}", server.uuid(Purchase, PURCHASE));
    let answer = server.get(token, &path).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()
}

fn all<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let lines = list.as_array().expect("a list").iter();
    lines
        .map(|line| line[field].as_str().expect("a text"))
        .collect()
}

#[tokio::test]
async fn what_was_bought_in_one_commit_is_told_from_its_entries() {
    let server = DemoServer::new().await;
    server.bought().await;
    let staff = server.staff(1).await;
    let told = story(&server, &staff).await;
    for (field, expect) in [
        ("number", json!(10)),
        ("journey_id", json!(server.uuid(Challenge, 12))),
        ("customer_id", json!(server.uuid(Customer, 5))),
        ("funding", json!("wallet")),
        ("state", json!("active")),
        ("fee_state", json!("earned")),
        ("payer_login", json!("100001")),
        ("account_login", json!("2000100")),
        ("note", json!(null)),
        ("history", json!([])),
        ("transactions", json!([])),
    ] {
        assert_eq!(told[field], expect, "{field}");
    }
    let entries = &told["entries"];
    assert_eq!(all(entries, "book"), ["cash", "notional"]);
    assert_eq!(
        all(entries, "operation"),
        ["challenge_fee", "initial_balance"]
    );
    assert_eq!(all(entries, "from_account"), ["100001", "notional_issued"]);
    assert_eq!(all(entries, "to_account"), ["fees", "2000100"]);
    assert_eq!(entries[1]["amount"], "100000.00");
    let timeline = &told["timeline"];
    let expect = [
        "begun",
        "purchase.buy",
        "challenge_fee",
        "initial_balance",
        "reached",
    ];
    assert_eq!(all(timeline, "event"), expect, "{timeline}");
    assert_eq!(timeline[1]["by"], "Tina Trader");
    assert_eq!(timeline[4]["state"], "active");
    let actions = &told["actions"];
    assert_eq!(all(actions, "action"), ["refund"]);
    let path = format!("/prop/journeys/{}/refund", server.uuid(Challenge, 12));
    assert_eq!(actions[0]["path"], path);
    let support = server.with_role(Role::Support).await;
    let told = story(&server, &support).await;
    assert_eq!(told["actions"][0]["is_allowed"], false);
}

#[tokio::test]
async fn what_waits_for_payment_says_who_can_do_what() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let staff = server.staff(1).await;
    let told = story(&server, &staff).await;
    assert_eq!(told["state"], "awaiting_payment");
    let expect = ["approve_payment", "decline_payment", "cancel"];
    assert_eq!(all(&told["actions"], "action"), expect);
    let approve = told["actions"][0]["path"].as_str().expect("a path");
    assert_eq!(
        approve,
        format!("/transactions/{}/approve", journey.transaction)
    );
    server.clock.advance_micros(1_000_000);
    server.patch_text(&staff, approve, "").await;
    let told = story(&server, &staff).await;
    assert_eq!(told["state"], "active");
    assert_eq!(all(&told["actions"], "action"), ["refund", "chargeback"]);
    assert_eq!(all(&told["transactions"], "status"), ["APPROVED"]);
    let events = all(&told["timeline"], "event");
    assert_eq!(events.first(), Some(&"begun"), "{events:?}");
    assert_eq!(events.last(), Some(&"reached"), "{events:?}");
    for event in [
        "CHALLENGE_FEE requested",
        "CHALLENGE_FEE approved",
        "cashier_fee",
    ] {
        assert!(events.contains(&event), "{event}: {events:?}");
    }
}

#[tokio::test]
async fn what_is_stuck_says_why_and_what_was_asked() {
    let server = DemoServer::remote().await;
    server
        .trading
        .plan(Step::GrantBalance, &[Behaviour::Refuse]);
    server
        .trading
        .plan(Step::CloseAccount, &[Behaviour::Refuse]);
    let trader = server.trader().await;
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    let staff = server.staff(1).await;
    let told = story(&server, &staff).await;
    assert_eq!(told["state"], "stuck:close_account");
    assert_eq!(told["failure_reason"], "INITIAL_BALANCE_FAILED");
    assert!(
        told["note"]
            .as_str()
            .is_some_and(|note| note.contains("refused"))
    );
    assert_eq!(told["history"].as_array().map(Vec::len), Some(4));
    assert_eq!(all(&told["actions"], "action"), ["retry", "settled"]);
    let list = server.get(&staff, "/prop/attention").await.json();
    assert_eq!(list["items"][0]["history"], told["history"]);
    let last = told["timeline"].as_array().and_then(|lines| lines.last());
    assert_eq!(last.expect("a line")["state"], "stuck:close_account");
}
