//! A price in euros and a wallet in dollars, where the firm has said how it converts.

use crate::support::demo::DemoServer;
use serde_json::{Value, json};
use touchstone_domain::{BrandId, EntityKind};
use touchstone_store::repo;

const BUY: &str = "/prop/challenge/buy";
const PREVIEW: &str = "/prop/challenge/preview";
/// A euro for 1.0852 dollars.
const FIXED: &str = r#"{"source":"fixed","rates":[{"base":"EUR","quote":"USD","rate":10852000000,"valid_from":0}],"max_age_days":null,"markup":0}"#;
const OTHER: &str = r#"{"source":"fixed","rates":[{"base":"EUR","quote":"USD","rate":20000000000,"valid_from":0}],"max_age_days":null,"markup":0}"#;
const QUOTES: &str = r#"{"source":"quotes","max_age_seconds":60,"markup":0}"#;

async fn converts(server: &DemoServer, how: &'static str) {
    let set =
        |tx: &mut touchstone_store::Tx<'_>| repo::brands::set_conversion(tx, BrandId(1), Some(how));
    server.app.store.write(set).await.expect("a conversion");
}

/// Program 4 costs 459.00 EUR; the wallet is in USD.
fn body() -> Value {
    json!({"program_id": 4, "payer_login": 100_001})
}

fn fields(object: &Value, names: &[&str]) -> Value {
    let pairs = names.iter().map(|name| object[*name].clone());
    pairs.collect()
}

const PAID: [&str; 7] = [
    "amount",
    "currency",
    "conversion_rate",
    "amount_account_currency",
    "account_currency",
    "conversion_source",
    "conversion_time",
];

#[tokio::test]
async fn preview_and_purchase_show_price_rate_and_what_the_payer_pays() {
    let server = DemoServer::new().await;
    converts(&server, FIXED).await;
    let trader = server.trader().await;
    let seen = server.post(&trader, PREVIEW, &body()).await;
    assert_eq!(
        seen.body,
        r#"{"can_buy":true,"price":459.0,"currency":"EUR","payer_balance":1200.0,"amount_account_currency":498.11,"conversion_rate":1.0852,"account_currency":"USD","refund_policy":{"within_days":14,"kept_pct":10.0,"text":"Within 14 days of the payment the fee is given back, less 10.0 %, as long as nothing was traded."},"warnings":[]}"#
    );
    let payers = server.get(&trader, "/prop/programs/4/payer-accounts").await;
    for row in payers.json()["rows"].as_array().expect("rows") {
        assert_eq!(row["eligible"], true, "{row}");
    }
    let mut wanted = body();
    wanted["idempotency_key"] = json!("once");
    let bought = server.post(&trader, BUY, &wanted).await;
    assert_eq!(bought.status.as_u16(), 200, "{}", bought.body);
    let purchase = bought.json()["purchase"].clone();
    let told = json!([459.0, "EUR", 1.0852, 498.11, "USD", "fixed", 0]);
    assert_eq!(fields(&purchase, &PAID), told);
    assert_eq!(bought.json()["payment_order"], 500_100);
    converts(&server, OTHER).await;
    let again = server.post(&trader, BUY, &wanted).await.json();
    assert_eq!(
        (&again["idempotent"], &again["purchase"]),
        (&json!(true), &purchase)
    );
    let listed = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(listed["purchases"][0], purchase);
    let left = server.get(&trader, "/prop/programs/1/payer-accounts").await;
    assert_eq!(left.json()["rows"][0]["balance"], json!(701.89));
}

#[tokio::test]
async fn what_is_not_enough_is_told_in_the_payers_currency() {
    let server = DemoServer::new().await;
    converts(&server, OTHER).await;
    let trader = server.trader().await;
    let mut wanted = body();
    assert_eq!(server.post(&trader, BUY, &wanted).await.status, 200);
    wanted["selected_addon_codes"] = json!(["more_room"]);
    let seen = server.post(&trader, PREVIEW, &wanted).await.json();
    assert_eq!(
        fields(&seen, &["reason", "required_amount", "available_balance"]),
        json!(["NOT_ENOUGH_FUNDS", 998.0, 282.0])
    );
    let refused = server.post(&trader, BUY, &wanted).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["error"]),
        (400, &json!("NOT_ENOUGH_FUNDS"))
    );
}

