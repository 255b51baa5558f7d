//! The simulated market.

use rstest::rstest;
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_domain::{Symbol, UnixMicros};
use touchstone_trading::{
    Catalogue, FileTick, Gate, GateRules, Layout, SimulatedMarket, Tick, TickFile, Verdict,
};

/// A Tuesday at noon in UTC.
const TUESDAY_NOON: i64 = 1_783_425_600;

fn at(seconds: i64) -> UnixMicros {
    UnixMicros::from_seconds(TUESDAY_NOON + seconds)
}

fn catalogue() -> Catalogue {
    Catalogue::parse(Catalogue::DEFAULT).unwrap()
}

fn market(seed: u64) -> SimulatedMarket {
    SimulatedMarket::new(&catalogue(), seed, at(0))
}

/// The ticks of so many seconds, asked for minute by minute.
fn run(market: &mut SimulatedMarket, from: i64, seconds: i64) -> Vec<Tick> {
    let ends = (from..from + seconds).step_by(60).map(|s| at(s + 60));
    ends.flat_map(|now| market.next(now)).collect()
}

fn symbol(text: &str) -> Symbol {
    text.parse().unwrap()
}

#[test]
fn the_same_seed_is_the_same_market_however_often_one_asks() {
    let whole = market(7).next(at(600));
    assert!(whole.len() > 1_000);
    let mut asked = market(7);
    let mut pieces = Vec::new();
    let mut now = at(0);
    while now < at(600) {
        now = now.plus_micros(137_001).min(at(600));
        pieces.extend(asked.next(now));
    }
    assert_eq!(whole, pieces);
    assert_ne!(whole, market(8).next(at(600)));
}

#[test]
fn every_instrument_of_the_default_catalogue_is_quoted_and_passes_the_gate() {
    let mut gate = Gate::new(GateRules::default());
    let mut market = market(1);
    let mut quoted: BTreeMap<Symbol, u64> = BTreeMap::new();
    for minute in 0..120 {
        for tick in market.next(at(minute * 60)) {
            let verdict = gate.judge(&"demo".into(), &tick, tick.fed_at);
            assert!(
                matches!(verdict, Verdict::Accepted(_)),
                "{tick:?} {verdict:?}"
            );
            *quoted.entry(tick.symbol).or_default() += 1;
        }
    }
    for instrument in catalogue().iter() {
        let ticks = quoted.get(&instrument.symbol).copied().unwrap_or(0);
        assert!(
            ticks > 500,
            "{}: {ticks} ticks in two hours",
            instrument.symbol
        );
    }
}

/// The samples that are shipped for `touchstone replay`, half an hour each. They also show that a seed is the same
/// market on every machine. UPDATE_TABLES=1 writes them.
#[rstest]
#[case::eurusd("eurusd-histdata.csv", "EURUSD", Layout::HistData)]
#[case::usdjpy("usdjpy-truefx.csv", "USDJPY", Layout::TrueFx)]
fn the_samples_are_what_the_market_says(
    #[case] file: &str,
    #[case] name: &str,
    #[case] layout: Layout,
) {
    let digits = catalogue().get(symbol(name)).unwrap().digits;
    let ticks = market(2026).next(at(1_800));
    let ticks = ticks.into_iter().filter(|tick| tick.symbol == symbol(name));
    let ticks: Vec<Tick> = ticks
        .map(|tick| Tick {
            sequence: None,
            ..tick
        })
        .collect();
    let lines = ticks.iter().map(|tick| {
        let tick = FileTick {
            line: 0,
            fed_at: tick.fed_at,
            bid: tick.bid,
            ask: tick.ask,
        };
        layout.line(&tick, digits)
    });
    let header = layout.header().map(str::to_owned);
    let text: String = header
        .into_iter()
        .chain(lines)
        .map(|line| line + "\n")
        .collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples")
        .join(file);
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(
        text == std::fs::read_to_string(&path).unwrap(),
        "{file} differs from the market"
    );
    let read = TickFile::new(text.as_bytes(), digits).map(|tick| Tick {
        sequence: None,
        ..tick.unwrap().of(symbol(name))
    });
    assert_eq!(read.collect::<Vec<_>>(), ticks);
}

