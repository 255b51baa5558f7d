//! `GET` and `POST /challenges/me/{journey_id}/addons`

use crate::support::demo::DemoServer;
use crate::support::desk::{CHALLENGE, LOGIN};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

fn path(server: &DemoServer) -> String {
    let id = server.uuid(EntityKind::Challenge, CHALLENGE);
    format!("/challenges/me/{id}/addons")
}

fn reasons(offers: &Value) -> Vec<(String, Value)> {
    let items = offers["items"].as_array().expect("items").iter();
    items
        .map(|one| {
            let code = one["code"].as_str().expect("a code").to_owned();
            assert_eq!(one["available"] == true, one["reason"].is_null(), "{one}");
            (code, one["reason"].clone())
        })
        .collect()
}

/// What is asked of the profit of a day, and of the days.
async fn rules(server: &DemoServer) -> Value {
    let staff = server.staff(1).await;
    let id = server.uuid(EntityKind::Challenge, CHALLENGE);
    let detail = server.get(&staff, &format!("/prop/journeys/{id}")).await;
    detail.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_on_is_paid_like_a_fee_and_holds_from_then_on() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let offers = server.get(&trader, &path(&server)).await;
    assert_eq!(offers.status.as_u16(), 200, "{}", offers.body);
    let offers = offers.json();
    assert_eq!(offers["selected_addon_codes"], json!([]));
    assert_eq!(
        (&offers["items"][0]["fee_amount"], &offers["currency"]),
        (&json!(50.0), &json!("USD"))
    );
    assert!(reasons(&offers).iter().all(|(_, reason)| reason.is_null()));

    let body = json!({"addon_code": "no_time_limit", "unknown": 1});
    let ordered = server.post(&trader, &path(&server), &body).await;
    assert_eq!(ordered.status.as_u16(), 201, "{}", ordered.body);
    let ordered = ordered.json();
    let fee = ordered["pending_tx_id"].as_str().expect("a fee").to_owned();
    assert_eq!(
        ordered,
        json!({
            "journey_id": server.uuid(EntityKind::Challenge, CHALLENGE),
            "addon_code": "no_time_limit",
            "amount": "50.00",
            "currency": "USD",
            "transaction_id": fee,
            "pending_tx_id": fee,
            "is_applied": false,
        })
    );
    let again = server.post(&trader, &path(&server), &body).await;
    assert_eq!(again.error(), (409, "addon_under_way".to_owned()));
    let listed = server
        .get(&staff, "/transactions?type=CHALLENGE_ADDON_FEE")
        .await
        .json();
    assert_eq!(listed[0]["id"], json!(fee), "{listed}");
    let limits = |detail: &Value| detail["phases"][0]["rules"]["passing"]["time_limits"].clone();
    assert!(limits(&rules(&server).await).is_array());

    let approve = format!("/transactions/{fee}/approve");
    let approved = server.patch(&staff, &approve, &json!({})).await;
    assert_eq!(approved.status.as_u16(), 200, "{}", approved.body);
    let detail = rules(&server).await;
    assert!(limits(&detail).is_null());
    assert_eq!(detail["selected_addon_codes"], json!(["no_time_limit"]));
    let addition = &detail["additions"][0];
    assert_eq!(
        (
            &addition["state"],
            &addition["fee_amount"],
            &addition["transaction_id"]
        ),
        (&json!("active"), &json!("50.00"), &json!(fee))
    );
    let offers = server.get(&trader, &path(&server)).await.json();
    let bought = ("no_time_limit".to_owned(), json!("bought"));
    assert!(reasons(&offers).contains(&bought), "{offers}");
    let again = server.post(&trader, &path(&server), &body).await;
    assert_eq!(again.status.as_u16(), 422, "{}", again.body);
    assert_eq!(
        again.json()["detail"][0]["loc"],
        json!(["body", "addon_code"])
    );
    // The position that was open is open still.
    let account = format!("/accounts/{LOGIN}/positions");
    let held = server.get(&trader, &account).await.json();
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1), "{held}");
}

#[rstest]
#[case::nothing(json!({}), 422, "validation_error")]
#[case::no_text(json!({"addon_code": 7}), 422, "validation_error")]
#[case::empty(json!({"addon_code": ""}), 422, "validation_error")]
#[case::unknown(json!({"addon_code": "gold"}), 422, "validation_error")]
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused(
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let trader = server.trader().await;
    let before = server.audit_rows().await;
    let answer = server.post(&trader, &path(&server), &body).await;
    assert_eq!(answer.error(), (status, code.to_owned()), "{}", answer.body);
    assert_eq!(server.audit_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_has_ended_takes_none_and_what_was_paid_goes_back() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let body = json!({"addon_code": "no_time_limit"});
    let ordered = server.post(&trader, &path(&server), &body).await.json();
    let fee = ordered["pending_tx_id"].as_str().expect("a fee").to_owned();
    server.price(109_600).await;
    server.price(109_500).await;
    let late = server
        .post(
            &trader,
            &path(&server),
            &json!({"addon_code": "profit_split_90"}),
        )
        .await;
    assert_eq!(late.error(), (409, "journey_not_running".to_owned()));
    let offers = server.get(&trader, &path(&server)).await.json();
    assert!(
        reasons(&offers)
            .iter()
            .all(|(_, reason)| reason == "not_running")
    );
    let approve = format!("/transactions/{fee}/approve");
    server.patch(&staff, &approve, &json!({})).await;
    let refunds = server
        .get(
            &staff,
            "/transactions?type=CHALLENGE_FEE_REFUND&status=PENDING",
        )
        .await
        .json();
    assert_eq!(refunds[0]["amount"], "50.00", "{refunds}");
    let addition = rules(&server).await["additions"][0].clone();
    assert_eq!(
        (&addition["state"], &addition["failure_reason"]),
        (&json!("refund_due"), &json!("ADDON_NOT_APPLIED"))
    );
}

#[tokio::test]
async fn where_another_server_trades_nothing_is_bought_later() {
    let server = DemoServer::remote().await;
    let trader = server.trader().await;
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    let body = json!({"addon_code": "no_time_limit"});
    let refused = server.post(&trader, &path(&server), &body).await;
    assert_eq!(refused.error().0, 409, "{}", refused.body);
}
