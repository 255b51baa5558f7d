//! A price has changed: what it wakes.

use super::commands::trailed;
use super::fill::Fill;
use super::{Stop, Turn};
use crate::{CancelReason, DealReason, Effect, Fault, Order, Position, Protection, Waiting};
use touchstone_domain::{Price, Quote, Side, Symbol};

/// Which end of a position `exit` has reached. The stop stands before the target.
pub(crate) fn reached(side: Side, protection: Protection, exit: Price) -> Option<DealReason> {
    let (lost, won) = match side {
        Side::Long => (
            protection.stop_loss.is_some_and(|stop| exit <= stop),
            protection.take_profit.is_some_and(|target| exit >= target),
        ),
        Side::Short => (
            protection.stop_loss.is_some_and(|stop| exit >= stop),
            protection.take_profit.is_some_and(|target| exit <= target),
        ),
    };
    if lost {
        Some(DealReason::StopLoss)
    } else {
        won.then_some(DealReason::TakeProfit)
    }
}

/// Whether `entry` wakes the order.
pub(crate) fn wakes(side: Side, waiting: Waiting, entry: Price) -> bool {
    let at_or_above = |price: Price| entry >= price;
    let at_or_below = |price: Price| entry <= price;
    match (waiting, side) {
        (Waiting::Limit { price }, Side::Long) => at_or_below(price),
        (Waiting::Limit { price }, Side::Short) => at_or_above(price),
        (Waiting::Stop { price } | Waiting::StopLimit { stop: price, .. }, Side::Long) => {
            at_or_above(price)
        }
        (Waiting::Stop { price } | Waiting::StopLimit { stop: price, .. }, Side::Short) => {
            at_or_below(price)
        }
    }
}

impl Turn<'_> {
    /// Waiting orders are gone at the very instant of their end.
    pub(super) fn expire(&mut self) {
        let now = self.scene.now;
        let is_over = |order: &&Order| order.expires_at.is_some_and(|at| at <= now);
        let over: Vec<_> = self
            .account
            .orders
            .iter()
            .filter(is_over)
            .map(|order| order.id)
            .collect();
        for order in over {
            self.emit(Effect::Expired { order });
        }
    }

    pub(super) fn tick(&mut self, symbol: Symbol) -> Result<(), Fault> {
        self.expire();
        let Some(terms) = self.scene.terms.get(symbol) else {
            return Ok(());
        };
        // Out of hours a price is taken in, and nothing is dealt at it.
        let Ok(quote) = self.dealable(&terms.instrument) else {
            return Ok(());
        };
        let held_before: Vec<Position> = self.of_symbol(symbol);
        self.stops_and_targets(&held_before, quote)?;
        self.wake(symbol, quote)?;
        self.trail(&held_before, quote);
        Ok(())
    }

    fn of_symbol(&self, symbol: Symbol) -> Vec<Position> {
        let positions = self.account.positions.iter();
        positions
            .filter(|held| held.symbol == symbol)
            .copied()
            .collect()
    }

    fn stops_and_targets(&mut self, held: &[Position], quote: Quote) -> Result<(), Fault> {
        for held in held {
            let Some(reason) = reached(held.side, held.protection, held.side.exit(quote)) else {
                continue;
            };
            match self.whole(|turn| turn.end(held, reason)) {
                Ok(()) => {}
                Err(Stop::Refused(code)) => self.note(Effect::NotClosed {
                    position: held.id,
                    code,
                }),
                Err(Stop::Fault(fault)) => return Err(fault),
            }
        }
        Ok(())
    }

    fn wake(&mut self, symbol: Symbol, quote: Quote) -> Result<(), Fault> {
        let orders = self.account.orders.iter();
        let waiting: Vec<Order> = orders.filter(|o| o.symbol == symbol).copied().collect();
        for mut order in waiting {
            let entry = order.side.entry(quote);
            if !wakes(order.side, order.waiting, entry) {
                continue;
            }
            if let Waiting::StopLimit { limit, .. } = order.waiting {
                order.waiting = Waiting::Limit { price: limit };
                self.emit(Effect::Waits(order));
                if !wakes(order.side, order.waiting, entry) {
                    continue;
                }
            }
            self.fill_waiting(&order, quote)?;
        }
        Ok(())
    }

    fn fill_waiting(&mut self, order: &Order, quote: Quote) -> Result<(), Fault> {
        let filled = self.whole(|turn| {
            let instrument = &turn.terms(order.symbol)?.instrument;
            turn.may_open(instrument, order.side, order.volume)?;
            turn.emit(Effect::Filled { order: order.id });
            turn.fill(Fill {
                order: order.id,
                symbol: order.symbol,
                side: order.side,
                volume: order.volume,
                protection: order.protection,
                quote,
                reason: DealReason::Waiting,
            })
        });
        match filled {
            Ok(()) => Ok(()),
            Err(Stop::Fault(fault)) => Err(fault),
            Err(Stop::Refused(code)) => {
                self.emit(Effect::Cancelled {
                    order: order.id,
                    reason: CancelReason::NotFilled(code),
                });
                Ok(())
            }
        }
    }

    /// Moves the stops of positions that were held before this tick and still are.
    fn trail(&mut self, held_before: &[Position], quote: Quote) {
        for before in held_before {
            let Some(held) = self.account.position(before.id).copied() else {
                continue;
            };
            let protection = trailed(held.side, held.protection, held.side.exit(quote));
            if protection != held.protection {
                self.emit(Effect::Holds(Position { protection, ..held }));
            }
        }
    }
}
