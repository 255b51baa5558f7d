//! What holds for every history.

use proptest::prelude::*;
use std::sync::Arc;
use touchstone_domain::{Currency, Login, Price, Quote, RuleSet, Side, UnixMicros, Volume};
use touchstone_rules::*;

const LOGIN: Login = Login(7);
const START: i64 = 1_774_000_000;

/// Rule sets of every mode; the days in March and April 2026 are of 23, 24 and 24 hours.
const RULES: [&str; 8] = [
    r#""max_loss":{"mode":"static","amount":{"percent_of_initial":500}}"#,
    r#""max_loss":{"mode":"trailing_intraday_equity","amount":{"fixed_minor":400000}}"#,
    r#""max_loss":{"mode":"trailing_intraday_equity","amount":{"percent_of_peak":400},"lock":"at_initial"}"#,
    r#""max_loss":{"mode":"trailing_closed_balance","amount":{"fixed_minor":400000},"lock":"at_initial"}"#,
    r#""max_loss":{"mode":"trailing_end_of_day_balance","amount":{"fixed_minor":400000},"lock":{"at_initial_plus":{"offset":{"fixed_minor":-100000}}}}"#,
    r#""max_loss":{"mode":"trailing_end_of_day_higher_of_balance_and_equity","amount":{"percent_of_initial":400}},"daily_loss":{"amount":{"percent_of_anchor":300},"anchor":"balance"}"#,
    r#""daily_loss":{"amount":{"percent_of_intraday_peak":200},"anchor":"higher_of_balance_and_equity","follows_intraday_peak":true},"max_loss":{"mode":"static","amount":{"percent_of_initial":600}}"#,
    r#""daily_loss":{"amount":{"percent_of_initial":100},"anchor":"equity","effect":{"strike":{"fails_at":3}}},"max_loss":{"mode":"trailing_intraday_equity","amount":{"fixed_minor":600000},"lock":"at_target_balance"},"passing":{"profit_target":{"amount":{"percent_of_initial":500},"judged_on":"equity"},"min_trading_days":3}"#,
];

fn rules(index: usize) -> Arc<RuleSet> {
    let text = format!(
        r#"{{"version":1,"trading_day":{{"zone":"Europe/Prague","reset":"00:00"}},{}}}"#,
        RULES[index]
    );
    Arc::new(serde_json::from_str(&text).unwrap())
}

fn opening() -> Opening {
    let at = UnixMicros::from_seconds(START);
    Opening {
        initial_minor: 10_000_000,
        purchased_at: at,
        activated_at: at,
    }
}

/// One account that is long in EURUSD.
fn world(index: usize) -> (Plain, SymbolId) {
    let mut market = Market::default();
    let symbol = market.list(SymbolTerms {
        digits: 5,
        contract_size: 100_000,
        base: Some("EUR".parse().unwrap()),
        profit: Currency::USD,
    });
    let symbol = symbol.unwrap();
    let mut plain = Plain::new(market);
    let phase = Phase::open(rules(index), opening()).unwrap();
    plain
        .open(Account::new(LOGIN, Currency::USD, phase))
        .unwrap();
    let at = UnixMicros::from_seconds(START);
    plain.apply(at, tick(symbol, 0)).unwrap();
    let position = Position {
        id: PositionId(1),
        symbol,
        side: Side::Long,
        volume: Volume(10_000),
        cost: 110_000 * 10_000,
        opened_at: at,
    };
    let event = Event::Opened {
        position,
        cost_minor: 0,
    };
    plain
        .apply(
            at,
            Input::Of {
                login: LOGIN,
                event,
            },
        )
        .unwrap();
    (plain, symbol)
}

/// A price so many points from where the account opened: a point is a dollar.
fn tick(symbol: SymbolId, points: i64) -> Input {
    let quote = Quote::new(Price(110_000 + points), Price(110_010 + points)).unwrap();
    Input::Tick { symbol, quote }
}

/// Seconds since the last one, and points.
fn walk() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((1_i64..20_000, -700_i64..700), 1..60).prop_map(|steps| {
        let (mut at, mut points) = (START, 0);
        steps
            .into_iter()
            .map(|(seconds, move_by)| {
                at += seconds;
                points = (points + move_by).clamp(-9_000, 9_000);
                (at, points)
            })
            .collect()
    })
}

fn run(index: usize, ticks: &[(i64, i64)]) -> Vec<Verdict> {
    let (mut plain, symbol) = world(index);
    let each = ticks.iter().flat_map(|(at, points)| {
        plain
            .apply(UnixMicros::from_seconds(*at), tick(symbol, *points))
            .unwrap()
    });
    each.collect()
}

fn ended_at(verdicts: &[Verdict]) -> Option<UnixMicros> {
    let end = verdicts
        .iter()
        .find(|verdict| verdict.finding.ends_the_phase());
    end.map(|verdict| verdict.at)
}

