//! What the owner asks for.

use super::fill::Fill;
use super::{Stop, Turn, checks};
use crate::{
    Booking, CancelReason, Command, DealReason, Effect, Order, OrderKind, OrderRequest, Position,
    Protection, Refusal, Standing, Trading, Waiting,
};
use touchstone_domain::{OrderId, PositionId, Price, Quote, Side, Symbol, UnixMicros, Volume};

impl Turn<'_> {
    /// Does what was asked for under the number `id`.
    pub(super) fn obey(&mut self, id: OrderId, command: &Command) -> Result<(), Stop> {
        if self.account.standing == Standing::Disabled {
            return Err(Refusal::AccountDisabled.into());
        }
        match command {
            Command::Place(request) => self.place(id, request),
            Command::Modify {
                order,
                kind,
                protection,
                expires_at,
            } => self.modify(*order, *kind, *protection, *expires_at),
            Command::Cancel { order } => self.cancel(*order),
            Command::Protect {
                position,
                protection,
            } => self.protect(*position, *protection),
            Command::Close { position, volume } => self.close_asked(id, *position, *volume),
            Command::CloseBy { position, opposite } => self.close_by(id, *position, *opposite),
            Command::CloseAll { symbol } => self.close_all(id, *symbol),
        }
    }

    fn place(&mut self, id: OrderId, request: &OrderRequest) -> Result<(), Stop> {
        let instrument = &self.terms(request.symbol)?.instrument;
        self.may_open(instrument, request.side, request.volume)?;
        let quote = self.dealable(instrument)?;
        checks::volume(instrument, request.volume)?;
        checks::waiting_price(instrument, request.side, request.kind, quote)?;
        let exit = expected_exit(request.kind, request.side, quote);
        let (wanted, none) = (request.protection, Protection::default());
        checks::protection(instrument, request.side, wanted, none, exit)?;
        checks::expiry(request.kind, request.expires_at, self.scene.now)?;
        let Some(waiting) = waiting(request.kind) else {
            return self.fill(Fill {
                order: id,
                symbol: request.symbol,
                side: request.side,
                volume: request.volume,
                protection: request.protection,
                quote,
                reason: DealReason::Order,
            });
        };
        if self.account.orders.len() >= self.scene.terms.conditions.max_orders {
            return Err(Refusal::TooManyOrders.into());
        }
        self.emit(Effect::Waits(Order {
            id,
            symbol: request.symbol,
            side: request.side,
            volume: request.volume,
            waiting,
            protection: request.protection,
            expires_at: request.expires_at,
            placed_at: self.scene.now,
        }));
        Ok(())
    }

    fn modify(
        &mut self,
        order: OrderId,
        kind: OrderKind,
        protection: Protection,
        expires_at: Option<UnixMicros>,
    ) -> Result<(), Stop> {
        let old = *self.account.order(order).ok_or(Refusal::UnknownOrder)?;
        let instrument = &self.terms(old.symbol)?.instrument;
        if instrument.trading == Trading::Disabled {
            return Err(Refusal::SymbolDisabled.into());
        }
        let quote = self.dealable(instrument)?;
        let waiting = waiting(kind)
            .filter(|new| std::mem::discriminant(new) == std::mem::discriminant(&old.waiting))
            .ok_or(Refusal::BadPrice)?;
        if waiting != old.waiting {
            checks::waiting_price(instrument, old.side, kind, quote)?;
        }
        let exit = expected_exit(kind, old.side, quote);
        let standing = if waiting == old.waiting {
            old.protection
        } else {
            Protection::default()
        };
        checks::protection(instrument, old.side, protection, standing, exit)?;
        checks::expiry(kind, expires_at, self.scene.now)?;
        let new = Order {
            waiting,
            protection,
            expires_at,
            ..old
        };
        if new == old {
            return Err(Refusal::NothingToChange.into());
        }
        self.emit(Effect::Waits(new));
        Ok(())
    }

    fn cancel(&mut self, order: OrderId) -> Result<(), Stop> {
        self.account.order(order).ok_or(Refusal::UnknownOrder)?;
        self.emit(Effect::Cancelled {
            order,
            reason: CancelReason::Asked,
        });
        Ok(())
    }

    fn protect(&mut self, position: PositionId, wanted: Protection) -> Result<(), Stop> {
        let held = self.held(position)?;
        let instrument = &self.terms(held.symbol)?.instrument;
        let quote = self.dealable(instrument)?;
        let exit = held.side.exit(quote);
        checks::protection(instrument, held.side, wanted, held.protection, exit)?;
        let protection = trailed(held.side, wanted, exit);
        if protection == held.protection {
            return Err(Refusal::NothingToChange.into());
        }
        self.emit(Effect::Holds(Position { protection, ..held }));
        Ok(())
    }

    pub(super) fn held(&self, position: PositionId) -> Result<Position, Refusal> {
        let held = self.account.position(position).copied();
        held.ok_or(Refusal::UnknownPosition)
    }

    fn close_asked(
        &mut self,
        id: OrderId,
        position: PositionId,
        volume: Option<Volume>,
    ) -> Result<(), Stop> {
        let held = self.held(position)?;
        let instrument = &self.terms(held.symbol)?.instrument;
        if instrument.trading == Trading::Disabled {
            return Err(Refusal::SymbolDisabled.into());
        }
        let quote = self.dealable(instrument)?;
        let volume = volume.unwrap_or(held.volume);
        if volume != held.volume {
            checks::volume(instrument, volume)?;
            if held.volume.0.saturating_sub(volume.0) < instrument.lot_min.0 {
                return Err(Refusal::BadVolume.into());
            }
        }
        self.close(&held, volume, quote, Some(id), DealReason::Order)
    }

    fn close_by(&mut self, id: OrderId, one: PositionId, other: PositionId) -> Result<(), Stop> {
        let (one, other) = (self.held(one)?, self.held(other)?);
        let instrument = &self.terms(one.symbol)?.instrument;
        if instrument.trading == Trading::Disabled {
            return Err(Refusal::SymbolDisabled.into());
        }
        self.dealable(instrument)?;
        let opposite = self.account.booking == Booking::Hedging
            && one.symbol == other.symbol
            && one.side != other.side;
        if !opposite {
            return Err(Refusal::NotOpposite.into());
        }
        self.close_against(id, &one, &other)
    }

    fn close_all(&mut self, id: OrderId, symbol: Option<Symbol>) -> Result<(), Stop> {
        let positions = self.account.positions.clone();
        let mut found = false;
        for held in &positions {
            if symbol.is_some_and(|symbol| symbol != held.symbol) {
                continue;
            }
            found = true;
            match self.whole(|turn| turn.close_asked(id, held.id, None)) {
                Ok(()) => {}
                Err(Stop::Refused(code)) => self.note(Effect::NotClosed {
                    position: held.id,
                    code,
                }),
                Err(fault) => return Err(fault),
            }
        }
        if found {
            Ok(())
        } else {
            Err(Refusal::NothingToClose.into())
        }
    }
}

