//! Orders in the words of people: decimal texts become points and units, by the digits of the instrument.

use super::TradeError;
use crate::desk::Instruments;
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::{OrderId, PositionId, Price, Side, Symbol, UnixMicros, Volume};
use touchstone_trading::{
    Command, Instrument, OrderKind, OrderRequest, Protection, Refusal, Waiting,
};

/// Decimals of a volume in lots.
const LOT_DECIMALS: u32 = 4;

/// A text of a request that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {wanted}")]
pub struct Unreadable {
    pub field: &'static str,
    pub wanted: String,
}

impl Unreadable {
    fn new(field: &'static str, wanted: impl Into<String>) -> Self {
        let wanted = wanted.into();
        Self { field, wanted }
    }
}

/// What a change does to a value: leaves it, or sets or, with `None`, clears it.
pub type Change<T> = Option<Option<T>>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderWords {
    #[default]
    Market,
    Limit,
    Stop,
    StopLimit,
}

/// A new order; prices in the quote currency, the volume in lots.
#[derive(Clone, Debug)]
pub struct PlaceWords {
    pub symbol: String,
    pub side: Side,
    pub kind: OrderWords,
    pub volume: String,
    pub price: Option<String>,
    pub limit_price: Option<String>,
    pub stop_loss: Option<String>,
    pub take_profit: Option<String>,
    pub trailing_distance: Option<String>,
    pub expires_at: Option<UnixMicros>,
}

/// New protection of a position; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct ProtectWords {
    pub stop_loss: Change<String>,
    pub take_profit: Change<String>,
    pub trailing_distance: Change<String>,
}

/// New terms of a waiting order; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct PatchWords {
    pub price: Option<String>,
    pub limit_price: Option<String>,
    pub protection: ProtectWords,
    pub expires_at: Change<UnixMicros>,
}

pub(super) fn instrument<'a>(
    instruments: &'a Instruments,
    symbol: &str,
) -> Result<&'a Instrument, TradeError> {
    let symbol: Option<Symbol> = symbol.parse().ok();
    let found = symbol.and_then(|symbol| instruments.get(symbol));
    Ok(found.ok_or(Refusal::UnknownSymbol)?)
}

fn points(field: &'static str, text: &str, digits: u32) -> Result<i64, Unreadable> {
    parse_decimal(text, digits).ok_or_else(|| unreadable(field, text, digits))
}

pub(super) fn lots(text: &str) -> Result<Volume, Unreadable> {
    parse_decimal(text, LOT_DECIMALS)
        .map(Volume)
        .ok_or_else(|| unreadable("volume", text, LOT_DECIMALS))
}

/// Of a decimal that has too many decimals, or else too many digits before them.
fn unreadable(field: &'static str, text: &str, digits: u32) -> Unreadable {
    let decimals = text.split_once('.').map_or("", |(_, decimals)| decimals);
    let needed = decimals.trim_end_matches('0').len();
    if u32::try_from(needed).is_ok_and(|needed| needed <= digits) {
        return Unreadable::new(field, "it is too large");
    }
    Unreadable::new(field, format!("at most {digits} decimals are wanted"))
}

impl PlaceWords {
    /// # Errors
    /// [`Refusal::UnknownSymbol`], and the field that cannot be read.
    pub(super) fn read(&self, instruments: &Instruments) -> Result<OrderRequest, TradeError> {
        let instrument = instrument(instruments, &self.symbol)?;
        let digits = instrument.digits;
        let read = |field, text: &Option<String>| {
            text.as_deref()
                .map(|text| points(field, text, digits))
                .transpose()
        };
        let price = read("price", &self.price)?.map(Price);
        let limit = read("limit_price", &self.limit_price)?.map(Price);
        let kind = self.kind(price, limit)?;
        Ok(OrderRequest {
            symbol: instrument.symbol,
            side: self.side,
            volume: lots(&self.volume)?,
            kind,
            protection: Protection {
                stop_loss: read("stop_loss", &self.stop_loss)?.map(Price),
                take_profit: read("take_profit", &self.take_profit)?.map(Price),
                trailing_points: read("trailing_distance", &self.trailing_distance)?,
            },
            expires_at: self.expires_at,
        })
    }