#[tokio::test]
async fn a_code_takes_its_part_off_before_the_price_is_converted() {
    let server = DemoServer::new().await;
    converts(&server, FIXED).await;
    let staff = server.staff(1).await;
    let code = json!({"code": "TEN", "discount_amount": "10.00", "currency": "EUR"});
    let made = server.post(&staff, "/promo-codes", &code).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let trader = server.trader().await;
    let mut wanted = body();
    wanted["promo_code"] = json!("ten");
    wanted["selected_addon_codes"] = json!(["more_room"]);
    let bought = server.post(&trader, BUY, &wanted).await.json();
    // 489.00 at 1.0852 are 530.6628.
    assert_eq!(
        fields(
            &bought["purchase"],
            &["amount", "discount", "amount_account_currency"]
        ),
        json!([489.0, 10.0, 530.67])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_price_is_no_rate_and_has_a_code_of_its_own() {
    let server = DemoServer::with_desk().await;
    converts(&server, QUOTES).await;
    let trader = server.trader().await;
    server.quote("EURUSD", 108_510, 108_520).await;
    let seen = server.post(&trader, PREVIEW, &body()).await.json();
    assert_eq!(seen["conversion_rate"], json!(1.0852), "{seen}");
    server.clock.advance_micros(61_000_000);
    let refused = server.post(&trader, BUY, &body()).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["error"]),
        (409, &json!("CONVERSION_RATE_STALE"))
    );
    let seen = server.post(&trader, PREVIEW, &body()).await.json();
    assert_eq!(seen["reason"], "CONVERSION_RATE_STALE", "{seen}");
    let payers = server.get(&trader, "/prop/programs/4/payer-accounts").await;
    let rows = payers.json()["rows"].clone();
    assert_eq!(rows[0]["block_reason"], "CONVERSION_RATE_STALE");
    // Who pays in euros needs none.
    assert_eq!(rows[1]["eligible"], true);
    server.quote("EURUSD", 108_510, 108_530).await;
    let bought = server.post(&trader, BUY, &body()).await.json();
    assert_eq!(
        fields(
            &bought["purchase"],
            &["amount_account_currency", "conversion_source"]
        ),
        json!([498.16, "quotes"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_add_on_that_is_bought_later_is_converted_too_and_a_refund_is_not_converted_again() {
    let server = DemoServer::with_desk().await;
    converts(&server, FIXED).await;
    let trader = server.trader().await;
    let bought = server.post(&trader, BUY, &body()).await.json();
    let challenge = &bought["challenge"]["id"];
    let addon = json!({
        "challenge_id": challenge, "addon_code": "more_room", "payer_login": 100_001,
    });
    let answer = server
        .post(&trader, "/prop/challenge/addon/buy", &addon)
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(
        fields(&answer.json()["purchase"], &PAID[..5]),
        json!([40.0, "EUR", 1.0852, 43.41, "USD"])
    );
    converts(&server, OTHER).await;
    let staff = server.staff(1).await;
    let key = challenge.as_i64().expect("a challenge");
    let journey = server.uuid(EntityKind::Challenge, key);
    let refund = json!({"reason": "goodwill", "override": true, "amount": "100.00"});
    let path = format!("/prop/journeys/{journey}/refund");
    let answer = server.post(&staff, &path, &refund).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    // 100.00 of 459.00 EUR, which cost 498.11 USD.
    assert_eq!(
        fields(
            &answer.json(),
            &["amount", "currency", "paid_amount", "paid_currency"]
        ),
        json!(["100.00", "EUR", "108.53", "USD"])
    );
    let left = server.get(&trader, "/prop/programs/1/payer-accounts").await;
    assert_eq!(left.json()["rows"][0]["balance"], json!(767.01));
}

#[tokio::test]
async fn the_demos_second_brand_converts() {
    let server = DemoServer::new().await;
    let bea = server.customer(2, 21).await;
    let body = json!({"program_id": 20, "payer_login": 200_001});
    let seen = server.post(&bea, PREVIEW, &body).await.json();
    let told = [
        &seen["can_buy"],
        &seen["price"],
        &seen["currency"],
        &seen["conversion_rate"],
        &seen["amount_account_currency"],
    ];
    // 1.085, and half a percent on top.
    assert_eq!(
        json!(told),
        json!([true, 229.0, "EUR", 1.090_425, 249.71]),
        "{seen}"
    );
}
