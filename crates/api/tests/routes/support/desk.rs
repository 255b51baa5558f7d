//! A desk behind the demo server, prices for it, and a trader's orders.

use super::START;
use super::demo::DemoServer;
use serde_json::{Value, json};
use std::sync::Arc;
use touchstone_app::StoreError;
use touchstone_app::desk::{
    Answer, Asked, Command, DeskThread, OrderKind, OrderRequest, Origin, Protection, Tick,
};
use touchstone_domain::breach::{Breach, Review, Severity};
use touchstone_domain::*;
use touchstone_store::repo::counters;
use touchstone_store::repo::desk::breaches;

/// Program 1: a day may lose 5 %, all of it 10 %.
pub const LOGIN: i64 = 2_000_100;
pub const CHALLENGE: i64 = 12;

impl DemoServer {
    pub fn start_desk(&self) -> DeskThread {
        let desk = self.app.start_desk().expect("a thread");
        desk.expect("a desk")
    }

    /// A price of EURUSD, in points.
    pub async fn price(&self, bid: i64) {
        let tick = Tick {
            symbol: "EURUSD".parse().expect("a symbol"),
            bid: Price(bid),
            ask: Price(bid + 10),
            fed_at: self.app.now(),
            sequence: None,
        };
        self.clock.advance_micros(1_000);
        let fed = self.app.desk.feed(Arc::from("test"), vec![tick]).await;
        assert_eq!(fed.expect("a report").accepted, 1, "{bid}");
    }

    /// Buys ten lots of EURUSD.
    pub async fn ten_lots(&self, login: i64) {
        let asked = Asked {
            login: Login(login),
            client_id: None,
            command: Command::Place(OrderRequest {
                symbol: "EURUSD".parse().expect("a symbol"),
                side: Side::Long,
                volume: Volume(100_000),
                kind: OrderKind::Market,
                protection: Protection::default(),
                expires_at: None,
            }),
            origin: Origin::Manual,
        };
        let answer = self.app.desk.command(asked).await.expect("an answer");
        assert!(matches!(answer, Answer::Done { .. }), "{answer:?}");
    }

    /// The trader buys program 1, and holds ten lots of EURUSD from 1.10010.
    pub async fn trading(&self) {
        let trader = self.trader().await;
        let buy = json!({"program_id": 1, "payer_login": 100_001});
        self.post(&trader, "/prop/challenge/buy", &buy).await;
        self.price(110_000).await;
        self.ten_lots(LOGIN).await;
    }

    /// As [`Self::trading`], and the day's loss is reached at 1.09500.
    pub async fn breached(&self) {
        self.trading().await;
        self.price(109_600).await;
        self.price(109_500).await;
    }

    /// The only breach there is, as staff see it.
    pub async fn the_breach(&self, staff: &str) -> Value {
        let list = self.get(staff, "/prop/breach-events").await.json();
        assert_eq!(list["total"], 1, "{list}");
        list["items"][0].clone()
    }
}

/// A warning about the account of challenge 12, whatever its state is.
pub async fn warned(server: &DemoServer) {
    let stored = server.app.store.write(|tx| {
        let breach = Breach {
            id: BreachId(tx.next_id(counters::BREACH)?),
            brand_id: BrandId(1),
            challenge_id: ChallengeId(CHALLENGE),
            phase_id: PhaseId(1),
            login: Login(LOGIN),
            customer_id: CustomerId(5),
            rule: "daily_loss".into(),
            severity: Severity::Warning,
            review: Review::Pending,
            at: START,
            seq: 1,
            after_event_no: 1,
            evidence: "{}".into(),
            previous_hash: Vec::new(),
            hash: vec![1; 32],
            reviewed_by: None,
            reviewed_at: None,
            review_reason: String::new(),
            created_at: START,
        };
        breaches::insert(tx, &breach)?;
        Ok::<_, StoreError>(())
    });
    stored.await.expect("a breach");
}
