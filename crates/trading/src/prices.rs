//! The last price of every symbol.

use crate::Instrument;
use std::collections::BTreeMap;
use touchstone_domain::{Quote, Symbol, UnixMicros};

/// A price and the instant at which the desk took it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    pub quote: Quote,
    pub at: UnixMicros,
    /// The feed has said something odd since: until it is sane again, nothing is dealt or judged by it.
    pub is_doubted: bool,
}

/// What is known of the market. All accounts share one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    last: BTreeMap<Symbol, Last>,
}

impl Prices {
    pub fn set(&mut self, symbol: Symbol, quote: Quote, at: UnixMicros) {
        let is_doubted = false;
        let last = Last {
            quote,
            at,
            is_doubted,
        };
        self.last.insert(symbol, last);
    }

    /// The next price that is set is a sane one again.
    pub fn doubt(&mut self, symbol: Symbol) {
        if let Some(last) = self.last.get_mut(&symbol) {
            last.is_doubted = true;
        }
    }

    pub fn last(&self, symbol: Symbol) -> Option<Last> {
        self.last.get(&symbol).copied()
    }

    pub fn quote(&self, symbol: Symbol) -> Option<Quote> {
        self.last(symbol).map(|last| last.quote)
    }

    pub fn freshness(&self, instrument: &Instrument, now: UnixMicros) -> Freshness {
        let Some(last) = self.last(instrument.symbol) else {
            return Freshness::Missing;
        };
        if !instrument.hours.is_open(now) {
            return Freshness::Closed;
        }
        if last.is_doubted
            || now.micros_since(last.at) > instrument.stale_after_ms.saturating_mul(1_000)
        {
            Freshness::Stale
        } else {
            Freshness::Fresh
        }
    }
}

/// What a symbol's price is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Positions can be dealt and judged by it.
    Fresh,
    /// The market is closed: positions are judged by its last price, and nothing is dealt.
    Closed,
    /// The market is open and the price is old, or the feed says odd things: it is shown, and nothing is dealt or judged by it.
    Stale,
    /// There was none yet.
    Missing,
}

impl Freshness {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Closed => "closed",
            Self::Stale => "stale",
            Self::Fresh => "fresh",
        }
    }
}
