//! `POST /prop/journeys/{journey_id}/reset`

use crate::support::demo::DemoServer;
use crate::support::desk::{CHALLENGE, LOGIN};
use crate::support::{Answer, enrolled};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

async fn reset(server: &DemoServer, token: &str, body: &Value) -> Answer {
    let journey = server.uuid(EntityKind::Challenge, CHALLENGE);
    let path = format!("/prop/journeys/{journey}/reset");
    server.post(token, &path, body).await
}

fn why() -> Value {
    json!({"reason": "asked by mail"})
}

async fn pending(server: &DemoServer, staff: &str) -> String {
    let answer = reset(server, staff, &why()).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let answer = answer.json();
    let fee = answer["pending_payment_tx_id"].as_str().expect("a fee");
    assert_eq!(
        answer,
        json!({
            "journey_id": server.uuid(EntityKind::Challenge, CHALLENGE),
            "account_id": null,
            "login": null,
            "phase": "Evaluation",
            "pending_payment_tx_id": fee,
            "activated": false,
        })
    );
    fee.to_owned()
}

async fn approve(server: &DemoServer, staff: &str, fee: &str) -> Answer {
    let path = format!("/transactions/{fee}/approve");
    server.patch(staff, &path, &json!({})).await
}

async fn detail(server: &DemoServer, staff: &str) -> Value {
    let journey = server.uuid(EntityKind::Challenge, CHALLENGE);
    server
        .get(staff, &format!("/prop/journeys/{journey}"))
        .await
        .json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breached_journey_begins_again_when_its_fee_is_paid() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    server.breached().await;
    let fee = pending(&server, &staff).await;

    let list = server
        .get(&staff, "/prop/journeys?status=pending_payment")
        .await
        .json();
    assert_eq!(
        (&list["total"], &list["items"][0]["total_paid"]),
        (&json!(1), &json!(499.0))
    );
    let own = server.get(&trader, "/challenges/me").await.json();
    assert_eq!(own["items"][0]["pending_tx_id"], json!(fee), "{own}");
    let path = format!("/customers/me/transactions/{fee}/pay");
    let pay = server.post(&trader, &path, &json!({})).await;
    assert_eq!(pay.status.as_u16(), 200, "{}", pay.body);
    let waiting = server.get(&trader, "/prop/challenges/12").await.json();
    assert_eq!(waiting["challenge"]["status"], 3);
    let again = reset(&server, &staff, &why()).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (409, &json!("state_conflict"))
    );

    let approved = approve(&server, &staff, &fee).await;
    assert_eq!(approved.status.as_u16(), 200, "{}", approved.body);
    let journey = detail(&server, &staff).await;
    let attempts: Vec<Value> = journey["phases"]
        .as_array()
        .expect("phases")
        .iter()
        .map(|phase| {
            json!([
                phase["phase_index"],
                phase["attempt"],
                phase["status"],
                phase["login"]
            ])
        })
        .collect();
    assert_eq!(
        attempts,
        [
            json!([1, 1, "breached", "2000100"]),
            json!([1, 2, "active", "2000101"])
        ]
    );
    assert_eq!(
        (
            &journey["status"],
            &journey["current_account_login"],
            &journey["total_paid"],
            &journey["pending_payment_tx_id"],
            &journey["resets"][0]["state"],
            &journey["resets"][0]["login"],
        ),
        (
            &json!("active"),
            &json!("2000101"),
            &json!(598.0),
            &Value::Null,
            &json!("active"),
            &json!("2000101"),
        )
    );
    // The desk has taken the new account in, and knows nothing of the old one's loss.
    server.ten_lots(LOGIN + 1).await;
    let running = server.get(&trader, "/prop/challenges/12").await.json();
    assert_eq!(
        (
            &running["challenge"]["status"],
            &running["challenge"]["end_time"],
            running["phases"].as_array().map(Vec::len),
            &running["current_phase"]["account_login"],
            &running["latest_breach"],
        ),
        (
            &json!(1),
            &json!(0),
            Some(2),
            &json!(LOGIN + 1),
            &Value::Null
        )
    );
    let fees = server
        .get(&staff, "/transactions?type=CHALLENGE_RESET_FEE")
        .await
        .json();
    assert_eq!(
        (
            &fees[0]["status"],
            &fees[0]["amount"],
            fees.as_array().map(Vec::len)
        ),
        (&json!("APPROVED"), &json!("99.00"), Some(1))
    );
    let old = server.uuid(EntityKind::Account, LOGIN);
    let old = server.get(&staff, &format!("/prop/accounts/{old}")).await;
    assert_eq!(old.status.as_u16(), 200, "{}", old.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_that_is_taken_back_takes_a_pending_reset_with_it() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let fee = pending(&server, &staff).await;
    let breach = server.uuid(EntityKind::Breach, 1);
    let path = format!("/prop/breach-events/{breach}/revert");
    let reverted = server.post(&staff, &path, &why()).await;
    assert_eq!(reverted.status.as_u16(), 200, "{}", reverted.body);
    let journey = detail(&server, &staff).await;
    assert_eq!(
        (
            &journey["status"],
            &journey["resets"][0]["state"],
            &journey["account_enabled"]
        ),
        (&json!("active"), &json!("abandoned"), &json!(true))
    );
    let paid = journey["transactions"].as_array().expect("transactions");
    let declined = paid
        .iter()
        .find(|t| t["id"] == json!(fee))
        .expect("the fee");
    assert_eq!(declined["status"], "DECLINED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_whose_reset_has_begun_stands() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let fee = pending(&server, &staff).await;
    approve(&server, &staff, &fee).await;
    let breach = server.uuid(EntityKind::Breach, 1);
    let path = format!("/prop/breach-events/{breach}/revert");
    let reverted = server.post(&staff, &path, &why()).await;
    assert_eq!(
        (reverted.status.as_u16(), &reverted.json()["error"]),
        (409, &json!("state_conflict"))
    );
    assert_eq!(detail(&server, &staff).await["status"], "active");
    let active = reset(&server, &staff, &why()).await;
    assert_eq!(active.status.as_u16(), 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fee_is_that_of_the_template_as_it_was_when_the_journey_began() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let seed = server.uuid(EntityKind::Program, 1);
    let path = format!("/prop/templates/{seed}/clone");
    let clone = server
        .post(&staff, &path, &json!({"name": "Ours"}))
        .await
        .json();
    let template = clone["id"].as_str().expect("an id");
    let path = format!("/challenges/{template}/enroll");
    let enrolled = server.post(&trader, &path, &json!({})).await.json();
    let fee = enrolled["pending_tx_id"].as_str().expect("a fee");
    approve(&server, &staff, fee).await;
    let change = json!({"reset_fee_amount": 5.0});
    let changed = server
        .patch(&staff, &format!("/prop/templates/{template}"), &change)
        .await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    let login: i64 = enrolled["login"]
        .as_str()
        .expect("a login")
        .parse()
        .expect("a number");
    server.price(110_000).await;
    server.ten_lots(login).await;
    server.price(109_500).await;
    let journey = enrolled["journey_id"].as_str().expect("an id");
    let path = format!("/prop/journeys/{journey}/reset");
    let begun = server.post(&staff, &path, &why()).await;
    assert_eq!(begun.status.as_u16(), 200, "{}", begun.body);
    let fees = server
        .get(&staff, "/transactions?type=CHALLENGE_RESET_FEE")
        .await
        .json();
    assert_eq!(fees[0]["amount"], "99.00", "{fees}");
}

#[rstest]
#[case(json!({}))]
#[case(json!({"reason": ""}))]
#[case(json!({"reason": null}))]
#[case(json!({"reason": 7}))]
#[case(json!({"reason": "x".repeat(501)}))]
#[case(json!({"reason": "x\u{0}"}))]
#[case(json!([]))]
#[case(json!("reason"))]
#[tokio::test]
async fn what_does_not_fit_changes_nothing(#[case] body: Value) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let journey = enrolled(&server).await;
    let path = format!("/prop/journeys/{}/reset", journey.id);
    let answer = server.post(&staff, &path, &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{body}: {}", answer.body);
}

#[tokio::test]
async fn who_may_not_and_what_is_not_breached() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let path = format!("/prop/journeys/{}/reset", journey.id);
    let (staff, other, trader) = (
        server.staff(1).await,
        server.staff(2).await,
        server.trader().await,
    );
    let unknown = server.uuid(EntityKind::Challenge, 999_999);
    let foreign_kind = server.uuid(EntityKind::Program, 1);
    for (token, path, status) in [
        ("", path.clone(), 401),
        (&trader, path.clone(), 403),
        (&other, path.clone(), 404),
        (&staff, format!("/prop/journeys/{unknown}/reset"), 404),
        (&staff, format!("/prop/journeys/{foreign_kind}/reset"), 404),
        (&staff, "/prop/journeys/12/reset".to_owned(), 422),
        (&staff, path, 409),
    ] {
        let answer = server.post(token, &path, &why()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
    }
}
