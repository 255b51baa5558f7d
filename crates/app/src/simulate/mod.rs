//! A program tried out before it is sold: thousands of made-up traders live through it on the desk's own shard, so that
//! every order, fill, night, floor and verdict is what a server would make of it.
//!
//! [`run`] depends on what it is given and on nothing else: it knows no clock and no store, and its figures are whole
//! numbers, so that a seed gives the same answer on every machine and for any number of threads.

mod chance;
mod figures;
mod jobs;
mod market;
mod offer;
mod payday;
mod pictures;
mod population;
#[cfg(test)]
mod proof;
mod report;
mod sale;
mod seat;
mod source;
mod text;
mod trader;

pub use figures::{Mean, Share, Spread};
pub use jobs::{JOB_DAYS_MAX, JOB_TRADERS_MAX, JobError, JobState, JobView, Simulations};
pub use market::{Prices, Recorded};
pub use offer::Offer;
pub use pictures::Picture;
pub use population::{Kind, MOST_KINDS, Population, PopulationFault, RiskOf};
pub use report::Report;
pub use sale::Point;
pub(crate) use source::offer;
pub use source::{Listed, PickError, pick, stored};

use crate::desk::{Instruments, ShardError};
use chance::Chance;
use offer::Course;
use sale::Sale;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use touchstone_domain::{Currency, Symbol};
use touchstone_rules::RulesError;
use touchstone_trading::Instrument;
use trader::{Horizon, Trader};

/// The most traders of one run.
pub const MOST_TRADERS: u32 = 1_000_000;
/// The longest horizon.
pub const MOST_DAYS: u32 = 3_650;
/// The highest rate, in millionths.
const MOST_RATE: i64 = 1_000_000_000_000;
/// Traders whose first phase is drawn day by day.
const CURVES: usize = 12;
/// How many prices a thread works through before it rests, where it rests.
const PRICES_BETWEEN_RESTS: u64 = 1_000;
/// Streams of chance: who somebody is, and how he fares.
const WHO: u64 = 0;
const HOW: u64 = 1 << 40;

/// What is to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub traders: u32,
    pub seed: u64,
    /// How long a funded account is followed.
    pub funded_days: u32,
    /// How long somebody tries to pass one phase.
    pub evaluation_days: u32,
    /// How often somebody asks for a payout, where the program does not make them by itself.
    pub payout_every_days: u32,
    pub population: Population,
    pub prices: Prices,
    /// Without one the first that needs no conversion.
    pub symbol: Option<Symbol>,
    /// Between bid and ask, in points; without it, what is typical.
    pub spread: Option<i64>,
    /// What one unit of the fee's currency is worth in that of the accounts, in millionths; for a fee in another one.
    pub rate: Option<i64>,
    /// Seconds from price to price, 1 to 3600.
    pub step_seconds: i64,
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            traders: 2_000,
            seed: 1,
            funded_days: 90,
            evaluation_days: 120,
            payout_every_days: 14,
            population: Population::standard(),
            prices: Prices::Generated { day_bp: 60 },
            symbol: None,
            spread: None,
            rate: None,
            step_seconds: 60,
            threads: 1,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    #[error("the program cannot be simulated: {}", .0.join("; "))]
    Program(Vec<String>),
    #[error("{field} must be {wanted}")]
    OutOfRange {
        field: &'static str,
        wanted: &'static str,
    },
    #[error("there is no instrument {0}")]
    UnknownSymbol(Symbol),
    #[error("accounts in {1} cannot trade {0}: no instrument converts its profit")]
    NotTraded(Symbol, Currency),
    #[error("there is no instrument to trade")]
    NothingToTrade,
    #[error("the instruments cannot be read: {0}")]
    Catalogue(String),
    #[error("{name}: {what}")]
    Ticks { name: String, what: String },
    #[error(
        "it was stopped after {0} prices, more than one simulation may take here: ask for fewer traders, days or trades"
    )]
    TooMuch(u64),
    #[error("it was stopped")]
    Stopped,
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error(transparent)]
    Rules(#[from] RulesError),
}

