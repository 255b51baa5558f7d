//! `POST /prop/challenge/addon/buy` and `GET /prop/challenges/{id}/addons`

use crate::support::demo::DemoServer;
use crate::support::desk::CHALLENGE;
use rstest::rstest;
use serde_json::{Value, json};

const BUY: &str = "/prop/challenge/addon/buy";

fn body() -> Value {
    json!({
        "challenge_id": CHALLENGE,
        "addon_code": "profit_split_90",
        "payer_login": 100_001,
        "idempotency_key": "once",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_on_is_paid_from_the_wallet_and_applied_at_once() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let trader = server.trader().await;
    let list = format!("/prop/challenges/{CHALLENGE}/addons");
    let offers = server.get(&trader, &list).await.json();
    assert_eq!(offers["addons"][1]["price"], json!(49.9), "{offers}");
    assert_eq!(offers["addons"][1]["can_buy"], true);
    let bought = server.post(&trader, BUY, &body()).await;
    assert_eq!(bought.status.as_u16(), 200, "{}", bought.body);
    let bought = bought.json();
    for (key, value) in [
        ("accepted", json!(true)),
        ("idempotent", json!(false)),
        ("challenge_id", json!(CHALLENGE)),
        ("addon_code", json!("profit_split_90")),
        ("is_applied", json!(true)),
    ] {
        assert_eq!(bought[key], value, "{key}: {bought}");
    }
    let purchase = &bought["purchase"];
    assert_eq!(
        (
            &purchase["status_name"],
            &purchase["amount"],
            &purchase["can_cancel"]
        ),
        (&json!("active"), &json!(49.9), &json!(false))
    );
    let again = server.post(&trader, BUY, &body()).await.json();
    assert_eq!(again["idempotent"], true);
    assert_eq!(again["purchase"], bought["purchase"]);
    let offers = server.get(&trader, &list).await.json();
    assert_eq!(offers["addons"][1]["reason"], "BOUGHT");
    assert_eq!(offers["addon_codes"], json!(["profit_split_90"]));
    // It is no purchase of a challenge, and is neither listed nor cancelled as one.
    let listed = server.get(&trader, "/prop/challenges").await.json();
    let listed = listed["purchases"].as_array().expect("purchases").clone();
    assert!(listed.iter().all(|one| one["id"] != purchase["id"]));
    let cancel = format!("/prop/purchases/{}/cancel", purchase["id"]);
    let refused = server.post(&trader, &cancel, &json!({})).await;
    assert_eq!(refused.error(), (404, "NOT_FOUND".to_owned()));
    let payers = server
        .get(&trader, "/prop/programs/1/payer-accounts")
        .await
        .json();
    assert!(
        payers.to_string().contains("651.1"),
        "1200 - 499 - 49.90: {payers}"
    );
}

#[rstest]
#[case::of_nobody("challenge_id", json!(999_999), 404, "NOT_FOUND")]
#[case::zero("challenge_id", json!(0), 400, "INVALID_DATA")]
#[case::unknown("addon_code", json!("gold"), 400, "INVALID_DATA")]
#[case::empty("addon_code", json!(""), 400, "INVALID_DATA")]
#[case::not_his("payer_login", json!(100_003), 403, "INVALID_PAYER_ACCOUNT")]
#[case::in_euro("payer_login", json!(100_002), 400, "CURRENCY_CONVERSION_REQUIRED")]
#[case::long_key("idempotency_key", json!("x".repeat(129)), 400, "IDEMPOTENCY_KEY_TOO_LONG")]
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused(
    #[case] field: &str,
    #[case] value: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let trader = server.trader().await;
    let before = server.audit_rows().await;
    let mut body = body();
    body[field] = value;
    let answer = server.post(&trader, BUY, &body).await;
    assert_eq!(answer.error(), (status, code.to_owned()), "{}", answer.body);
    assert_eq!(server.audit_rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_bound_to_what_was_asked_for() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let trader = server.trader().await;
    server.post(&trader, BUY, &body()).await;
    for (field, value) in [
        ("addon_code", json!("no_time_limit")),
        ("payer_login", json!(100_002)),
        ("challenge_id", json!(1)),
    ] {
        let mut other = body();
        other[field] = value;
        let refused = server.post(&trader, BUY, &other).await;
        assert_eq!(
            refused.error(),
            (409, "IDEMPOTENCY_KEY_CONFLICT".to_owned())
        );
        assert_eq!(refused.json()["field"], field);
    }
    // The key of an add-on buys no challenge.
    let buy = json!({"program_id": 1, "payer_login": 100_001, "idempotency_key": "once"});
    let refused = server.post(&trader, "/prop/challenge/buy", &buy).await;
    assert_eq!(
        refused.error(),
        (409, "IDEMPOTENCY_KEY_CONFLICT".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_for_a_challenge_that_has_failed() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.breached().await;
    let trader = server.trader().await;
    let refused = server.post(&trader, BUY, &body()).await;
    assert_eq!(refused.error(), (409, "CHALLENGE_NOT_RUNNING".to_owned()));
}