/// How far the price moved in each minute.
fn moves(ticks: &[Tick], symbol: Symbol) -> BTreeMap<i64, i64> {
    let mut ends: BTreeMap<i64, i64> = BTreeMap::new();
    for tick in ticks.iter().filter(|tick| tick.symbol == symbol) {
        ends.insert(tick.fed_at.seconds() / 60, tick.bid.0);
    }
    let pairs = ends.iter().zip(ends.iter().skip(1));
    pairs
        .map(|((_, from), (minute, to))| (*minute, to - from))
        .collect()
}

/// Of the minutes in which both moved, the percentage in which they moved the same way.
fn together(ticks: &[Tick], one: &str, other: &str) -> usize {
    let (one, other) = (moves(ticks, symbol(one)), moves(ticks, symbol(other)));
    let both: Vec<_> = one
        .iter()
        .filter_map(|(minute, a)| Some((*a, *other.get(minute)?)))
        .filter(|(a, b)| *a != 0 && *b != 0)
        .collect();
    let same = both
        .iter()
        .filter(|(a, b)| a.signum() == b.signum())
        .count();
    100 * same / both.len().max(1)
}

#[test]
fn symbols_move_together_as_their_currencies_do() {
    let ticks = run(&mut market(3), 0, 8 * 3_600);
    let eur_gbp = together(&ticks, "EURUSD", "GBPUSD");
    assert!(eur_gbp > 60, "{eur_gbp} %");
    let indices = together(&ticks, "US500", "NAS100");
    assert!(indices > 65, "{indices} %");
    let against = together(&ticks, "EURUSD", "USDCHF");
    assert!(against < 40, "{against} %");
}

/// EURGBP is EURUSD over GBPUSD, but for spread and rounding.
#[test]
fn crosses_agree_with_their_majors() {
    let mut last: BTreeMap<Symbol, i64> = BTreeMap::new();
    for tick in market(5).next(at(3_600)) {
        last.insert(tick.symbol, (tick.bid.0 + tick.ask.0) / 2);
    }
    let [eurusd, gbpusd, eurgbp] = ["EURUSD", "GBPUSD", "EURGBP"].map(|name| last[&symbol(name)]);
    let cross = eurusd * 100_000 / gbpusd;
    assert!((cross - eurgbp).abs() < 40, "{cross} {eurgbp}");
}

#[test]
fn nights_are_quiet_and_afternoons_are_not() {
    let mut market = market(11);
    let ticks = run(&mut market, 0, 34 * 3_600);
    let travelled = |from: i64, to: i64| {
        let minutes = at(from * 3_600).seconds() / 60..at(to * 3_600).seconds() / 60;
        let moves = moves(&ticks, symbol("EURUSD"));
        moves
            .range(minutes)
            .map(|(_, points)| points.abs())
            .sum::<i64>()
    };
    // 13:00 to 16:00 against 00:00 to 03:00.
    let (busy, quiet) = (travelled(1, 4), travelled(12, 15));
    assert!(busy > 2 * quiet, "{busy} {quiet}");
}

#[test]
fn a_closed_market_is_silent() {
    // From noon on Tuesday to noon on Saturday in one leap, and then an hour of walking.
    let mut market = market(2);
    market.next(at(4 * 86_400));
    let ticks = run(&mut market, 4 * 86_400, 3_600);
    let symbols: std::collections::BTreeSet<_> = ticks.iter().map(|tick| tick.symbol).collect();
    let names: Vec<_> = symbols.iter().map(Symbol::as_str).collect();
    assert_eq!(names, ["BTCUSD", "ETHUSD"]);
}

#[test]
fn a_clock_that_is_set_ahead_is_no_flood() {
    let mut market = market(2);
    market.next(at(60));
    let ticks = market.next(at(7 * 86_400));
    assert!(ticks.len() < 100, "{}", ticks.len());
    assert!(ticks.iter().all(|tick| tick.fed_at <= at(7 * 86_400)));
    assert!(!market.next(at(7 * 86_400 + 60)).is_empty());
}

/// Prices stay in sight of where they began.
#[test]
fn two_days_are_no_disaster() {
    let mut market = market(4);
    let first = market.next(at(60));
    let mut last = first.clone();
    for hour in 1..2 * 24 {
        last.extend(market.next(at(hour * 3_600 + 3_599)).pop());
    }
    for tick in &last {
        let began = first
            .iter()
            .find(|other| other.symbol == tick.symbol)
            .unwrap();
        let ratio = tick.bid.0 * 100 / began.bid.0;
        assert!((50..200).contains(&ratio), "{}: {ratio} %", tick.symbol);
    }
}