impl Settings {
    fn check(&self) -> Result<(), SimulateError> {
        let inside = |days: u32| (1..=MOST_DAYS).contains(&days);
        let day = match self.prices {
            Prices::Generated { day_bp } => (1..=2_000).contains(&day_bp),
            Prices::Recorded(_) => true,
        };
        let ranges = [
            (
                "traders",
                (1..=MOST_TRADERS).contains(&self.traders),
                "1 to 1,000,000",
            ),
            ("days", inside(self.funded_days), "1 to 3,650"),
            (
                "evaluation_days",
                inside(self.evaluation_days),
                "1 to 3,650",
            ),
            (
                "payout_every_days",
                inside(self.payout_every_days),
                "1 to 3,650",
            ),
            (
                "rate",
                (1..=MOST_RATE).contains(&self.rate.unwrap_or(1)),
                "above 0, and at most 1,000,000",
            ),
            (
                "spread",
                (0..=100_000).contains(&self.spread.unwrap_or(0)),
                "0 to 100,000 points",
            ),
            (
                "step",
                (1..=3_600).contains(&self.step_seconds),
                "1 to 3,600 seconds",
            ),
            ("volatility", day, "0.01 to 20 percent"),
            ("threads", (1..=256).contains(&self.threads), "1 to 256"),
        ];
        match ranges.into_iter().find(|(_, is_right, _)| !is_right) {
            None => Ok(()),
            Some((field, _, wanted)) => Err(SimulateError::OutOfRange { field, wanted }),
        }
    }
}

/// How far a run is, and whether it is to go on.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicUsize,
    stop: AtomicBool,
    /// Prices that the desks of all traders were told.
    prices: AtomicU64,
    /// No more of them; 0: as many as it takes.
    most_prices: u64,
    /// For every [`PRICES_BETWEEN_RESTS`] of them.
    rest: Duration,
}

impl Watch {
    /// For a run beside other work: each thread rests now and then, and it ends after so many prices.
    pub fn bounded(rest: Duration, most_prices: u64) -> Self {
        Self {
            rest,
            most_prices,
            ..Self::default()
        }
    }

    /// One more life is over, which took so many prices.
    fn after(&self, prices: u64) -> Result<(), SimulateError> {
        self.done.fetch_add(1, Ordering::Relaxed);
        let all = self.prices.fetch_add(prices, Ordering::Relaxed) + prices;
        if self.most_prices > 0 && all > self.most_prices {
            return Err(SimulateError::TooMuch(all));
        }
        if !self.rest.is_zero() {
            let rests = prices / PRICES_BETWEEN_RESTS + 1;
            std::thread::park_timeout(self.rest * u32::try_from(rests).unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// Traders whose life is over.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// The run ends with [`SimulateError::Stopped`].
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// The instrument that prices of a file are of.
///
/// # Errors
/// When there is none.
pub fn instrument(symbol: Symbol) -> Result<Instrument, SimulateError> {
    let all = Instruments::built_in();
    all.get(symbol)
        .cloned()
        .ok_or(SimulateError::UnknownSymbol(symbol))
}

/// Lets every trader live.
///
/// # Errors
/// What cannot be simulated, and [`SimulateError::Stopped`].
pub fn run(offer: &Offer, settings: &Settings, watch: &Watch) -> Result<Report, SimulateError> {
    settings.check()?;
    let course = offer.course(settings)?;
    let sales = live(&course, settings, watch)?;
    Ok(Report::of(&course, &offer.terms.name, settings, &sales))
}

fn live(course: &Course, settings: &Settings, watch: &Watch) -> Result<Vec<Sale>, SimulateError> {
    let count = usize::try_from(settings.traders).unwrap_or(usize::MAX);
    let next = AtomicUsize::new(0);
    let lived: Mutex<Vec<(usize, Sale)>> = Mutex::new(Vec::with_capacity(count));
    let work = || -> Result<(), SimulateError> {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= count {
                return Ok(());
            }
            if watch.stop.load(Ordering::Relaxed) {
                return Err(SimulateError::Stopped);
            }
            let sale = one(course, settings, place)?;
            let prices = sale.prices;
            lived
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((place, sale));
            watch.after(prices)?;
        }
    };
    let ended = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..settings.threads).map(|_| scope.spawn(work)).collect();
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        ended
    });
    for end in ended {
        match end {
            Ok(end) => end?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    let mut lived = lived.into_inner().unwrap_or_else(PoisonError::into_inner);
    // In whichever order they were done.
    lived.sort_by_key(|(place, _)| *place);
    Ok(lived.into_iter().map(|(_, sale)| sale).collect())
}

fn one(course: &Course, settings: &Settings, place: usize) -> Result<Sale, SimulateError> {
    let stream = place as u64;
    let mut who = Chance::new(settings.seed, WHO + stream);
    let kind = settings.population.pick(&mut who);
    let horizon = Horizon {
        evaluation_days: settings.evaluation_days,
        funded_days: settings.funded_days,
        payout_every_days: settings.payout_every_days,
    };
    let chance = Chance::new(settings.seed, HOW + stream);
    let kinds = settings.population.kinds();
    Trader::new(course, kinds, kind, horizon, chance, place < CURVES)?.live()
}
