//! Edges that the desk adds: stops, targets, pending orders, and the equity at which it closes positions.

use super::fence::{Edge, Slot};
use super::{Fast, Seat};
use crate::{RulesError, SymbolId};
use touchstone_domain::{Login, Price, Quote};

/// As long as bid and ask of the symbol stay inside, both ends included, the desk has nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchEdges {
    pub symbol: SymbolId,
    pub bid_low: Option<Price>,
    pub bid_high: Option<Price>,
    pub ask_low: Option<Price>,
    pub ask_high: Option<Price>,
}

impl WatchEdges {
    fn bid(&self) -> Edge {
        edge(self.bid_low, self.bid_high)
    }

    fn ask(&self) -> Edge {
        edge(self.ask_low, self.ask_high)
    }
}

fn edge(low: Option<Price>, high: Option<Price>) -> Edge {
    Edge {
        low: low.map_or(i64::MIN, |price| price.0),
        high: high.map_or(i64::MAX, |price| price.0),
    }
}

pub(super) type Watch = Vec<(WatchEdges, Slot, Slot)>;

/// No equity touches the account.
const NO_FLOOR: i64 = i64::MIN;

impl Fast {
    /// What a tick must touch the account for beside its rules, in place of what was set before: edges of prices, and
    /// an equity that it touches the account at, or below.
    ///
    /// # Errors
    /// [`RulesError::UnknownAccount`], [`RulesError::UnknownSymbol`].
    pub fn watch(
        &mut self,
        login: Login,
        edges: &[WatchEdges],
        equity_floor: Option<i64>,
    ) -> Result<(), RulesError> {
        let seat = self.find(login).ok_or(RulesError::UnknownAccount)?;
        for edges in edges {
            self.market.symbol(edges.symbol)?;
        }
        self.unwatch(seat);
        self.set_floor(seat, equity_floor);
        if !edges.is_empty() {
            let mut watch = Watch::with_capacity(edges.len());
            for edges in edges {
                let fences = &mut self.fences[edges.symbol.0 as usize];
                let (bid, ask) = (fences.bids.add(seat), fences.asks.add(seat));
                watch.push((*edges, bid, ask));
            }
            self.watches.insert(seat, watch);
            self.places[seat.index()].is_watched = true;
        }
        self.file_watch(seat);
        self.arm_again(seat)
    }

    /// Accounts that a price would touch, before it comes; in the order of logins.
    ///
    /// # Errors
    /// [`RulesError::UnknownSymbol`].
    pub fn touched(&self, symbol: SymbolId, quote: Quote) -> Result<Vec<Login>, RulesError> {
        self.market.symbol(symbol)?;
        let fences = &self.fences[symbol.0 as usize];
        // Who was never looked at is looked at with the next price, whichever it is.
        let is_raw = |seat: &Seat| self.places[seat.index()].is_raw;
        let mut seats: Vec<Seat> = self.raw.iter().copied().filter(is_raw).collect();
        if self.board.wakes(symbol) {
            fences.bids.everybody(|seat| seats.push(seat));
            fences.asks.everybody(|seat| seats.push(seat));
        } else {
            fences.bids.passed(quote.bid(), |seat| seats.push(seat));
            fences.asks.passed(quote.ask(), |seat| seats.push(seat));
        }
        seats.retain(|seat| !self.places[seat.index()].is_asleep);
        self.in_order_of_logins(&mut seats);
        let logins = seats.iter().filter_map(|seat| self.login(*seat));
        Ok(logins.collect())
    }

    pub(super) fn unwatch(&mut self, seat: Seat) {
        let place = &mut self.places[seat.index()];
        if !std::mem::take(&mut place.is_watched) {
            return;
        }
        for (edges, bid, ask) in self.watches.remove(&seat).unwrap_or_default() {
            let fences = &mut self.fences[edges.symbol.0 as usize];
            fences.bids.remove(bid);
            fences.asks.remove(ask);
        }
    }

    /// Files the edges again: they were taken out when one of them was passed.
    pub(super) fn file_watch(&mut self, seat: Seat) {
        let Some(watch) = self.watches.get(&seat) else {
            return;
        };
        for (edges, bid, ask) in watch {
            let fences = &mut self.fences[edges.symbol.0 as usize];
            let quote = self.board.row(edges.symbol).quote;
            let first = |edge: Edge| {
                if edge.low == i64::MIN {
                    edge.high
                } else {
                    edge.low
                }
            };
            let base = |price: Option<Price>, edge| price.unwrap_or(Price(first(edge)));
            let (bid_edge, ask_edge) = (edges.bid(), edges.ask());
            fences
                .bids
                .file(*bid, bid_edge, base(quote.map(Quote::bid), bid_edge));
            fences
                .asks
                .file(*ask, ask_edge, base(quote.map(Quote::ask), ask_edge));
        }
    }

    pub(super) fn watched_floor(&self, seat: Seat) -> Option<i64> {
        let floor = self.floors.get(seat.index()).copied();
        floor.filter(|floor| *floor != NO_FLOOR)
    }

    pub(super) fn set_floor(&mut self, seat: Seat, floor: Option<i64>) {
        match (self.floors.get_mut(seat.index()), floor) {
            (Some(own), floor) => *own = floor.unwrap_or(NO_FLOOR),
            (None, None) => {}
            (None, Some(floor)) => {
                let missing = self.places.len() - self.floors.len();
                if self.floors.capacity() < self.places.len() {
                    let room = self.places.capacity() - self.floors.len();
                    self.floors.reserve_exact(room.max(missing));
                }
                self.floors.resize(self.places.len(), NO_FLOOR);
                self.floors[seat.index()] = floor;
            }
        }
    }
}
