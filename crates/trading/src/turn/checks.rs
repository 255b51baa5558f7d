//! What has to hold before something is done.

use super::Turn;
use crate::{
    Booking, Freshness, Instrument, OrderKind, Protection, Refusal, Standing, Terms, Trading,
};
use touchstone_domain::{Price, Quote, Side, Symbol, UnixMicros, Volume};

impl<'a> Turn<'a> {
    pub(super) fn terms(&self, symbol: Symbol) -> Result<&'a Terms, Refusal> {
        self.scene.terms.get(symbol).ok_or(Refusal::UnknownSymbol)
    }

    /// The price that can be dealt at now.
    pub(super) fn dealable(&self, instrument: &Instrument) -> Result<Quote, Refusal> {
        let quote = self.scene.prices.quote(instrument.symbol);
        match self.scene.prices.freshness(instrument, self.scene.now) {
            Freshness::Fresh => quote.ok_or(Refusal::NoPrice),
            Freshness::Closed => Err(Refusal::MarketClosed),
            Freshness::Stale => Err(Refusal::StalePrice),
            Freshness::Missing if instrument.hours.is_open(self.scene.now) => Err(Refusal::NoPrice),
            Freshness::Missing => Err(Refusal::MarketClosed),
        }
    }

    /// Whether the account may hold more of the symbol. In a netting account an order that only reduces a position is
    /// no opening.
    pub(super) fn may_open(
        &self,
        instrument: &Instrument,
        side: Side,
        volume: Volume,
    ) -> Result<(), Refusal> {
        if self.account.standing == Standing::Disabled {
            return Err(Refusal::AccountDisabled);
        }
        if instrument.trading == Trading::Disabled {
            return Err(Refusal::SymbolDisabled);
        }
        let close_only = self.account.standing == Standing::CloseOnly
            || instrument.trading == Trading::CloseOnly;
        if close_only && !self.only_reduces(instrument.symbol, side, volume) {
            return Err(Refusal::CloseOnly);
        }
        Ok(())
    }

    fn only_reduces(&self, symbol: Symbol, side: Side, volume: Volume) -> bool {
        self.account.booking == Booking::Netting
            && self
                .account
                .positions
                .iter()
                .any(|p| p.symbol == symbol && p.side != side && volume <= p.volume)
    }
}

pub(super) fn volume(instrument: &Instrument, volume: Volume) -> Result<(), Refusal> {
    let fits = (instrument.lot_min..=instrument.lot_max).contains(&volume)
        && volume.0 % instrument.lot_step.0 == 0;
    fits.then_some(()).ok_or(Refusal::BadVolume)
}

/// How far `price` lies beyond `from` on the side that a position of `side` gains on.
fn beyond(side: Side, price: Price, from: Price) -> i64 {
    match side {
        Side::Long => price.0.saturating_sub(from.0),
        Side::Short => from.0.saturating_sub(price.0),
    }
}

/// Whether a waiting order stands on the right side of the market and far enough from it.
pub(super) fn waiting_price(
    instrument: &Instrument,
    side: Side,
    kind: OrderKind,
    quote: Quote,
) -> Result<(), Refusal> {
    let distance = instrument.stops_distance.max(1);
    let market = side.entry(quote);
    let is_price = |price: Price| price.0 > 0;
    let fits = match kind {
        OrderKind::Market => true,
        OrderKind::Limit { price } => is_price(price) && beyond(side, market, price) >= distance,
        OrderKind::Stop { price } => is_price(price) && beyond(side, price, market) >= distance,
        OrderKind::StopLimit { stop, limit } => {
            is_price(stop) && is_price(limit) && beyond(side, stop, market) >= distance
        }
    };
    fits.then_some(()).ok_or(Refusal::BadPrice)
}

/// Whether what changes of the protection lies far enough from `exit`, the price that the position would end at.
pub(super) fn protection(
    instrument: &Instrument,
    side: Side,
    wanted: Protection,
    standing: Protection,
    exit: Price,
) -> Result<(), Refusal> {
    let distance = instrument.stops_distance.max(1);
    let changed =
        |wanted: Option<Price>, standing: Option<Price>| wanted.filter(|_| wanted != standing);
    let stop = changed(wanted.stop_loss, standing.stop_loss)
        .is_none_or(|stop| stop.0 > 0 && beyond(side, exit, stop) >= distance);
    let target = changed(wanted.take_profit, standing.take_profit)
        .is_none_or(|target| target.0 > 0 && beyond(side, target, exit) >= distance);
    let trailing = wanted
        .trailing_points
        .is_none_or(|points| (distance..=1_000_000_000).contains(&points));
    (stop && target && trailing)
        .then_some(())
        .ok_or(Refusal::BadStops)
}

/// Whether an order of this kind may end at `expires_at`.
pub(super) fn expiry(
    kind: OrderKind,
    expires_at: Option<UnixMicros>,
    now: UnixMicros,
) -> Result<(), Refusal> {
    let fits = match expires_at {
        None => true,
        Some(at) => kind != OrderKind::Market && at > now,
    };
    fits.then_some(()).ok_or(Refusal::BadExpiry)
}
