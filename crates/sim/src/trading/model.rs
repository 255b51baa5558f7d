//! One account by the rules of its program, written down a second time and as plainly as can be.

use super::ledger::Ledger;
use super::terms::{Adds, After, Asks, INITIAL_MINOR, Max};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_domain::UnixMicros;
use touchstone_store::repo::desk::history::Deal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Nothing,
    Breach(&'static str),
    Pass,
}

/// What the floor of the maximum loss hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct High {
    peak_minor: i64,
    moved_minor: i64,
    locked_minor: Option<i64>,
}

impl High {
    fn raise(&mut self, value_minor: i64) {
        if self.locked_minor.is_none() {
            self.peak_minor = self.peak_minor.max(value_minor - self.moved_minor);
        }
    }
}

/// The last payout, and what there would be without it.
#[derive(Clone, Copy, Debug)]
struct Last {
    taken_minor: i64,
    high: High,
}

/// One account in its phase.
#[derive(Clone, Debug)]
pub struct Model {
    pub ledger: Ledger,
    pub asks: Asks,
    pub began_at: UnixMicros,
    day_ends_at: UnixMicros,
    anchor_minor: i64,
    high: High,
    last: Option<Last>,
    /// When payouts were asked for whose profit is not back.
    gone: Vec<UnixMicros>,
    /// When something was opened.
    opened: Vec<UnixMicros>,
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
            began_at,
            day_ends_at,
            anchor_minor: INITIAL_MINOR,
            high: High {
                peak_minor: INITIAL_MINOR,
                moved_minor: 0,
                locked_minor: None,
            },
            last: None,
            gone: Vec::new(),
            opened: Vec::new(),
            expected: Expected::Nothing,
            is_reverted: false,
        })
    }

    pub fn is_over(&self) -> bool {
        self.expected != Expected::Nothing
    }

    pub fn take(&mut self, deal: &Deal) -> Option<String> {
        if deal.kind == "in" {
            self.opened.push(deal.at);
        }
        self.ledger.take(deal)
    }

    /// The next reset that is not after this instant.
    pub fn reset_due(&self, now: UnixMicros) -> Option<UnixMicros> {
        (self.day_ends_at <= now && !self.is_over()).then_some(self.day_ends_at)
    }

    /// A day ends: what the floors are counted from is taken anew.
    pub fn reset(&mut self) {
        self.anchor_minor = self.ledger.balance_minor;
        if matches!(self.asks.max, Max::EndOfDay(_)) {
            self.raise(self.ledger.balance_minor);
        }
        if let Ok(next) = self.asks.day.next_boundary(self.day_ends_at) {
            self.day_ends_at = next;
        }
    }

    /// Without the last payout there would be more by what it has taken.
    fn raise(&mut self, value_minor: i64) {
        self.high.raise(value_minor);
        if let Some(last) = &mut self.last {
            last.high.raise(value_minor + last.taken_minor);
        }
    }

    /// Daily floor and floor of the maximum loss.
    pub fn floors(&self) -> (Option<i64>, i64) {
        let daily = self.asks.daily_minor;
        let High {
            peak_minor,
            moved_minor,
            locked_minor,
        } = self.high;
        let free = peak_minor - self.asks.max.amount_minor() + moved_minor;
        (
            daily.map(|amount| self.anchor_minor - amount),
            locked_minor.unwrap_or(free),
        )
    }

    pub const fn is_locked(&self) -> bool {
        self.high.locked_minor.is_some()
    }

    /// A profit leaves, as a payout that was asked for; its deals have not been seen yet.
    pub fn pay_out(&mut self, taken_minor: i64, at: UnixMicros) {
        let Some(after) = self.asks.payout.as_ref().map(|payout| payout.after) else {
            return;
        };
        self.anchor_minor -= taken_minor;
        self.last = Some(Last {
            taken_minor,
            high: self.high,
        });
        self.gone.push(at);
        match after {
            After::Keep => {}
            After::Move => {
                self.high.moved_minor -= taken_minor;
                self.high.locked_minor = self.high.locked_minor.map(|floor| floor - taken_minor);
            }
            After::Restart => {
                self.high = High {
                    peak_minor: self.ledger.balance_minor - taken_minor,
                    moved_minor: 0,
                    locked_minor: None,
                };
            }
            After::Lock => self.high.locked_minor = Some(INITIAL_MINOR),
        }
    }

    /// It is back, as if it had not been asked for. A phase that is over hears nothing of it.
    pub fn take_back(&mut self) {
        if self.is_over() {
            return;
        }
        if let Some(last) = self.last.take() {
            self.anchor_minor += last.taken_minor;
            self.high = last.high;
            self.gone.pop();
        }
    }

    /// What was bought holds from here on: each floor moves by as much as its amount has changed, one that is locked too.
    pub fn add(&mut self, adds: Adds) {
        let before = self.asks.max.amount_minor();
        self.asks.add(adds);
        let more = self.asks.max.amount_minor() - before;
        let highs = [
            Some(&mut self.high),
            self.last.as_mut().map(|last| &mut last.high),
        ];
        for high in highs.into_iter().flatten() {
            high.locked_minor = high.locked_minor.map(|floor| floor - more);
        }
    }

    /// Days on which something was opened, since the payout before, whose own day counts for both.
    pub fn trading_days(&self) -> usize {
        let day = |at: UnixMicros| self.asks.day.day_of(at).ok();
        let from = self.gone.last().map(|at| day(*at));
        let days = self.opened.iter().map(|at| day(*at));
        let days = days.filter(|day| from.is_none_or(|from| *day >= from));
        days.collect::<BTreeSet<_>>().len()
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
        match self.asks.max {
            Max::Trailing(_) => self.raise(equity),
            Max::Closed(_) => self.raise(self.ledger.balance_minor),
            Max::Static(_) | Max::EndOfDay(_) => {}
        }
        let (daily_floor, max_floor) = self.floors();
        let max_is_crossed = equity <= max_floor;
        let daily = daily_floor.filter(|floor| equity <= *floor);
        self.expected = match (daily, max_is_crossed) {
            (Some(daily), true) if daily <= max_floor => Expected::Breach("max_loss"),
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
