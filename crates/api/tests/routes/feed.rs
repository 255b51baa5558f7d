//! `POST /feed/ticks` and `GET /feed/status`

use crate::support::demo::{DemoServer, FEED_SECRETS};
use crate::support::{Answer, START};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::cashier::WebhookSecret;
use touchstone_app::desk::DeskThread;

const PATH: &str = "/feed/ticks";
const AT: &str = "2026-05-07T13:20:00Z";

/// A server whose desk runs as long as the second lives.
async fn with_desk() -> (DemoServer, DeskThread) {
    let server = DemoServer::new().await;
    let desk = server.app.start_desk().expect("a thread").expect("a desk");
    (server, desk)
}

async fn send_signed(server: &DemoServer, secret: &str, offset: i64, body: &str) -> Answer {
    let secret = WebhookSecret::new(secret.to_owned()).expect("a long secret");
    let time = START.seconds() + offset;
    let signature = format!("v1={}", secret.sign(time, body.as_bytes()));
    let headers = [
        ("X-Touchstone-Timestamp", time.to_string()),
        ("X-Touchstone-Signature", signature),
    ];
    let headers: Vec<_> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
    server.post_with_headers("", PATH, &headers, body).await
}

async fn send(server: &DemoServer, batch: &Value) -> Answer {
    send_signed(server, FEED_SECRETS[0].1, 0, &batch.to_string()).await
}

fn tick(symbol: &str, bid: &str, ask: &str, number: i64) -> Value {
    json!({"symbol": symbol, "bid": bid, "ask": ask, "time": AT, "sequence": number})
}

fn batch(ticks: &[Value]) -> Value {
    json!({"source": "lp-one", "ticks": ticks})
}

fn symbol_of(status: &Value, name: &str) -> Value {
    let symbols = status["symbols"].as_array().expect("symbols");
    let mut found = symbols.iter().filter(|row| row["symbol"] == name);
    found.next().expect("the symbol").clone()
}

#[tokio::test]
async fn every_tick_is_taken_in_or_counted_with_what_is_wrong() {
    let (server, _desk) = with_desk().await;
    let mut old = tick("GBPUSD", "1.27", "1.27001", 1);
    old["time"] = json!("2026-05-07T13:19:49.999Z");
    let mut early = tick("GBPUSD", "1.27", "1.27001", 1);
    early["time"] = json!("2026-05-07T13:20:02.001Z");
    let ticks = [
        tick("EURUSD", "1.08500", "1.0851", 1),
        tick("EURUSD", "1.085010", "1.08511", 2),
        tick("EURUSD", "1.08501", "1.08511", 2),
        tick("EURUSD", "0", "1.08511", 3),
        tick("EURUSD", "1.08512", "1.08511", 3),
        tick("EURUSD", "1.2", "1.2001", 3),
        tick("EURPLN", "4.2", "4.21", 1),
        tick("no symbol", "4.2", "4.21", 1),
        old,
        early,
    ];
    let answer = send(&server, &batch(&ticks)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(
        answer.json(),
        json!({
            "accepted": 2,
            "flagged": {},
            "refused": {
                "ZERO": 1, "CROSSED": 1, "AHEAD": 1, "OUT_OF_ORDER": 1, "STALE": 1, "FAR_OFF": 1,
            },
            "unknown": 2,
            // The two that were taken in, and that the price is doubted since the wild one.
            "last_seq": 3,
            "now": "2026-05-07T13:20:00.000000Z",
        })
    );
    // What was sent before is out of order, and nothing else.
    let again = send(&server, &batch(&ticks[..2])).await.json();
    assert_eq!(again["refused"], json!({"OUT_OF_ORDER": 2}));

    let status = server.get(&server.staff(1).await, "/feed/status").await;
    assert_eq!(status.status.as_u16(), 200, "{}", status.body);
    let status = status.json();
    assert_eq!(status["last_seq"], 3);
    let symbols = status["symbols"].as_array().expect("symbols");
    assert!(symbols.len() > 20, "every symbol that is traded");
    let of = |name| symbol_of(&status, name);
    let euro = of("EURUSD");
    assert_eq!(
        json!([
            euro["bid"],
            euro["ask"],
            euro["source"],
            euro["seq"],
            euro["freshness"]
        ]),
        json!(["1.08501", "1.08511", "lp-one", 2, "stale"])
    );
    assert_eq!(euro["age_ms"], 0);
    assert_eq!(
        euro["feeds"],
        json!([{
            "source": "lp-one",
            "accepted": 2,
            "flagged": {},
            "refused": {"ZERO": 1, "CROSSED": 1, "OUT_OF_ORDER": 3, "FAR_OFF": 1},
        }])
    );
    assert_eq!(of("GBPUSD")["freshness"], "missing");
    assert_eq!(of("GBPUSD")["bid"], Value::Null);
}

#[tokio::test]
async fn a_price_grows_old_visibly() {
    let (server, _desk) = with_desk().await;
    let answer = send(&server, &batch(&[tick("EURUSD", "1.085", "1.0851", 1)])).await;
    assert_eq!(answer.json()["accepted"], 1, "{}", answer.body);
    server.clock.advance_micros(61_000_000);
    let status = server
        .get(&server.staff(1).await, "/feed/status")
        .await
        .json();
    let euro = symbol_of(&status, "EURUSD");
    assert_eq!(euro["freshness"], "stale");
    assert_eq!(euro["age_ms"], 61_000);
}

#[rstest]
#[case::wrong_secret("another secret of a stranger", 0, "lp-one")]
#[case::anothers_name(FEED_SECRETS[0].1, 0, "lp-two")]
#[case::no_such_feed(FEED_SECRETS[0].1, 0, "lp-nine")]
#[case::too_old(FEED_SECRETS[0].1, -301, "lp-one")]
#[case::from_the_future(FEED_SECRETS[0].1, 301, "lp-one")]
#[tokio::test]
async fn what_is_not_authentic_is_refused_in_one_way(
    #[case] secret: &str,
    #[case] offset: i64,
    #[case] source: &str,
) {
    let (server, _desk) = with_desk().await;
    let mut batch = batch(&[tick("EURUSD", "1.085", "1.0851", 1)]);
    batch["source"] = json!(source);
    let answer = send_signed(&server, secret, offset, &batch.to_string()).await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.body);
    let unsigned = server.post("", PATH, &batch).await;
    assert_eq!(answer.body, unsigned.body);
    let status = server
        .get(&server.staff(1).await, "/feed/status")
        .await
        .json();
    assert_eq!(status["last_seq"], 0);
}

