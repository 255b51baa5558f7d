//! The last ticks, so that a peak that nobody looked for can be found afterwards, with its instant.
//!
//! A ring of ticks in the order they came. Each leaf of it knows the prices it began with, and the highest bid and the
//! lowest ask of every symbol; each branch knows the latter for eight of what lies below it. Where an equity at these
//! best prices would be no new high, nothing below needs to be looked at.

use super::terms::Board;
use crate::SymbolId;
use touchstone_domain::{BestPrices, Price, Quote, UnixMicros};

const FAN_BITS: u32 = 3;

#[derive(Clone, Copy, Debug)]
struct Tick {
    at: UnixMicros,
    symbol: SymbolId,
    quote: Quote,
}

/// Ticks counted from the beginning of the history.
pub(super) type Count = u32;

/// Nothing to look for.
pub(super) const NEVER: Count = u32::MAX;

/// Before the count would not fit, the history begins anew.
const LAST: Count = u32::MAX - 1;

#[derive(Clone, Debug)]
pub(super) struct History {
    leaf_bits: u32,
    leaves: usize,
    symbols: usize,
    count: Count,
    ticks: Vec<Tick>,
    /// Of each leaf: the quote of each symbol before its first tick.
    begins: Vec<Option<Quote>>,
    /// From the leaves up: of each node, the best prices of each symbol.
    levels: Vec<Vec<BestPrices>>,
}

/// What an account was worth, as the search asks for it.
pub(super) trait Valued {
    /// The equity at these prices, no less than at any quotes that they are the best of; `None` when it does not fit.
    fn equity(&self, prices: impl Fn(SymbolId) -> BestPrices) -> Option<i64>;

    fn depends_on(&self, symbol: SymbolId) -> bool;
}

/// A new high, and the tick that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct High {
    pub equity_minor: i64,
    pub at: UnixMicros,
}

const NOTHING: BestPrices = BestPrices {
    bid: Price(0),
    ask: Price(i64::MAX),
};

impl History {
    /// Of at least so many ticks.
    pub fn new(ticks: usize, board: &Board) -> Self {
        let symbols = board.rows.len();
        // A leaf holds prices of every symbol: with more of them it is longer.
        let leaf = (symbols * 2).clamp(16, 4_096).next_power_of_two();
        let leaves = ticks.div_ceil(leaf).max(8).next_power_of_two();
        let mut history = Self {
            leaf_bits: leaf.trailing_zeros(),
            leaves,
            symbols,
            count: 0,
            ticks: Vec::with_capacity(leaf * leaves),
            begins: vec![None; leaves * symbols],
            levels: Vec::new(),
        };
        let mut nodes = leaves;
        loop {
            history.levels.push(vec![NOTHING; nodes * symbols]);
            if nodes <= 1 << FAN_BITS {
                break;
            }
            nodes >>= FAN_BITS;
        }
        history.begin_leaf(board);
        history
    }

    /// How many ticks it holds at least, once as many have come.
    pub fn capacity(&self) -> usize {
        self.leaves << self.leaf_bits
    }

    pub const fn count(&self) -> Count {
        self.count
    }

    pub const fn is_full(&self) -> bool {
        self.count >= LAST
    }

    /// Takes a tick in; `before` holds the prices from before it.
    #[inline]
    pub fn push(&mut self, at: UnixMicros, symbol: SymbolId, quote: Quote, before: &Board) {
        let leaf_ticks = 1 << self.leaf_bits;
        if self.count.is_multiple_of(leaf_ticks) && self.count > 0 {
            self.end_leaf();
            self.begin_leaf(before);
        }
        let tick = Tick { at, symbol, quote };
        let place = self.count as usize & (self.capacity() - 1);
        match self.ticks.get_mut(place) {
            Some(old) => *old = tick,
            None => self.ticks.push(tick),
        }
        let node = self.node(0, self.count >> self.leaf_bits) + symbol.0 as usize;
        let best = &mut self.levels[0][node];
        best.bid = best.bid.max(quote.bid());
        best.ask = best.ask.min(quote.ask());
        self.count += 1;
    }

    /// Where a node's prices begin.
    fn node(&self, level: u32, index: u32) -> usize {
        let nodes = self.leaves >> (FAN_BITS * level);
        (index as usize & (nodes - 1)) * self.symbols
    }

