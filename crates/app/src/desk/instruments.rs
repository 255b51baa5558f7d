//! What can be traded, in the words of both engines.

use std::collections::BTreeMap;
use touchstone_domain::{Group, Symbol};
use touchstone_rules::{Market, PositionId, RulesError, SymbolId, SymbolTerms};
use touchstone_trading::{
    Catalogue, CatalogueFault, GroupTerms, GroupTrading, Instrument, Position, TermsFault,
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

    /// Those of a demo: its stage is one of them.
    ///
    /// # Panics
    /// Never: a test reads them.
    pub fn demo() -> Self {
        Self::parse(&crate::demo::catalogue()).expect("the demo's catalogue can be read")
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

    /// A position in the words of the rules; `None` for a symbol that is not traded any more.
    pub fn judged(&self, held: &Position) -> Option<touchstone_rules::Position> {
        Some(touchstone_rules::Position {
            id: PositionId(held.id.0),
            symbol: self.place(held.symbol)?,
            side: held.side,
            volume: held.volume,
            cost: held.cost,
            opened_at: held.opened_at,
        })
    }

    /// Every symbol, without a price.
    pub fn market(&self) -> Market {
        self.market.clone()
    }

    /// What accounts of a group trade.
    ///
    /// # Errors
    /// Terms outside of their ranges.
    pub fn terms_of(
        &self,
        group: &Group,
        trading: &GroupTrading,
    ) -> Result<GroupTerms, TermsFault> {
        let limit = usize::try_from(group.max_positions).ok();
        let limit = limit.filter(|limit| *limit > 0);
        trading.terms(&self.catalogue, group.currency, limit)
    }
}
