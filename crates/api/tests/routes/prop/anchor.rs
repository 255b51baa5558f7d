//! `POST /prop/accounts/{account_id}/anchor`

use crate::support::demo::DemoServer;
use crate::support::desk::LOGIN;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

fn path(server: &DemoServer) -> String {
    let account = server.uuid(EntityKind::Account, LOGIN);
    format!("/prop/accounts/{account}/anchor")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_floor_is_counted_from_the_new_anchor() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.trading().await;
    let before = server.audit_rows().await;
    let body = json!({"anchor": "101000.00", "reason": "the feed was wrong"});
    let answer = server.post(&staff, &path(&server), &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let floor = &answer.json()["limits"][0];
    assert_eq!(
        (
            &floor["anchor"],
            &floor["anchor_source"],
            &floor["level"],
            &floor["is_provisional"]
        ),
        (
            &json!(101_000.0),
            &json!("staff"),
            &json!(95_950.0),
            &json!(false)
        )
    );
    assert_eq!(server.audit_rows().await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_phase_is_over_has_no_anchor() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let body = json!({"anchor": "101000.00", "reason": "late"});
    let answer = server.post(&staff, &path(&server), &body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (409, &json!("state_conflict"))
    );
}

#[tokio::test]
async fn without_a_desk_it_is_to_be_repeated() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    let body = json!({"anchor": "101000.00", "reason": "no desk"});
    let answer = server.post(&staff, &path(&server), &body).await;
    assert_eq!(answer.status.as_u16(), 503, "{}", answer.body);
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[rstest]
#[case(json!({"reason": "r"}), json!(["body", "anchor"]))]
#[case(json!({"anchor": "1e5", "reason": "r"}), json!(["body", "anchor"]))]
#[case(json!({"anchor": "0", "reason": "r"}), json!(["body", "anchor"]))]
#[case(json!({"anchor": "-5.00", "reason": "r"}), json!(["body", "anchor"]))]
#[case(json!({"anchor": "1.001", "reason": "r"}), json!(["body", "anchor"]))]
#[case(json!({"anchor": "99999999999999999999", "reason": "r"}), json!(["body", "anchor"]))]
#[case(json!({"anchor": "1.00"}), json!(["body", "reason"]))]
#[case(json!({"anchor": "1.00", "reason": ""}), json!(["body", "reason"]))]
#[case(json!({"anchor": "1.00", "reason": "x".repeat(501)}), json!(["body", "reason"]))]
#[tokio::test]
async fn what_does_not_fit_is_told_with_its_place(#[case] body: Value, #[case] place: Value) {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    let answer = server.post(&staff, &path(&server), &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], place);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_that_would_breach_at_once_is_set_only_when_that_is_meant() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.trading().await;
    let typo = json!({"anchor": "1000000.00", "reason": "one zero too many"});
    let answer = server.post(&staff, &path(&server), &typo).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (409, &json!("anchor_would_breach"))
    );
    let meant = json!({"anchor": "1000000.00", "reason": "meant", "may_breach": true});
    let answer = server.post(&staff, &path(&server), &meant).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(answer.json()["status"], "breached");
    let breach = server.the_breach(&staff).await;
    let id = breach["id"].as_str().expect("an id");
    let revert = json!({"reason": "a typo", "restore": "none"});
    let revert_path = format!("/prop/breach-events/{id}/revert");
    let reverted = server.post(&staff, &revert_path, &revert).await;
    assert_eq!(reverted.status.as_u16(), 200, "{}", reverted.body);
    let account = server.uuid(EntityKind::Account, LOGIN);
    let after = server
        .get(&staff, &format!("/prop/accounts/{account}"))
        .await
        .json();
    assert_eq!(after["status"], "active");
    assert_eq!(after["limits"][0]["anchor"], 100_000.0, "as it was before");
    assert_eq!(after["limits"][0]["anchor_source"], "opening");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_says_when_staff_set_it() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.trading().await;
    server.clock.advance_micros(60_000_000);
    let at = server.app.now().rfc3339();
    let body = json!({"anchor": "101000.00", "reason": "the feed was wrong"});
    let answer = server.post(&staff, &path(&server), &body).await;
    assert_eq!(answer.json()["limits"][0]["taken_at"], at);
}

#[rstest]
#[case::too_small("9999.99")]
#[case::too_large("1000000.01")]
#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_is_of_the_accounts_size(#[case] anchor: &str) {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.trading().await;
    let body = json!({"anchor": anchor, "reason": "r", "may_breach": true});
    let answer = server.post(&staff, &path(&server), &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "anchor"]));
}
