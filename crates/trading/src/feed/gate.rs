//! Which ticks are taken in.

use super::Tick;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::{Quote, Symbol, UnixMicros};

/// What can be wrong with a tick, in the order in which it is looked for. The codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TickFault {
    /// A price of 0 or less. Always refused.
    Zero,
    /// The bid is above the ask. Always refused.
    Crossed,
    /// The feed's time is ahead of ours. Always refused: it would make every later tick one out of order.
    Ahead,
    /// The feed's time or number is not after the one before.
    OutOfOrder,
    /// The feed's time is long ago.
    Stale,
    /// The price is far away from the one before.
    FarOff,
}

impl TickFault {
    pub const ALL: [Self; 6] = [
        Self::Zero,
        Self::Crossed,
        Self::Ahead,
        Self::OutOfOrder,
        Self::Stale,
        Self::FarOff,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Zero => "ZERO",
            Self::Crossed => "CROSSED",
            Self::Ahead => "AHEAD",
            Self::OutOfOrder => "OUT_OF_ORDER",
            Self::Stale => "STALE",
            Self::FarOff => "FAR_OFF",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Refuse,
    /// Taken in, and marked.
    Flag,
}

impl Action {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Flag => "flag",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateRules {
    pub out_of_order: Action,
    /// How old by the feed's time a tick may be when it comes in.
    pub stale_after_ms: i64,
    pub stale: Action,
    /// How far the feed's clock may be ahead of ours.
    pub ahead_ms: i64,
    /// How far the middle of the price may move at once, in basis points.
    pub far_off_bp: i64,
    pub far_off: Action,
    /// After so many ticks in a row that agree with each other the market has really moved: the last of them is what
    /// the next ones are compared with, and marked. 0: never.
    pub far_off_confirmed_by: u32,
    /// And not before they have agreed for so long by our own time.
    pub far_off_confirmed_ms: i64,
}

impl Default for GateRules {
    fn default() -> Self {
        Self {
            out_of_order: Action::Refuse,
            stale_after_ms: 10_000,
            stale: Action::Refuse,
            ahead_ms: 2_000,
            far_off_bp: 200,
            far_off: Action::Refuse,
            far_off_confirmed_by: 3,
            far_off_confirmed_ms: 5_000,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted(Quote),
    Flagged(Quote, TickFault),
    Refused(TickFault),
}

/// How many ticks of one symbol came in, and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub accepted: u64,
    pub flagged: BTreeMap<TickFault, u64>,
    pub refused: BTreeMap<TickFault, u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    last: Option<Quote>,
    fed_at: Option<UnixMicros>,
    /// The last number of each feed: every one counts for itself.
    sequences: BTreeMap<Arc<str>, u64>,
    doubted: Option<Doubted>,
    counts: Counts,
}

/// A price far off that the next ones may agree with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Doubted {
    last: Quote,
    /// How many have agreed so far, and since when.
    count: u32,
    since: UnixMicros,
}

/// Looks at every tick before it is taken in. What it does depends only on the ticks and instants that it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    rules: GateRules,
    symbols: BTreeMap<Symbol, Seen>,
}

impl Gate {
    pub const fn new(rules: GateRules) -> Self {
        Self {
            rules,
            symbols: BTreeMap::new(),
        }
    }

    /// Goes on after a tick that was taken in before, by another gate.
    pub fn resume(&mut self, source: &Arc<str>, tick: &Tick) {
        if let Some(quote) = Quote::new(tick.bid, tick.ask) {
            self.symbols
                .entry(tick.symbol)
                .or_default()
                .take_in(source, tick, quote);
        }
    }

    /// In the order of their symbols.
    pub fn counts(&self) -> impl Iterator<Item = (Symbol, &Counts)> {
        self.symbols
            .iter()
            .map(|(symbol, seen)| (*symbol, &seen.counts))
    }