const fn waiting(kind: OrderKind) -> Option<Waiting> {
    match kind {
        OrderKind::Market => None,
        OrderKind::Limit { price } => Some(Waiting::Limit { price }),
        OrderKind::Stop { price } => Some(Waiting::Stop { price }),
        OrderKind::StopLimit { stop, limit } => Some(Waiting::StopLimit { stop, limit }),
    }
}

/// What stops and targets of an order are measured from: the price at which a market order could be ended at once, or
/// the one that a waiting order asks for.
const fn expected_exit(kind: OrderKind, side: Side, quote: Quote) -> Price {
    match kind {
        OrderKind::Market => side.exit(quote),
        OrderKind::Limit { price }
        | OrderKind::Stop { price }
        | OrderKind::StopLimit { limit: price, .. } => price,
    }
}

/// The protection with its stop where the trailing one puts it at `exit`, unless it is nearer already.
pub(crate) fn trailed(side: Side, protection: Protection, exit: Price) -> Protection {
    let Some(points) = protection.trailing_points else {
        return protection;
    };
    let trail = match side {
        Side::Long => exit.0.saturating_sub(points),
        Side::Short => exit.0.saturating_add(points),
    };
    let nearer = |stop: Price| match side {
        Side::Long => stop.0 >= trail,
        Side::Short => stop.0 <= trail,
    };
    Protection {
        stop_loss: protection
            .stop_loss
            .filter(|stop| nearer(*stop))
            .or((trail > 0).then_some(Price(trail)))
            .or(protection.stop_loss),
        ..protection
    }
}
