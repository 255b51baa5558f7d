//! Symbols, their prices, and whether these can be trusted.

use crate::{Position, RulesError};
use serde::{Deserialize, Serialize};
use touchstone_domain::{Currency, Price, Quote, Side, Through, Valuation, ValuationError};

/// The place of a symbol in its market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SymbolId(pub u32);

/// What must be known of a symbol to value a position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolTerms {
    pub digits: u32,
    pub contract_size: i64,
    /// The currency that is bought with it; `None` for an index or a metal. With one it can convert profits.
    pub base: Option<Currency>,
    /// The currency that its profit comes in.
    pub profit: Currency,
}

/// Every symbol with its last accepted price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Market {
    listed: Vec<Listed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Listed {
    symbol: SymbolTerms,
    quote: Option<Quote>,
    is_stale: bool,
}

/// What the open positions of an account are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// At prices that can be judged on.
    Firm(i64),
    /// At the last prices there were.
    Doubtful(i64),
    /// A price has never come.
    Unknown,
}

impl Market {
    /// # Errors
    /// [`RulesError::BadTerms`] for terms that cannot be valued.
    pub fn list(&mut self, symbol: SymbolTerms) -> Result<SymbolId, RulesError> {
        let own = symbol.profit;
        Valuation::new(
            symbol.digits,
            symbol.contract_size,
            own,
            own,
            Through::Nothing,
        )
        .map_err(|_| RulesError::BadTerms)?;
        let id = u32::try_from(self.listed.len()).map_err(|_| RulesError::BadTerms)?;
        self.listed.push(Listed {
            symbol,
            quote: None,
            is_stale: false,
        });
        Ok(SymbolId(id))
    }

    fn at(&self, id: SymbolId) -> Result<&Listed, RulesError> {
        usize::try_from(id.0)
            .ok()
            .and_then(|index| self.listed.get(index))
            .ok_or(RulesError::UnknownSymbol)
    }

    fn at_mut(&mut self, id: SymbolId) -> Result<&mut Listed, RulesError> {
        usize::try_from(id.0)
            .ok()
            .and_then(|index| self.listed.get_mut(index))
            .ok_or(RulesError::UnknownSymbol)
    }

    /// A price that was accepted; the symbol is no longer stale.
    /// Takes a price in.
    ///
    /// # Errors
    /// For a symbol that is not listed.
    pub fn quoted(&mut self, id: SymbolId, quote: Quote) -> Result<(), RulesError> {
        let listed = self.at_mut(id)?;
        listed.quote = Some(quote);
        listed.is_stale = false;
        Ok(())
    }

    pub(crate) fn set_stale(&mut self, id: SymbolId, is_stale: bool) -> Result<(), RulesError> {
        self.at_mut(id)?.is_stale = is_stale;
        Ok(())
    }

    /// # Errors
    /// [`RulesError::UnknownSymbol`].
    pub fn symbol(&self, id: SymbolId) -> Result<&SymbolTerms, RulesError> {
        self.at(id).map(|listed| &listed.symbol)
    }

    /// How many symbols are listed; their places are below it.
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The last accepted price.
    pub fn quote(&self, id: SymbolId) -> Option<Quote> {
        self.at(id).ok().and_then(|listed| listed.quote)
    }

    pub fn is_stale(&self, id: SymbolId) -> bool {
        self.at(id).is_ok_and(|listed| listed.is_stale)
    }

    /// How a position in the symbol is valued in an account of this currency, and by which symbol it is converted.
    pub(crate) fn route(
        &self,
        id: SymbolId,
        account: Currency,
    ) -> Result<(Valuation, Option<SymbolId>), RulesError> {
        let symbol = self.symbol(id)?;
        let (through, rate) = self.conversion(symbol.profit, account);
        let valuation = Valuation::new(
            symbol.digits,
            symbol.contract_size,
            symbol.profit,
            account,
            through,
        )
        .map_err(|_| RulesError::BadTerms)?;
        let rate = rate.and_then(|rate| {
            let place = self.listed.iter().position(|own| std::ptr::eq(own, rate));
            place.and_then(|place| u32::try_from(place).ok())
        });
        Ok((valuation, rate.map(SymbolId)))
    }

