//! `/accounts/{login}/orders`: placed once, changed, cancelled, listed.

use super::{Trading, refused, told};
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

fn market() -> Value {
    json!({"symbol": "EURUSD", "side": "buy", "volume": "0.10"})
}

fn limit() -> Value {
    json!({"symbol": "EURUSD", "side": "buy", "type": "limit", "volume": 1, "price": "1.09"})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[tokio::test]
async fn a_market_order_is_filled_and_told_with_its_deal() {
    let trading = Trading::new().await;
    let answer = trading.post("/orders", &market()).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let body = answer.json();
    assert_eq!(body["status"], "filled");
    let deal = &body["deals"][0];
    assert_eq!(
        [
            &deal["entry"],
            &deal["side"],
            &deal["volume"],
            &deal["price"]
        ],
        ["in", "buy", "0.1", "1.10010"]
    );
    assert_eq!(deal["commission"], "-0.39");
    assert_eq!(deal["balance"], "99999.61");
    let held = trading.get("/positions").await;
    assert_eq!(held["items"][0]["position_id"], body["order_id"]);
    assert_eq!(held["items"][0]["profit"], "-1.00");
}

#[tokio::test]
async fn an_order_that_waits_is_filled_by_its_price() {
    let trading = Trading::new().await;
    let order = trading.placed(&limit()).await;
    let waiting = trading.get("/orders").await;
    assert_eq!(waiting["items"][0]["order_id"], order);
    assert_eq!(waiting["items"][0]["price"], "1.09000");
    trading.server.quote("EURUSD", 108_990, 109_000).await;
    assert_eq!(trading.get("/orders").await["items"], json!([]));
    let history = trading.get("/orders/history").await;
    assert_eq!(history["items"][0]["status"], "filled");
    assert_eq!(trading.get("/deals").await["items"][0]["reason"], "waiting");
}

#[tokio::test]
async fn a_repeat_under_its_id_is_the_same_order() {
    let trading = Trading::new().await;
    let body = with(market(), "client_order_id", json!("mine-1"));
    let first = trading.post("/orders", &body).await;
    let again = trading.post("/orders", &body).await;
    assert_eq!(first.status.as_u16(), 201);
    assert_eq!(again.status.as_u16(), 200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body, again.body);
    // The header says the same; the volume is the same amount in other digits.
    let path = trading.path("/orders");
    let other_words = with(market(), "volume", json!(0.1)).to_string();
    let headers = [("idempotency-key", "mine-1")];
    let by_header = trading
        .server
        .post_with_headers(&trading.token, &path, &headers, &other_words)
        .await;
    assert_eq!(by_header.body, first.body);
    let held = trading.get("/positions").await;
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_id_that_was_used_for_another_command_is_refused() {
    let trading = Trading::new().await;
    let named = |body| with(body, "client_order_id", json!("mine-1"));
    trading.placed(&named(market())).await;
    let other = trading
        .post("/orders", &named(with(market(), "side", json!("sell"))))
        .await;
    assert_eq!(told(&other), refused(409, "CLIENT_ID_REUSED"));
    let path = trading.path("/positions/close-all");
    let headers = [("idempotency-key", "mine-1")];
    let close = trading
        .server
        .post_with_headers(&trading.token, &path, &headers, "{}")
        .await;
    assert_eq!(told(&close), refused(409, "CLIENT_ID_REUSED"));
}

#[tokio::test]
async fn of_two_at_once_under_one_id_one_is_placed() {
    let trading = Trading::new().await;
    let body = with(market(), "client_order_id", json!("both"));
    let (one, other) = tokio::join!(
        trading.post("/orders", &body),
        trading.post("/orders", &body)
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201], "{} {}", one.body, other.body);
    assert_eq!(one.json()["order_id"], other.json()["order_id"]);
    let held = trading.get("/positions").await;
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_repeat_is_known_after_the_desk_was_built_again() {
    let mut trading = Trading::new().await;
    let body = with(market(), "client_order_id", json!("mine-1"));
    let first = trading.post("/orders", &body).await;
    trading.server.stop_desk();
    let again = trading.post("/orders", &body).await;
    assert_eq!(again.status.as_u16(), 200, "{}", again.body);
    assert_eq!(first.body, again.body);
    let new = trading.post("/orders", &market()).await;
    assert_eq!(told(&new), refused(503, "DESK_UNAVAILABLE"));
    assert_eq!(new.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_waiting_order_is_changed_in_parts_and_cancelled() {
    let trading = Trading::new().await;
    let body = with(limit(), "stop_loss", json!("1.08"));
    let order = trading.placed(&body).await;
    let path = format!("/orders/{order}");
    let changed = trading.patch(&path, &json!({"price": "1.08500"})).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    assert_eq!(changed.json()["status"], "done");
    let waiting = trading.get("/orders").await;
    assert_eq!(waiting["items"][0]["price"], "1.08500");
    assert_eq!(
        waiting["items"][0]["stop_loss"], "1.08000",
        "it was left out"
    );
    let cleared = trading.patch(&path, &json!({"stop_loss": null})).await;
    assert_eq!(cleared.status.as_u16(), 200, "{}", cleared.body);
    let waiting = trading.get("/orders").await;
    assert_eq!(waiting["items"][0]["stop_loss"], Value::Null);
    assert_eq!(waiting["items"][0]["price"], "1.08500");
    let cancelled = trading
        .server
        .send(Method::DELETE, &trading.token, &trading.path(&path))
        .await;
    assert_eq!(cancelled.status.as_u16(), 200, "{}", cancelled.body);
    assert_eq!(trading.get("/orders").await["items"], json!([]));
    let again = trading
        .server
        .send(Method::DELETE, &trading.token, &trading.path(&path))
        .await;
    assert_eq!(told(&again), refused(404, "UNKNOWN_ORDER"));
}

#[tokio::test]
async fn a_repeated_change_is_known_after_the_order_is_gone() {
    let trading = Trading::new().await;
    let order = trading.placed(&limit()).await;
    let path = trading.path(&format!("/orders/{order}"));
    let change = async |body: Value| {
        let request = axum::http::Request::patch(&path)
            .header("authorization", format!("Bearer {}", trading.token))
            .header("content-type", "application/json")
            .header("idempotency-key", "change-1")
            .body(axum::body::Body::from(body.to_string()));
        trading.server.ask(request.expect("a request")).await
    };
    let first = change(json!({"price": "1.08"})).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    trading.server.quote("EURUSD", 107_900, 107_910).await;
    let again = change(json!({"price": "1.08"})).await;
    assert_eq!(
        again.header("idempotent-replayed"),
        Some("true"),
        "{}",
        again.body
    );
    assert_eq!(first.body, again.body);
    let other = change(json!({"price": "1.07"})).await;
    assert_eq!(told(&other), refused(409, "CLIENT_ID_REUSED"));
}

#[rstest]
#[case::unknown_symbol(with(market(), "symbol", json!("NOTHING")), 404, "UNKNOWN_SYMBOL")]
#[case::no_symbol_at_all(with(market(), "symbol", json!("not a symbol")), 404, "UNKNOWN_SYMBOL")]
#[case::no_price_yet(with(market(), "symbol", json!("GBPUSD")), 409, "NO_PRICE")]
#[case::below_the_minimum(with(market(), "volume", json!("0.001")), 409, "BAD_VOLUME")]
#[case::nothing(with(market(), "volume", json!(0)), 409, "BAD_VOLUME")]
#[case::less_than_nothing(with(market(), "volume", json!("-1")), 409, "BAD_VOLUME")]
#[case::too_much(with(market(), "volume", json!("51")), 409, "BAD_VOLUME")]
#[case::stop_on_the_wrong_side(with(market(), "stop_loss", json!("1.2")), 409, "BAD_STOPS")]
#[case::limit_on_the_wrong_side(with(limit(), "price", json!("1.2")), 409, "BAD_PRICE")]
#[case::price_of_nothing(with(limit(), "price", json!("0")), 409, "BAD_PRICE")]
#[case::ends_before_it_begins(with(limit(), "expires_at", json!("2020-01-01")), 409, "BAD_EXPIRY")]
#[case::a_market_order_cannot_wait(with(market(), "expires_at", json!("2030-01-01")), 409, "BAD_EXPIRY")]
#[tokio::test]
async fn what_stands_against_it_is_told_by_its_code(
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let trading = Trading::new().await;
    let answer = trading.post("/orders", &body).await;
    assert_eq!(told(&answer), refused(status, code), "{}", answer.body);
    let history = trading.get("/orders/history").await;
    assert_eq!(history["items"], json!([]), "it leaves nothing behind");
}

#[rstest]
#[case::no_volume(json!({"symbol": "EURUSD", "side": "buy"}), "volume")]
#[case::no_side(json!({"symbol": "EURUSD", "volume": 1}), "side")]
#[case::side(with(market(), "side", json!("long")), "side")]
#[case::kind(with(market(), "type", json!("iceberg")), "type")]
#[case::volume_text(with(market(), "volume", json!("much")), "volume")]
#[case::volume_list(with(market(), "volume", json!([1])), "volume")]
#[case::volume_decimals(with(market(), "volume", json!("0.00001")), "volume")]
#[case::volume_size(with(market(), "volume", json!("99999999999999999999")), "volume")]
#[case::price_decimals(with(limit(), "price", json!("1.090001")), "price")]
#[case::price_missing(with(market(), "type", json!("limit")), "price")]
#[case::price_idle(with(market(), "price", json!("1.1")), "price")]
#[case::limit_price_idle(with(limit(), "limit_price", json!("1.1")), "limit_price")]
#[case::limit_price_missing(with(limit(), "type", json!("stop_limit")), "limit_price")]
#[case::stop(with(market(), "stop_loss", json!("x")), "stop_loss")]
#[case::expiry(with(limit(), "expires_at", json!("tomorrow")), "expires_at")]
#[case::id_empty(with(market(), "client_order_id", json!("")), "client_order_id")]
#[case::id_space(with(market(), "client_order_id", json!("a b")), "client_order_id")]
#[case::id_letters(with(market(), "client_order_id", json!("\u{e9}")), "client_order_id")]
#[case::id_number(with(market(), "client_order_id", json!(5)), "client_order_id")]
#[case::origin(with(market(), "origin", json!("robot")), "origin")]
#[case::no_such_field(with(market(), "stopLoss", json!("1.05")), "stopLoss")]
#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_place(#[case] body: Value, #[case] field: &str) {
    let trading = Trading::new().await;
    let answer = trading.post("/orders", &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", field]));
}

#[tokio::test]
async fn header_and_body_must_name_the_same() {
    let trading = Trading::new().await;
    let body = with(market(), "client_order_id", json!("one")).to_string();
    let path = trading.path("/orders");
    for key in ["two", &"x".repeat(65), "a b"] {
        let headers = [("idempotency-key", key)];
        let answer = trading
            .server
            .post_with_headers(&trading.token, &path, &headers, &body)
            .await;
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_field_that_is_there_twice_is_refused() {
    let trading = Trading::new().await;
    let body = r#"{"symbol":"EURUSD","symbol":"BTCUSD","side":"buy","volume":"0.1"}"#;
    let path = trading.path("/orders");
    let answer = trading
        .server
        .post_with_headers(&trading.token, &path, &[], body)
        .await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "symbol"]));
    assert_eq!(trading.get("/positions").await["items"], json!([]));
}

#[tokio::test]
async fn a_number_that_is_too_large_is_told_as_such() {
    let trading = Trading::new().await;
    let body = with(market(), "volume", json!("99999999999999999999"));
    let answer = trading.post("/orders", &body).await;
    assert_eq!(
        answer.json()["detail"][0]["msg"],
        "Value error, it is too large"
    );
}

#[rstest]
#[case::nothing(json!({}), json!(["body"]))]
#[case::its_name_alone(json!({"client_order_id": "c"}), json!(["body"]))]
#[case::what_cannot_change(json!({"volume": "5"}), json!(["body", "volume"]))]
#[case::price_cannot_go(json!({"price": null}), json!(["body", "price"]))]
#[case::nor_the_limit(json!({"limit_price": null}), json!(["body", "limit_price"]))]
#[tokio::test]
async fn a_change_says_what_it_changes(#[case] body: Value, #[case] place: Value) {
    let trading = Trading::new().await;
    let order = trading.placed(&limit()).await;
    let answer = trading.patch(&format!("/orders/{order}"), &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], place);
    let history = trading.get("/orders/history").await;
    assert_eq!(history["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_change_to_what_is_so_already_is_refused_and_leaves_no_trace() {
    let trading = Trading::new().await;
    let order = trading.placed(&limit()).await;
    let path = format!("/orders/{order}");
    let answer = trading.patch(&path, &json!({"price": "1.0900"})).await;
    assert_eq!(told(&answer), refused(409, "NOTHING_TO_CHANGE"));
    let history = trading.get("/orders/history").await;
    assert_eq!(history["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_change_and_a_cancellation_are_named_in_their_bodies_too() {
    let trading = Trading::new().await;
    let order = trading.placed(&limit()).await;
    let path = format!("/orders/{order}");
    let body = json!({"price": "1.08", "client_order_id": "lower"});
    let first = trading.patch(&path, &body).await;
    let again = trading.patch(&path, &body).await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body, again.body);
    let cancel = async || {
        let request = axum::http::Request::delete(trading.path(&path))
            .header("authorization", format!("Bearer {}", trading.token))
            .header("content-type", "application/json")
            .body(axum::body::Body::from(r#"{"client_order_id":"away"}"#));
        trading.server.ask(request.expect("a request")).await
    };
    let first = cancel().await;
    let again = cancel().await;
    assert_eq!(first.status.as_u16(), 200, "{}", first.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body, again.body);
}

#[tokio::test]
async fn more_than_there_is_margin_for_is_refused() {
    let trading = Trading::new().await;
    trading.open("buy", "45").await;
    let more = trading
        .post("/orders", &with(market(), "volume", json!("49")))
        .await;
    assert_eq!(told(&more), refused(409, "NO_MONEY"));
}

#[tokio::test]
async fn a_wallet_is_not_traded() {
    let trading = Trading::new().await;
    let answer = trading
        .server
        .post(&trading.token, "/accounts/100001/orders", &market())
        .await;
    assert_eq!(told(&answer), refused(409, "ACCOUNT_NOT_TRADED"));
}

#[tokio::test]
async fn the_accounts_own_session_trades_it_and_no_other() {
    let trading = Trading::new().await;
    let server = &trading.server;
    let (login, hash) = (trading.login, "a hash");
    server
        .app
        .store
        .write(move |tx| {
            let login = touchstone_domain::Login(login);
            touchstone_store::repo::accounts::set_own_password(tx, login, hash)
        })
        .await
        .expect("a store");
    let token = server.account(1, login).await;
    let own = server
        .post(&token, &trading.path("/orders"), &market())
        .await;
    assert_eq!(own.status.as_u16(), 201, "{}", own.body);
    let other = server
        .post(&token, "/accounts/100001/orders", &market())
        .await;
    assert_eq!(told(&other), refused(404, "not_found"));
}

#[tokio::test]
async fn the_history_is_paged_and_tells_every_kind_of_command() {
    let trading = Trading::new().await;
    let position = trading.open("buy", "0.2").await;
    let order = trading.placed(&limit()).await;
    trading
        .patch(&format!("/orders/{order}"), &json!({"price": "1.08"}))
        .await;
    trading
        .patch(
            &format!("/positions/{position}"),
            &json!({"stop_loss": "1.05"}),
        )
        .await;
    trading
        .post(
            &format!("/positions/{position}/close"),
            &json!({"volume": "0.1"}),
        )
        .await;
    trading
        .post("/positions/close-all", &json!({"symbol": "EURUSD"}))
        .await;
    let mut actions = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = trading
            .get(&format!("/orders/history?limit=2{cursor}"))
            .await;
        for item in page["items"].as_array().expect("items") {
            assert_eq!(item["symbol"], "EURUSD", "{item}");
            actions.push(item["action"].as_str().expect("a word").to_owned());
        }
        let Some(next) = page["next_cursor"].as_i64() else {
            break;
        };
        cursor = format!("&before_id={next}");
    }
    let wanted = ["close_all", "close", "protect", "modify", "place", "place"];
    assert_eq!(actions, wanted);
}