    fn kind(&self, price: Option<Price>, limit: Option<Price>) -> Result<OrderKind, Unreadable> {
        let missing = |field| Unreadable::new(field, "an order of this type needs it");
        let idle = |field| Unreadable::new(field, "an order of this type takes none");
        if limit.is_some() && self.kind != OrderWords::StopLimit {
            return Err(idle("limit_price"));
        }
        let wanted = price.ok_or_else(|| missing("price"));
        match self.kind {
            OrderWords::Market if price.is_some() => Err(idle("price")),
            OrderWords::Market => Ok(OrderKind::Market),
            OrderWords::Limit => wanted.map(|price| OrderKind::Limit { price }),
            OrderWords::Stop => wanted.map(|price| OrderKind::Stop { price }),
            OrderWords::StopLimit => Ok(OrderKind::StopLimit {
                stop: wanted?,
                limit: limit.ok_or_else(|| missing("limit_price"))?,
            }),
        }
    }
}

/// What a waiting order stands for, as a command names it.
pub const fn kind_of(waiting: Waiting) -> OrderKind {
    match waiting {
        Waiting::Limit { price } => OrderKind::Limit { price },
        Waiting::Stop { price } => OrderKind::Stop { price },
        Waiting::StopLimit { stop, limit } => OrderKind::StopLimit { stop, limit },
    }
}

fn changed<T: Copy>(
    now: Option<T>,
    change: &Change<String>,
    read: impl Fn(&str) -> Result<T, Unreadable>,
) -> Result<Option<T>, Unreadable> {
    match change {
        None => Ok(now),
        Some(text) => text.as_deref().map(read).transpose(),
    }
}

impl ProtectWords {
    pub(super) fn over(&self, now: Protection, digits: u32) -> Result<Protection, Unreadable> {
        let price = |field| move |text: &str| points(field, text, digits).map(Price);
        Ok(Protection {
            stop_loss: changed(now.stop_loss, &self.stop_loss, price("stop_loss"))?,
            take_profit: changed(now.take_profit, &self.take_profit, price("take_profit"))?,
            trailing_points: changed(now.trailing_points, &self.trailing_distance, |text| {
                points("trailing_distance", text, digits)
            })?,
        })
    }

    pub(super) fn command(
        &self,
        position: PositionId,
        now: Protection,
        digits: u32,
    ) -> Result<Command, Unreadable> {
        let protection = self.over(now, digits)?;
        Ok(Command::Protect {
            position,
            protection,
        })
    }
}

impl PatchWords {
    /// The whole command that makes the change to terms as they are.
    pub(super) fn command(
        &self,
        order: OrderId,
        now: (OrderKind, Protection, Option<UnixMicros>),
        digits: u32,
    ) -> Result<Command, Unreadable> {
        let read = |field, text: &Option<String>| {
            text.as_deref()
                .map(|text| points(field, text, digits).map(Price))
                .transpose()
        };
        let new_price = read("price", &self.price)?;
        let new_limit = read("limit_price", &self.limit_price)?;
        if new_limit.is_some() && !matches!(now.0, OrderKind::StopLimit { .. }) {
            let wanted = "an order of this type takes none";
            return Err(Unreadable::new("limit_price", wanted));
        }
        let kind = match now.0 {
            OrderKind::Market => OrderKind::Market,
            OrderKind::Limit { price } => OrderKind::Limit {
                price: new_price.unwrap_or(price),
            },
            OrderKind::Stop { price } => OrderKind::Stop {
                price: new_price.unwrap_or(price),
            },
            OrderKind::StopLimit { stop, limit } => OrderKind::StopLimit {
                stop: new_price.unwrap_or(stop),
                limit: new_limit.unwrap_or(limit),
            },
        };
        Ok(Command::Modify {
            order,
            kind,
            protection: self.protection.over(now.1, digits)?,
            expires_at: self.expires_at.unwrap_or(now.2),
        })
    }
}
