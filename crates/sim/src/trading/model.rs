//! The rules of the three programs, written down a second time and as plainly as can be.

use super::ledger::Ledger;
use std::collections::BTreeMap;
use touchstone_domain::{TradingDay, UnixMicros};

pub const INITIAL_MINOR: i64 = 10_000_000;

/// What a phase of a program asks for.
#[derive(Clone, Debug)]
pub struct Asks {
    pub day: TradingDay,
    pub daily_minor: Option<i64>,
    pub max: Max,
    pub target_minor: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Max {
    Static(i64),
    /// Behind every new high of the equity.
    Trailing(i64),
    /// Behind the balance at the end of each day.
    EndOfDay(i64),
}

/// The phases of each program, as the firm file has them.
pub fn asks(program: i64, phase_index: i64) -> Option<Asks> {
    let day = |zone: &str, reset: &str| TradingDay::new(zone, reset.parse().ok()?).ok();
    match (program, phase_index) {
        (1, 1 | 2) => Some(Asks {
            day: day("UTC", "00:00")?,
            daily_minor: Some(300_000),
            max: Max::Static(500_000),
            target_minor: Some(if phase_index == 1 { 300_000 } else { 200_000 }),
        }),
        (1, 3) => Some(Asks {
            day: day("UTC", "00:00")?,
            daily_minor: None,
            max: Max::Static(500_000),
            target_minor: None,
        }),
        (2, 1) => Some(Asks {
            day: day("America/New_York", "17:00")?,
            daily_minor: None,
            max: Max::Trailing(300_000),
            target_minor: None,
        }),
        (3, 1) => Some(Asks {
            day: day("Europe/Prague", "00:00")?,
            daily_minor: None,
            max: Max::EndOfDay(300_000),
            target_minor: None,
        }),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Nothing,
    Breach(&'static str),
    Pass,
}

/// One account in its phase.
#[derive(Clone, Debug)]
pub struct Model {
    pub ledger: Ledger,
    asks: Asks,
    day_ends_at: UnixMicros,
    anchor_minor: i64,
    peak_minor: i64,
    /// What has to be true in the database now.
    pub expected: Expected,
    /// Taken back by staff: only its money is looked at from then on.
    pub is_reverted: bool,
}

impl Model {
    pub fn new(asks: Asks, began_at: UnixMicros) -> Option<Self> {
        let day_ends_at = asks.day.next_boundary(began_at).ok()?;
        Some(Self {
            ledger: Ledger {
                balance_minor: INITIAL_MINOR,
                ..Ledger::default()
            },
            asks,
            day_ends_at,
            anchor_minor: INITIAL_MINOR,
            peak_minor: INITIAL_MINOR,
            expected: Expected::Nothing,
            is_reverted: false,
        })
    }

    pub fn is_over(&self) -> bool {
        self.expected != Expected::Nothing
    }

    /// The next reset that is not after this instant.
    pub fn reset_due(&self, now: UnixMicros) -> Option<UnixMicros> {
        (self.day_ends_at <= now && !self.is_over()).then_some(self.day_ends_at)
    }

    /// A day ends: what the floors are counted from is taken anew.
    pub fn reset(&mut self) {
        self.anchor_minor = self.ledger.balance_minor;
        if matches!(self.asks.max, Max::EndOfDay(_)) {
            self.peak_minor = self.peak_minor.max(self.ledger.balance_minor);
        }
        if let Ok(next) = self.asks.day.next_boundary(self.day_ends_at) {
            self.day_ends_at = next;
        }
    }

    /// Looks at the equity; with an old price nothing is judged.
    pub fn look(&mut self, prices: &BTreeMap<String, (i64, i64)>, is_fresh: impl Fn(&str) -> bool) {
        if self.is_over()
            || !self
                .ledger
                .held
                .values()
                .all(|(symbol, _)| is_fresh(symbol))
        {
            return;
        }
        let Some(equity) = self.ledger.equity_minor(prices) else {
            return;
        };
        let max_floor = match self.asks.max {
            Max::Static(amount) => INITIAL_MINOR - amount,
            Max::Trailing(amount) => {
                self.peak_minor = self.peak_minor.max(equity);
                self.peak_minor - amount
            }
            Max::EndOfDay(amount) => self.peak_minor - amount,
        };
        let daily_floor = self
            .asks
            .daily_minor
            .map(|amount| self.anchor_minor - amount);
        let max_is_crossed = equity <= max_floor;
        let daily = daily_floor.filter(|floor| equity <= *floor);
        self.expected = match (daily, max_is_crossed) {
            (Some(daily), true) if daily < max_floor => Expected::Breach("max_loss"),
            (Some(_), _) => Expected::Breach("daily_loss"),
            (None, true) => Expected::Breach("max_loss"),
            (None, false) => {
                let target = self.asks.target_minor.map(|profit| INITIAL_MINOR + profit);
                match target {
                    Some(target) if equity >= target => Expected::Pass,
                    _ => Expected::Nothing,
                }
            }
        };
    }
}
