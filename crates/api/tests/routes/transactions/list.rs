//! `GET /transactions`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use rstest::rstest;
use serde_json::json;
use touchstone_domain::EntityKind;

/// Transaction 1 is an approved fee of customer 5, 2 a declined one, 3 a deposit of customer 6
/// over 100.00 USD, 4 one of customer 5 over 20.00 EUR.
async fn four() -> (DemoServer, String) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    for verb in ["approve", "decline"] {
        let journey = enrolled(&server).await;
        let path = format!("/transactions/{}/{verb}", journey.transaction);
        server.patch_text(&staff, &path, "").await;
    }
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    let deposit = "/customers/me/deposit";
    server
        .post(&rival, deposit, &json!({"amount": "100.00"}))
        .await;
    let euro = server.uuid(EntityKind::Account, 100_002);
    server
        .post(
            &trader,
            deposit,
            &json!({"amount": "20.00", "account_id": euro}),
        )
        .await;
    (server, staff)
}

/// Which of the four are answered.
async fn found(server: &DemoServer, token: &str, query: &str) -> Vec<i64> {
    let path = format!("/transactions{query}");
    let answer = server.get(token, &path).await;
    assert_eq!(answer.status.as_u16(), 200, "{query} {}", answer.body);
    let all: Vec<String> = (0..9)
        .map(|key| server.uuid(EntityKind::Transaction, key))
        .collect();
    let list = answer.json();
    list.as_array()
        .expect("a bare array")
        .iter()
        .map(|item| {
            let place = all.iter().position(|id| item["id"] == **id);
            i64::try_from(place.expect("one of ours")).unwrap()
        })
        .collect()
}

#[rstest]
#[case::all("", &[4, 3, 2, 1])]
#[case::page("?limit=2&offset=1", &[3, 2])]
#[case::kind("?type=DEPOSIT", &[4, 3])]
#[case::kinds("?type=DEPOSIT&type=CHALLENGE_FEE", &[4, 3, 2, 1])]
#[case::status("?status=APPROVED&status=DECLINED", &[2, 1])]
#[case::both("?status=PENDING&currency=EUR", &[4])]
#[case::currencies("?currency=EUR&currency=JPY", &[4])]
#[case::source("?source=customer", &[4, 3, 2, 1])]
#[case::other_source("?source=crm", &[])]
#[case::gate("?gate_name=demo", &[4, 3])]
#[case::amount("?amount_min=20&amount_max=100", &[4, 3])]
#[case::fine_amount("?amount_min=20.001", &[3, 2, 1])]
#[case::day("?date_from=2026-05-07&date_to=2026-05-07", &[4, 3, 2, 1])]
#[case::before("?date_to=2026-05-06", &[])]
#[case::instant("?date_from=2026-05-07T13:20:00.000001Z", &[])]
#[case::owner("?transaction_owner=7a9e7b1c-6f0e-4c57-9d41-0f9c8f3a2b11", &[])]
#[case::unknown_parameter("?nothing=1", &[4, 3, 2, 1])]
#[tokio::test]
async fn a_filter_narrows_the_list(#[case] query: &str, #[case] expected: &[i64]) {
    let (server, staff) = four().await;
    assert_eq!(found(&server, &staff, query).await, expected);
}

#[tokio::test]
async fn ids_narrow_the_list_too() {
    let (server, staff) = four().await;
    for (field, kind, key, expected) in [
        ("customer_id", EntityKind::Customer, 6, &[3][..]),
        ("customer_id", EntityKind::Customer, 21, &[]),
        ("customer_id", EntityKind::Account, 6, &[]),
        ("account_id", EntityKind::Account, 100_002, &[4]),
        ("approved_by", EntityKind::Staff, 1, &[1]),
        ("approved_by", EntityKind::Staff, 2, &[]),
    ] {
        let query = format!("?{field}={}", server.uuid(kind, key));
        assert_eq!(found(&server, &staff, &query).await, expected, "{query}");
    }
}

#[rstest]
#[case("limit=0", "limit")]
#[case("limit=1001", "limit")]
#[case("limit=many", "limit")]
#[case("offset=-1", "offset")]
#[case("type=GIFT", "type")]
#[case("status=pending", "status")]
#[case("currency=dollars", "currency")]
#[case("source=a,b", "source")]
#[case("amount_min=0.0001", "amount_min")]
#[case("amount_max=lots", "amount_max")]
#[case("date_from=yesterday", "date_from")]
#[case("customer_id=5", "customer_id")]
#[tokio::test]
async fn a_wrong_filter_is_told(#[case] query: &str, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.get(&staff, &format!("/transactions?{query}")).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    let loc = &answer.json()["detail"][0]["loc"];
    assert_eq!((&loc[0], &loc[1]), (&json!("query"), &json!(field)));
}

#[tokio::test]
async fn a_brand_sees_its_own() {
    let (server, _) = four().await;
    let other = server.staff(2).await;
    assert_eq!(found(&server, &other, "").await, Vec::<i64>::new());
    let trader = server.trader().await;
    for (token, status) in [("", 401), (trader.as_str(), 403)] {
        let answer = server.get(token, "/transactions").await;
        assert_eq!(answer.status.as_u16(), status);
    }
}