proptest! {
    #[test]
    fn a_floor_of_the_maximum_loss_never_falls_and_a_locked_one_never_moves(index in 0..RULES.len(), ticks in walk()) {
        let (mut plain, symbol) = world(index);
        let floor = |plain: &Plain| {
            let limits = plain.account(LOGIN).unwrap().phase().limits().unwrap();
            limits.into_iter().find(|limit| limit.rule == RuleName::MaxLoss).unwrap()
        };
        let mut before = floor(&plain);
        for (at, points) in ticks {
            plain.apply(UnixMicros::from_seconds(at), tick(symbol, points)).unwrap();
            let now = floor(&plain);
            prop_assert!(now.level_minor >= before.level_minor);
            if before.is_locked {
                prop_assert!(now.is_locked && now.level_minor == before.level_minor);
            }
            before = now;
        }
    }

    /// Ticks between two others can only bring a breach forward, as long as the last one of each day stays.
    #[test]
    fn more_ticks_never_undo_a_breach(index in 0..7_usize, ticks in walk(), more in walk()) {
        let mut dense = ticks.clone();
        for (at, points) in more {
            let next = ticks.iter().find(|(other, _)| *other > at);
            let day = |at| rules(index).trading_day.day_of(UnixMicros::from_seconds(at)).unwrap();
            let is_free = ticks.iter().all(|(other, _)| *other != at);
            if is_free && next.is_some_and(|(next, _)| day(*next) == day(at)) {
                dense.push((at, points));
            }
        }
        dense.sort_unstable();
        let (sparse, dense) = (ended_at(&run(index, &ticks)), ended_at(&run(index, &dense)));
        if let Some(sparse) = sparse {
            prop_assert!(dense.is_some_and(|dense| dense <= sparse), "{dense:?} after {sparse:?}");
        }
    }

    /// Whether the clock is looked at all the time or only with the next tick: the verdicts are the same.
    #[test]
    fn looking_more_often_changes_nothing(index in 0..RULES.len(), ticks in walk(), every in 600_i64..40_000) {
        let (mut plain, symbol) = world(index);
        let mut verdicts = Vec::new();
        let mut last = START;
        for (at, points) in &ticks {
            for look in (last..*at).step_by(usize::try_from(every).unwrap()) {
                verdicts.extend(plain.apply(UnixMicros::from_seconds(look), Input::Time).unwrap());
            }
            last = *at;
            verdicts.extend(plain.apply(UnixMicros::from_seconds(*at), tick(symbol, *points)).unwrap());
        }
        prop_assert_eq!(verdicts, run(index, &ticks));
    }

    /// A checkpoint in the middle, written and read, goes on to the same verdicts.
    #[test]
    fn a_checkpoint_goes_on_the_same(index in 0..RULES.len(), ticks in walk(), cut in 0..60_usize) {
        let cut = cut.min(ticks.len());
        let (mut plain, symbol) = world(index);
        let mut verdicts = Vec::new();
        for (at, points) in &ticks[..cut] {
            verdicts.extend(plain.apply(UnixMicros::from_seconds(*at), tick(symbol, *points)).unwrap());
        }
        let account = plain.account(LOGIN).unwrap();
        let text = serde_json::to_string(account.phase().state()).unwrap();
        let phase = Phase::restore(rules(index), opening(), serde_json::from_str(&text).unwrap());
        let account = Account::restore(LOGIN, Currency::USD, phase, account.positions().to_vec(), Vec::new());
        let mut again = Plain::new(plain.market_mut().clone());
        again.open(account).unwrap();
        for (at, points) in &ticks[cut..] {
            verdicts.extend(again.apply(UnixMicros::from_seconds(*at), tick(symbol, *points)).unwrap());
        }
        prop_assert_eq!(verdicts, run(index, &ticks));
    }

    /// A phase that is over says nothing more, whatever comes.
    #[test]
    fn an_end_is_the_end(index in 0..RULES.len(), ticks in walk()) {
        let verdicts = run(index, &ticks);
        let ends = verdicts.iter().filter(|verdict| verdict.finding.ends_the_phase()).count();
        prop_assert!(ends <= 1);
        if ends == 1 {
            prop_assert!(verdicts.last().unwrap().finding.ends_the_phase());
        }
    }
}

