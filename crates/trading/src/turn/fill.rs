//! An order becomes a deal.

use super::commands::trailed;
use super::{Stop, Turn, is_too_poor};
use crate::figures::{overflow, rate};
use crate::{
    Booking, Deal, DealReason, Effect, Entry, Fault, Position, Protection, Refusal, Terms,
};
use touchstone_domain::{DealId, OrderId, PositionId, Price, Quote, Side, Symbol, Volume};

pub(super) struct Fill {
    pub order: OrderId,
    pub symbol: Symbol,
    pub side: Side,
    pub volume: Volume,
    pub protection: Protection,
    pub quote: Quote,
    pub reason: DealReason,
}

impl<'a> Turn<'a> {
    /// Fills the whole order at the quote, if the account can bear it.
    pub(super) fn fill(&mut self, fill: Fill) -> Result<(), Stop> {
        self.whole(|turn| {
            let (before, held_before) = (turn.figures()?, turn.account.positions.len());
            turn.book(&fill)?;
            let (after, held) = (turn.figures()?, turn.account.positions.len());
            if held > held_before && held > turn.scene.terms.conditions.max_positions {
                return Err(Refusal::TooManyPositions.into());
            }
            if !turn.ignores_money && is_too_poor(&before, &after) {
                return Err(Refusal::NoMoney.into());
            }
            Ok(())
        })
    }

    fn book(&mut self, fill: &Fill) -> Result<(), Stop> {
        let held = self
            .account
            .positions
            .iter()
            .find(|p| p.symbol == fill.symbol && self.account.booking == Booking::Netting)
            .copied();
        match held {
            None => self.begin(fill, fill.volume),
            Some(held) if held.side == fill.side => self.add(fill, &held),
            Some(held) => {
                let ended = held.volume.min(fill.volume);
                self.close(&held, ended, fill.quote, Some(fill.order), fill.reason)?;
                let rest = Volume(fill.volume.0 - ended.0);
                if rest.0 > 0 {
                    self.begin(fill, rest)?;
                }
                Ok(())
            }
        }
    }

    fn begin(&mut self, fill: &Fill, volume: Volume) -> Result<(), Stop> {
        let id = PositionId(fill.order.0);
        let (cost, margin_minor) = self.open_deal(fill, id, volume)?;
        let exit = fill.side.exit(fill.quote);
        self.emit(Effect::Holds(Position {
            id,
            symbol: fill.symbol,
            side: fill.side,
            volume,
            cost,
            protection: trailed(fill.side, fill.protection, exit),
            margin_minor,
            opened_at: self.scene.now,
        }));
        Ok(())
    }

    /// What the order says of the protection takes the place of what stood; what it leaves open stays.
    fn add(&mut self, fill: &Fill, held: &Position) -> Result<(), Stop> {
        let (cost, margin_minor) = self.open_deal(fill, held.id, fill.volume)?;
        let sum = |held: i64, new: i64| held.checked_add(new).ok_or(Fault::Overflow);
        let (new, old) = (fill.protection, held.protection);
        let protection = Protection {
            stop_loss: new.stop_loss.or(old.stop_loss),
            take_profit: new.take_profit.or(old.take_profit),
            trailing_points: new.trailing_points.or(old.trailing_points),
        };
        self.emit(Effect::Holds(Position {
            volume: Volume(sum(held.volume.0, fill.volume.0)?),
            cost: sum(held.cost, cost)?,
            margin_minor: sum(held.margin_minor, margin_minor)?,
            protection: trailed(fill.side, protection, fill.side.exit(fill.quote)),
            ..*held
        }));
        Ok(())
    }

    /// The deal that begins `volume`; answers its cost and its margin.
    fn open_deal(
        &mut self,
        fill: &Fill,
        position: PositionId,
        volume: Volume,
    ) -> Result<(i64, i64), Stop> {
        let terms = self.terms(fill.symbol)?;
        let price = fill.side.entry(fill.quote);
        let cost = price.0.checked_mul(volume.0).ok_or(Fault::Overflow)?;
        let margin_minor = self.margin(terms, price, volume)?;
        let commission_minor = self.commission(terms, price, volume)?;
        let deal = Deal {
            id: DealId(self.id()),
            order: Some(fill.order),
            position,
            symbol: fill.symbol,
            side: fill.side,
            volume,
            price,
            entry: Entry::In,
            reason: fill.reason,
            profit_minor: 0,
            commission_minor,
            at: self.scene.now,
        };
        self.emit(Effect::Deal(deal));
        Ok((cost, margin_minor))
    }

    /// The instrument's share of what is dealt, or the one that the account's leverage asks for, whichever is more.
    fn margin(&self, terms: &Terms, price: Price, volume: Volume) -> Result<i64, Stop> {
        let leverage = i128::from(self.account.leverage.max(1));
        let rate_bp = i128::from(terms.instrument.margin_rate.0);
        let (share, of) = if rate_bp * leverage >= 10_000 {
            (rate_bp, 10_000)
        } else {
            (1, leverage)
        };
        Ok(-self.cost_minor(terms, i128::from(price.0) * share, of, volume)?)
    }

    /// 0 or less.
    pub(super) fn commission(
        &self,
        terms: &Terms,
        price: Price,
        volume: Volume,
    ) -> Result<i64, Stop> {
        let millionths = i128::from(price.0) * i128::from(terms.instrument.commission_ppm);
        self.cost_minor(terms, millionths, 1_000_000, volume)
    }

    /// `points / of` points that must be paid, so it is 0 or less.
    fn cost_minor(
        &self,
        terms: &Terms,
        points: i128,
        of: i128,
        volume: Volume,
    ) -> Result<i64, Stop> {
        let rate = rate(terms, self.scene.prices);
        let cost = terms.valuation.part_minor(-points, of, volume, rate);
        cost.map_err(|error| match overflow(error, terms) {
            // Nothing is held yet whose value depends on it.
            Fault::NoPrice(_) => Stop::Refused(Refusal::NoPrice),
            fault => fault.into(),
        })
    }
}
