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
