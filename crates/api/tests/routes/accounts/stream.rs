//! `GET /accounts/{login}/stream`. The runtime's clock stands, and goes on by itself when everybody waits.

use super::{Trading, refused, told};
use crate::support::demo::DemoServer;
use axum::body::BodyDataStream;
use futures_util::StreamExt;
use serde_json::{Value, json};
use touchstone_app::identity;
use touchstone_domain::Login;

struct Events(BodyDataStream);

impl Events {
    async fn of(trading: &Trading) -> Self {
        let path = trading.path("/stream");
        let response = trading.server.open(&trading.token, &path).await;
        assert_eq!(response.status().as_u16(), 200);
        let kind = &response.headers()["content-type"];
        assert_eq!(kind, "text/event-stream");
        Self(response.into_body().into_data_stream())
    }

    /// The next piece; `None` at the end.
    async fn piece(&mut self) -> Option<String> {
        let piece = self.0.next().await?.expect("a piece");
        Some(String::from_utf8(piece.to_vec()).expect("a text"))
    }

    /// The next event, whatever heartbeats come before it.
    async fn state(&mut self) -> Option<Value> {
        loop {
            let piece = self.piece().await?;
            if piece.starts_with(':') {
                continue;
            }
            let data = piece.strip_prefix("event: state\ndata: ").expect("a state");
            return Some(serde_json::from_str(data.trim_end()).expect("JSON"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_begins_with_the_account_and_tells_each_change() {
    let trading = Trading::new().await;
    let mut events = Events::of(&trading).await;
    let first = events.state().await.expect("a snapshot");
    assert_eq!(first, trading.get("").await);
    trading.open("buy", "1").await;
    let opened = events.state().await.expect("a change");
    assert_eq!(opened["profit"], "-10.00");
    trading.server.quote("EURUSD", 110_110, 110_120).await;
    let risen = events.state().await.expect("a change");
    assert_eq!(risen["profit"], "100.00");
    // A price of what it does not hold changes nothing: the next event is of what does.
    trading.server.quote("GBPUSD", 125_000, 125_010).await;
    trading.post("/positions/close-all", &json!({})).await;
    let closed = events.state().await.expect("a change");
    assert_eq!(closed["positions"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_says_that_it_is_there() {
    let trading = Trading::new().await;
    let mut events = Events::of(&trading).await;
    events.state().await.expect("a snapshot");
    assert_eq!(events.piece().await.as_deref(), Some(": heartbeat\n\n"));
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_session() {
    let trading = Trading::new().await;
    let mut events = Events::of(&trading).await;
    events.state().await.expect("a snapshot");
    let logout = trading
        .server
        .post(&trading.token, "/customer/auth/logout", &json!({}))
        .await;
    assert!(logout.status.is_success(), "{}", logout.body);
    assert_eq!(events.state().await, None);
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_the_server_stops() {
    let trading = Trading::new().await;
    let mut events = Events::of(&trading).await;
    events.state().await.expect("a snapshot");
    trading.server.shutdown.cancel();
    assert_eq!(events.state().await, None);
}

#[tokio::test(start_paused = true)]
async fn one_person_reads_so_many_at_once() {
    let trading = Trading::new().await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Events::of(&trading).await);
    }
    let path = trading.path("/stream");
    let one_more = trading.server.get(&trading.token, &path).await;
    assert_eq!(told(&one_more), refused(429, "too_many_streams"));
    open.pop();
    let mut again = Events::of(&trading).await;
    assert!(again.state().await.is_some());
}

#[tokio::test]
async fn without_a_desk_it_does_not_begin() {
    let mut trading = Trading::new().await;
    trading.server.stop_desk();
    let path = trading.path("/stream");
    let answer = trading.server.get(&trading.token, &path).await;
    assert_eq!(told(&answer), refused(503, "DESK_UNAVAILABLE"));
}

/// What is stored is read again when something has happened to its owner, and not with every look.
#[tokio::test]
async fn a_watch_is_told_of_what_happens_to_its_owner() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let app = &server.app;
    let caller = identity::verify(&app.keys, &token, app.now()).expect("a session");
    let watch = app.watch_account(caller, Login(100_001)).await;
    let mut watch = watch.unwrap_or_else(|error| panic!("{error}"));
    let before = watch.look().await.unwrap().account.balance_minor;
    assert!(!watch.has_changed());
    server.bought().await;
    watch.look().await.unwrap();
    assert!(!watch.has_changed());
    app.tell_events().await.unwrap();
    assert!(watch.has_changed());
    watch.changed().await;
    assert!(watch.look().await.unwrap().account.balance_minor < before);
    assert!(!watch.has_changed());
}