    /// The first symbol in the list that turns one currency into the other.
    fn conversion(&self, profit: Currency, account: Currency) -> (Through, Option<&Listed>) {
        if profit == account {
            return (Through::Nothing, None);
        }
        for listed in &self.listed {
            let digits = listed.symbol.digits;
            match (listed.symbol.base, listed.symbol.profit) {
                (Some(base), quoted) if base == profit && quoted == account => {
                    return (Through::Times { digits }, Some(listed));
                }
                (Some(base), quoted) if base == account && quoted == profit => {
                    return (Through::Over { digits }, Some(listed));
                }
                _ => {}
            }
        }
        // No symbol of the list converts it: the price never comes.
        (Through::Times { digits: 0 }, None)
    }

    fn position_worth(
        &self,
        position: &Position,
        account: Currency,
        value: impl Fn(&Valuation, Quote, Option<Quote>) -> Result<i64, ValuationError>,
    ) -> Result<Worth, RulesError> {
        let listed = self.at(position.symbol)?;
        let symbol = &listed.symbol;
        let (through, rate) = self.conversion(symbol.profit, account);
        let valuation = Valuation::new(
            symbol.digits,
            symbol.contract_size,
            symbol.profit,
            account,
            through,
        )
        .map_err(|_| RulesError::BadTerms)?;
        let Some(quote) = listed.quote else {
            return Ok(Worth::Unknown);
        };
        let is_stale = listed.is_stale || rate.is_some_and(|rate| rate.is_stale);
        match value(&valuation, quote, rate.and_then(|rate| rate.quote)) {
            Ok(minor) if is_stale => Ok(Worth::Doubtful(minor)),
            Ok(minor) => Ok(Worth::Firm(minor)),
            Err(ValuationError::NoRate) => Ok(Worth::Unknown),
            Err(ValuationError::Overflow) => Err(RulesError::Overflow),
            Err(ValuationError::BadTerms) => Err(RulesError::BadTerms),
        }
    }

    /// Floating profit of all these positions.
    pub(crate) fn worth(
        &self,
        positions: &[Position],
        account: Currency,
    ) -> Result<Worth, RulesError> {
        self.sum(positions, account, |position, valuation, quote, rate| {
            let Position {
                side, volume, cost, ..
            } = *position;
            valuation.profit_at_cost_minor(side, volume, i128::from(cost), quote, rate)
        })
    }

    /// What all these positions would cost to buy outright.
    pub(crate) fn notional(
        &self,
        positions: &[Position],
        account: Currency,
    ) -> Result<Worth, RulesError> {
        self.sum(positions, account, |position, valuation, quote, rate| {
            let Price(price) = Side::Long.entry(quote);
            valuation.minor(i128::from(price), position.volume, rate)
        })
    }

    fn sum(
        &self,
        positions: &[Position],
        account: Currency,
        value: impl Fn(&Position, &Valuation, Quote, Option<Quote>) -> Result<i64, ValuationError>,
    ) -> Result<Worth, RulesError> {
        let (mut sum, mut is_firm) = (0, true);
        for position in positions {
            let one = self.position_worth(position, account, |valuation, quote, rate| {
                value(position, valuation, quote, rate)
            })?;
            match one {
                Worth::Firm(minor) => sum = crate::add(sum, minor)?,
                Worth::Doubtful(minor) => {
                    sum = crate::add(sum, minor)?;
                    is_firm = false;
                }
                Worth::Unknown => return Ok(Worth::Unknown),
            }
        }
        Ok(if is_firm {
            Worth::Firm(sum)
        } else {
            Worth::Doubtful(sum)
        })
    }
}
