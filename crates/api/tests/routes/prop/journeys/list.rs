//! `GET /prop/journeys`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

/// The trader's journeys: one that waits, one that is active and one that was abandoned; and one
/// of the rival, bought in the other dialect. The newest has the highest place.
async fn four() -> (DemoServer, String, [String; 4]) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mut ids = Vec::new();
    for verb in ["", "approve", "decline"] {
        let journey = enrolled(&server).await;
        if !verb.is_empty() {
            let path = format!("/transactions/{}/{verb}", journey.transaction);
            server.patch_text(&staff, &path, "").await;
        }
        ids.push(journey.id);
    }
    let rival = server.customer(1, 6).await;
    let buy = json!({"program_id": 1, "payer_login": 100_003});
    let bought = server
        .post(&rival, "/prop/challenge/buy", &buy)
        .await
        .json();
    let key = bought["challenge"]["id"].as_i64().expect("a challenge");
    ids.push(server.uuid(EntityKind::Challenge, key));
    (server, staff, ids.try_into().expect("four"))
}

async fn get(server: &DemoServer, staff: &str, query: &str) -> Value {
    let answer = server.get(staff, &format!("/prop/journeys{query}")).await;
    assert_eq!(answer.status.as_u16(), 200, "{query}: {}", answer.body);
    answer.json()
}

#[rstest]
#[case::all("", 4, &[3, 2, 1, 0])]
#[case::page("?limit=2&offset=1", 4, &[2, 1])]
#[case::pending("?status=pending_payment", 1, &[0])]
#[case::active("?status=active", 2, &[3, 1])]
#[case::abandoned("?status=abandoned", 1, &[2])]
#[case::completed("?status=completed", 0, &[])]
#[case::template("?template_id=PROGRAM(1)", 4, &[3, 2, 1, 0])]
#[case::other_template("?template_id=PROGRAM(2)", 0, &[])]
#[case::foreign_template("?template_id=7a9e7b1c-6f0e-4c57-9d41-0f9c8f3a2b11", 0, &[])]
#[case::customer("?customer_id=CUSTOMER(6)", 1, &[3])]
#[case::customer_and_status("?customer_id=CUSTOMER(5)&status=active", 1, &[1])]
#[case::foreign_customer("?customer_id=CUSTOMER(21)", 0, &[])]
#[case::name("?q=rita%20RIV", 1, &[3])]
#[case::address("?q=trader@DEMO", 3, &[2, 1, 0])]
#[case::signs("?q=%25", 0, &[])]
#[case::one_sign("?q=_", 0, &[])]
#[case::login("?q=2000100", 1, &[0])]
#[case::nothing("?q=", 4, &[3, 2, 1, 0])]
#[tokio::test]
async fn a_filter_narrows_the_list(
    #[case] query: &str,
    #[case] total: i64,
    #[case] expected: &[usize],
) {
    let (server, staff, ids) = four().await;
    let mut query = query.to_owned();
    for (word, kind) in [
        ("PROGRAM", EntityKind::Program),
        ("CUSTOMER", EntityKind::Customer),
    ] {
        for key in [1, 2, 5, 6, 21] {
            query = query.replace(&format!("{word}({key})"), &server.uuid(kind, key));
        }
    }
    let list = get(&server, &staff, &query).await;
    let items = list["items"].as_array().expect("items").iter();
    let found: Vec<usize> = items
        .map(|item| {
            let place = ids.iter().position(|id| item["journey_id"] == **id);
            place.expect("one of ours")
        })
        .collect();
    assert_eq!(
        (list["total"].as_i64(), &found[..]),
        (Some(total), expected)
    );
}

#[tokio::test]
async fn an_item_says_where_the_journey_is() {
    let (server, staff, ids) = four().await;
    let list = get(&server, &staff, "").await;
    let uuid = |kind, key| server.uuid(kind, key);
    assert_eq!(
        list["items"][2],
        json!({
            "journey_id": ids[1],
            "customer_id": uuid(EntityKind::Customer, 5),
            "customer_name": "Tina Trader",
            "customer_email": "trader@demo.test",
            "template_id": uuid(EntityKind::Program, 1),
            "template_name": "100K Challenge",
            "account_currency": "USD",
            "status": "active",
            "current_phase": "Evaluation",
            "current_account_login": "2000101",
            "profit_to_date": 0.0,
            "profit_target": 8000.0,
            "total_paid": 499.0,
            "total_paid_currency": "USD",
            "is_suspended": false,
            "created_at": "2026-05-07T13:20:00.000000Z",
        })
    );
    for place in [1, 3] {
        assert_eq!(list["items"][place]["total_paid"], 0.0);
        assert_eq!(list["items"][place]["profit_to_date"], 0.0);
    }
}

#[tokio::test]
async fn the_sums_are_of_every_status() {
    let (server, staff, _) = four().await;
    let list = get(&server, &staff, "?status=abandoned").await;
    assert_eq!(
        list["aggregates"],
        json!({
            "active_count": 2, "completed_count": 0, "breached_count": 0, "total_revenue_usd": 998.0,
            "total_paid_out_usd": 0.0, "pending_payout_usd": 0.0,
        })
    );
    assert_eq!(
        list["_meta"]["permissions"],
        json!({"can_grant_journey": true, "can_reset_journey": true, "can_cancel_journey": true})
    );
}

#[tokio::test]
async fn it_is_for_staff_of_the_brand() {
    let (server, _, _) = four().await;
    let other = server.staff(2).await;
    let list = get(&server, &other, "").await;
    assert_eq!((&list["total"], &list["items"]), (&json!(0), &json!([])));
    let trader = server.trader().await;
    let answer = server.get(&trader, "/prop/journeys").await;
    assert_eq!(answer.status.as_u16(), 403);
}

#[rstest]
#[case("?status=done")]
#[case("?limit=0")]
#[case("?limit=501")]
#[case("?offset=-1")]
#[case("?customer_id=5")]
#[tokio::test]
async fn a_query_that_cannot_be_is_refused(#[case] query: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.get(&staff, &format!("/prop/journeys{query}")).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
}
