//! What comes from the market, as the desk keeps it.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchstone_domain::{Price, Quote, Symbol, UnixMicros};

/// A tick that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The desk's own number: 1, 2, 3 ... without a gap.
    pub seq: i64,
    /// The desk's own time.
    pub at: UnixMicros,
    pub symbol: Symbol,
    pub bid: Price,
    pub ask: Price,
    /// Which feed said it.
    pub source: Arc<str>,
    /// The feed's own time and number.
    pub fed_at: UnixMicros,
    pub fed_sequence: Option<u64>,
    /// Something was odd about it: it is kept, and nothing is dealt or judged by it.
    pub is_flagged: bool,
}

impl Taken {
    /// `None` for a price that no gate lets through.
    pub fn quote(&self) -> Option<Quote> {
        Quote::new(self.bid, self.ask)
    }
}

/// One step of the market. Each has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Tick(Taken),
    /// The last price of the symbol is too old to judge by, or the feed has said something odd since.
    Stale {
        seq: i64,
        at: UnixMicros,
        symbol: Symbol,
    },
    /// The market of such a symbol has closed: its last price is the one that counts until it opens.
    Closed {
        seq: i64,
        at: UnixMicros,
        symbol: Symbol,
    },
}

impl Step {
    pub const fn seq(&self) -> i64 {
        match self {
            Self::Tick(tick) => tick.seq,
            Self::Stale { seq, .. } | Self::Closed { seq, .. } => *seq,
        }
    }

    pub const fn at(&self) -> UnixMicros {
        match self {
            Self::Tick(tick) => tick.at,
            Self::Stale { at, .. } | Self::Closed { at, .. } => *at,
        }
    }
}

/// The last price of a symbol that was no odd one, and the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub last: Taken,
    pub previous: Option<Taken>,
    pub is_stale: bool,
}
