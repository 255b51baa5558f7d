//! The last ticks, so that a peak that nobody looked for can be found afterwards, with its instant.
//!
//! A ring of ticks in the order they came. Each leaf of it knows the prices it began with, and the highest bid and the
//! lowest ask of every symbol; each branch knows the latter for eight of what lies below it. Where an equity at these
//! best prices would be no new high, nothing below needs to be looked at.

use super::terms::Board;
use crate::SymbolId;
use std::ops::RangeInclusive;
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
    /// From the leaves up: of each symbol, the best prices of each node. Neighbours are asked for together.
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
        let place = self.place(0, self.count >> self.leaf_bits, symbol.0 as usize);
        let best = &mut self.levels[0][place];
        best.bid = best.bid.max(quote.bid());
        best.ask = best.ask.min(quote.ask());
        self.count += 1;
    }

    /// Where the best prices of a symbol in a node are.
    fn place(&self, level: u32, index: u32, symbol: usize) -> usize {
        let nodes = self.leaves >> (FAN_BITS * level);
        symbol * nodes + (index as usize & (nodes - 1))
    }

    /// Where the quotes are that a leaf began with.
    fn begin(&self, leaf: u32) -> usize {
        (leaf as usize & (self.leaves - 1)) * self.symbols
    }

    fn begin_leaf(&mut self, board: &Board) {
        let leaf = self.count >> self.leaf_bits;
        let from = self.begin(leaf);
        for (symbol, row) in board.rows.iter().enumerate() {
            self.begins[from + symbol] = row.quote;
            let place = self.place(0, leaf, symbol);
            self.levels[0][place] = row.quote.map_or(NOTHING, BestPrices::from);
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
            for symbol in 0..self.symbols {
                let into = self.place(level, index >> FAN_BITS, symbol);
                let from = self.place(level - 1, first, symbol);
                let parts = &self.levels[level as usize - 1][from..from + (1 << FAN_BITS)];
                self.levels[level as usize][into] = parts.iter().fold(NOTHING, |sum, one| {
                    let (bid, ask) = (sum.bid.max(one.bid), sum.ask.min(one.ask));
                    BestPrices { bid, ask }
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
            first: to,
            high: None,
        };
        if from < to {
            let top = self.levels.len() as u32 - 1;
            let bits = self.leaf_bits + FAN_BITS * top;
            search.visit_all(top, (from >> bits)..=((to - 1) >> bits));
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
    /// What is looked for is at least so high; at just this height it must come before `first`.
    least: i64,
    first: Count,
    high: Option<High>,
}

impl<A: Valued> Search<'_, A> {
    /// The nodes that may hold the most come first: then there is the least to look for in the others.
    fn visit_all(&mut self, level: u32, nodes: RangeInclusive<u32>) {
        let mut bounds = [(0, 0); 2 << FAN_BITS];
        let mut known = 0;
        for index in nodes {
            if let (Some(bound), Some(place)) = (self.bound(level, index), bounds.get_mut(known)) {
                *place = (bound, index);
                known += 1;
            }
        }
        let bounds = &mut bounds[..known];
        bounds.sort_unstable_by_key(|(bound, index)| (std::cmp::Reverse(*bound), *index));
        for (bound, index) in bounds.iter() {
            if !self.can_hold_one(level, *bound, *index) {
                continue;
            }
            match level {
                0 => self.replay(*index),
                _ => {
                    let first = index << FAN_BITS;
                    self.visit_all(level - 1, first..=first + (1 << FAN_BITS) - 1);
                }
            }
        }
    }

    /// No equity in the node is higher; `None` when it holds none of the ticks.
    fn bound(&self, level: u32, index: u32) -> Option<i64> {
        let history = self.history;
        let bits = history.leaf_bits + FAN_BITS * level;
        let begin = u64::from(index) << bits;
        let end = begin + (1 << bits);
        if begin >= u64::from(self.to) || end <= u64::from(self.from) {
            return None;
        }
        // A branch is worked out with the first tick after it; a leaf is known at any time.
        if level > 0 && end >= u64::from(history.count) {
            return Some(i64::MAX);
        }
        let prices = &history.levels[level as usize];
        let best = self
            .account
            .equity(|symbol| prices[history.place(level, index, symbol.0 as usize)]);
        // What does not fit may be anything.
        Some(best.unwrap_or(i64::MAX))
    }

    fn can_hold_one(&self, level: u32, bound: i64, index: u32) -> bool {
        let begin = u64::from(index) << (self.history.leaf_bits + FAN_BITS * level);
        bound > self.least || (bound == self.least && begin < u64::from(self.first))
    }

    fn replay(&mut self, leaf: u32) {
        let history = self.history;
        let from = history.begin(leaf);
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
            if equity_minor > self.least || (equity_minor == self.least && count < self.first) {
                (self.least, self.first) = (equity_minor, count);
                let at = tick.at;
                self.high = Some(High { equity_minor, at });
            }
        }
    }
}
