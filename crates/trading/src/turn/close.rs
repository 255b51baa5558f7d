//! A position, or a part of it, ends.

use super::{Stop, Turn};
use crate::figures::{overflow, rate, terms_of};
use crate::{CancelReason, Deal, DealReason, Effect, Entry, Fault, Position, Refusal};
use touchstone_domain::rule_set::ConductRule;
use touchstone_domain::{DealId, OrderId, PositionId, Price, Quote, Side, Volume};

const fn opposite(side: Side) -> Side {
    match side {
        Side::Long => Side::Short,
        Side::Short => Side::Long,
    }
}

/// `volume` of a position, split off with its share of the cost and of the margin.
struct Split {
    cost: i64,
    rest: Option<Position>,
}

fn split(held: &Position, volume: Volume) -> Split {
    let rest = held.volume.0 - volume.0;
    if rest <= 0 {
        return Split {
            cost: held.cost,
            rest: None,
        };
    }
    let cost = share(held.cost, volume, held.volume);
    let margin_minor = held.margin_minor - share(held.margin_minor, volume, held.volume);
    Split {
        cost,
        rest: Some(Position {
            volume: Volume(rest),
            cost: held.cost - cost,
            margin_minor,
            ..*held
        }),
    }
}

/// `amount * part / whole`, rounded half up; amounts are 0 or more, and a part is not above the whole.
fn share(amount: i64, part: Volume, whole: Volume) -> i64 {
    let (amount, part, whole) = (
        i128::from(amount),
        i128::from(part.0),
        i128::from(whole.0.max(1)),
    );
    i64::try_from((2 * amount * part + whole) / (2 * whole)).unwrap_or(i64::MAX)
}

impl Turn<'_> {
    /// Ends `volume` of the position at the quote.
    pub(super) fn close(
        &mut self,
        held: &Position,
        volume: Volume,
        quote: Quote,
        order: Option<OrderId>,
        reason: DealReason,
    ) -> Result<(), Stop> {
        let terms = terms_of(self.scene.terms, held.symbol)?;
        let price = held.side.exit(quote);
        let split = split(held, volume);
        let rate = rate(terms, self.scene.prices);
        let cost = i128::from(split.cost);
        let profit_minor = terms
            .valuation
            .profit_at_cost_minor(held.side, volume, cost, quote, rate)
            .map_err(|error| overflow(error, terms))?;
        let commission_minor = self.commission(terms, price, volume)?;
        let deal = Deal {
            id: DealId(self.id()),
            order,
            position: held.id,
            symbol: held.symbol,
            side: opposite(held.side),
            volume,
            price,
            entry: Entry::Out,
            reason,
            profit_minor,
            commission_minor,
            at: self.scene.now,
        };
        self.book_end(deal, split.rest)
    }

    fn book_end(&mut self, deal: Deal, rest: Option<Position>) -> Result<(), Stop> {
        deal.profit_minor
            .checked_add(deal.commission_minor)
            .and_then(|sum| self.account.balance_minor.checked_add(sum))
            .ok_or(Fault::Overflow)?;
        self.emit(Effect::Deal(deal));
        self.emit(match rest {
            Some(rest) => Effect::Holds(rest),
            None => Effect::Closed {
                position: deal.position,
            },
        });
        Ok(())
    }

    /// Ends two opposite positions against each other, without the market: no spread and no commission. The whole
    /// profit stands in the deal of the first.
    pub(super) fn close_against(
        &mut self,
        order: OrderId,
        one: &Position,
        other: &Position,
    ) -> Result<(), Stop> {
        let terms = terms_of(self.scene.terms, one.symbol)?;
        let volume = one.volume.min(other.volume);
        let (first, second) = (split(one, volume), split(other, volume));
        let gain = match one.side {
            Side::Long => i128::from(second.cost) - i128::from(first.cost),
            Side::Short => i128::from(first.cost) - i128::from(second.cost),
        };
        let rate = rate(terms, self.scene.prices);
        let profit_minor = terms
            .valuation
            .minor(gain, Volume(1), rate)
            .map_err(|error| overflow(error, terms))?;
        let price = other.open_price();
        for (held, rest, profit_minor) in [(one, first.rest, profit_minor), (other, second.rest, 0)]
        {
            let deal = self.end_deal(order, held, volume, price, profit_minor);
            self.book_end(deal, rest)?;
        }
        Ok(())
    }

    fn end_deal(
        &mut self,
        order: OrderId,
        held: &Position,
        volume: Volume,
        price: Price,
        profit_minor: i64,
    ) -> Deal {
        Deal {
            id: DealId(self.id()),
            order: Some(order),
            position: held.id,
            symbol: held.symbol,
            side: opposite(held.side),
            volume,
            price,
            entry: Entry::Out,
            reason: DealReason::CloseBy,
            profit_minor,
            commission_minor: 0,
            at: self.scene.now,
        }
    }

    /// Ends a whole position by itself, or says why it cannot be ended now.
    pub(super) fn end(&mut self, held: &Position, reason: DealReason) -> Result<(), Stop> {
        let terms = terms_of(self.scene.terms, held.symbol)?;
        let quote = self.dealable(&terms.instrument)?;
        self.close(held, held.volume, quote, None, reason)
    }

    pub(super) fn revoke(&mut self, order: OrderId, rule: ConductRule) {
        if self.account.order(order).is_some() {
            let reason = CancelReason::AgainstRule(rule);
            self.emit(Effect::Cancelled { order, reason });
        }
    }

    pub(super) fn liquidate(&mut self, only: Option<PositionId>) -> Result<(), Fault> {
        if only.is_none() {
            let orders: Vec<_> = self.account.orders.iter().map(|order| order.id).collect();
            for order in orders {
                let reason = CancelReason::Liquidation;
                self.emit(Effect::Cancelled { order, reason });
            }
        }
        let positions = self.account.positions.clone();
        let meant = |held: &&Position| only.is_none_or(|only| only == held.id);
        if only.is_some() && !positions.iter().any(|held| meant(&held)) {
            let code = Refusal::UnknownPosition;
            self.note(Effect::Refused { code });
        }
        for held in positions.iter().filter(meant) {
            match self.whole(|turn| turn.end(held, DealReason::Liquidation)) {
                Ok(()) => {}
                Err(Stop::Refused(code)) => self.note(Effect::NotClosed {
                    position: held.id,
                    code,
                }),
                Err(Stop::Fault(fault)) => return Err(fault),
            }
        }
        // Nothing judges an account any more whose phase is over.
        if self.account.positions.is_empty() && self.account.margin_called {
            self.emit(Effect::MarginCallOver);
        }
        Ok(())
    }
}
