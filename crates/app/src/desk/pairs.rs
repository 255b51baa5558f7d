//! The last prices as rates between currencies, for whoever has to convert a price.

use super::instruments::Instruments;
use super::market::Known;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::Symbol;
use touchstone_domain::conversion::{Pair, PairPrice, Rate};
use touchstone_trading::Instrument;

/// Of every instrument that is a currency in another, with its last price that was no odd one, if there was any; how old it may be is for
/// whoever asks.
pub(super) fn pairs(instruments: &Instruments, known: &BTreeMap<Symbol, Known>) -> Arc<[Pair]> {
    let instruments = instruments.catalogue().iter();
    let price = |instrument: &Instrument| {
        let last = &known.get(&instrument.symbol)?.last;
        let quote = last.quote()?;
        Some(PairPrice {
            bid: Rate::of_price(quote.bid(), instrument.digits)?,
            ask: Rate::of_price(quote.ask(), instrument.digits)?,
            at: last.at,
        })
    };
    let pairs = instruments.filter_map(|instrument| {
        Some(Pair {
            base: instrument.base?,
            quote: instrument.quote,
            price: price(instrument),
        })
    });
    pairs.collect()
}
