//! How each symbol is valued in accounts of one currency, worked out once.

use crate::{Market, RulesError, SymbolId};
use touchstone_domain::{Currency, Quote, Valuation};

#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub valuation: Valuation,
    /// The symbol that converts the profit, if it must be converted and one can.
    pub rate: Option<SymbolId>,
}

/// The place of a currency among those that accounts are kept in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CurrencyId(u16);

#[derive(Clone, Debug, Default)]
pub(super) struct TermsBook {
    currencies: Vec<(Currency, Vec<Terms>)>,
}

impl TermsBook {
    pub fn currency(
        &mut self,
        currency: Currency,
        market: &Market,
    ) -> Result<CurrencyId, RulesError> {
        let known = self.currencies.iter().position(|(own, _)| *own == currency);
        let index = match known {
            Some(index) => index,
            None => {
                self.currencies
                    .push((currency, all_terms(currency, market)?));
                self.currencies.len() - 1
            }
        };
        u16::try_from(index)
            .map(CurrencyId)
            .map_err(|_| RulesError::BadTerms)
    }

    /// Works everything out again, after a symbol was listed.
    pub fn renew(&mut self, market: &Market) -> Result<(), RulesError> {
        for (currency, terms) in &mut self.currencies {
            *terms = all_terms(*currency, market)?;
        }
        Ok(())
    }

    pub fn name(&self, id: CurrencyId) -> Currency {
        self.currencies[usize::from(id.0)].0
    }

    pub fn terms(&self, id: CurrencyId) -> &[Terms] {
        &self.currencies[usize::from(id.0)].1
    }
}

fn all_terms(currency: Currency, market: &Market) -> Result<Vec<Terms>, RulesError> {
    let places = 0..u32::try_from(market.len()).map_err(|_| RulesError::BadTerms)?;
    let each = places.map(|place| {
        let (valuation, rate) = market.route(SymbolId(place), currency)?;
        Ok(Terms { valuation, rate })
    });
    each.collect()
}

/// The last prices, in a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    pub rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub quote: Option<Quote>,
    pub is_stale: bool,
    /// A moving mean of how far the price moves with each of its ticks, in 256ths of a point, above 0. It decides only
    /// how a room is split, never a verdict.
    pub pace: u64,
}

impl Board {
    pub fn of(market: &Market) -> Self {
        let mut board = Self::default();
        board.grow(market);
        board
    }

    /// Takes in what was listed since.
    pub fn grow(&mut self, market: &Market) {
        let known = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        for place in known..u32::try_from(market.len()).unwrap_or(u32::MAX) {
            let id = SymbolId(place);
            let quote = market.quote(id);
            self.rows.push(Row {
                quote,
                is_stale: market.is_stale(id),
                pace: quote.map_or(1, first_pace),
            });
        }
    }

    pub fn row(&self, id: SymbolId) -> &Row {
        &self.rows[id.0 as usize]
    }

    /// Whether prices of the symbol count again, or count otherwise, with this one.
    pub fn wakes(&self, id: SymbolId) -> bool {
        let row = self.row(id);
        row.quote.is_none() || row.is_stale
    }

    pub fn set(&mut self, id: SymbolId, quote: Quote) {
        let row = &mut self.rows[id.0 as usize];
        match row.quote {
            None => row.pace = first_pace(quote),
            Some(last) => {
                let moved = quote.bid().0.abs_diff(last.bid().0).min(1 << 30) << 8;
                let pace = row.pace - row.pace / 512 + moved / 512;
                row.pace = pace.max(1);
            }
        }
        row.quote = Some(quote);
        row.is_stale = false;
    }
}

/// A hundredth of a percent, until more is known.
fn first_pace(quote: Quote) -> u64 {
    let price = quote.bid().0.unsigned_abs().min(1 << 40);
    (price << 8).div_ceil(10_000).max(1)
}