    fn begin_leaf(&mut self, board: &Board) {
        let from = self.node(0, self.count >> self.leaf_bits);
        for (place, row) in board.rows.iter().enumerate() {
            self.begins[from + place] = row.quote;
            self.levels[0][from + place] = row.quote.map_or(NOTHING, BestPrices::from);
        }
    }

    /// Every branch that ends with the leaf that ends.
    fn end_leaf(&mut self) {
        let mut index = (self.count - 1) >> self.leaf_bits;
        for level in 1..self.levels.len() as u32 {
            if index & ((1 << FAN_BITS) - 1) != (1 << FAN_BITS) - 1 {
                return;
            }
            let first = index & !((1 << FAN_BITS) - 1);
            let into = self.node(level, index >> FAN_BITS);
            let parts: Vec<usize> = (first..=index).map(|i| self.node(level - 1, i)).collect();
            let (below, above) = self.levels.split_at_mut(level as usize);
            let below = &below[level as usize - 1];
            for symbol in 0..self.symbols {
                let each = parts.iter().map(|part| below[part + symbol]);
                above[0][into + symbol] = each.fold(NOTHING, |sum, one| BestPrices {
                    bid: sum.bid.max(one.bid),
                    ask: sum.ask.min(one.ask),
                });
            }
            index >>= FAN_BITS;
        }
    }

    /// The highest equity after the ticks `from..to`, where it is above `above`, and the first tick that made it.
    pub fn highest(
        &self,
        account: &impl Valued,
        (from, to): (Count, Count),
        above: i64,
    ) -> Option<High> {
        let mut search = Search {
            history: self,
            account,
            from,
            to,
            least: above.checked_add(1)?,
            high: None,
        };
        if from < to {
            let top = self.levels.len() as u32 - 1;
            let bits = self.leaf_bits + FAN_BITS * top;
            for index in (from >> bits)..=((to - 1) >> bits) {
                search.visit(top, index);
            }
        }
        search.high
    }

    pub fn bytes(&self) -> usize {
        let prices: usize = self.levels.iter().map(Vec::capacity).sum();
        prices * size_of::<BestPrices>()
            + self.begins.capacity() * size_of::<Option<Quote>>()
            + self.ticks.capacity() * size_of::<Tick>()
    }
}

struct Search<'a, A> {
    history: &'a History,
    account: &'a A,
    from: Count,
    to: Count,
    /// What is looked for is at least so high.
    least: i64,
    high: Option<High>,
}

impl<A: Valued> Search<'_, A> {
    fn visit(&mut self, level: u32, index: u32) {
        let history = self.history;
        let bits = history.leaf_bits + FAN_BITS * level;
        let begin = u64::from(index) << bits;
        let end = begin + (1 << bits);
        if begin >= u64::from(self.to) || end <= u64::from(self.from) {
            return;
        }
        // A branch is worked out with the first tick after it; a leaf is known at any time.
        let is_known = level == 0 || end < u64::from(history.count);
        if is_known && !self.can_hold_one(level, index) {
            return;
        }
        if level == 0 {
            return self.replay(index);
        }
        for child in 0..1 << FAN_BITS {
            self.visit(level - 1, (index << FAN_BITS) + child);
        }
    }

    fn can_hold_one(&self, level: u32, index: u32) -> bool {
        let from = self.history.node(level, index);
        let prices = &self.history.levels[level as usize];
        let best = self
            .account
            .equity(|symbol| prices[from + symbol.0 as usize]);
        // What does not fit may be anything.
        best.is_none_or(|best| best >= self.least)
    }

    fn replay(&mut self, leaf: u32) {
        let history = self.history;
        let from = history.node(0, leaf);
        let mut quotes: Vec<Option<Quote>> = history.begins[from..from + history.symbols].to_vec();
        let first = leaf << history.leaf_bits;
        let last = (first + (1 << history.leaf_bits)).min(self.to);
        for count in first..last {
            let tick = &history.ticks[count as usize & (history.capacity() - 1)];
            quotes[tick.symbol.0 as usize] = Some(tick.quote);
            if count < self.from || !self.account.depends_on(tick.symbol) {
                continue;
            }
            let prices = |symbol: SymbolId| {
                let quote = quotes[symbol.0 as usize];
                quote.map_or(NOTHING, BestPrices::from)
            };
            let Some(equity_minor) = self.account.equity(prices) else {
                continue;
            };
            if equity_minor >= self.least {
                self.least = equity_minor.saturating_add(1);
                let at = tick.at;
                self.high = Some(High { equity_minor, at });
            }
        }
    }
}
