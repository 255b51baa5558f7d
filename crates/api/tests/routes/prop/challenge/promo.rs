//! `promo_code` and `selected_addon_codes` of `POST /prop/challenge/buy` and `/preview`.

use crate::support::demo::DemoServer;
use serde_json::{Value, json};

const BUY: &str = "/prop/challenge/buy";
const PREVIEW: &str = "/prop/challenge/preview";

async fn with_code(code: Value) -> (DemoServer, String) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let made = server.post(&staff, "/promo-codes", &code).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let trader = server.trader().await;
    (server, trader)
}

fn body(code: &str) -> Value {
    json!({"program_id": 1, "payer_login": 100_001, "promo_code": code, "idempotency_key": "k"})
}

#[tokio::test]
async fn a_preview_shows_what_a_code_takes_off_and_holds_nothing() {
    let code = json!({"code": "ONCE", "discount_percent": 12.5, "total_limit": 1});
    let (server, trader) = with_code(code).await;
    for _ in 0..2 {
        let mut wanted = body(" once ");
        wanted["selected_addon_codes"] = json!(["no_time_limit"]);
        let answer = server.post(&trader, PREVIEW, &wanted).await;
        // 12.5 % of 549.00 are 68.625.
        assert_eq!(
            answer.body,
            r#"{"can_buy":true,"price":480.37,"currency":"USD","payer_balance":1200.0,"amount_account_currency":480.37,"conversion_rate":1.0,"full_price":549.0,"discount":68.63,"promo_code":"ONCE","warnings":[]}"#
        );
    }
}

#[tokio::test]
async fn a_purchase_costs_less_by_its_code_and_says_so() {
    let code =
        json!({"code": "ONCE", "discount_amount": "99.00", "currency": "USD", "total_limit": 1});
    let (server, trader) = with_code(code).await;
    let answer = server.post(&trader, BUY, &body("Once")).await.json();
    let purchase = &answer["purchase"];
    assert_eq!(
        (
            &purchase["amount"],
            &purchase["discount"],
            &purchase["promo_code"]
        ),
        (&json!(400.0), &json!(99.0), &json!("ONCE"))
    );
    let again = server.post(&trader, BUY, &body("ONCE")).await.json();
    assert_eq!(again["idempotent"], true);
    assert_eq!(again["purchase"], *purchase);
    for other in [
        json!({"program_id": 1, "payer_login": 100_001, "idempotency_key": "k"}),
        body("OTHER"),
    ] {
        let conflict = server.post(&trader, BUY, &other).await;
        assert_eq!(conflict.status.as_u16(), 409);
        assert_eq!(conflict.json()["field"], "promo_code");
    }
    let mut other = body("ONCE");
    other["idempotency_key"] = json!("another");
    let used_up = server.post(&trader, BUY, &other).await;
    assert_eq!(used_up.status.as_u16(), 400);
    assert_eq!(used_up.json()["error"], "PROMO_CODE_USED_UP");
    let blocked = server.post(&trader, PREVIEW, &other).await.json();
    assert_eq!(
        (&blocked["can_buy"], &blocked["reason"]),
        (&json!(false), &json!("PROMO_CODE_USED_UP"))
    );
    let staff = server.staff(1).await;
    let listed = server.get(&staff, "/promo-codes").await.json();
    let listed = &listed["items"][0];
    assert_eq!(
        (&listed["reserved_count"], &listed["used_count"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn a_code_that_leaves_nothing_makes_the_purchase_free() {
    let (server, trader) = with_code(json!({"code": "FREE-100", "discount_percent": 100})).await;
    let answer = server.post(&trader, BUY, &body("free-100")).await.json();
    assert_eq!(answer["purchase"]["amount"], json!(0.0));
    assert_eq!(answer["purchase"]["status_name"], "active");
    assert_eq!(answer.get("payment_order"), None);
    assert_eq!(answer["initial_balance_order"], 500_100);
}

#[tokio::test]
async fn the_documented_checks_come_first() {
    let (server, trader) =
        with_code(json!({"code": "LATER", "discount_percent": 10, "valid_from": "2100-01-01"}))
            .await;
    for (program, payer, code, error) in [
        (3, 100_001, "NOBODY", "PROGRAM_DISABLED"),
        (1, 100_002, "NOBODY", "CURRENCY_CONVERSION_REQUIRED"),
        (1, 100_001, "NOBODY", "PROMO_CODE_UNKNOWN"),
        (1, 100_001, "a b c", "PROMO_CODE_UNKNOWN"),
        (1, 100_001, "later", "PROMO_CODE_NOT_YET_VALID"),
        (2, 100_001, "NOBODY", "PROMO_CODE_UNKNOWN"),
    ] {
        let body = json!({"program_id": program, "payer_login": payer, "promo_code": code});
        let answer = server.post(&trader, BUY, &body).await.json();
        assert_eq!(answer["error"], error, "{body}");
        let answer = server.post(&trader, PREVIEW, &body).await.json();
        assert_eq!(answer["reason"], error, "{body}");
    }
    let purchases = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(purchases["purchases"], json!([]));
}

#[tokio::test]
async fn add_ons_are_bought_with_the_program() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let with = |codes: Value| json!({"program_id": 1, "payer_login": 100_001, "selected_addon_codes": codes, "idempotency_key": "k"});
    for (codes, field) in [
        (
            json!(["no_time_limit", "nothing"]),
            "selected_addon_codes[1]",
        ),
        (
            json!(["no_time_limit", "no_time_limit"]),
            "selected_addon_codes[1]",
        ),
    ] {
        let answer = server.post(&trader, BUY, &with(codes)).await;
        assert_eq!(answer.status.as_u16(), 400);
        assert_eq!(
            (&answer.json()["error"], &answer.json()["field"]),
            (&json!("INVALID_DATA"), &json!(field))
        );
    }
    let codes = json!(["no_time_limit", "profit_split_90"]);
    let answer = server.post(&trader, BUY, &with(codes)).await.json();
    // 499.00, 50.00, and 10 % of 499.00.
    assert_eq!(answer["purchase"]["amount"], json!(598.9));
    let other = server
        .post(&trader, BUY, &with(json!(["no_time_limit"])))
        .await;
    assert_eq!(other.status.as_u16(), 409);
    assert_eq!(other.json()["field"], "selected_addon_codes");
}

/// Everybody at once: what is left to one is one purchase.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_use_is_bought_once() {
    let code = json!({"code": "LAST", "discount_percent": 90, "total_limit": 1});
    let (server, trader) = with_code(code).await;
    let rival = server.customer(1, 6).await;
    let mut asked = Vec::new();
    for place in 0..8 {
        let (token, payer) = match place % 2 {
            0 => (&trader, 100_001),
            _ => (&rival, 100_003),
        };
        let body = json!({"program_id": 1, "payer_login": payer, "promo_code": "LAST"});
        let server = &server;
        asked.push(async move { server.post(token, BUY, &body).await });
    }
    let answers = futures_util::future::join_all(asked).await;
    let winners = answers
        .iter()
        .filter(|answer| answer.status.as_u16() == 200);
    assert_eq!(winners.count(), 1);
    let losers = answers.iter().filter(|answer| {
        answer.status.as_u16() == 400 && answer.json()["error"] == "PROMO_CODE_USED_UP"
    });
    assert_eq!(losers.count(), 7);
}
