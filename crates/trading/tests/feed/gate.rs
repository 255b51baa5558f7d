//! What the gate lets in.

use rstest::rstest;
use std::sync::Arc;
use touchstone_domain::basis_points::parse_decimal;
use touchstone_domain::{Price, Symbol, UnixMicros};
use touchstone_trading::{Action, Gate, GateRules, Tick, TickFault, Verdict};

/// Received at, fed at (both seconds, to the millisecond), number or -, bid, ask, what became of it.
const STRICT: &str = "
    # The first price is believed.
    100.000  100.000  1  108500 108510 | accepted
    100.500  100.400  2  108501 108511 | accepted
    # The same instant with a further number is in order; an old number or an old instant is not.
    100.600  100.400  3  108502 108512 | accepted
    100.700  100.500  3  108503 108513 | refused OUT_OF_ORDER
    100.700  100.399  4  108503 108513 | refused OUT_OF_ORDER
    100.700  100.500  -  108503 108513 | accepted
    # Without number and with the same instant: in order.
    100.700  100.500  -  108504 108514 | accepted
    100.800  100.800  5  0      108513 | refused ZERO
    100.800  100.800  5  -1     -1     | refused ZERO
    100.800  100.800  5  108513 108512 | refused CROSSED
    # The bid may be the ask.
    100.800  100.800  5  108512 108512 | accepted
    # What was refused has left nothing behind: the number 5 was free until now, and is gone now.
    100.900  100.900  5  108512 108512 | refused OUT_OF_ORDER
    # Ten seconds late is just in time.
    111.000  101.000  6  108512 108512 | accepted
    111.001  101.000  7  108512 108512 | refused STALE
    # Two seconds ahead of our clock is just not ahead.
    112.000  114.000  8  108512 108512 | accepted
    112.000  114.001  9  108512 108512 | refused AHEAD
    # 2 percent of 217,024 (twice the middle) are 4,340.48.
    115.000  115.000  10 110682 110682 | accepted
    115.000  115.000  11 108400 108400 | refused FAR_OFF
    115.000  115.000  12 110680 110680 | accepted
    # A jump is believed when three ticks in a row agree for five seconds; a lonely one in between begins anew.
    116.000  116.000  13 120000 120010 | refused FAR_OFF
    120.000  120.000  14 120001 120011 | refused FAR_OFF
    120.500  120.500  15 90000  90010  | refused FAR_OFF
    121.000  121.000  16 120000 120010 | refused FAR_OFF
    121.001  121.001  17 120000 120010 | refused FAR_OFF
    121.002  121.002  18 120000 120010 | refused FAR_OFF
    125.999  125.999  19 120000 120010 | refused FAR_OFF
    126.000  126.000  20 120002 120012 | flagged FAR_OFF
    126.000  126.000  21 120003 120013 | accepted
    # A price that is believed in between ends the doubt.
    127.000  127.000  22 140000 140010 | refused FAR_OFF
    130.000  130.000  23 140000 140010 | refused FAR_OFF
    131.000  131.000  24 120003 120013 | accepted
    132.000  132.000  25 140000 140010 | refused FAR_OFF
    # The third of them, long after the first.
    140.000  140.000  26 140000 140010 | refused FAR_OFF
    140.000  140.000  27 140000 140010 | flagged FAR_OFF
";

const LENIENT: &str = "
    100.000  100.000  5  108500 108510 | accepted
    100.100  99.000   4  108501 108511 | flagged OUT_OF_ORDER
    # The marked one has set no clock back.
    100.200  99.500   6  108502 108512 | flagged OUT_OF_ORDER
    100.300  100.100  7  108503 108513 | accepted
    120.000  100.200  8  108503 108513 | flagged STALE
    120.000  119.000  9  120000 120010 | flagged FAR_OFF
    120.000  119.000  10 120000 120010 | accepted
    # What cannot be a price is refused whatever the rules say.
    120.000  119.000  10 0      120010 | refused ZERO
    120.000  119.000  10 120011 120010 | refused CROSSED
    120.000  129.000  10 120000 120010 | refused AHEAD
";

fn lenient() -> GateRules {
    GateRules {
        out_of_order: Action::Flag,
        stale: Action::Flag,
        far_off: Action::Flag,
        ..GateRules::default()
    }
}

fn source() -> Arc<str> {
    "bank".into()
}

fn symbol() -> Symbol {
    "EURUSD".parse().unwrap()
}

fn rows(table: &str) -> Vec<(UnixMicros, Tick, String)> {
    let lines = table.lines().map(str::trim);
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let (cells, verdict) = row.split_once('|').unwrap();
        let cells: Vec<_> = cells.split_whitespace().collect();
        let [received_at, fed_at, number, bid, ask] = cells[..] else {
            panic!("five cells: {row}")
        };
        let instant = |text| UnixMicros(parse_decimal(text, 6).unwrap());
        let tick = Tick {
            symbol: symbol(),
            bid: Price(bid.parse().unwrap()),
            ask: Price(ask.parse().unwrap()),
            fed_at: instant(fed_at),
            sequence: number.parse().ok(),
        };
        (instant(received_at), tick, verdict.trim().to_owned())
    })
    .collect()
}