    /// `source` names the feed, `received_at` is our own time.
    pub fn judge(&mut self, source: &Arc<str>, tick: &Tick, received_at: UnixMicros) -> Verdict {
        let rules = self.rules;
        let seen = self.symbols.entry(tick.symbol).or_default();
        let verdict = seen.judge(&rules, source, tick, received_at);
        seen.count(verdict);
        verdict
    }
}

impl Seen {
    fn judge(
        &mut self,
        rules: &GateRules,
        source: &Arc<str>,
        tick: &Tick,
        received_at: UnixMicros,
    ) -> Verdict {
        if tick.bid.0 <= 0 || tick.ask.0 <= 0 {
            return Verdict::Refused(TickFault::Zero);
        }
        let Some(quote) = Quote::new(tick.bid, tick.ask) else {
            return Verdict::Refused(TickFault::Crossed);
        };
        let age_micros = received_at.micros_since(tick.fed_at);
        if age_micros < rules.ahead_ms.saturating_mul(-1_000) {
            return Verdict::Refused(TickFault::Ahead);
        }
        let is_stale = age_micros > rules.stale_after_ms.saturating_mul(1_000);
        let order = self
            .is_out_of_order(source, tick)
            .then_some(rules.out_of_order);
        let stale = is_stale.then_some(rules.stale);
        for (action, fault) in [(order, TickFault::OutOfOrder), (stale, TickFault::Stale)] {
            if action == Some(Action::Refuse) {
                return Verdict::Refused(fault);
            }
        }
        let mut flag = order.map(|_| TickFault::OutOfOrder);
        flag = flag.or(stale.map(|_| TickFault::Stale));
        if self.is_far_off(rules, quote) {
            if rules.far_off == Action::Refuse && !self.is_confirmed(rules, quote, received_at) {
                return Verdict::Refused(TickFault::FarOff);
            }
            flag = flag.or(Some(TickFault::FarOff));
        }
        self.take_in(source, tick, quote);
        flag.map_or(Verdict::Accepted(quote), |fault| {
            Verdict::Flagged(quote, fault)
        })
    }

    fn is_out_of_order(&self, source: &Arc<str>, tick: &Tick) -> bool {
        let numbers = self.sequences.get(source).zip(tick.sequence);
        // A feed that starts anew counts anew from below; its time goes on.
        let starts_anew = |last: u64, this: u64| this < last && self.goes_on(tick);
        self.fed_at.is_some_and(|last| tick.fed_at < last)
            || numbers.is_some_and(|(last, this)| this <= *last && !starts_anew(*last, this))
    }

    fn goes_on(&self, tick: &Tick) -> bool {
        self.fed_at.is_none_or(|last| tick.fed_at > last)
    }

    fn is_far_off(&self, rules: &GateRules, quote: Quote) -> bool {
        self.last.is_some_and(|last| are_far(rules, last, quote))
    }

    fn is_confirmed(&mut self, rules: &GateRules, quote: Quote, now: UnixMicros) -> bool {
        let first = Doubted {
            last: quote,
            count: 0,
            since: now,
        };
        let agrees = |doubted: &Doubted| !are_far(rules, doubted.last, quote);
        let before = self.doubted.filter(agrees).unwrap_or(first);
        let doubted = Doubted {
            last: quote,
            count: before.count.saturating_add(1),
            ..before
        };
        self.doubted = Some(doubted);
        rules.far_off_confirmed_by > 0
            && doubted.count >= rules.far_off_confirmed_by
            && now.micros_since(doubted.since) >= rules.far_off_confirmed_ms.saturating_mul(1_000)
    }

    /// What was marked as out of order sets no clock back.
    fn take_in(&mut self, source: &Arc<str>, tick: &Tick, quote: Quote) {
        self.last = Some(quote);
        self.doubted = None;
        let goes_on = self.goes_on(tick);
        self.fed_at = self.fed_at.max(Some(tick.fed_at));
        if let Some(sequence) = tick.sequence {
            let last = self.sequences.entry(Arc::clone(source)).or_default();
            *last = match goes_on {
                true => sequence,
                false => sequence.max(*last),
            };
        }
    }

    fn count(&mut self, verdict: Verdict) {
        let counter = match verdict {
            Verdict::Accepted(_) => &mut self.counts.accepted,
            Verdict::Flagged(_, fault) => self.counts.flagged.entry(fault).or_default(),
            Verdict::Refused(fault) => self.counts.refused.entry(fault).or_default(),
        };
        *counter += 1;
    }
}

/// Whether the middles of two prices are further apart than may be at once.
fn are_far(rules: &GateRules, from: Quote, to: Quote) -> bool {
    let middle = |quote: Quote| i128::from(quote.bid().0) + i128::from(quote.ask().0);
    let (from, to) = (middle(from), middle(to));
    (to - from).abs() * 10_000 > from * i128::from(rules.far_off_bp)
}
