//! `GET /events/stream`. The runtime's clock stands, and goes on by itself when everybody waits.

use crate::support::demo::DemoServer;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use axum::http::header::AUTHORIZATION;
use futures_util::StreamExt;
use serde_json::{Value, json};
use touchstone_app::events::BUFFER;
use touchstone_domain::access::Role;

/// What came: its name, number and data.
#[derive(Debug, PartialEq)]
struct Event {
    name: String,
    id: Option<i64>,
    data: Value,
}

struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    async fn open(server: &DemoServer, token: &str, path: &str) -> Self {
        let response = server.open(token, path).await;
        assert_eq!(response.status().as_u16(), 200);
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// One that was told that it is ready.
    async fn ready(server: &DemoServer, token: &str, path: &str) -> Self {
        let mut events = Self::open(server, token, path).await;
        let first = events.next().await.expect("an event");
        assert_eq!(first.name, "ready");
        events
    }

    /// The next event, whatever heartbeats come before it; `None` at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if !event.starts_with(':') {
                    return Some(read(&event));
                }
            }
            let piece = self.body.next().await?.expect("a piece");
            self.text
                .push_str(std::str::from_utf8(&piece).expect("a text"));
        }
    }

    /// Reads on, though nothing comes, until so many listen.
    async fn listen(&mut self, server: &DemoServer, listeners: usize) {
        while server.app.events.len() < listeners {
            tokio::select! {
                biased;
                event = self.next() => panic!("{event:?} came"),
                () = tokio::task::yield_now() => {}
            }
        }
    }

    /// Names and numbers of so many events.
    async fn named(&mut self, count: usize) -> Vec<(String, i64)> {
        let mut found = Vec::new();
        for _ in 0..count {
            let event = self.next().await.expect("an event");
            found.push((event.name, event.id.expect("a number")));
        }
        found
    }
}

fn read(text: &str) -> Event {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    Event {
        name: field("event: ").expect("a name").to_owned(),
        id: field("id: ").map(|id| id.parse().expect("a number")),
        data: serde_json::from_str(field("data: ").expect("data")).expect("JSON"),
    }
}

async fn newest(server: &DemoServer) -> i64 {
    server
        .app
        .store
        .read(|tx| tx.newest_event())
        .await
        .expect("a store")
}

#[tokio::test(start_paused = true)]
async fn a_purchase_is_told_to_its_buyer_and_to_staff_of_the_brand_and_to_nobody_else() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    let (staff, others) = (server.staff(1).await, server.staff(2).await);
    let mut heard = Vec::new();
    for token in [&trader, &staff, &rival, &others] {
        heard.push(Events::ready(&server, token, "/events/stream").await);
    }
    server.bought().await;
    server.app.tell_events().await.unwrap();
    let event = heard[0].next().await.expect("an event");
    assert_eq!(event.name, "challenge.activated");
    assert_eq!(event.id, Some(newest(&server).await));
    assert_eq!(
        (
            &event.data["customer_id"],
            &event.data["challenge_id"],
            &event.data["data"]["account_login"]
        ),
        (&json!(5), &json!(12), &json!(2_000_100))
    );
    assert_eq!(heard[1].next().await, Some(event));
    // The others hear what comes after it first.
    server.customer(1, 6).await;
    let own = [(&rival, 100_003, 1), (&others, 200_001, 2)];
    for ((token, payer, brand), events) in own.into_iter().zip(&mut heard[2..]) {
        let buyer = if brand == 1 {
            token.clone()
        } else {
            server.customer(2, 21).await
        };
        let program = if brand == 1 { 2 } else { 20 };
        let body = json!({"program_id": program, "payer_login": payer});
        let bought = server.post(&buyer, "/prop/challenge/buy", &body).await;
        assert_eq!(bought.status, 200, "{}", bought.body);
        server.app.tell_events().await.unwrap();
        let event = events.next().await.expect("an event");
        assert_eq!(event.name, "challenge.activated");
        assert_ne!(event.data["customer_id"], 5);
    }
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_with_the_last_number_misses_none_and_gets_none_twice() {
    let server = DemoServer::new().await;
    let token = server.staff(1).await;
    let mut events = Events::ready(&server, &token, "/events/stream").await;
    server.bought().await;
    server.app.tell_events().await.unwrap();
    let (_, last) = events.named(1).await.remove(0);
    drop(events);
    // He is away; some of it is told to others, some is not yet.
    for program in [2, 2] {
        let body = json!({"program_id": program, "payer_login": 100_001});
        server
            .post(&server.trader().await, "/prop/challenge/buy", &body)
            .await;
        server.app.tell_events().await.unwrap();
    }
    let body = json!({"program_id": 2, "payer_login": 100_001});
    server
        .post(&server.trader().await, "/prop/challenge/buy", &body)
        .await;
    let request = Request::get("/events/stream")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header("last-event-id", last.to_string())
        .body(Body::empty());
    let first = server.ask(request.unwrap()).await;
    assert!(
        first.body.contains(&format!("\"last_event_id\":{last}")),
        "{}",
        first.body
    );
    let path = format!("/events/stream?last_event_id={last}");
    let mut events = Events::ready(&server, &token, &path).await;
    let missed = events.named(3).await;
    // What was read is told to the listeners too, but not again.
    server.app.tell_events().await.unwrap();
    server
        .post(&server.trader().await, "/prop/challenge/buy", &body)
        .await;
    server.app.tell_events().await.unwrap();
    let next = events.named(1).await.remove(0);
    let numbers: Vec<i64> = missed.iter().map(|(_, id)| *id).collect();
    assert!(numbers.is_sorted() && numbers[0] > last, "{missed:?}");
    assert_eq!(next.1, newest(&server).await);
    assert!(next.1 > numbers[2]);
}

