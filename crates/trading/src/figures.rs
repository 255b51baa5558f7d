//! What an account is worth.

use crate::{Account, Freshness, GroupTerms, HedgedMargin, Position, Prices, Scene, Terms};
use touchstone_domain::{BasisPoints, Quote, Side, Symbol, ValuationError};

/// Why an input could not be worked on. Nothing has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the account holds {0}, which is not among its group's terms")]
    NoTerms(Symbol),
    #[error("the account holds {0}, of which no price is known")]
    NoPrice(Symbol),
    #[error("an amount does not fit into 64 bits")]
    Overflow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    pub balance_minor: i64,
    /// The floating profit of every position, each rounded.
    pub profit_minor: i64,
    pub equity_minor: i64,
    pub margin_minor: i64,
    /// Below 0 when the equity is below the margin.
    pub free_margin_minor: i64,
    /// Equity as a share of the margin, rounded down; `None` without margin.
    pub margin_level: Option<BasisPoints>,
    /// A symbol whose price is too old to judge the account by.
    pub stale: Option<Symbol>,
}

impl Figures {
    /// # Errors
    /// When a position cannot be valued.
    pub fn of(account: &Account, scene: &Scene<'_>) -> Result<Self, Fault> {
        let mut profit_minor = 0_i64;
        let mut stale = None;
        for position in &account.positions {
            let terms = terms_of(scene.terms, position.symbol)?;
            let profit = profit(position, terms, scene.prices)?;
            profit_minor = profit_minor.checked_add(profit).ok_or(Fault::Overflow)?;
            stale = stale.or_else(|| stale_symbol(terms, scene));
        }
        let equity_minor = account
            .balance_minor
            .checked_add(profit_minor)
            .ok_or(Fault::Overflow)?;
        let margin_minor = margin(account, scene.terms)?;
        Ok(Self {
            balance_minor: account.balance_minor,
            profit_minor,
            equity_minor,
            margin_minor,
            free_margin_minor: equity_minor
                .checked_sub(margin_minor)
                .ok_or(Fault::Overflow)?,
            margin_level: level(equity_minor, margin_minor),
            stale,
        })
    }

    /// Whether the equity is at this share of the margin or below.
    pub fn is_at(&self, level: BasisPoints) -> bool {
        self.margin_minor > 0 && self.equity_minor <= equity_floor(self.margin_minor, level)
    }
}

/// The highest equity that is at this share of the margin or below: the floor that a margin call or a stop-out is,
/// as long as nothing is opened or closed.
pub fn equity_floor(margin_minor: i64, level: BasisPoints) -> i64 {
    let product = i128::from(margin_minor) * i128::from(level.0);
    i64::try_from(product.div_euclid(10_000)).unwrap_or(i64::MAX)
}

fn level(equity_minor: i64, margin_minor: i64) -> Option<BasisPoints> {
    if margin_minor <= 0 {
        return None;
    }
    let share = (i128::from(equity_minor) * 10_000).div_euclid(i128::from(margin_minor));
    i64::try_from(share).ok().map(BasisPoints)
}

pub(crate) fn terms_of(terms: &GroupTerms, symbol: Symbol) -> Result<&Terms, Fault> {
    terms.get(symbol).ok_or(Fault::NoTerms(symbol))
}

pub(crate) fn overflow(error: ValuationError, terms: &Terms) -> Fault {
    match (error, terms.rate_symbol) {
        (ValuationError::NoRate, Some(symbol)) => Fault::NoPrice(symbol),
        _ => Fault::Overflow,
    }
}

/// The price that a symbol's profit is converted at.
pub(crate) fn rate(terms: &Terms, prices: &Prices) -> Option<Quote> {
    terms.rate_symbol.and_then(|symbol| prices.quote(symbol))
}

/// The floating profit of a position.
pub(crate) fn profit(position: &Position, terms: &Terms, prices: &Prices) -> Result<i64, Fault> {
    let quote = prices
        .quote(position.symbol)
        .ok_or(Fault::NoPrice(position.symbol))?;
    let (cost, rate) = (i128::from(position.cost), rate(terms, prices));
    terms
        .valuation
        .profit_at_cost_minor(position.side, position.volume, cost, quote, rate)
        .map_err(|error| overflow(error, terms))
}

/// The first of the symbols that the value depends on whose price is too old.
fn stale_symbol(terms: &Terms, scene: &Scene<'_>) -> Option<Symbol> {
    let rate = terms.rate_symbol.and_then(|symbol| scene.terms.get(symbol));
    [Some(terms), rate]
        .into_iter()
        .flatten()
        .map(|terms| &terms.instrument)
        .find(|instrument| {
            let freshness = scene.prices.freshness(instrument, scene.now);
            matches!(freshness, Freshness::Stale | Freshness::Missing)
        })
        .map(|instrument| instrument.symbol)
}

/// What is held for all positions together.
fn margin(account: &Account, terms: &GroupTerms) -> Result<i64, Fault> {
    let sum = |side: Option<Side>, symbol: Option<Symbol>| {
        account
            .positions
            .iter()
            .filter(|p| side.is_none_or(|side| p.side == side))
            .filter(|p| symbol.is_none_or(|symbol| p.symbol == symbol))
            .try_fold(0_i64, |sum, p| sum.checked_add(p.margin_minor))
            .ok_or(Fault::Overflow)
    };
    if terms.conditions.hedged_margin == HedgedMargin::Both {
        return sum(None, None);
    }
    let mut total = 0_i64;
    for (index, position) in account.positions.iter().enumerate() {
        let symbol = position.symbol;
        if account.positions[..index]
            .iter()
            .any(|p| p.symbol == symbol)
        {
            continue;
        }
        let larger =
            sum(Some(Side::Long), Some(symbol))?.max(sum(Some(Side::Short), Some(symbol))?);
        total = total.checked_add(larger).ok_or(Fault::Overflow)?;
    }
    Ok(total)
}