#[rstest]
#[case::strict(GateRules::default(), STRICT)]
#[case::lenient(lenient(), LENIENT)]
fn every_tick_is_judged_as_written(#[case] rules: GateRules, #[case] table: &str) {
    let mut gate = Gate::new(rules);
    let rows = rows(table);
    for (received_at, tick, expect) in &rows {
        let told = match gate.judge(&source(), tick, *received_at) {
            Verdict::Accepted(quote) => {
                assert_eq!((quote.bid(), quote.ask()), (tick.bid, tick.ask));
                "accepted".to_owned()
            }
            Verdict::Flagged(_, fault) => format!("flagged {}", fault.code()),
            Verdict::Refused(fault) => format!("refused {}", fault.code()),
        };
        assert_eq!(told, *expect, "{tick:?}");
    }
    let (named, counts) = gate.counts().next().unwrap();
    assert_eq!(named, symbol());
    let count = |word: &str| {
        rows.iter()
            .filter(|(.., told)| told.starts_with(word))
            .count() as u64
    };
    assert_eq!(counts.accepted, count("accepted"));
    assert_eq!(counts.flagged.values().sum::<u64>(), count("flagged"));
    assert_eq!(counts.refused.values().sum::<u64>(), count("refused"));
    for fault in TickFault::ALL {
        let refused = counts.refused.get(&fault).copied().unwrap_or(0);
        assert_eq!(refused, count(&format!("refused {}", fault.code())));
    }
}

#[test]
fn without_confirmation_a_jump_is_never_believed() {
    let mut gate = Gate::new(GateRules {
        far_off_confirmed_by: 0,
        ..GateRules::default()
    });
    let (received_at, first, _) = rows(STRICT).swap_remove(0);
    gate.judge(&source(), &first, received_at);
    for sequence in 2..100 {
        let tick = Tick {
            bid: Price(120_000),
            ask: Price(120_010),
            sequence: Some(sequence),
            ..first
        };
        let refused = Verdict::Refused(TickFault::FarOff);
        assert_eq!(gate.judge(&source(), &tick, received_at), refused);
    }
}

#[test]
fn symbols_do_not_disturb_each_other() {
    let mut gate = Gate::new(GateRules::default());
    let (received_at, first, _) = rows(STRICT).swap_remove(0);
    let other = Tick {
        symbol: "USDJPY".parse().unwrap(),
        bid: Price(150_000),
        ask: Price(150_010),
        sequence: Some(0),
        ..first
    };
    for tick in [first, other] {
        assert!(matches!(
            gate.judge(&source(), &tick, received_at),
            Verdict::Accepted(_)
        ));
    }
}

#[test]
fn every_feed_counts_for_itself_and_all_of_them_make_one_price() {
    let mut gate = Gate::new(GateRules::default());
    let (received_at, first, _) = rows(STRICT).swap_remove(0);
    let of = |sequence, bid| Tick {
        bid: Price(bid),
        ask: Price(bid + 10),
        sequence: Some(sequence),
        ..first
    };
    let other: Arc<str> = "other".into();
    let far = Verdict::Refused(TickFault::FarOff);
    let again = Verdict::Refused(TickFault::OutOfOrder);
    gate.resume(&other, &of(1_000, 108_500));
    assert!(matches!(
        gate.judge(&source(), &of(1, 108_501), received_at),
        Verdict::Accepted(_)
    ));
    assert_eq!(gate.judge(&other, &of(1_000, 108_502), received_at), again);
    assert_eq!(gate.judge(&other, &of(1_001, 120_000), received_at), far);
    assert_eq!(gate.judge(&source(), &of(1, 108_502), received_at), again);
    assert!(matches!(
        gate.judge(&source(), &of(2, 108_502), received_at),
        Verdict::Accepted(_)
    ));
}

#[test]
fn a_feed_that_starts_anew_counts_anew_when_its_time_goes_on() {
    let mut gate = Gate::new(GateRules::default());
    let (received_at, first, _) = rows(STRICT).swap_remove(0);
    let at = |sequence, micros: i64| Tick {
        fed_at: first.fed_at.plus_micros(micros),
        sequence: Some(sequence),
        ..first
    };
    let again = Verdict::Refused(TickFault::OutOfOrder);
    let mut judge = |tick: Tick| gate.judge(&source(), &tick, received_at.plus_micros(10));
    assert!(matches!(
        judge(at(i64::MAX.cast_unsigned(), 0)),
        Verdict::Accepted(_)
    ));
    assert_eq!(
        judge(at(1, 0)),
        again,
        "of the same instant it is an old one"
    );
    assert!(matches!(judge(at(1, 1)), Verdict::Accepted(_)));
    assert_eq!(judge(at(1, 1)), again);
    assert!(matches!(judge(at(2, 1)), Verdict::Accepted(_)));
}
