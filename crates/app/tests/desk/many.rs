//! What comes for many accounts at once and is done a part at a time comes to the same as done at once: with crashes in
//! between, and with prices and orders.

use crate::scenario::{Crashes, Script};
use proptest::prelude::*;
use proptest::sample::select;
use touchstone_store::testing::TestDatabase;

const HEAD: &str = r#"steps
[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000, "rules": {"version": 1,
  "trading_day": {"zone": "America/New_York", "reset": "18:00"},
  "daily_loss": {"amount": {"percent_of_anchor": 300}, "anchor": "higher_of_balance_and_equity"},
  "max_loss": {"mode": "trailing_end_of_day_balance", "amount": {"percent_of_initial": 600}}}}]
end
buy a
buy b
buy c
buy d
price EURUSD 1.10000 1.10010
order a long EURUSD 1
order b short EURUSD 3
order c long EURUSD 9
order d short EURUSD 2 sl 1.10600
advance 7h
price EURUSD 1.10010 1.10020
"#;

/// What every account has come to; the numbers of deals left out.
const TAIL: &str = "settle
show a
show b
show c
show d
days a
days b
days c
days d
deals a
deals b
deals c
deals d
";

fn line() -> impl Strategy<Value = String> {
    let price = (-300..300_i64).prop_map(|points| {
        let bid = 110_000 + points;
        let text = |points: i64| format!("{}.{:05}", points / 100_000, points % 100_000);
        format!("price EURUSD {} {}", text(bid), text(bid + 10))
    });
    let name = || select(vec!["a", "b", "c", "d"]);
    let order = (name(), select(vec!["long", "short"]), 1..3_i64)
        .prop_map(|(name, side, lots)| format!("order {name} {side} EURUSD {lots}"));
    let close = name().prop_map(|name| format!("close_all {name}"));
    let advance = select(vec!["1m", "40m", "50m", "1h", "3h", "23h", "1d"])
        .prop_map(|span| format!("advance {span}"));
    prop_oneof![3 => price, 1 => order, 1 => close, 4 => advance]
}

fn run(text: &str, crashes: Crashes) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let database = TestDatabase::sqlite();
    runtime.block_on(Script::parse(text).run(database.store(), crashes))
}

/// The part that tells what every account has come to.
fn end(seen: &str) -> &str {
    let (_, end) = seen.split_once("settle\n").expect("the end");
    // What was still to be done is told first.
    end.split_once("show a\n").expect("the accounts").1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_part_at_a_time_is_the_same_as_at_once(lines in prop::collection::vec(line(), 1..14)) {
        let text = format!("{HEAD}{}\n{TAIL}", lines.join("\n"));
        let at_once = run(&text, Crashes::Never);
        prop_assert_eq!(&run(&text, Crashes::Between), &at_once);
        let behind = run(&text, Crashes::NeverAndBehind);
        prop_assert_eq!(end(&behind), end(&at_once));
    }
}
