//! What goes on in a demo by itself: a market, and a few traders who show how challenges end.

mod stage;
mod time;
mod traders;

pub use stage::catalogue;
pub use time::Advanced;
pub use traders::{CastError, SCRIPTED, Scripted, Trader, cast};

use crate::App;
use crate::desk::DeskError;
use stage::Wave;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::MissedTickBehavior;
use touchstone_domain::UnixMicros;
use touchstone_trading::{SimulatedMarket, Tick};

/// The name under which the demo's prices come in.
pub const SOURCE: &str = "demo";
/// How often the market moves while time passes by itself.
const EVERY: Duration = Duration::from_millis(250);
/// Ticks that are given to the desk at once.
const BATCH: usize = 2_000;

/// What a demo shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    /// What the market's prices come from; `None` for no market.
    pub seed: Option<u64>,
    pub has_traders: bool,
}

/// A demo's market and traders. Everybody who moves them waits for his turn.
pub struct Demo {
    inner: Mutex<Inner>,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").finish_non_exhaustive()
    }
}

struct Inner {
    market: Option<SimulatedMarket>,
    wave: Option<Wave>,
    traders: Vec<Trader>,
    source: Arc<str>,
    /// Numbers of ticks grow, also over restarts.
    numbers_from: u64,
}

impl Demo {
    /// Prices go on from the last ones that the desk knows. The desk runs already, and `traders` were cast before.
    ///
    /// # Errors
    /// Whatever the desk says.
    pub async fn begin(app: &App, show: Show, traders: Vec<Trader>) -> Result<Self, DeskError> {
        let now = app.now();
        let known = app.desk.quotes().await?;
        let market = show.seed.map(|seed| {
            let mut market = SimulatedMarket::new(app.desk.instruments().catalogue(), seed, now);
            for known in &known {
                if let Some(quote) = known.quote {
                    market.go_on(known.symbol, quote);
                }
            }
            market
        });
        let mut inner = Inner {
            market,
            wave: show.has_traders.then(|| Wave::new(now)),
            traders,
            source: SOURCE.into(),
            numbers_from: now.0.unsigned_abs(),
        };
        // There is a price of everything that is open before the first second is over.
        let opening = inner.market.as_mut().map(|market| market.leap(now));
        inner.feed(app, opening.unwrap_or_default()).await?;
        Ok(Self {
            inner: Mutex::new(inner),
        })
    }

    /// Moves the market with the clock, until it is dropped.
    pub async fn run(&self, app: &App) {
        let mut interval = tokio::time::interval(EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            if let Err(error) = self.inner.lock().await.step(app).await {
                tracing::debug!(%error, "the demo's prices were not taken");
            }
        }
    }
}

impl Inner {
    /// The ticks of the time that has passed, and what the traders make of them.
    async fn step(&mut self, app: &App) -> Result<(), DeskError> {
        let now = app.now();
        let mut ticks = self.market.as_mut().map_or_else(Vec::new, |m| m.next(now));
        ticks.extend(self.waves(now));
        self.feed(app, ticks).await?;
        self.act(app, now).await
    }

    fn waves(&mut self, now: UnixMicros) -> Vec<Tick> {
        self.wave
            .as_mut()
            .map_or_else(Vec::new, |wave| wave.next(now))
    }

    async fn act(&mut self, app: &App, now: UnixMicros) -> Result<(), DeskError> {
        let Some(wave) = &self.wave else {
            return Ok(());
        };
        let symbol = wave.symbol();
        for trader in &mut self.traders {
            trader.act(app, symbol, now).await?;
        }
        Ok(())
    }

    async fn feed(&self, app: &App, mut ticks: Vec<Tick>) -> Result<(), DeskError> {
        for tick in &mut ticks {
            tick.sequence = tick
                .sequence
                .map(|number| self.numbers_from.saturating_add(number));
        }
        for batch in ticks.chunks(BATCH) {
            app.desk
                .feed(Arc::clone(&self.source), batch.to_vec())
                .await?;
        }
        Ok(())
    }
}
