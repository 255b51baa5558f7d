//! What can be traded, in the words of both engines.

use std::collections::BTreeMap;
use touchstone_domain::{Currency, Group, Symbol};
use touchstone_rules::{Market, RulesError, SymbolId, SymbolTerms};
use touchstone_trading::{
    Catalogue, CatalogueFault, Conditions, GroupTerms, Instrument, TermsFault,
};

/// The catalogue, with the place of each symbol in the rules' market.
#[derive(Clone, Debug)]
pub struct Instruments {
    catalogue: Catalogue,
    symbols: Vec<Symbol>,
    places: BTreeMap<Symbol, SymbolId>,
    market: Market,
}

#[derive(Debug, thiserror::Error)]
pub enum InstrumentsError {
    #[error(transparent)]
    Catalogue(#[from] CatalogueFault),
    #[error(transparent)]
    Rules(#[from] RulesError),
}

impl Instruments {
    /// # Errors
    /// A catalogue that cannot be read or valued.
    pub fn parse(text: &str) -> Result<Self, InstrumentsError> {
        let catalogue = Catalogue::parse(text)?;
        let mut market = Market::default();
        let mut places = BTreeMap::new();
        let mut symbols = Vec::new();
        for instrument in catalogue.iter() {
            let place = market.list(SymbolTerms {
                digits: instrument.digits,
                contract_size: instrument.contract_size,
                base: instrument.base,
                profit: instrument.quote,
            })?;
            places.insert(instrument.symbol, place);
            symbols.push(instrument.symbol);
        }
        Ok(Self {
            catalogue,
            symbols,
            places,
            market,
        })
    }

    /// Those that come with the program.
    ///
    /// # Panics
    /// Never: a test reads them.
    pub fn built_in() -> Self {
        Self::parse(Catalogue::DEFAULT).expect("the built-in catalogue can be read")
    }

    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub fn get(&self, symbol: Symbol) -> Option<&Instrument> {
        self.catalogue.get(symbol)
    }

    /// In the order of their places.
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    pub fn place(&self, symbol: Symbol) -> Option<SymbolId> {
        self.places.get(&symbol).copied()
    }

    /// Every symbol, without a price.
    pub fn market(&self) -> Market {
        self.market.clone()
    }

    /// What accounts of a group trade, on the terms of the catalogue.
    ///
    /// # Errors
    /// Terms outside of their ranges.
    pub fn terms_of(&self, group: &Group) -> Result<GroupTerms, TermsFault> {
        let mut conditions = Conditions::default();
        if let Ok(limit) = usize::try_from(group.max_positions)
            && limit > 0
        {
            conditions.max_positions = limit;
        }
        self.terms(group.currency, conditions)
    }

    fn terms(&self, currency: Currency, conditions: Conditions) -> Result<GroupTerms, TermsFault> {
        GroupTerms::new(&self.catalogue, currency, conditions, &BTreeMap::new())
    }
}
