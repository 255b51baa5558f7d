//! The terms of a group, ready to deal and value by.

use crate::{Catalogue, CatalogueFault, Instrument, TermsPatch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use touchstone_domain::{BasisPoints, Currency, Symbol, Through, Valuation};

/// What is asked of every account of a group, whatever it trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// Equity as a share of the margin, in basis points, at or below which an account is warned.
    pub margin_call: BasisPoints,
    /// The same, at or below which positions are closed.
    pub stop_out: BasisPoints,
    pub hedged_margin: HedgedMargin,
    /// Open positions at once.
    pub max_positions: usize,
    /// Waiting orders at once.
    pub max_orders: usize,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            margin_call: BasisPoints(10_000),
            stop_out: BasisPoints(5_000),
            hedged_margin: HedgedMargin::LargerLeg,
            max_positions: 200,
            max_orders: 200,
        }
    }
}

/// The margin of positions that are held against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HedgedMargin {
    /// Of each symbol the side that asks for more.
    LargerLeg,
    /// Both sides.
    Both,
}

/// One instrument for accounts of one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub instrument: Instrument,
    pub valuation: Valuation,
    /// The symbol at whose price the profit reaches the account's currency.
    pub rate_symbol: Option<Symbol>,
}

/// Everything a group's accounts trade, on its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTerms {
    pub currency: Currency,
    pub conditions: Conditions,
    terms: BTreeMap<Symbol, Terms>,
}

impl GroupTerms {
    /// Instruments whose profit cannot be converted into `currency` by any symbol of the catalogue are left out: they
    /// are unknown to the group. [`GroupTerms::left_out`] names them.
    ///
    /// # Errors
    /// When a patch asks for terms outside of their ranges, or names no instrument.
    pub fn new(
        catalogue: &Catalogue,
        currency: Currency,
        conditions: Conditions,
        patches: &BTreeMap<Symbol, TermsPatch>,
    ) -> Result<Self, TermsFault> {
        if let Some(symbol) = patches.keys().find(|s| catalogue.get(**s).is_none()) {
            return Err(TermsFault::UnknownSymbol(*symbol));
        }
        let mut terms = BTreeMap::new();
        for instrument in catalogue.iter() {
            let Some((through, rate_symbol)) = conversion(catalogue, instrument.quote, currency)
            else {
                continue;
            };
            let unchanged = TermsPatch::default();
            let patch = patches.get(&instrument.symbol).unwrap_or(&unchanged);
            let instrument = instrument.patched(patch)?;
            let valuation = Valuation::new(
                instrument.digits,
                instrument.contract_size,
                instrument.quote,
                currency,
                through,
            )
            .map_err(|_| TermsFault::BadTerms(instrument.symbol))?;
            let symbol = instrument.symbol;
            terms.insert(
                symbol,
                Terms {
                    instrument,
                    valuation,
                    rate_symbol,
                },
            );
        }
        Ok(Self {
            currency,
            conditions,
            terms,
        })
    }

    pub fn get(&self, symbol: Symbol) -> Option<&Terms> {
        self.terms.get(&symbol)
    }

    /// In the order of their symbols.
    pub fn iter(&self) -> impl Iterator<Item = &Terms> {
        self.terms.values()
    }

    /// The instruments that a group of this currency cannot trade.
    pub fn left_out(&self, catalogue: &Catalogue) -> Vec<Symbol> {
        catalogue
            .iter()
            .map(|instrument| instrument.symbol)
            .filter(|symbol| !self.terms.contains_key(symbol))
            .collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsFault {
    #[error(
        "stop-out and margin call: 0 to 1000 percent, and the stop-out is not above the margin call"
    )]
    Levels,
    #[error("max_orders: 1 to 1000")]
    Orders,
    #[error("{0} stands in no catalogue of this firm")]
    UnknownSymbol(Symbol),
    #[error("{0} cannot be valued on these terms")]
    BadTerms(Symbol),
    #[error(transparent)]
    OutOfRange(#[from] CatalogueFault),
}

/// The one symbol that quotes both currencies. Of two, the one whose base is the profit's currency.
fn conversion(
    catalogue: &Catalogue,
    profit: Currency,
    account: Currency,
) -> Option<(Through, Option<Symbol>)> {
    if profit == account {
        return Some((Through::Nothing, None));
    }
    let quoting = |base, quote| {
        catalogue
            .iter()
            .find(|i| i.base == Some(base) && i.quote == quote)
    };
    if let Some(rate) = quoting(profit, account) {
        let digits = rate.digits;
        return Some((Through::Times { digits }, Some(rate.symbol)));
    }
    let rate = quoting(account, profit)?;
    let digits = rate.digits;
    Some((Through::Over { digits }, Some(rate.symbol)))
}
