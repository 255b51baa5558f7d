//! Rule sets put together at random, and anything that can happen to an account.

use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use touchstone_domain::{Currency, Login, RuleSet, UnixMicros};
use touchstone_rules::*;

const LOGIN: Login = Login(3);
/// 20 March 2026: a week before the clocks change in Europe.
const START: i64 = 1_774_000_000;

const DAYS: &[&str] = &[
    r#"{"zone":"Europe/Prague","reset":"00:00"}"#,
    r#"{"zone":"America/New_York","reset":"17:00"}"#,
    r#"{"zone":"Asia/Beirut","reset":"00:00"}"#,
    r#"{"zone":"UTC","reset":"00:30"}"#,
];
const AMOUNTS: &[&str] = &[
    r#"{"fixed_minor":300000}"#,
    r#"{"percent_of_initial":500}"#,
    r#"{"percent_of_anchor":400}"#,
    r#"{"percent_of_intraday_peak":300}"#,
];
const ANCHORS: &[&str] = &[
    "balance",
    "equity",
    "higher_of_balance_and_equity",
    "initial",
];
const MEASURES: &[&str] = &["equity", "balance", "realised_only"];
const EFFECTS: &[&str] = &[
    r#""fail""#,
    r#""pause_until_reset""#,
    r#""warn""#,
    r#"{"strike":{"fails_at":2}}"#,
];
const MODES: &[&str] = &[
    "static",
    "trailing_end_of_day_balance",
    "trailing_end_of_day_higher_of_balance_and_equity",
    "trailing_closed_balance",
    "trailing_intraday_equity",
];
const MAX_AMOUNTS: &[&str] = &[
    r#"{"fixed_minor":600000}"#,
    r#"{"percent_of_initial":800}"#,
    r#"{"percent_of_peak":700}"#,
];
const LOCKS: &[&str] = &[
    r#""never""#,
    r#""at_initial""#,
    r#"{"at_initial_plus":{"offset":{"percent_of_initial":100}}}"#,
    r#""at_target_balance""#,
];
const PAYOUTS: &[&str] = &["keep", "move_by_payout", "restart", "lock_at_initial"];
const PASSING: &[&str] = &[
    "{}",
    r#"{"profit_target":{"amount":{"percent_of_initial":600},"judged_on":"equity"},"min_trading_days":2,"time_limits":[{"days":9,"from":"purchase"},{"days":4,"from":"first_trade","counted_in":"trading_days"}]}"#,
    r#"{"profit_target":{"amount":{"fixed_minor":500000},"judged_on":"closed_balance"},"counts_as_day":{"change_at_least":{"fixed_minor":100}},"min_trading_days":1}"#,
];

fn rules() -> impl Strategy<Value = RuleSet> {
    let daily = (
        select(AMOUNTS),
        select(ANCHORS),
        select(MEASURES),
        select(EFFECTS),
        any::<bool>(),
    );
    let max = (
        select(MODES),
        select(MAX_AMOUNTS),
        select(LOCKS),
        select(EFFECTS),
        select(PAYOUTS),
    );
    let rest = (select(DAYS), select(PASSING), 0_u32..8, any::<bool>());
    let text = (daily, max, rest).prop_map(|(daily, max, rest)| {
        let (amount, anchor, measure, effect, follows) = daily;
        let (mode, max_amount, lock, max_effect, after) = max;
        let (day, passing, inactivity, at_close) = rest;
        let check = if at_close { "at_day_close" } else { "every_touch" };
        format!(
            r#"{{"version":1,"trading_day":{day},
            "daily_loss":{{"amount":{amount},"anchor":"{anchor}","measure":"{measure}","effect":{effect},
            "follows_intraday_peak":{follows},"check":"{check}"}},
            "daily_profit_cap":{{"amount":{{"percent_of_anchor":500}},"anchor":"{anchor}","measure":"{measure}","effect":{effect}}},
            "max_loss":{{"mode":"{mode}","amount":{max_amount},"lock":{lock},"effect":{max_effect},"after_payout":"{after}"}},
            "passing":{passing},"conduct":{{"inactivity_days":{inactivity}}}}}"#
        )
    });
    text.prop_map(|text| serde_json::from_str::<RuleSet>(&text).unwrap())
        .prop_filter("nonsense", |rules| rules.faults_for(10_000_000).is_empty())
}

