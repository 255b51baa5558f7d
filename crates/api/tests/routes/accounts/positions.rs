//! `/accounts/{login}/positions`: protected and closed.

use super::{Trading, refused, told};
use serde_json::{Value, json};

#[tokio::test]
async fn a_position_is_protected_in_parts() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.1").await;
    let path = format!("/positions/{position}");
    let stops = json!({"stop_loss": "1.09", "take_profit": 1.2});
    let answer = trading.patch(&path, &stops).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let trailing = json!({"take_profit": null, "trailing_distance": "0.01"});
    trading.patch(&path, &trailing).await;
    let held = trading.get("/positions").await["items"][0].clone();
    assert_eq!(held["take_profit"], Value::Null);
    assert_eq!(held["trailing_distance"], "0.01000");
    assert_eq!(held["stop_loss"], "1.09000");
    let wrong = trading.patch(&path, &json!({"stop_loss": "1.2"})).await;
    assert_eq!(told(&wrong), refused(409, "BAD_STOPS"));
    let none = trading.patch("/positions/999", &stops).await;
    assert_eq!(told(&none), refused(404, "UNKNOWN_POSITION"));
}

#[tokio::test]
async fn a_stop_closes_by_itself() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.1").await;
    let stop = json!({"stop_loss": "1.09"});
    trading
        .patch(&format!("/positions/{position}"), &stop)
        .await;
    trading.server.quote("EURUSD", 108_900, 108_910).await;
    assert_eq!(trading.get("/positions").await["items"], json!([]));
    let deal = trading.get("/deals").await["items"][0].clone();
    assert_eq!([&deal["reason"], &deal["price"]], ["stop_loss", "1.08900"]);
}

#[tokio::test]
async fn a_part_is_closed_then_the_rest() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.3").await;
    let path = format!("/positions/{position}/close");
    let part = trading.post(&path, &json!({"volume": "0.1"})).await;
    assert_eq!(part.status.as_u16(), 200, "{}", part.body);
    assert_eq!(part.json()["deals"][0]["volume"], "0.1");
    assert_eq!(trading.get("/positions").await["items"][0]["volume"], "0.2");
    let too_much = trading.post(&path, &json!({"volume": "0.3"})).await;
    assert_eq!(told(&too_much), refused(409, "BAD_VOLUME"));
    let bad = trading.post(&path, &json!({"volume": "all"})).await;
    assert_eq!(bad.status.as_u16(), 422);
    let headers = [("idempotency-key", "rest")];
    let (server, token) = (&trading.server, &trading.token);
    let whole = trading.path(&path);
    let rest = server.post_with_headers(token, &whole, &headers, "").await;
    let again = server.post_with_headers(token, &whole, &headers, "").await;
    assert_eq!(rest.json()["deals"][0]["volume"], "0.2", "{}", rest.body);
    assert_eq!(rest.body, again.body);
    let gone = server.post_with_headers(token, &whole, &[], "").await;
    assert_eq!(told(&gone), refused(404, "UNKNOWN_POSITION"));
}

fn named(mut body: Value) -> Value {
    body["client_order_id"] = json!("c-1");
    body
}

/// Asks twice for what is named in its body, and nothing is done again.
async fn is_done_once(trading: &Trading, path: &str, body: &Value) {
    let first = trading.post(path, body).await;
    let again = trading.post(path, body).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    assert_eq!(first.json()["client_order_id"], "c-1");
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.json()["deals"], again.json()["deals"]);
    assert_eq!(first.json()["order_id"], again.json()["order_id"]);
}

#[tokio::test]
async fn a_close_that_is_named_in_its_body_closes_once() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.3").await;
    let path = format!("/positions/{position}/close");
    is_done_once(&trading, &path, &named(json!({"volume": "0.1"}))).await;
    assert_eq!(trading.get("/positions").await["items"][0]["volume"], "0.2");
    let whole = named(json!({}));
    let other = trading.post(&path, &whole).await;
    assert_eq!(told(&other), refused(409, "CLIENT_ID_REUSED"));
    let headers = [("idempotency-key", "c-2")];
    let (server, token) = (&trading.server, &trading.token);
    let whole = whole.to_string();
    let both = server
        .post_with_headers(token, &trading.path(&path), &headers, &whole)
        .await;
    assert_eq!(both.status.as_u16(), 422, "{}", both.body);
}

