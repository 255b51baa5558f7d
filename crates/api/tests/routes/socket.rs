//! ScaleTrade's WebSocket at `/` and `/ws`, over a real connection.

use crate::support::demo::DemoServer;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use touchstone_api::limits;
use touchstone_domain::EntityKind;

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let url = format!("ws://{address}{path}");
        Self(client_async(url, stream).await.expect("a handshake").0)
    }

    /// One that has said who he is.
    async fn of(address: SocketAddr, token: &str) -> Self {
        let mut socket = Self::open(address, "/").await;
        let answer = socket.ask(&json!({ "authorization": token })).await;
        assert_eq!(answer, json!({"event": "authorization", "success": true}));
        socket
    }

    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("it is sent");
    }

    /// The next text; `None` when it was closed.
    async fn hear(&mut self) -> Option<String> {
        while let Some(Ok(message)) = self.0.next().await {
            match message {
                Message::Text(text) => return Some(text.to_string()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
        None
    }

    async fn json(&mut self) -> Value {
        let text = self.hear().await.expect("a text");
        serde_json::from_str(&text).expect("JSON")
    }

    async fn ask(&mut self, what: &Value) -> Value {
        self.say(&what.to_string()).await;
        self.json().await
    }

    /// The next array of a kind, whatever comes before it.
    async fn next(&mut self, tag: &str) -> Value {
        loop {
            let heard = self.json().await;
            if heard[0] == tag {
                return heard;
            }
        }
    }
}

async fn trading() -> (DemoServer, SocketAddr, i64) {
    let server = DemoServer::with_desk().await;
    let login = server.bought().await;
    server.quote("EURUSD", 110_000, 110_010).await;
    let address = server.listen().await;
    (server, address, login)
}

#[tokio::test]
async fn a_terminal_is_told_prices_money_and_positions() {
    let (server, address, login) = trading().await;
    let token = server.trader().await;
    let mut socket = Socket::of(address, &token).await;
    let switch = json!({"event": "account.switch", "active_login": login});
    assert_eq!(
        socket.ask(&switch).await,
        json!({"event": "account.switch", "success": true})
    );
    assert_eq!(
        socket.json().await,
        json!(["b", login, 100_000.0, 100_000.0, 0.0, 0.0, 100_000.0])
    );
    let subscribe = json!({"event": "subscribe", "data": ["EURUSD", "GBPUSD"]});
    assert_eq!(socket.ask(&subscribe).await["success"], true);
    let quote = socket.next("t").await;
    assert_eq!(
        (&quote[1], &quote[2], &quote[3]),
        (&json!("EURUSD"), &json!(1.1), &json!(1.1001))
    );
    let order = json!({"symbol": "EURUSD", "side": "buy", "volume": "1"});
    server
        .post(&token, &format!("/accounts/{login}/orders"), &order)
        .await;
    let opened = socket.next("o").await;
    assert_eq!(
        (&opened[1], &opened[2], &opened[4], &opened[5]),
        (&json!("open"), &json!(login), &json!("EURUSD"), &json!(0))
    );
    server.quote("EURUSD", 110_110, 110_120).await;
    let changed = socket.next("o").await;
    assert_eq!(
        (&changed[1], &changed[10]),
        (&json!("update"), &json!(100.0))
    );
    server
        .post(
            &token,
            &format!("/accounts/{login}/positions/close-all"),
            &json!({}),
        )
        .await;
    let balance = socket.next("b").await;
    // Less the commission of both sides.
    assert_eq!(balance[2], 100_092.3);
    let closed = socket.next("o").await;
    assert_eq!((&closed[1], &closed[10]), (&json!("close"), &json!(100.0)));
    // The symbol is quiet from now on; the answer is the next that is heard.
    let unsubscribe = json!({"event": "unsubscribe", "data": ["EURUSD"]});
    socket.say(&unsubscribe.to_string()).await;
    while socket.json().await != json!({"event": "unsubscribe", "success": true}) {}
    server.quote("EURUSD", 110_210, 110_220).await;
    socket.say("ping").await;
    assert_eq!(socket.hear().await.as_deref(), Some("pong"));
}

#[tokio::test]
async fn a_trade_that_is_over_before_anybody_looked_is_told_too() {
    let (server, address, login) = trading().await;
    let token = server.trader().await;
    let mut socket = Socket::of(address, &token).await;
    let switch = json!({"event": "account.switch", "active_login": login});
    socket.ask(&switch).await;
    socket.next("b").await;
    let order = json!({"symbol": "EURUSD", "side": "sell", "volume": "2"});
    let path = format!("/accounts/{login}");
    server.post(&token, &format!("{path}/orders"), &order).await;
    server
        .post(&token, &format!("{path}/positions/close-all"), &json!({}))
        .await;
    let opened = socket.next("o").await;
    assert_eq!(
        (&opened[1], &opened[5], &opened[6], &opened[7]),
        (&json!("open"), &json!(1), &json!(2.0), &json!(1.1))
    );
    let closed = loop {
        let heard = socket.next("o").await;
        if heard[1] != "update" {
            break heard;
        }
    };
    assert_eq!((&closed[1], &closed[10]), (&json!("close"), &json!(-20.0)));
    assert_eq!(closed[3], opened[3]);
}

#[tokio::test]
async fn who_has_signed_out_is_not_told_to_come_again() {
    let (server, address, _) = trading().await;
    let token = server.trader().await;
    let mut socket = Socket::of(address, &token).await;
    // His place among the listeners was taken before the answer.
    socket.say("ping").await;
    socket.hear().await;
    server
        .post(&token, "/customer/auth/logout", &json!({}))
        .await;
    server.app.end_listeners(server.app.now()).await.unwrap();
    let closed = loop {
        if let Message::Close(frame) = socket.0.next().await.expect("a frame").expect("a frame") {
            break frame.expect("a reason");
        }
    };
    assert_eq!(
        (u16::from(closed.code), closed.reason.as_str()),
        (1008, "the session has ended")
    );
}

#[tokio::test]
async fn a_notification_is_the_documented_array() {
    let (server, address, _) = trading().await;
    let token = server.trader().await;
    let mut socket = Socket::of(address, &token).await;
    // What it says next comes after its place among the listeners was taken.
    socket.say("ping").await;
    socket.hear().await;
    let body = json!({"program_id": 2, "payer_login": 100_001});
    server.post(&token, "/prop/challenge/buy", &body).await;
    let told = async {
        loop {
            server.app.tell_events().await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let heard = tokio::select! { heard = socket.next("n") => heard, () = told => unreachable!() };
    let parts = heard.as_array().expect("an array");
    assert_eq!(parts.len(), 10);
    assert_eq!(parts[1], "A challenge begins: its account is open");
    assert_eq!((&parts[4], &parts[5]), (&json!(0), &json!(10)));
    assert_eq!(parts[8]["type"], "challenge.activated");
    assert_eq!(parts[9], "challenge.activated");
}

#[tokio::test]
async fn nobody_is_told_anything_before_he_has_said_who_he_is() {
    let (server, address, login) = trading().await;
    let mut socket = Socket::open(address, "/ws").await;
    let subscribe = json!({"event": "subscribe", "data": ["EURUSD"]});
    assert_eq!(socket.ask(&subscribe).await["error"], "INVALID_TOKEN");
    let staff = server.staff(1).await;
    assert_eq!(
        socket.ask(&json!({"authorization": staff})).await["error"],
        "UNSUPPORTED_SESSION"
    );
    let rival = server.customer(1, 6).await;
    assert_eq!(
        socket.ask(&json!({"authorization": rival})).await["success"],
        true
    );
    // Somebody else's account, and none at all.
    for login in [login, 999_999] {
        let switch = json!({"event": "account.switch", "data": {"login": login}});
        assert_eq!(socket.ask(&switch).await["error"], "NOT_FOUND");
    }
}

#[tokio::test]
async fn nonsense_is_answered_and_changes_nothing() {
    let (server, address, _) = trading().await;
    let mut socket = Socket::of(address, &server.trader().await).await;
    for (said, code) in [
        ("{", "INVALID_DATA"),
        ("[]", "INVALID_DATA"),
        ("{}", "UNKNOWN_EVENT"),
        (r#"{"event":"dance"}"#, "UNKNOWN_EVENT"),
        (r#"{"event":"subscribe"}"#, "INVALID_DATA"),
        (
            r#"{"event":"subscribe","data":["EURUSD",1]}"#,
            "INVALID_DATA",
        ),
        (
            r#"{"event":"subscribe","data":["EURUSD","NOSUCH"]}"#,
            "INVALID_SYMBOL",
        ),
        (r#"{"event":"account.switch"}"#, "INVALID_DATA"),
    ] {
        socket.say(said).await;
        assert_eq!(socket.json().await["error"], code, "{said}");
    }
    socket.say("ping").await;
    assert_eq!(socket.hear().await.as_deref(), Some("pong"));
}

#[tokio::test]
async fn a_notification_names_the_account_it_is_about() {
    let (server, address, login) = trading().await;
    let token = server.trader().await;
    let mut socket = Socket::of(address, &token).await;
    let switch = json!({"event": "account.switch", "active_login": login});
    socket.ask(&switch).await;
    let body = json!({"program_id": 2, "payer_login": 100_001});
    let bought = server.post(&token, "/prop/challenge/buy", &body).await;
    let other = bought.json()["purchase"]["account_login"].clone();
    assert!(other.is_i64() && other != json!(login), "{other}");
    let staff = server.staff(1).await;
    let papers = json!({"status": "approved", "reason": "Papers"});
    let us = server.uuid(EntityKind::Customer, 5);
    let approved = server
        .put(&staff, &format!("/customers/{us}/kyc"), &papers)
        .await;
    assert_eq!(approved.status.as_u16(), 200, "{}", approved.body);
    let told = async {
        loop {
            server.app.tell_events().await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let heard = async {
        let mut named = Vec::new();
        for kind in ["challenge.activated", "customer.kyc_changed"] {
            let about = loop {
                let heard = socket.next("n").await;
                if heard[9] == kind {
                    break heard;
                }
            };
            named.push(about[6].clone());
        }
        named
    };
    let named = tokio::select! { named = heard => named, () = told => unreachable!() };
    // What is about no account is told where the client looks.
    assert_eq!(named, [other, json!(login)]);
}

#[tokio::test]
async fn one_person_has_so_many_and_a_closed_one_makes_room() {
    let (server, address, _) = trading().await;
    let token = server.trader().await;
    let who = json!({ "authorization": token });
    let mut open = Vec::new();
    for _ in 0..limits::STREAMS_PER_PERSON_MAX {
        open.push(Socket::of(address, &token).await);
    }
    let mut one_more = Socket::open(address, "/").await;
    assert_eq!(one_more.ask(&who).await["error"], "TOO_MANY_STREAMS");
    // Whoever else he is, and whatever the other does.
    let rival = server.customer(1, 6).await;
    Socket::of(address, &rival).await;
    // Streams over HTTP take the same places.
    let stream = server.get(&token, "/events/stream").await;
    assert_eq!(stream.error(), (429, "too_many_streams".to_owned()));
    let mut first = open.remove(0);
    first.0.close(None).await.expect("it is closed");
    assert_eq!(first.hear().await, None);
    // The place is given back by the server's task, in a moment.
    while Socket::open(address, "/").await.ask(&who).await["success"] != true {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_said_too_often_is_refused_and_nothing_else_happens() {
    let server = DemoServer::limited(5).await;
    let address = server.listen().await;
    let token = server.trader().await;
    let mut socket = Socket::of(address, &token).await;
    for _ in 0..5 {
        socket.say("ping").await;
        assert_eq!(socket.hear().await.as_deref(), Some("pong"));
    }
    let subscribe = json!({"event": "subscribe", "data": ["EURUSD"]});
    for _ in 0..2 {
        let refused = socket.ask(&subscribe).await;
        assert_eq!(
            (&refused["error"], &refused["success"]),
            (&json!("RATE_LIMITED"), &json!(false))
        );
    }
    // It is counted like any request of his.
    assert_eq!(server.get(&token, "/challenges/me").await.status, 429);
}

#[tokio::test]
async fn whoever_has_not_said_who_he_is_is_counted_by_his_address() {
    let server = DemoServer::limited(5).await;
    let address = server.listen().await;
    let mut socket = Socket::open(address, "/").await;
    let mut answered = 0;
    while socket.ask(&json!({"event": "subscribe"})).await["error"] == "INVALID_TOKEN" {
        answered += 1;
        assert!(answered <= 10, "one address may send twice as many");
    }
    assert!(answered > 5, "{answered}");
    // It stays so, whoever he is then, until he has been let in.
    let token = server.trader().await;
    let refused = socket.ask(&json!({ "authorization": token })).await;
    assert_eq!(refused["error"], "RATE_LIMITED");
}

#[tokio::test]
async fn three_tokens_that_are_none_close_it() {
    let (_server, address, _) = trading().await;
    let mut socket = Socket::open(address, "/").await;
    for _ in 0..3 {
        assert_eq!(
            socket.ask(&json!({"authorization": "a.b.c"})).await["error"],
            "INVALID_TOKEN"
        );
    }
    assert_eq!(socket.hear().await, None);
}

#[tokio::test]
async fn it_says_good_bye_when_the_server_stops() {
    let (server, address, _) = trading().await;
    let mut socket = Socket::of(address, &server.trader().await).await;
    server.shutdown.cancel();
    assert_eq!(socket.hear().await, None);
}

#[tokio::test]
async fn a_browser_is_led_to_the_console_and_a_plain_request_to_nothing() {
    let server = DemoServer::new().await;
    assert_eq!(server.get("", "/").await.status, 307);
    assert_eq!(server.get("", "/ws").await.status, 400);
}