#[tokio::test(start_paused = true)]
async fn kinds_can_be_chosen() {
    let server = DemoServer::new().await;
    let token = server.staff(1).await;
    let mut events = Events::ready(
        &server,
        &token,
        "/events/stream?types=transaction.*,purchase.abandoned",
    )
    .await;
    crate::support::enrolled(&server).await;
    server.app.tell_events().await.unwrap();
    assert_eq!(
        events.next().await.expect("an event").name,
        "transaction.created"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_told_to_resume_and_nobody_waits_for_him() {
    let server = DemoServer::new().await;
    let token = server.staff(1).await;
    let mut slow = Events::ready(&server, &token, "/events/stream").await;
    let mut quick = Events::ready(&server, &token, "/events/stream").await;
    slow.listen(&server, 1).await;
    quick.listen(&server, 2).await;
    let count = BUFFER + 3;
    let kyc = |n: usize| json!({"status": if n.is_multiple_of(2) { "approved" } else { "rejected" }, "reason": "a test"});
    let path = format!(
        "/customers/{}/kyc",
        server.uuid(touchstone_domain::EntityKind::Customer, 5)
    );
    for n in 0..count + 2 {
        let set = server.put(&token, &path, &kyc(n)).await;
        assert_eq!(set.status, 200, "{}", set.body);
        server.app.tell_events().await.unwrap();
        assert_eq!(
            quick.next().await.expect("an event").name,
            "customer.kyc_changed"
        );
        if n < 2 {
            // The first he may still read from the store; with the second he has taken in all that he was told.
            slow.next().await.expect("an event");
        }
    }
    let mut last = 0;
    for _ in 0..BUFFER {
        let event = slow.next().await.expect("an event");
        assert_eq!(event.name, "customer.kyc_changed");
        last = event.id.expect("a number");
    }
    let event = slow.next().await.expect("an event");
    assert_eq!((event.name.as_str(), event.id), ("resume", Some(last)));
    assert_eq!(slow.next().await, None);
    let path = format!("/events/stream?last_event_id={last}");
    let mut resumed = Events::ready(&server, &token, &path).await;
    assert_eq!(resumed.named(3).await[0].1, last + 1);
}

#[tokio::test(start_paused = true)]
async fn it_ends_with_the_session_and_with_the_server() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let mut events = Events::ready(&server, &token, "/events/stream").await;
    let stays = server.customer(1, 6).await;
    let mut other = Events::ready(&server, &stays, "/events/stream").await;
    events.listen(&server, 1).await;
    other.listen(&server, 2).await;
    server
        .post(&token, "/customer/auth/logout", &json!({}))
        .await;
    server.app.end_listeners(server.app.now()).await.unwrap();
    // He is told to come again, if nobody has noticed before.
    while let Some(event) = events.next().await {
        assert_eq!(event.name, "resume");
    }
    assert_eq!(server.app.events.len(), 1);
    server.shutdown.cancel();
    assert_eq!(other.next().await, None);
    drop((events, other));
    assert!(server.app.events.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_person_whose_rights_change_comes_again_with_those_that_he_has_now() {
    let server = DemoServer::new().await;
    let support = server.with_role(Role::Support).await;
    let mut events = Events::ready(&server, &support, "/events/stream").await;
    let owner = server.staff(1).await;
    let uuid = server.uuid(
        touchstone_domain::EntityKind::Staff,
        1 + Role::Support.code(),
    );
    let change = json!({"role": "read_only", "reason": "a test"});
    let changed = server
        .patch(&owner, &format!("/users/{uuid}"), &change)
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn who_may_hear_less_hears_nothing_that_happened_since() {
    let server = DemoServer::new().await;
    let support = server.with_role(Role::Support).await;
    let mut events = Events::ready(&server, &support, "/events/stream").await;
    events.listen(&server, 1).await;
    let owner = server.staff(1).await;
    let uuid = server.uuid(
        touchstone_domain::EntityKind::Staff,
        1 + Role::Support.code(),
    );
    let change = json!({"customer_view_scope": "own", "reason": "a test"});
    let changed = server
        .patch(&owner, &format!("/users/{uuid}"), &change)
        .await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    server.bought().await;
    server.app.tell_events().await.unwrap();
    assert_eq!(events.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn one_connection_carries_an_account_and_prices_too() {
    let server = DemoServer::with_desk().await;
    let login = server.bought().await;
    server.quote("EURUSD", 110_000, 110_010).await;
    server.quote("GBPUSD", 125_000, 125_010).await;
    let token = server.trader().await;
    let path = format!("/events/stream?login={login}&symbols=EURUSD,%20USDJPY");
    let mut events = Events::ready(&server, &token, &path).await;
    let state = events.next().await.expect("an event");
    assert_eq!(
        (state.name.as_str(), &state.data["login"]),
        ("state", &json!(login.to_string()))
    );
    let quotes = events.next().await.expect("an event");
    assert_eq!((quotes.name.as_str(), quotes.id), ("quotes", None));
    let symbols: Vec<_> = quotes
        .data
        .as_array()
        .unwrap()
        .iter()
        .map(|q| q["symbol"].clone())
        .collect();
    assert_eq!(symbols, ["EURUSD", "USDJPY"]);
    // Only what has changed.
    server.quote("EURUSD", 110_020, 110_030).await;
    server.quote("GBPUSD", 125_020, 125_030).await;
    let quotes = events.next().await.expect("an event");
    assert_eq!(quotes.data.as_array().unwrap().len(), 1);
    assert_eq!(quotes.data[0]["bid"], "1.10020");
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    for query in [
        "types=payouts.*",
        "last_event_id=-1",
        "last_event_id=x",
        "login=x",
        "symbols=eur%2Fusd%20now",
        "symbols=EURUSD,NOSUCH",
        "types=",
    ] {
        let answer = server.get(&token, &format!("/events/stream?{query}")).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.body);
    }
    let request = Request::get("/events/stream")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header("last-event-id", "now")
        .body(Body::empty());
    assert_eq!(server.ask(request.unwrap()).await.status, 422);
    // Somebody else's account, and none at all.
    for login in [100_003, 999_999] {
        let answer = server
            .get(&token, &format!("/events/stream?login={login}"))
            .await;
        assert_eq!(answer.error(), (404, "not_found".into()));
    }
}
