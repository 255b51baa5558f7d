//! The positions of an account with their places in the fences, and what they are worth.

use super::fence::Slot;
use super::terms::{Board, Terms};
use crate::market::Worth;
use crate::{Position, RulesError, SymbolId, add};
use touchstone_domain::{BestPrices, ValuationError};

#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub position: Position,
    /// In the series that the position would end at: bids for a long one, asks for a short one.
    pub price: Slot,
    /// In the bids and the asks of the symbol that converts it.
    pub rate_bid: Slot,
    pub rate_ask: Slot,
}

impl Leg {
    pub const fn symbol(&self) -> SymbolId {
        self.position.symbol
    }

    /// The value at these prices of its symbol and of the one that converts it.
    #[inline]
    pub fn value(
        &self,
        terms: &Terms,
        prices: BestPrices,
        rate: Option<BestPrices>,
    ) -> Result<i64, ValuationError> {
        let Position {
            side, volume, cost, ..
        } = self.position;
        terms
            .valuation
            .best_minor(side, volume, i128::from(cost), prices, rate)
    }
}

/// What the legs are worth at the last prices: the same as [`crate::Market::worth`] of their positions.
pub(super) fn worth(legs: &[Leg], terms: &[Terms], board: &Board) -> Result<Worth, RulesError> {
    let (mut sum, mut is_firm) = (0, true);
    for leg in legs {
        let own = board.row(leg.symbol());
        let terms = &terms[leg.symbol().0 as usize];
        let rate = terms.rate.map(|rate| board.row(rate));
        let Some(quote) = own.quote else {
            return Ok(Worth::Unknown);
        };
        let rate_quote = rate.and_then(|row| row.quote).map(BestPrices::from);
        match leg.value(terms, quote.into(), rate_quote) {
            Ok(minor) => sum = add(sum, minor)?,
            Err(ValuationError::NoRate) => return Ok(Worth::Unknown),
            Err(ValuationError::Overflow) => return Err(RulesError::Overflow),
            Err(ValuationError::BadTerms) => return Err(RulesError::BadTerms),
        }
        is_firm &= !own.is_stale && !rate.is_some_and(|row| row.is_stale);
    }
    Ok(if is_firm {
        Worth::Firm(sum)
    } else {
        Worth::Doubtful(sum)
    })
}