#[tokio::test]
async fn a_close_by_that_is_named_in_its_body_closes_once() {
    let trading = Trading::new().await;
    let long = trading.open("buy", "0.3").await;
    let short = trading.open("sell", "0.1").await;
    let body = json!({"position_id": long, "opposite_position_id": short});
    is_done_once(&trading, "/positions/close-by", &named(body)).await;
}

#[tokio::test]
async fn a_close_of_all_that_is_named_in_its_body_closes_once() {
    let trading = Trading::new().await;
    trading.open("buy", "0.3").await;
    is_done_once(&trading, "/positions/close-all", &named(json!({}))).await;
    trading.open("buy", "0.2").await;
    trading
        .post("/positions/close-all", &named(json!({})))
        .await;
    let held = trading.get("/positions").await;
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_protection_that_is_named_in_its_body_is_set_once() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.1").await;
    let path = format!("/positions/{position}");
    let body = named(json!({"stop_loss": "1.05"}));
    let first = trading.patch(&path, &body).await;
    let again = trading.patch(&path, &body).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let same = trading.patch(&path, &json!({"stop_loss": "1.0500"})).await;
    assert_eq!(told(&same), refused(409, "NOTHING_TO_CHANGE"));
    let nothing = trading.patch(&path, &json!({})).await;
    assert_eq!(nothing.status.as_u16(), 422, "{}", nothing.body);
}

#[tokio::test]
async fn a_mistyped_field_closes_nothing() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.3").await;
    let part = format!("/positions/{position}/close");
    for (path, body, field) in [
        (&*part, json!({"volme": "0.1"}), "volme"),
        (
            "/positions/close-all",
            json!({"sybmol": "BTCUSD"}),
            "sybmol",
        ),
    ] {
        let answer = trading.post(path, &body).await;
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
        let fault = answer.json()["detail"][0].clone();
        assert_eq!(fault["loc"], json!(["body", field]));
        assert_eq!(fault["type"], "extra_forbidden");
    }
    assert_eq!(trading.get("/positions").await["items"][0]["volume"], "0.3");
}

#[tokio::test]
async fn opposite_positions_end_each_other() {
    let trading = Trading::new().await;
    let long = trading.open("buy", "0.3").await;
    let short = trading.open("sell", "0.1").await;
    let by = |one, other| json!({"position_id": one, "opposite_position_id": other});
    let same = trading.post("/positions/close-by", &by(long, long)).await;
    assert_eq!(told(&same), refused(409, "NOT_OPPOSITE"));
    let none = trading.post("/positions/close-by", &by(long, 999)).await;
    assert_eq!(told(&none), refused(404, "UNKNOWN_POSITION"));
    let answer = trading.post("/positions/close-by", &by(long, short)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let held = trading.get("/positions").await;
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(held["items"][0]["volume"], "0.2");
}

#[tokio::test]
async fn all_are_closed_at_once_and_what_cannot_be_is_listed() {
    let trading = Trading::new().await;
    let nothing = trading.post("/positions/close-all", &json!({})).await;
    assert_eq!(told(&nothing), refused(409, "NOTHING_TO_CLOSE"));
    let left = trading.open("buy", "0.1").await;
    // The first price grows old; the second symbol's is fresh.
    trading.server.clock.advance_micros(61 * 1_000_000);
    trading.server.quote("BTCUSD", 6_000_000, 6_000_100).await;
    let coin = json!({"symbol": "BTCUSD", "side": "sell", "volume": "0.1"});
    trading.placed(&coin).await;
    let answer = trading.post("/positions/close-all", &json!({})).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let body = answer.json();
    assert_eq!(body["deals"].as_array().map(Vec::len), Some(1));
    assert_eq!(body["not_closed"][0]["position_id"], left);
    assert_eq!(body["not_closed"][0]["error"], "STALE_PRICE");
    let unknown = trading
        .post("/positions/close-all", &json!({"symbol": "X"}))
        .await;
    assert_eq!(told(&unknown), refused(404, "UNKNOWN_SYMBOL"));
}
