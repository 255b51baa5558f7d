//! From the currency of a price to that of a wallet: where the rates come from, which of them counts, and what is paid by
//! it (ADR 0025).

mod rate;

pub use rate::Rate;

use crate::{BasisPoints, Currency, Money, UnixMicros};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What there is no pair for is converted through this.
const BETWEEN: Currency = Currency::USD;
const SECONDS_PER_DAY: i64 = 86_400;

/// Two currencies between which there is a price, or will be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub base: Currency,
    pub quote: Currency,
    pub price: Option<PairPrice>,
}

/// Of one `base` in `quote`: what one gets for it, and what one pays for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairPrice {
    pub bid: Rate,
    pub ask: Rate,
    pub at: UnixMicros,
}

/// How a brand converts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    #[serde(flatten)]
    pub source: Source,
    /// What the firm takes on top of the rate.
    pub markup: BasisPoints,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    /// Rates that the firm has written down; without an age they count until they are replaced.
    Fixed {
        rates: Vec<FixedRate>,
        max_age_days: Option<u32>,
    },
    /// The last prices of the server's own instruments.
    Quotes { max_age_seconds: u32 },
}

/// It counts from `valid_from` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedRate {
    pub base: Currency,
    pub quote: Currency,
    pub rate: Rate,
    pub valid_from: UnixMicros,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    Fixed = 0,
    Quotes = 1,
}

impl RateSource {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Fixed),
            1 => Some(Self::Quotes),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Quotes => "quotes",
        }
    }
}

impl Source {
    pub const fn kind(&self) -> RateSource {
        match self {
            Self::Fixed { .. } => RateSource::Fixed,
            Self::Quotes { .. } => RateSource::Quotes,
        }
    }

    const fn max_age_seconds(&self) -> i64 {
        match self {
            Self::Fixed {
                max_age_days: None, ..
            } => i64::MAX,
            Self::Fixed {
                max_age_days: Some(days),
                ..
            } => *days as i64 * SECONDS_PER_DAY,
            Self::Quotes { max_age_seconds } => *max_age_seconds as i64,
        }
    }
}

impl FixedRate {
    const fn pair(&self) -> Pair {
        Pair {
            base: self.base,
            quote: self.quote,
            price: Some(PairPrice {
                bid: self.rate,
                ask: self.rate,
                at: self.valid_from,
            }),
        }
    }
}

/// What a price has come to in the payer's currency, as it is kept with the purchase for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// What the payer pays.
    pub amount: Money,
    /// So much of his currency for one of the price's, markup and all.
    pub rate: Rate,
    pub source: RateSource,
    /// Of the oldest price that the rate was made of.
    pub at: UnixMicros,
}

impl Converted {
    /// What of it goes back with so much of `price`: all with all of it, else its share, rounded up as the payment was.
    pub fn part(&self, price: Money, part_minor: i64) -> Money {
        let share = i128::from(self.amount.minor) * i128::from(part_minor.clamp(0, price.minor));
        let whole = i128::from(price.minor.max(1));
        let minor = share / whole + i128::from(share % whole > 0);
        // A share of an amount fits where the amount does.
        Money::new(
            i64::try_from(minor).unwrap_or(i64::MAX),
            self.amount.currency,
        )
    }
}

/// Why a price is not converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRate {
    /// The firm does not convert, or knows of no rate between the two.
    None,
    /// There is one, and it is too old; or the prices that it is made of are not there yet.
    Stale,
}

/// What prices can be converted by at an instant.
#[derive(Clone, Debug)]
pub struct Exchange {
    conversion: Option<Conversion>,
    quotes: Arc<[Pair]>,
    now: UnixMicros,
}

impl Exchange {
    /// `quotes`: the last prices of the server's instruments.
    pub const fn new(conversion: Option<Conversion>, quotes: Arc<[Pair]>, now: UnixMicros) -> Self {
        Self {
            conversion,
            quotes,
            now,
        }
    }

    /// One that converts nothing.
    pub fn closed() -> Self {
        Self::new(None, Arc::default(), UnixMicros(0))
    }

    /// What `price` comes to in another currency.
    ///
    /// # Errors
    /// See [`NoRate`].
    pub fn convert(&self, price: Money, into: Currency) -> Result<Converted, NoRate> {
        let conversion = self.conversion.as_ref().ok_or(NoRate::None)?;
        let found = match &conversion.source {
            Source::Fixed { rates, .. } => {
                let valid = rates.iter().filter(|rate| rate.valid_from <= self.now);
                let mut valid: Vec<_> = valid.collect();
                // The newest of a pair counts.
                valid.sort_by_key(|rate| std::cmp::Reverse(rate.valid_from));
                let pairs: Vec<Pair> = valid.into_iter().map(FixedRate::pair).collect();
                found(&pairs, price.currency, into)
            }
            // Nobody has told yet what there is a price of.
            Source::Quotes { .. } if self.quotes.is_empty() => Err(NoRate::Stale),
            Source::Quotes { .. } => found(&self.quotes, price.currency, into),
        };
        let (rate, at) = found?;
        let age = self.now.micros_since(at);
        let limit = conversion
            .source
            .max_age_seconds()
            .saturating_mul(1_000_000);
        if age > limit {
            return Err(NoRate::Stale);
        }
        let rate = rate.marked_up(conversion.markup).ok_or(NoRate::None)?;
        Ok(Converted {
            amount: rate.apply(price, into).ok_or(NoRate::None)?,
            rate,
            source: conversion.source.kind(),
            at,
        })
    }
}

/// What one of `price` costs in `payer`, and of when that is: straight, or through another currency.
fn found(pairs: &[Pair], price: Currency, payer: Currency) -> Result<(Rate, UnixMicros), NoRate> {
    let through = || {
        let (first, first_at) = leg(pairs, price, BETWEEN)?;
        let (second, second_at) = leg(pairs, BETWEEN, payer)?;
        let rate = first.then(second).ok_or(NoRate::None)?;
        Ok((rate, first_at.min(second_at)))
    };
    leg(pairs, price, payer).or_else(|straight| {
        through().map_err(|through| match straight {
            NoRate::None => through,
            NoRate::Stale => straight,
        })
    })
}

/// As the payer would have to buy it: the base at the ask, or by selling his own at the bid.
fn leg(pairs: &[Pair], price: Currency, payer: Currency) -> Result<(Rate, UnixMicros), NoRate> {
    let between = |base: Currency, quote: Currency| {
        let mut pairs = pairs.iter();
        pairs.find(move |pair| (pair.base, pair.quote) == (base, quote))
    };
    if let Some(pair) = between(price, payer) {
        let price = pair.price.ok_or(NoRate::Stale)?;
        return Ok((price.ask, price.at));
    }
    let pair = between(payer, price).ok_or(NoRate::None)?;
    let price = pair.price.ok_or(NoRate::Stale)?;
    Ok((price.bid.inverse().ok_or(NoRate::None)?, price.at))
}

#[cfg(test)]
mod tests;
