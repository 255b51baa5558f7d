//! So much of one currency for one of another, as an exact decimal.

use crate::basis_points::{format_decimal, parse_decimal};
use crate::{BasisPoints, Currency, Money, Price};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Units of 10^-10, above 0. Whatever cannot be exact is rounded up: the payer pays it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Rate(i64);

const ONE: i128 = 10_i128.pow(Rate::DECIMALS);

impl Rate {
    pub const DECIMALS: u32 = 10;

    /// `None` for what is not above 0.
    pub const fn new(units: i64) -> Option<Self> {
        if units > 0 { Some(Self(units)) } else { None }
    }

    pub const fn units(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal ("1.0852") above 0.
    pub fn parse(text: &str) -> Option<Self> {
        parse_decimal(text, Self::DECIMALS).and_then(Self::new)
    }

    /// A price of so many digits; `None` where it does not fit.
    pub fn of_price(price: Price, digits: u32) -> Option<Self> {
        let unit = 10_i64.checked_pow(Self::DECIMALS.checked_sub(digits)?)?;
        Self::new(price.0.checked_mul(unit)?)
    }

    /// The other way round.
    pub fn inverse(self) -> Option<Self> {
        fitting((ONE * ONE).div_ceil_up(i128::from(self.0)))
    }

    /// First by this, then by the other.
    pub fn then(self, other: Self) -> Option<Self> {
        fitting((i128::from(self.0) * i128::from(other.0)).div_ceil_up(ONE))
    }

    /// With what the firm takes on top.
    pub fn marked_up(self, by: BasisPoints) -> Option<Self> {
        let whole = i128::from(BasisPoints::WHOLE.0);
        fitting((i128::from(self.0) * (whole + i128::from(by.0))).div_ceil_up(whole))
    }

    /// What `price`, of 0 or more, comes to in another currency, rounded up to its minor unit.
    pub fn apply(self, price: Money, into: Currency) -> Option<Money> {
        let product = i128::from(price.minor).checked_mul(i128::from(self.0))?;
        let (from, to) = (price.currency.decimals(), into.decimals());
        let product = product.checked_mul(10_i128.pow(to.saturating_sub(from)))?;
        let minor = product.div_ceil_up(ONE * 10_i128.pow(from.saturating_sub(to)));
        Some(Money::new(i64::try_from(minor).ok()?, into))
    }
}

fn fitting(units: i128) -> Option<Rate> {
    i64::try_from(units).ok().and_then(Rate::new)
}

/// Of numbers of 0 and more.
trait CeilingDivision {
    fn div_ceil_up(self, by: Self) -> Self;
}

impl CeilingDivision for i128 {
    fn div_ceil_up(self, by: Self) -> Self {
        self / by + Self::from(self % by > 0)
    }
}

impl TryFrom<i64> for Rate {
    type Error = &'static str;

    fn try_from(units: i64) -> Result<Self, Self::Error> {
        Self::new(units).ok_or("a rate is above 0")
    }
}

impl From<Rate> for i64 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_decimal(self.0, Self::DECIMALS))
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
