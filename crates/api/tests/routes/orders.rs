//! `POST /orders/preflight`

use crate::accounts::{Trading, refused, told};
use crate::support::Answer;
use rstest::rstest;
use serde_json::{Value, json};

const PATH: &str = "/orders/preflight";

fn open() -> Value {
    json!({"symbol": "EURUSD", "action": "open"})
}

async fn ask(trading: &Trading, body: &Value) -> Answer {
    trading.server.post(&trading.token, PATH, body).await
}

#[tokio::test]
async fn nothing_stands_against_a_plain_order() {
    let trading = Trading::new().await;
    for action in ["open", "trigger"] {
        let body =
            json!({"symbol": "EURUSD", "action": action, "requested_at": "2026-05-07T13:20:00Z"});
        let answer = ask(&trading, &body).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        let body = answer.json();
        assert_eq!(
            [&body["block"], &body["ends_at"], &body["message"]],
            [&Value::Null; 3]
        );
        assert_eq!(body["login"], trading.login.to_string());
        assert_eq!(body["margin"], Value::Null);
    }
}

#[tokio::test]
async fn an_order_is_told_with_what_it_takes_and_is_not_placed() {
    let trading = Trading::new().await;
    let mut body = open();
    body["side"] = json!("buy");
    body["volume"] = json!("10");
    let told = ask(&trading, &body).await.json();
    assert_eq!(told["block"], Value::Null);
    assert_eq!(
        [&told["margin"], &told["commission"]],
        ["11001.00", "-38.50"]
    );
    assert_eq!(told["free_margin_after"], "88860.50");
    body["volume"] = json!("49");
    body["type"] = json!("market");
    let poor = ask(&trading, &body).await.json();
    assert_eq!(poor["block"], Value::Null, "{poor}");
    trading.open("buy", "45").await;
    let poor = ask(&trading, &body).await.json();
    assert_eq!(poor["block"], "NO_MONEY", "{poor}");
    assert!(
        poor["free_margin_after"]
            .as_str()
            .is_some_and(|left| left.starts_with('-'))
    );
    assert_eq!(
        trading.get("/positions").await["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn a_block_says_its_code_and_its_end() {
    let trading = Trading::new().await;
    let nothing = json!({"symbol": "EURUSD", "action": "sl"});
    assert_eq!(
        ask(&trading, &nothing).await.json()["block"],
        "NOTHING_TO_CLOSE"
    );
    trading.open("buy", "0.1").await;
    assert_eq!(ask(&trading, &nothing).await.json()["block"], Value::Null);
    trading.server.clock.advance_micros(61 * 1_000_000);
    let mut order = open();
    order["side"] = json!("buy");
    order["volume"] = json!("0.1");
    let stale = ask(&trading, &order).await.json();
    assert_eq!(
        [&stale["block"], &stale["ends_at"]],
        [&json!("STALE_PRICE"), &Value::Null]
    );
    for figure in ["margin", "commission", "free_margin_after"] {
        assert_eq!(stale[figure], Value::Null, "nothing was worked out");
    }
    // Into the break at the end of the day in New York.
    trading
        .server
        .clock
        .advance_micros((7 * 60 + 39) * 60 * 1_000_000);
    let closed = ask(&trading, &open()).await.json();
    assert_eq!(closed["block"], "MARKET_CLOSED");
    assert_eq!(closed["ends_at"], "2026-05-07T21:05:00.000000Z");
    assert!(
        closed["message"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[tokio::test]
async fn the_account_is_named_or_the_only_one() {
    let trading = Trading::new().await;
    let server = &trading.server;
    let body = open().to_string();
    let ask = async |token: &str, login: &str| {
        let headers = [("x-customer-login", login)];
        server.post_with_headers(token, PATH, &headers, &body).await
    };
    let wallet = ask(&trading.token, "100001").await;
    assert_eq!(
        wallet.json()["block"],
        "ACCOUNT_NOT_TRADED",
        "{}",
        wallet.body
    );
    let staff = server.staff(1).await;
    let login = trading.login.to_string();
    assert_eq!(ask(&staff, &login).await.json()["block"], Value::Null);
    let unnamed = server.post(&staff, PATH, &open()).await;
    assert_eq!(unnamed.status.as_u16(), 422, "{}", unnamed.body);
    let rival = server.customer(1, 6).await;
    let foreign = ask(&rival, &login).await;
    assert_eq!(told(&foreign), refused(404, "not_found"));
    let unknown = ask(&rival, "999999").await;
    assert_eq!(unknown.body, foreign.body);
    for login in ["x", "0", "-5", ""] {
        let wrong = ask(&trading.token, login).await;
        assert_eq!(wrong.status.as_u16(), 422, "{login}");
        let place = &wrong.json()["detail"][0]["loc"];
        assert_eq!(*place, json!(["header", "x-customer-login"]));
    }
    server.bought().await;
    let which = server.post(&trading.token, PATH, &open()).await;
    assert_eq!(which.status.as_u16(), 422, "two are traded: {}", which.body);
}

#[rstest]
#[case(json!({"symbol": "EURUSD"}), "action")]
#[case(json!({"symbol": "EURUSD", "action": "hedge"}), "action")]
#[case(json!({"action": "open"}), "symbol")]
#[case(json!({"symbol": "EURUSD", "action": "open", "requested_at": "now"}), "requested_at")]
#[case(json!({"symbol": "EURUSD", "action": "open", "side": "buy"}), "volume")]
#[case(json!({"symbol": "EURUSD", "action": "open", "volume": 1}), "side")]
#[case(json!({"symbol": "EURUSD", "action": "open", "price": 1}), "side")]
#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_place(#[case] body: Value, #[case] field: &str) {
    let trading = Trading::new().await;
    let answer = ask(&trading, &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", field]));
}

#[tokio::test]
async fn an_unknown_symbol_is_not_there() {
    let trading = Trading::new().await;
    let body = json!({"symbol": "NOTHING", "action": "open"});
    assert_eq!(
        told(&ask(&trading, &body).await),
        refused(404, "UNKNOWN_SYMBOL")
    );
}