/// A stop that fills on the tick which crosses the floor: the look comes after the fill, with nothing open.
#[test]
fn a_tick_and_its_fills_are_looked_at_once() {
    let (mut plain, symbol) = world(0);
    let at = UnixMicros::from_seconds(START + 1);
    let event = Event::Closed {
        id: PositionId(1),
        left: None,
        profit_minor: -499_900,
        cost_minor: -100,
    };
    let Input::Tick { quote, .. } = tick(symbol, -4_999) else {
        unreachable!()
    };
    let verdicts = plain.tick(at, symbol, quote, &[(LOGIN, event)]).unwrap();
    let [
        Verdict {
            finding: Finding::Breached(crossing),
            ..
        },
    ] = &verdicts[..]
    else {
        panic!("{verdicts:?}")
    };
    // The price alone would have left 95,001; the commission makes it 95,000, the floor.
    assert_eq!(crossing.measured_minor, 9_500_000);
    assert_eq!(plain.account(LOGIN).unwrap().positions(), []);
}

#[test]
fn what_cannot_be_taken_in_changes_nothing() {
    let (mut plain, symbol) = world(0);
    let before = plain.clone();
    let at = UnixMicros::from_seconds(START + 10);
    let of = |event| Input::Of {
        login: LOGIN,
        event,
    };
    let held = plain.account(LOGIN).unwrap().positions()[0];
    let close = |id, volume| {
        let left = Some(Position {
            volume: Volume(volume),
            ..held
        });
        of(Event::Closed {
            id: PositionId(id),
            left,
            profit_minor: 0,
            cost_minor: 0,
        })
    };
    let checks = [
        (close(2, 1), RulesError::UnknownPosition(2)),
        (close(1, 10_000), RulesError::BadVolume),
        (close(1, 0), RulesError::BadVolume),
        (of(Event::Reverted), RulesError::NotFailed),
        (
            of(Event::Marked {
                balance_minor: 1,
                equity_minor: 1,
            }),
            RulesError::MarkedWithPositions,
        ),
        (of(Event::Cost { minor: i64::MAX }), RulesError::Overflow),
        (
            Input::Of {
                login: Login(8),
                event: Event::Reverted,
            },
            RulesError::UnknownAccount,
        ),
        (Input::Stale(SymbolId(9)), RulesError::UnknownSymbol),
        (tick(SymbolId(9), 0), RulesError::UnknownSymbol),
    ];
    for (input, expect) in checks {
        assert_eq!(plain.apply(at, input), Err(expect));
        assert_eq!(plain, before);
    }
    plain.apply(at, tick(symbol, 0)).unwrap();
    let early = UnixMicros::from_seconds(START + 9);
    let refused = plain.apply(early, Input::Time);
    assert_eq!(refused, Err(RulesError::OutOfOrder { at: early, now: at }));
}

/// What is as it was in the beginning was once written too.
#[test]
fn a_checkpoint_that_names_everything_is_the_same() {
    let long = r#"{"status":"live","now":1794999600507653,
        "reading":{"balance_minor":10000000,"floating_minor":0,"open_positions":5,"is_firm":true},
        "day":{"number":20775,"began_at":1794960000000000,"ends_at":1795046400000000,"balance_minor":10000000,
            "flows_minor":0,"realised_minor":0,"opened":false,"closed":false,
            "loss":{"minor":10000000,"amount_minor":500000,"source":"opening","is_provisional":false},
            "cap":null,"peak_minor":10000000},
        "max":{"minor":10000000,"taken_at":1794999600507653,"moved_minor":0,"locked_floor_minor":null},
        "flows_minor":0,
        "marks":{"loss":{"tripped":false,"suspended":false,"strikes":0},
            "cap":{"tripped":false,"suspended":false,"strikes":0},
            "max":{"tripped":true,"suspended":false,"strikes":0}},
        "all":{"best_day_minor":0,"positive_days_minor":0,"best_trade_minor":7,"profit_before_minor":0,
            "today_before_minor":0},
        "window":{"best_day_minor":0,"positive_days_minor":0,"best_trade_minor":0,"profit_before_minor":0,
            "today_before_minor":0},
        "trading_days":0,"profitable_days":0,"first_trade_at":1794999600507653,"last_deal_at":null,
        "conduct_strikes":0,"told_consistency":false,"forgiven_until":null}"#;
    let state: PhaseState = serde_json::from_str(long).unwrap();
    let short = serde_json::to_string(&state).unwrap();
    assert_eq!(
        short,
        r#"{"status":"live","now":1794999600507653,"reading":{"balance_minor":10000000,"floating_minor":0,"#.to_owned()
            + r#""open_positions":5,"is_firm":true},"day":{"number":20775,"began_at":1794960000000000,"#
            + r#""ends_at":1795046400000000,"balance_minor":10000000,"loss":{"minor":10000000,"amount_minor":500000,"#
            + r#""source":"opening","is_provisional":false},"peak_minor":10000000},"max":{"minor":10000000,"#
            + r#""taken_at":1794999600507653},"marks":{"max":{"tripped":true}},"all":{"best_trade_minor":7},"#
            + r#""first_trade_at":1794999600507653}"#
    );
    assert_eq!(serde_json::from_str::<PhaseState>(&short).unwrap(), state);
}
