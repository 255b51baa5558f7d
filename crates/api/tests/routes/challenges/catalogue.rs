//! `GET /challenges` and `GET /challenges/me`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use rstest::rstest;
use serde_json::json;
use touchstone_domain::EntityKind;

#[tokio::test]
async fn the_catalogue_shows_what_can_be_enrolled_in() {
    let server = DemoServer::new().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let list = server.get(&trader, "/challenges").await.json();
    let items = list["items"].as_array().expect("items");
    let names: Vec<_> = items.iter().map(|item| &item["name"]).collect();
    assert_eq!(
        names,
        [
            "100K Challenge",
            "Free Trial",
            "100K Challenge, paid in euros"
        ]
    );
    assert_eq!(list["total"], 3);

    let id = items[0]["template_id"].as_str().expect("an id");
    let template = server
        .get(&staff, &format!("/prop/templates/{id}"))
        .await
        .json();
    for (field, value) in items[0].as_object().expect("an object") {
        let same = if field == "template_id" { "id" } else { field };
        assert_eq!(template[same], *value, "{field}");
    }
    assert_eq!(items[0]["addons"].as_array().map(Vec::len), Some(2));
    for staff_only in ["is_seed", "created_by", "is_archived"] {
        assert!(items[0].get(staff_only).is_none(), "{staff_only}");
    }
}

#[tokio::test]
async fn each_brand_has_its_own_catalogue_and_staff_have_none() {
    let server = DemoServer::new().await;
    let other = server.customer(2, 21).await;
    let list = server.get(&other, "/challenges").await.json();
    let names = list["items"].as_array().expect("offers").iter();
    let names: Vec<_> = names.map(|item| item["name"].clone()).collect();
    assert_eq!(names, ["50K Challenge", "50K Challenge, paid in euros"]);
    let staff = server.staff(1).await;
    assert_eq!(server.get(&staff, "/challenges").await.status.as_u16(), 403);
    assert_eq!(server.get("", "/challenges/me").await.status.as_u16(), 401);
}

#[tokio::test]
async fn a_customer_sees_his_own_journeys_of_both_dialects() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let journey = enrolled(&server).await;
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    let rival = server.customer(1, 6).await;
    let buy = json!({"program_id": 1, "payer_login": 100_003});
    server.post(&rival, "/prop/challenge/buy", &buy).await;

    let list = server.get(&trader, "/challenges/me").await.json();
    assert_eq!(list["total"], 2);
    assert_eq!(
        list["items"][1],
        json!({
            "journey_id": journey.id,
            "template_id": server.uuid(EntityKind::Program, 1),
            "template_name": "100K Challenge",
            "status": "pending_payment",
            "passed": null,
            "current_phase": "Evaluation",
            "account_id": server.uuid(EntityKind::Account, 2_000_100),
            "login": "2000100",
            "account_currency": "USD",
            "account_size": null,
            "profit_to_date": 0.0,
            "profit_target": 8_000.0,
            "fee_amount": "499.00",
            "fee_currency": "USD",
            "pending_tx_id": journey.transaction,
            "is_suspended": false,
            "created_at": "2026-05-07T13:20:00.000000Z",
            "started_at": null,
            "ended_at": null,
        })
    );
    let bought = &list["items"][0];
    assert_eq!(
        (
            &bought["status"],
            &bought["account_size"],
            &bought["pending_tx_id"]
        ),
        (&json!("active"), &json!(100_000.0), &json!(null))
    );
}

#[rstest]
#[case("?status=active", 0)]
#[case("?status=pending_payment&limit=1", 2)]
#[case("?offset=2", 2)]
#[tokio::test]
async fn his_list_is_narrowed_and_paged(#[case] query: &str, #[case] total: i64) {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    enrolled(&server).await;
    enrolled(&server).await;
    let list = server
        .get(&trader, &format!("/challenges/me{query}"))
        .await
        .json();
    assert_eq!(list["total"], total);
    let shown = list["items"].as_array().map_or(0, Vec::len);
    assert_eq!(shown, usize::from(query.contains("limit")));
}
