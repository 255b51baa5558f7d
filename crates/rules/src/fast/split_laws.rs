//! As long as every price stays inside its edges, the equity stays inside its room.

use super::fence::{Edge, Slot};
use super::leg::{Leg, worth};
use super::split::{Edges, split};
use super::terms::{Board, Terms, TermsBook};
use crate::market::Worth;
use crate::{Market, Position, PositionId, SymbolId, SymbolTerms};
use proptest::prelude::*;
use touchstone_domain::{Currency, Price, Quote, Side, UnixMicros, Volume};

/// Digits, contract size, base, profit, bid.
const SYMBOLS: [(u32, i64, Option<&str>, &str, i64); 6] = [
    (5, 100_000, Some("EUR"), "USD", 108_500),
    (3, 100_000, Some("USD"), "JPY", 150_000),
    (3, 100_000, Some("EUR"), "JPY", 162_000),
    (1, 10, None, "EUR", 18_000),
    (2, 100, None, "USD", 202_000),
    (0, 1, Some("BTC"), "USD", 60_000),
];

fn market(moved: &[i64], spread: i64) -> Market {
    let mut market = Market::default();
    for ((digits, contract_size, base, profit, bid), moved) in SYMBOLS.into_iter().zip(moved) {
        let terms = SymbolTerms {
            digits,
            contract_size,
            base: base.map(|code| code.parse().unwrap()),
            profit: profit.parse().unwrap(),
        };
        let id = market.list(terms).unwrap();
        let bid = bid + bid * moved / 10_000;
        let quote = Quote::new(Price(bid), Price(bid + spread)).unwrap();
        market.quoted(id, quote).unwrap();
    }
    market
}

/// The equity of the legs without a balance.
fn value(legs: &[Leg], terms: &[Terms], board: &Board) -> i64 {
    match worth(legs, terms, board).unwrap() {
        Worth::Firm(minor) => minor,
        other => panic!("{other:?}"),
    }
}

fn narrowed(edge: &mut Edge, by: Edge) {
    edge.low = edge.low.max(by.low);
    edge.high = edge.high.min(by.high);
}

/// A price inside of an edge, at an end of it or between them.
fn inside(edge: Edge, here: i64, part: i64) -> i64 {
    let low = edge.low.max(here / 3 + 1);
    let high = edge.high.min(here * 3);
    low + (high - low) * part / 100
}

type Drawn = (usize, bool, i64, i64);

fn legs() -> impl Strategy<Value = Vec<Drawn>> {
    let volume = prop_oneof![1_i64..300, 1_i64..40_000];
    prop::collection::vec((0_usize..6, any::<bool>(), volume, -4_000_i64..4_000), 1..6)
}

fn leg((symbol, is_long, volume, away): Drawn) -> Leg {
    let bid = SYMBOLS[symbol].4;
    Leg {
        position: Position {
            id: PositionId(1),
            symbol: SymbolId(symbol as u32),
            side: if is_long { Side::Long } else { Side::Short },
            volume: Volume(volume),
            cost: (bid + bid * away / 10_000) * volume + away,
            opened_at: UnixMicros(0),
        },
        price: Slot::NONE,
        rate_bid: Slot::NONE,
        rate_ask: Slot::NONE,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, ..ProptestConfig::default() })]

    #[test]
    fn prices_inside_their_edges_stay_in_the_room(
        legs in legs(),
        moved in prop::collection::vec(-300_i64..300, 6),
        spread in 0_i64..40,
        down in prop_oneof![0_i64..50, 0_i64..2_000_000, Just(i64::MAX)],
        up in prop_oneof![0_i64..50, 0_i64..2_000_000, Just(i64::MAX)],
        parts in prop::collection::vec((prop_oneof![Just(0_i64), Just(100), 0_i64..100], prop_oneof![Just(0_i64), Just(100), 0_i64..100]), 6),
        code in prop_oneof![Just("USD"), Just("EUR"), Just("JPY")],
    ) {
        let currency: Currency = code.parse().unwrap();
        let market = market(&moved, spread);
        let mut board = Board::of(&market);
        let mut book = TermsBook::default();
        let id = book.currency(currency, &market).unwrap();
        let terms = book.terms(id);
        let legs: Vec<Leg> = legs.into_iter().map(leg).collect();
        // An account in yen can hold no gold here: nothing converts it but the dollar.
        let before = value(&legs, terms, &board);
        let mut filed = vec![Edges::ENDLESS; legs.len()];
        split(&legs, terms, &board, (down, up), |index, edges| filed[index] = edges);
        let mut bids = [Edge::ENDLESS; SYMBOLS.len()];
        let mut asks = [Edge::ENDLESS; SYMBOLS.len()];
        for (leg, edges) in legs.iter().zip(filed) {
            let symbol = leg.symbol().0 as usize;
            match leg.position.side {
                Side::Long => narrowed(&mut bids[symbol], edges.price),
                Side::Short => narrowed(&mut asks[symbol], edges.price),
            }
            if let Some(rate) = terms[symbol].rate {
                narrowed(&mut bids[rate.0 as usize], edges.rate_bid);
                narrowed(&mut asks[rate.0 as usize], edges.rate_ask);
            }
        }
        for symbol in 0..SYMBOLS.len() {
            let quote = board.rows[symbol].quote.unwrap();
            prop_assert!(bids[symbol].low <= quote.bid().0 && quote.bid().0 <= bids[symbol].high);
            let bid = inside(bids[symbol], quote.bid().0, parts[symbol].0);
            let ask = inside(asks[symbol], quote.ask().0, parts[symbol].1);
            // No quote is crossed.
            if let Some(quote) = Quote::new(Price(bid), Price(ask)) {
                board.rows[symbol].quote = Some(quote);
            }
        }
        let after = value(&legs, terms, &board);
        prop_assert!(before.saturating_sub(down) <= after, "{before} - {down} > {after}");
        prop_assert!(after <= before.saturating_add(up), "{after} > {before} + {up}");
    }
}
