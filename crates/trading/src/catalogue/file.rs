//! The catalogue's text.

use super::{AssetClass, Instrument, Swap, SwapUnit, Trading};
use crate::{Hours, HoursFault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use touchstone_domain::basis_points::{format_decimal, parse_decimal};
use touchstone_domain::{BasisPoints, Currency, Symbol, Volume};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueFault {
    #[error("the catalogue cannot be read: {0}")]
    Syntax(String),
    #[error("{0} stands in the catalogue twice")]
    Twice(Symbol),
    #[error("{symbol}: there are no hours named {hours:?}")]
    NoHours { symbol: Symbol, hours: String },
    #[error("the hours {name:?}: {fault}")]
    BadHours { name: String, fault: HoursFault },
    #[error("{}{field} is {text:?}, a decimal with at most {decimals} decimals is wanted", at(*symbol))]
    BadDecimal {
        /// `None` in the patch of a group.
        symbol: Option<Symbol>,
        field: &'static str,
        text: String,
        decimals: u32,
    },
    #[error("{}{text:?} is no day of the week", at(*symbol))]
    BadDay {
        /// `None` in the patch of a group.
        symbol: Option<Symbol>,
        text: String,
    },
    #[error("{symbol}: {field} must be {wanted}")]
    OutOfRange {
        symbol: Symbol,
        field: &'static str,
        wanted: &'static str,
    },
}

fn at(symbol: Option<Symbol>) -> String {
    symbol.map_or_else(String::new, |symbol| format!("{symbol}: "))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    hours: BTreeMap<String, HoursEntry>,
    instrument: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursEntry {
    zone: String,
    sessions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    symbol: Symbol,
    name: String,
    class: AssetClass,
    digits: u32,
    contract_size: i64,
    base: Option<Currency>,
    quote: Currency,
    margin_percent: String,
    lots: Lots,
    commission_ppm: i64,
    swap: SwapEntry,
    hours: String,
    stops_distance: i64,
    typical_spread: i64,
    stale_after_ms: i64,
    #[serde(default = "full")]
    trading: Trading,
}

const fn full() -> Trading {
    Trading::Full
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lots {
    min: String,
    max: String,
    step: String,
}

impl Lots {
    pub(super) const DECIMALS: u32 = 4;
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SwapEntry {
    unit: SwapUnit,
    long: String,
    short: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    triple: Option<String>,
}

impl SwapEntry {
    pub(super) fn read(&self, symbol: Option<Symbol>) -> Result<Swap, CatalogueFault> {
        let day = |text: &String| {
            Hours::day(text).ok_or_else(|| CatalogueFault::BadDay {
                symbol,
                text: text.chars().take(32).collect(),
            })
        };
        Ok(Swap {
            unit: self.unit,
            long: decimal_of(symbol, "swap.long", &self.long, 2)?,
            short: decimal_of(symbol, "swap.short", &self.short, 2)?,
            triple_day: self.triple.as_ref().map(day).transpose()?,
        })
    }
}

impl From<Swap> for SwapEntry {
    fn from(swap: Swap) -> Self {
        Self {
            unit: swap.unit,
            long: format_decimal(swap.long, 2),
            short: format_decimal(swap.short, 2),
            triple: swap.triple_day.map(|day| Hours::day_name(day).to_owned()),
        }
    }
}

pub(super) fn decimal_of(
    symbol: Option<Symbol>,
    field: &'static str,
    text: &str,
    decimals: u32,
) -> Result<i64, CatalogueFault> {
    parse_decimal(text, decimals).ok_or_else(|| CatalogueFault::BadDecimal {
        symbol,
        field,
        text: text.chars().take(32).collect(),
        decimals,
    })
}

pub(super) fn read(text: &str) -> Result<Vec<Instrument>, CatalogueFault> {
    let file: File = toml::from_str(text).map_err(|e| CatalogueFault::Syntax(e.to_string()))?;
    let mut hours = BTreeMap::new();
    for (name, entry) in file.hours {
        let sessions: Vec<_> = entry.sessions.iter().map(String::as_str).collect();
        match Hours::parse(&entry.zone, &sessions) {
            Ok(read) => hours.insert(name, read),
            Err(fault) => return Err(CatalogueFault::BadHours { name, fault }),
        };
    }
    file.instrument
        .into_iter()
        .map(|entry| instrument(entry, &hours))
        .collect()
}

fn instrument(entry: Entry, hours: &BTreeMap<String, Hours>) -> Result<Instrument, CatalogueFault> {
    let symbol = entry.symbol;
    let decimal = |field, text: &str, decimals| decimal_of(Some(symbol), field, text, decimals);
    let lots = |text: &str| decimal("lots", text, Lots::DECIMALS).map(Volume);
    Ok(Instrument {
        symbol,
        name: entry.name,
        class: entry.class,
        digits: entry.digits,
        contract_size: entry.contract_size,
        base: entry.base,
        quote: entry.quote,
        margin_rate: BasisPoints(decimal("margin_percent", &entry.margin_percent, 2)?),
        lot_min: lots(&entry.lots.min)?,
        lot_max: lots(&entry.lots.max)?,
        lot_step: lots(&entry.lots.step)?,
        commission_ppm: entry.commission_ppm,
        swap: entry.swap.read(Some(symbol))?,
        hours: hours
            .get(&entry.hours)
            .cloned()
            .ok_or(CatalogueFault::NoHours {
                symbol,
                hours: entry.hours,
            })?,
        stops_distance: entry.stops_distance,
        typical_spread: entry.typical_spread,
        stale_after_ms: entry.stale_after_ms,
        trading: entry.trading,
    })
}
