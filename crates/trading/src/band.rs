//! Between which prices nothing of an account wakes.

use crate::turn::{reached, trailed, wakes};
use crate::{Account, Protection, Waiting};
use touchstone_domain::{Price, Quote, Side, Symbol};

/// As long as the bid and the ask of a symbol stay inside, both ends included, [`crate::Input::Tick`] does nothing to
/// the account, unless an order expires. Margin call and stop-out are floors of the equity, no prices:
/// see [`crate::equity_floor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    pub bid_low: Price,
    pub bid_high: Price,
    pub ask_low: Price,
    pub ask_high: Price,
}

impl Band {
    /// `None` when the quote itself would wake something.
    pub fn of(account: &Account, symbol: Symbol, quote: Quote) -> Option<Self> {
        let mut band = Self {
            bid_low: Price(1),
            bid_high: Price(i64::MAX),
            ask_low: Price(1),
            ask_high: Price(i64::MAX),
        };
        for held in account.positions.iter().filter(|p| p.symbol == symbol) {
            let exit = held.side.exit(quote);
            let moved = trailed(held.side, held.protection, exit) != held.protection;
            if moved || reached(held.side, held.protection, exit).is_some() {
                return None;
            }
            band.narrow_by_protection(held.side, held.protection);
        }
        for order in account.orders.iter().filter(|o| o.symbol == symbol) {
            if wakes(order.side, order.waiting, order.side.entry(quote)) {
                return None;
            }
            band.narrow_by_waiting(order.side, order.waiting);
        }
        Some(band)
    }

    pub fn holds(&self, quote: Quote) -> bool {
        (self.bid_low..=self.bid_high).contains(&quote.bid())
            && (self.ask_low..=self.ask_high).contains(&quote.ask())
    }

    fn narrow_by_protection(&mut self, side: Side, protection: Protection) {
        let trailing = protection.trailing_points.unwrap_or(0);
        let trails_at = |stop: Option<Price>, points: i64| {
            let stop = stop.filter(|_| protection.trailing_points.is_some());
            stop.map(|stop| Price(stop.0.saturating_add(points)))
        };
        match side {
            Side::Long => {
                self.bid_above(protection.stop_loss);
                self.bid_below(protection.take_profit);
                self.bid_below(match trails_at(protection.stop_loss, trailing) {
                    Some(at) => Some(Price(at.0.saturating_add(1))),
                    // Without a stop yet, it begins to trail above so many points.
                    None => protection
                        .trailing_points
                        .map(|points| Price(points.saturating_add(1))),
                });
            }
            Side::Short => {
                self.ask_below(protection.stop_loss);
                self.ask_above(protection.take_profit);
                self.ask_above(
                    trails_at(protection.stop_loss, -trailing)
                        .map(|at| Price(at.0.saturating_sub(1))),
                );
            }
        }
    }

    fn narrow_by_waiting(&mut self, side: Side, waiting: Waiting) {
        match (waiting, side) {
            (Waiting::Limit { price }, Side::Long) => self.ask_above(Some(price)),
            (Waiting::Limit { price }, Side::Short) => self.bid_below(Some(price)),
            (Waiting::Stop { price } | Waiting::StopLimit { stop: price, .. }, Side::Long) => {
                self.ask_below(Some(price));
            }
            (Waiting::Stop { price } | Waiting::StopLimit { stop: price, .. }, Side::Short) => {
                self.bid_above(Some(price));
            }
        }
    }

    fn bid_above(&mut self, edge: Option<Price>) {
        self.bid_low = self.bid_low.max(above(edge));
    }

    fn ask_above(&mut self, edge: Option<Price>) {
        self.ask_low = self.ask_low.max(above(edge));
    }

    fn bid_below(&mut self, edge: Option<Price>) {
        self.bid_high = self.bid_high.min(below(edge));
    }

    fn ask_below(&mut self, edge: Option<Price>) {
        self.ask_high = self.ask_high.min(below(edge));
    }
}

fn above(edge: Option<Price>) -> Price {
    edge.map_or(Price(1), |edge| Price(edge.0.saturating_add(1)))
}

fn below(edge: Option<Price>) -> Price {
    edge.map_or(Price(i64::MAX), |edge| Price(edge.0.saturating_sub(1)))
}
