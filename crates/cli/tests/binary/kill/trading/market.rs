//! Prices that go up and down for as long as the server lives.

use super::super::Round;
use super::super::customer::answer;
use super::super::dice::Dice;
use reqwest::Client;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::watch;
use touchstone_app::cashier::WebhookSecret;
use touchstone_app::ports::{Clock, SystemClock};
use touchstone_domain::UnixMicros;

pub const FEED: &str = "lp";
pub const FEED_SECRET: &str = "a secret of the feed, long enough";

/// Where prices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A demo's clock, which takes its market with it.
    Clock,
    /// Signed batches of a feed.
    Feed,
}

impl Source {
    /// What is traded, and how many lots move an account of 100,000 by more than half a per cent a step.
    pub const fn traded(self) -> (&'static str, i64) {
        match self {
            Self::Clock => ("DEMOWAVE", 10),
            Self::Feed => ("BTCUSD", 5),
        }
    }
}

/// Two steps of the market for each answer.
const STEPS: i64 = 2;
/// Steps of a climb and a fall.
const PERIOD: i64 = 24;
/// The same of a demo's wave.
const WAVE_SECONDS: i64 = 40;
const LOW_DOLLARS: i64 = 60_000;
const STEP_DOLLARS: i64 = 120;

/// How far the market is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub moves: u64,
    /// The server is gone.
    pub is_over: bool,
    /// What of its climb the price has behind it, in hundredths; `None` before the first answer.
    pub climbed: Option<i64>,
}

pub struct Market {
    source: Source,
    client: Client,
    dice: Dice,
    /// Of the feed's next tick.
    number: i64,
    climbed: Option<i64>,
}

impl Market {
    pub fn new(source: Source, seed: u64) -> Self {
        Self {
            source,
            client: Client::new(),
            dice: Dice::new(seed),
            number: 1,
            climbed: None,
        }
    }

    /// Moves until the server is gone. Whoever waits for it is told of each move, and of the end.
    pub async fn run(
        mut self,
        url: String,
        round: Arc<Round>,
        moved: Arc<watch::Sender<Moved>>,
    ) -> Self {
        while !round.is_closing() && self.step(&url).await {
            let climbed = self.climbed;
            moved.send_modify(|moved| {
                moved.moves += 1;
                moved.climbed = climbed;
            });
            round.count();
        }
        moved.send_modify(|moved| moved.is_over = true);
        self
    }

    /// Where it is before the first move of a life.
    pub const fn stands(&self) -> Moved {
        Moved {
            moves: 0,
            is_over: false,
            climbed: self.climbed,
        }
    }

    /// Whether it was answered.
    pub async fn step(&mut self, url: &str) -> bool {
        match self.source {
            Source::Clock => self.advance(url).await,
            Source::Feed => self.feed(url).await,
        }
    }

    async fn advance(&mut self, url: &str) -> bool {
        let seconds = 1 + self.dice.throw() % 4;
        let request = self
            .client
            .post(format!("{url}/demo/clock/advance"))
            .json(&json!({"seconds": seconds}));
        let Some((status, told)) = answer(request).await else {
            return false;
        };
        assert!(status == 200 || status == 503, "{status} {told}");
        let now = told["now"].as_str().and_then(UnixMicros::parse);
        if let Some(now) = now {
            self.climbed = Some(climbed(now.seconds(), WAVE_SECONDS));
        }
        true
    }

    /// A batch that was not answered is sent again: numbers that were taken are refused then.
    async fn feed(&mut self, url: &str) -> bool {
        let now = SystemClock.now();
        let ticks: Vec<_> = (self.number..self.number + STEPS)
            .map(|number| {
                let into = number % PERIOD;
                let bid = LOW_DOLLARS + STEP_DOLLARS * into.min(PERIOD - into);
                json!({"symbol": "BTCUSD", "bid": bid, "ask": bid + 15, "time": now.rfc3339(), "sequence": number})
            })
            .collect();
        let body = json!({"source": FEED, "ticks": ticks}).to_string();
        let secret = WebhookSecret::new(FEED_SECRET.to_owned()).expect("a long secret");
        let signature = secret.sign(now.seconds(), body.as_bytes());
        let request = self
            .client
            .post(format!("{url}/feed/ticks"))
            .header("Content-Type", "application/json")
            .header("X-Touchstone-Timestamp", now.seconds().to_string())
            .header("X-Touchstone-Signature", format!("v1={signature}"))
            .body(body);
        let Some((status, told)) = answer(request).await else {
            return false;
        };
        match status {
            200 => {
                self.number += STEPS;
                self.climbed = Some(climbed(self.number - 1, PERIOD));
            }
            503 => {}
            _ => panic!("{status} {told}"),
        }
        true
    }
}

/// What a price that goes up and down once in `period` has behind it of its climb, in hundredths.
const fn climbed(place: i64, period: i64) -> i64 {
    let into = place % period;
    let from_low = if into * 2 > period {
        period - into
    } else {
        into
    };
    from_low * 200 / period
}