/// Seconds since the last one, what happened, and two numbers for it.
fn events() -> impl Strategy<Value = Vec<(i64, u8, i64, i64)>> {
    let seconds = prop_oneof![4 => 0_i64..40_000, 1 => 100_000_i64..400_000];
    prop::collection::vec(
        (
            seconds,
            0_u8..12,
            -90_000_i64..90_000,
            -200_000_i64..200_000,
        ),
        1..50,
    )
}

fn event(kind: u8, balance_minor: i64, small: i64, large: i64) -> Option<Event> {
    let money = |kind, minor| Some(Event::Money { kind, minor });
    match kind {
        0..=5 => {
            let balance_minor = balance_minor + if kind < 3 { small } else { 0 };
            let floating = if kind.is_multiple_of(2) { large } else { 0 };
            Some(Event::Marked {
                balance_minor,
                equity_minor: balance_minor + floating,
            })
        }
        6 => money(MoneyKind::Payout, -small.abs()),
        7 if large > 0 => money(MoneyKind::Deposit, large),
        7 => money(MoneyKind::PayoutReturned, small.abs()),
        8 => money(MoneyKind::Correction, small),
        9 => Some(Event::Reverted),
        10 => Some(Event::AnchorSet {
            minor: balance_minor,
        }),
        _ => None,
    }
}

proptest! {
    /// Nothing loops, overflows or panics; the clock of the account is that of the input, nothing is left that was due,
    /// a pause lasts until the next reset, and after its end a phase is silent until it is put back.
    #[test]
    fn anything_can_happen(rules in rules(), events in events()) {
        let at = UnixMicros::from_seconds(START);
        let opening = Opening { initial_minor: 10_000_000, purchased_at: at, activated_at: at };
        let phase = Phase::open(Arc::new(rules), opening).unwrap();
        let mut plain = Plain::default();
        plain.open(Account::new(LOGIN, Currency::USD, phase)).unwrap();
        let (mut seconds, mut is_over) = (START, false);
        for (later, kind, small, large) in events {
            seconds += later;
            let at = UnixMicros::from_seconds(seconds);
            let balance = plain.account(LOGIN).unwrap().phase().state().reading.balance_minor;
            let event = event(kind, balance, small, large);
            let input = event.clone().map_or(Input::Time, |event| Input::Of { login: LOGIN, event });
            let verdicts = match plain.apply(at, input) {
                Err(RulesError::NotFailed) => continue,
                verdicts => verdicts.unwrap(),
            };
            let reverts = event == Some(Event::Reverted);
            let mut is_silent = is_over && !reverts;
            for verdict in &verdicts {
                prop_assert!(!is_silent, "{verdict:?}");
                is_silent = verdict.finding.ends_the_phase();
                prop_assert!(verdict.at <= at);
            }
            let phase = plain.account(LOGIN).unwrap().phase();
            is_over = phase.state().status.is_over();
            prop_assert_eq!(phase.state().now, at);
            if !reverts {
                prop_assert_eq!(is_over, is_silent);
                prop_assert!(phase.next_timer().unwrap().is_none_or(|next| next > at));
            }
            if let Status::Paused { until } = phase.state().status {
                prop_assert_eq!(until, phase.day_ends_at());
            }
            phase.progress().unwrap();
            for limit in phase.limits().unwrap() {
                prop_assert!(!limit.text(Currency::USD).is_empty());
            }
        }
    }
}
