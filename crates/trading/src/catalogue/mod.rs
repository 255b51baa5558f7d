//! What can be traded, and on which terms, as a data file.

mod file;
mod patch;

pub use file::CatalogueFault;
pub use patch::TermsPatch;

use crate::Hours;
use crate::feed::{DecimalFault, decimal};
use jiff::civil::Weekday;
use std::collections::BTreeMap;
use touchstone_domain::{BasisPoints, Currency, Price, Symbol, Volume};

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetClass {
    Fx,
    Metal,
    Index,
    Crypto,
}

impl AssetClass {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fx => "fx",
            Self::Metal => "metal",
            Self::Index => "index",
            Self::Crypto => "crypto",
        }
    }
}

/// What a night costs or brings. The amounts count for one night; below 0 the trader pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    pub unit: SwapUnit,
    /// Hundredths of the unit.
    pub long: i64,
    /// Hundredths of the unit.
    pub short: i64,
    /// The day whose rollover counts three nights. Then those of Saturday and Sunday count none; without one, every
    /// rollover counts one night.
    pub triple_day: Option<Weekday>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapUnit {
    /// Points on the volume.
    Points,
    /// Percent a year of what the position is worth, 360 nights to the year.
    AnnualPercent,
}

impl Swap {
    /// The first three letters of the triple day's English name.
    pub fn triple_name(&self) -> Option<&'static str> {
        self.triple_day.map(Hours::day_name)
    }

    /// How many nights the rollover at the end of `day` counts.
    pub fn nights(&self, day: Weekday) -> i64 {
        match self.triple_day {
            None => 1,
            Some(triple) if triple == day => 3,
            Some(_) => i64::from(!matches!(day, Weekday::Saturday | Weekday::Sunday)),
        }
    }
}

/// What an account may do with a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trading {
    Full,
    CloseOnly,
    Disabled,
}

/// Something that is traded, with its terms: those of the catalogue, or as a group has changed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    pub symbol: Symbol,
    pub name: String,
    pub class: AssetClass,
    /// Decimals of its price, 0 to 6.
    pub digits: u32,
    /// How much of the base one lot is.
    pub contract_size: i64,
    /// `None` for what is no currency: an index.
    pub base: Option<Currency>,
    /// The currency of its price, and so of its profit.
    pub quote: Currency,
    /// The least share of a position's worth that must be had. An account's leverage may ask for more, never for less.
    pub margin_rate: BasisPoints,
    pub lot_min: Volume,
    pub lot_max: Volume,
    pub lot_step: Volume,
    /// For each side, in millionths of what is dealt.
    pub commission_ppm: i64,
    pub swap: Swap,
    pub hours: Hours,
    /// How far from the price stops, targets and waiting orders must stay, in points.
    pub stops_distance: i64,
    /// The usual distance of bid and ask, in points: what the simulated market quotes in quiet hours.
    pub typical_spread: i64,
    /// A price older than this is no price to deal or judge by, while the market is open.
    pub stale_after_ms: i64,
    pub trading: Trading,
}

impl Instrument {
    /// Reads a price of this symbol, as "1.08523", exactly.
    ///
    /// # Errors
    /// Anything but a plain decimal of 0 or more with at most as many decimals as the symbol has.
    pub fn price(&self, text: &str) -> Result<Price, DecimalFault> {
        decimal::price(text, self.digits)
    }

    /// All decimals of a price of 0 or more.
    pub fn written(&self, price: Price) -> String {
        decimal::written(price, self.digits)
    }

    /// # Errors
    /// When the terms as changed are outside of their ranges.
    pub fn patched(&self, patch: &TermsPatch) -> Result<Self, CatalogueFault> {
        let patched = Self {
            margin_rate: patch.margin_rate.unwrap_or(self.margin_rate),
            lot_min: patch.lot_min.unwrap_or(self.lot_min),
            lot_max: patch.lot_max.unwrap_or(self.lot_max),
            lot_step: patch.lot_step.unwrap_or(self.lot_step),
            commission_ppm: patch.commission_ppm.unwrap_or(self.commission_ppm),
            swap: patch.swap.unwrap_or(self.swap),
            stops_distance: patch.stops_distance.unwrap_or(self.stops_distance),
            trading: patch.trading.unwrap_or(self.trading),
            ..self.clone()
        };
        patched.check()?;
        Ok(patched)
    }

    fn check(&self) -> Result<(), CatalogueFault> {
        let refuse = |field, wanted| {
            Err(CatalogueFault::OutOfRange {
                symbol: self.symbol,
                field,
                wanted,
            })
        };
        let lots = [self.lot_min, self.lot_max, self.lot_step];
        let steps = |volume: Volume| volume.0 % self.lot_step.0 == 0;
        if self.digits > 6 {
            return refuse("digits", "0 to 6");
        }
        if !(1..=1_000_000_000).contains(&self.contract_size) {
            return refuse("contract_size", "1 to 1,000,000,000");
        }
        if !(1..=10_000).contains(&self.margin_rate.0) {
            return refuse("margin_rate", "0.01 to 100 percent");
        }
        if lots.iter().any(|lot| !(1..=100_000_000).contains(&lot.0)) {
            return refuse("lots", "0.0001 to 10,000 lots");
        }
        if self.lot_min > self.lot_max || !steps(self.lot_min) || !steps(self.lot_max) {
            return refuse(
                "lots",
                "a minimum and a maximum of whole steps, in this order",
            );
        }
        if !(0..=100_000).contains(&self.commission_ppm) {
            return refuse("commission_ppm", "0 to 100,000 millionths");
        }
        if [self.swap.long, self.swap.short]
            .iter()
            .any(|swap| !(-1_000_000..=1_000_000).contains(swap))
        {
            return refuse("swap", "-10,000 to 10,000");
        }
        if !(0..=1_000_000).contains(&self.stops_distance) {
            return refuse("stops_distance", "0 to 1,000,000 points");
        }
        if !(0..=1_000_000).contains(&self.typical_spread) {
            return refuse("typical_spread", "0 to 1,000,000 points");
        }
        if !(1..=86_400_000).contains(&self.stale_after_ms) {
            return refuse("stale_after_ms", "1 to 86,400,000");
        }
        Ok(())
    }
}

/// Every instrument of the firm, by symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    instruments: BTreeMap<Symbol, Instrument>,
}

impl Catalogue {
    /// What a firm starts with: 20 instruments on terms as they are usual.
    pub const DEFAULT: &str = include_str!("default.toml");

    /// Reads a catalogue.
    ///
    /// # Errors
    /// With the symbol and the field that is wrong.
    pub fn parse(text: &str) -> Result<Self, CatalogueFault> {
        let mut instruments = BTreeMap::new();
        for instrument in file::read(text)? {
            instrument.check()?;
            let symbol = instrument.symbol;
            if instruments.insert(symbol, instrument).is_some() {
                return Err(CatalogueFault::Twice(symbol));
            }
        }
        Ok(Self { instruments })
    }

    pub fn get(&self, symbol: Symbol) -> Option<&Instrument> {
        self.instruments.get(&symbol)
    }

    /// In the order of their symbols.
    pub fn iter(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.values()
    }
}
