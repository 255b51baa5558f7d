//! `GET /instruments`, `GET /instruments/{symbol}` and `GET /quotes`

use crate::accounts::{Trading, refused, told};
use crate::support::demo::DemoServer;
use serde_json::Value;

#[tokio::test]
async fn an_instrument_tells_its_terms_hours_and_last_price() {
    let trading = Trading::new().await;
    let (server, token) = (&trading.server, &trading.token);
    let all = server.get(token, "/instruments").await.json();
    let items = all["items"].as_array().expect("items");
    let known = server.app.desk.instruments().symbols();
    assert_eq!(items.len(), known.len());
    let one = server.get(token, "/instruments/EURUSD").await.json();
    assert!(items.contains(&one));
    assert_eq!(
        [&one["min_lot"], &one["max_lot"], &one["lot_step"]],
        ["0.01", "50.0", "0.01"]
    );
    assert_eq!([&one["margin_rate"], &one["point"]], ["0.01", "0.00001"]);
    assert_eq!(
        [&one["commission_rate"], &one["swap_long"]],
        ["0.000035", "-7.36"]
    );
    assert_eq!(one["swap_triple_day"], "wed");
    assert_eq!(one["hours"]["sessions"][0], "Sun 17:05-Mon 16:59");
    assert_eq!(one["hours"]["is_open"], true);
    assert_eq!(
        [&one["quote"]["bid"], &one["quote"]["freshness"]],
        ["1.10000", "fresh"]
    );
    let gbp = server.get(token, "/instruments/GBPUSD").await.json();
    assert_eq!(gbp["quote"]["freshness"], "missing");
    for symbol in ["NOTHING", "eurusd", "a%20b"] {
        let none = server.get(token, &format!("/instruments/{symbol}")).await;
        assert_eq!(told(&none), refused(404, "not_found"), "{symbol}");
    }
}

#[tokio::test]
async fn an_account_that_is_named_must_be_ones_own() {
    let trading = Trading::new().await;
    let server = &trading.server;
    let path = format!("/instruments?login={}", trading.login);
    let own = server.get(&trading.token, &path).await;
    assert_eq!(own.json()["items"][0]["is_offered"], true, "{}", own.body);
    let rival = server.customer(1, 6).await;
    assert_eq!(
        told(&server.get(&rival, &path).await),
        refused(404, "not_found")
    );
    let wrong = server.get(&rival, "/instruments?login=x").await;
    assert_eq!(wrong.status.as_u16(), 422);
}

#[tokio::test]
async fn quotes_grow_old() {
    let trading = Trading::new().await;
    let (server, token) = (&trading.server, &trading.token);
    let eurusd = |body: Value| {
        let items = body["items"].as_array().expect("items").clone();
        items
            .into_iter()
            .find(|quote| quote["symbol"] == "EURUSD")
            .expect("a quote")
    };
    let fresh = eurusd(server.get(token, "/quotes").await.json());
    assert_eq!(
        [&fresh["bid"], &fresh["ask"], &fresh["freshness"]],
        ["1.10000", "1.10010", "fresh"]
    );
    server.clock.advance_micros(61 * 1_000_000);
    let stale = eurusd(server.get(token, "/quotes").await.json());
    assert_eq!(stale["freshness"], "stale");
    assert_eq!(stale["seq"], fresh["seq"]);
}

#[tokio::test]
async fn without_a_desk_there_are_terms_and_no_prices() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let quotes = server.get(&token, "/quotes").await;
    assert_eq!(told(&quotes), refused(503, "DESK_UNAVAILABLE"));
    let one = server.get(&token, "/instruments/EURUSD").await.json();
    assert_eq!(
        [&one["digits"], &one["quote"]],
        [&Value::from(5), &Value::Null]
    );
}
