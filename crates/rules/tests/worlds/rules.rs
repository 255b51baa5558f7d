//! Rule sets put together at random, of every mode, measure, effect and lock.

use proptest::prelude::*;
use proptest::sample::select;
use touchstone_domain::RuleSet;

#[derive(Clone, Debug)]
pub struct Rules {
    pub set: RuleSet,
}

const DAYS: &[&str] = &[
    r#"{"zone":"Europe/Prague","reset":"00:00"}"#,
    r#"{"zone":"America/New_York","reset":"17:00"}"#,
    r#"{"zone":"Asia/Beirut","reset":"00:00"}"#,
    r#"{"zone":"UTC","reset":"00:30"}"#,
];
const AMOUNTS: &[&str] = &[
    r#"{"fixed_minor":100000}"#,
    r#"{"percent_of_initial":300}"#,
    r#"{"percent_of_anchor":400}"#,
    r#"{"percent_of_intraday_peak":200}"#,
];
const ANCHORS: &[&str] = &[
    "balance",
    "equity",
    "higher_of_balance_and_equity",
    "initial",
];
const MEASURES: &[&str] = &["equity", "equity", "balance", "realised_only"];
const EFFECTS: &[&str] = &[
    r#""fail""#,
    r#""pause_until_reset""#,
    r#""warn""#,
    r#"{"strike":{"fails_at":3}}"#,
];
const MODES: &[&str] = &[
    "static",
    "trailing_end_of_day_balance",
    "trailing_end_of_day_higher_of_balance_and_equity",
    "trailing_closed_balance",
    "trailing_intraday_equity",
    "trailing_intraday_equity",
    "trailing_intraday_equity",
];
const MAX_AMOUNTS: &[&str] = &[
    r#"{"fixed_minor":200000}"#,
    r#"{"fixed_minor":600001}"#,
    r#"{"percent_of_initial":800}"#,
    r#"{"percent_of_peak":300}"#,
];
const LOCKS: &[&str] = &[
    r#""never""#,
    r#""at_initial""#,
    r#"{"at_initial_plus":{"offset":{"percent_of_initial":100}}}"#,
    r#"{"at_initial_plus":{"offset":{"fixed_minor":-50000}}}"#,
    r#""at_target_balance""#,
];
const PAYOUTS: &[&str] = &["keep", "move_by_payout", "restart", "lock_at_initial"];
const PASSING: &[&str] = &[
    "{}",
    r#"{"profit_target":{"amount":{"percent_of_initial":200},"judged_on":"equity"}}"#,
    r#"{"profit_target":{"amount":{"percent_of_initial":600},"judged_on":"equity"},"min_trading_days":2,"time_limits":[{"days":9,"from":"purchase"},{"days":4,"from":"first_trade","counted_in":"trading_days"}]}"#,
    r#"{"profit_target":{"amount":{"fixed_minor":100000},"judged_on":"equity"},"min_trading_days":1,"flat_to_pass":true}"#,
    r#"{"profit_target":{"amount":{"fixed_minor":500000},"judged_on":"closed_balance"},"counts_as_day":{"change_at_least":{"fixed_minor":100}},"min_trading_days":1}"#,
    r#"{"profit_target":{"amount":{"fixed_minor":300000},"judged_on":"equity"},"min_profitable_days":{"days":1,"at_least":{"fixed_minor":1000}}}"#,
];
const CONSISTENCIES: &[&str] = &[
    "null",
    r#"{"share":5000,"of":"total_profit","enforced":"pass"}"#,
    r#"{"share":3000,"of":"best_trade_of_total","enforced":"pass"}"#,
    r#"{"share":4000,"of":"positive_days","enforced":"warning"}"#,
    r#"{"share":4000,"of":"total_profit","enforced":"payout_window"}"#,
];
const CONDUCTS: &[&str] = &[
    "{}",
    r#"{"inactivity_days":2}"#,
    r#"{"lifetime_days":5,"max_leverage":{"limit":300000,"effect":"strike"},"strikes_fail_at":3}"#,
    r#"{"flat_before_weekend":{"weekday":"friday","time":"20:00","effect":"strike"},"flat_overnight":{"limit":600,"effect":"strike"},"strikes_fail_at":4}"#,
    r#"{"news_window":{"seconds_before":300,"seconds_after":300,"min_impact":"medium","actions":["hold","open"],"effect":"strike"},"strikes_fail_at":4}"#,
    r#"{"min_seconds_in_trade":{"limit":60,"effect":"void_profit"}}"#,
    r#"{"no_expert_advisors":{"effect":"void_profit"},"news_window":{"seconds_before":300,"seconds_after":300,"min_impact":"medium","actions":["hold","open"],"effect":"void_profit"}}"#,
];

pub fn rules() -> impl Strategy<Value = Rules> {
    let daily = (
        0_u8..4,
        select(AMOUNTS),
        select(ANCHORS),
        select(MEASURES),
        select(EFFECTS),
        any::<bool>(),
    );
    let max = (
        0_u8..5,
        select(MODES),
        select(MAX_AMOUNTS),
        select(LOCKS),
        select(EFFECTS),
        select(PAYOUTS),
    );
    let rest = (
        select(DAYS),
        select(PASSING),
        select(CONSISTENCIES),
        select(CONDUCTS),
        any::<[bool; 5]>(),
    );
    let text = (daily, max, rest).prop_map(|(daily, max, rest)| {
        let (has_daily, amount, anchor, measure, effect, follows) = daily;
        let (has_max, mode, max_amount, lock, max_effect, after) = max;
        let (day, passing, consistency, conduct, [at_close, below, has_cap, above, pays]) = rest;
        let check = if at_close { "at_day_close" } else { "every_touch" };
        let comparator = if below { "below" } else { "at_or_below" };
        let cap_comparator = if above { "above" } else { "at_or_above" };
        let on = |is_on: bool, rule: String| if is_on { rule } else { "null".to_owned() };
        let daily = on(
            has_daily > 0,
            format!(
                r#"{{"amount":{amount},"anchor":"{anchor}","measure":"{measure}","effect":{effect},
                "follows_intraday_peak":{follows},"check":"{check}","comparator":"{comparator}"}}"#
            ),
        );
        let cap = on(
            has_cap,
            format!(
                r#"{{"amount":{{"percent_of_anchor":300}},"anchor":"{anchor}","measure":"{measure}","effect":{effect},
                "comparator":"{cap_comparator}"}}"#
            ),
        );
        let max = on(
            has_max > 0,
            format!(
                r#"{{"mode":"{mode}","amount":{max_amount},"lock":{lock},"effect":{max_effect},"after_payout":"{after}",
                "comparator":"{comparator}"}}"#
            ),
        );
        let payout = match pays {
            true => r#"{"winning_days":{"days":2,"at_least":{"fixed_minor":20000}}}"#,
            false => "null",
        };
        format!(
            r#"{{"version":1,"trading_day":{day},"daily_loss":{daily},"daily_profit_cap":{cap},"max_loss":{max},
            "passing":{passing},"consistency":{consistency},"conduct":{conduct},"payout":{payout}}}"#
        )
    });
    text.prop_map(|text| Rules {
        set: serde_json::from_str(&text).unwrap(),
    })
    .prop_filter("nonsense", |rules| {
        rules.set.faults_for(10_000_000).is_empty()
    })
}