#[rstest]
#[case::too_precise(json!("1.085231"), json!(AT), json!(["body", "ticks", 1, "bid"]))]
#[case::negative(json!("-1.08"), json!(AT), json!(["body", "ticks", 1, "bid"]))]
#[case::no_number(json!("a lot"), json!(AT), json!(["body", "ticks", 1, "bid"]))]
#[case::too_large(json!("99999999999999999999"), json!(AT), json!(["body", "ticks", 1, "bid"]))]
#[case::no_time(json!("1.085"), json!("noon"), json!(["body", "ticks", 1, "time"]))]
#[tokio::test]
async fn a_batch_that_cannot_be_read_is_refused_as_a_whole_with_the_place(
    #[case] bid: Value,
    #[case] time: Value,
    #[case] place: Value,
) {
    let (server, _desk) = with_desk().await;
    let mut wrong = tick("EURUSD", "1.085", "1.0851", 2);
    wrong["bid"] = bid;
    wrong["time"] = time;
    let batch = batch(&[tick("EURUSD", "1.085", "1.0851", 1), wrong]);
    let answer = send(&server, &batch).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], place);
    let status = server
        .get(&server.staff(1).await, "/feed/status")
        .await
        .json();
    assert_eq!(status["last_seq"], 0);
}

#[tokio::test]
async fn a_batch_has_one_to_500_ticks() {
    let (server, _desk) = with_desk().await;
    let ticks: Vec<Value> = (1..=501)
        .map(|number| tick("EURUSD", "1.085", "1.0851", number))
        .collect();
    for (count, status) in [(0, 422), (500, 200), (501, 422)] {
        let answer = send(&server, &batch(&ticks[..count])).await;
        assert_eq!(answer.status.as_u16(), status, "{count}: {}", answer.body);
    }
}

#[tokio::test]
async fn without_a_desk_it_is_worth_a_repeat() {
    let server = DemoServer::new().await;
    let answer = send(&server, &batch(&[tick("EURUSD", "1.085", "1.0851", 1)])).await;
    assert_eq!(answer.status.as_u16(), 503);
    assert_eq!(answer.json()["error"], "unavailable");
    let staff = server.staff(1).await;
    assert_eq!(
        server.get(&staff, "/feed/status").await.status.as_u16(),
        503
    );
}

/// The value of a line of `/metrics` that begins with these words.
fn metric(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().parse().ok()
}

#[tokio::test]
async fn how_far_behind_the_desk_is_stands_among_the_metrics() {
    let (server, _desk) = with_desk().await;
    let before = server.get("", "/metrics").await.body;
    let mut late = tick("EURUSD", "1.08500", "1.0851", 1);
    late["time"] = json!("2026-05-07T13:19:55.500Z");
    let answer = send(&server, &batch(&[late])).await;
    assert_eq!(answer.json()["accepted"], 1, "{}", answer.body);
    let after = server.get("", "/metrics").await.body;

    // Desks of other tests of this process tell theirs there as well.
    for name in [
        "touchstone_desk_queue",
        "touchstone_desk_oldest_waiting_seconds",
    ] {
        assert!(metric(&after, name).is_some_and(|waiting| waiting >= 0.0));
    }
    let lag = metric(&after, "touchstone_desk_feed_lag_seconds{feed=\"lp-one\"}");
    assert_eq!(lag, Some(4.5), "{after}");
    // Other tests of this process count there as well.
    for name in [
        "touchstone_desk_tick_to_verdict_seconds",
        "touchstone_desk_tick_to_durable_seconds",
    ] {
        let count = format!("{name}_count");
        let counted = metric(&after, &count).expect("a histogram");
        assert!(counted >= metric(&before, &count).unwrap_or(0.0) + 1.0);
        assert!(after.contains(&format!("{name}_bucket{{le=\"0.01\"}}")));
    }
    let documented = include_str!("../../../../docs/metrics.md");
    let told = after
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    for name in told.filter_map(|line| line.split(' ').next()) {
        assert!(documented.contains(name), "docs/metrics.md lacks {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_are_told_of_the_accounts_of_their_brand_alone() {
    let (server, _desk) = with_desk().await;
    server.trading().await;
    for (brand, count) in [(1, 1), (2, 0)] {
        let staff = server.staff(brand).await;
        let status = server.get(&staff, "/feed/status").await.json();
        assert_eq!(status["accounts"], count, "brand {brand}");
    }
}
