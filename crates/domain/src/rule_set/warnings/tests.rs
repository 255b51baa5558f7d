use super::*;
use std::collections::BTreeSet;

const INITIAL: i64 = 10_000_000;
const TARGET: &str =
    r#""profit_target":{"amount":{"percent_of_initial":1000},"judged_on":"equity"}"#;
const STATIC: &str = r#""max_loss":{"mode":"static","amount":{"percent_of_initial":1000}}"#;

/// What is said of these parts of a rule set; one that has faults is none to warn about.
fn told(parts: &str) -> Vec<&'static str> {
    let text = format!(r#"{{"version":1,"trading_day":{{"zone":"UTC","reset":"00:00"}},{parts}}}"#);
    let rules: RuleSet = serde_json::from_str(&text).unwrap();
    assert_eq!(rules.faults_for(INITIAL), [], "{text}");
    let warnings = rules.warnings_for(INITIAL);
    assert!(warnings.iter().all(|warning| !warning.text.is_empty()));
    warnings.iter().map(|warning| warning.code.name()).collect()
}

fn cap(amount: &str, effect: &str) -> String {
    format!(
        r#""daily_profit_cap":{{"amount":{amount},"anchor":"equity","effect":"{effect}"}},{STATIC}"#
    )
}

fn within(days: u32, counted_in: &str, more: &str) -> String {
    let from = match counted_in {
        "trading_days" => "first_trade",
        _ => "activation",
    };
    format!(
        r#""passing":{{{TARGET},{more}"time_limits":[{{"days":{days},"from":"{from}","counted_in":"{counted_in}"}}]}}"#
    )
}

#[test]
fn each_warning_begins_where_the_rules_cannot_be_met_together() {
    let percent = r#"{"percent_of_initial":100}"#;
    let anchor = r#"{"percent_of_anchor":100}"#;
    let money = r#"{"fixed_minor":100000}"#;
    let capped = |amount: &str, days, effect| {
        format!(
            "{},{}",
            cap(amount, effect),
            within(days, "trading_days", "")
        )
    };
    const ABOVE: &[&str] = &["target_above_daily_cap_times_days"];
    let days = |limit, wanted: u32| {
        let more = format!(r#""min_trading_days":{wanted},"#);
        format!("{STATIC},{}", within(limit, "calendar_days", &more))
    };
    // A funded step whose floor is locked so, moves so with a payout, and pays out so.
    let paid = |lock: &str, after: &str, payout: &str| {
        format!(
            r#""max_loss":{{"mode":"trailing_intraday_equity","amount":{{"percent_of_initial":500}},"lock":"{lock}","after_payout":"{after}"}},"payout":{payout}"#
        )
    };
    let trailing = |amount: u32, lock: &str, more: &str| {
        format!(
            r#""max_loss":{{"mode":"trailing_intraday_equity","amount":{{"percent_of_initial":{amount}}},"lock":{lock}}},"passing":{{{TARGET}{more}}}"#
        )
    };
    let daily = |amount: u32| {
        format!(
            r#"{STATIC},"daily_loss":{{"amount":{{"percent_of_initial":{amount}}},"anchor":"balance"}}"#
        )
    };
    let profitable = |days: u32, each: u32| {
        format!(
            r#"{STATIC},"passing":{{{TARGET},"min_profitable_days":{{"days":{days},"at_least":{{"percent_of_initial":{each}}}}}}}"#
        )
    };
    let held = |seconds: u32, flat: &str| {
        format!(
            r#"{STATIC},"conduct":{{"min_seconds_in_trade":{{"limit":{seconds},"effect":"void_profit"}},{flat}}}"#
        )
    };
    let night = r#""flat_overnight":{"limit":3600,"effect":"close_position"}"#;
    let weekend =
        r#""flat_before_weekend":{"weekday":"friday","time":"21:00","effect":"close_position"}"#;
    let consistency = |share: u32, days| {
        let rule =
            format!(r#""consistency":{{"share":{share},"of":"total_profit","enforced":"payout"}}"#);
        format!("{STATIC},{rule},{}", within(days, "trading_days", ""))
    };
    let life = |conduct: &str| {
        let limit = within(30, "calendar_days", "");
        format!(r#"{STATIC},{limit},"conduct":{{{conduct}}}"#)
    };
    let cases: Vec<(String, &[&str])> = vec![
        (STATIC.to_owned(), &[]),
        (capped(percent, 10, "pause_until_reset"), &[]),
        (capped(percent, 9, "pause_until_reset"), ABOVE),
        (capped(percent, 9, "fail"), ABOVE),
        // Nothing ends at a cap that only warns.
        (capped(percent, 9, "warn"), &[]),
        (capped(money, 10, "pause_until_reset"), &[]),
        (capped(money, 9, "pause_until_reset"), ABOVE),
        // One percent a day of what is there comes to ten in ten days, and to 9.4 in nine.
        (capped(anchor, 10, "pause_until_reset"), &[]),
        (capped(anchor, 9, "pause_until_reset"), ABOVE),
        (
            format!("{},\"passing\":{{{TARGET}}}", cap(percent, "fail")),
            &[],
        ),
        (daily(1000), &[]),
        (daily(1001), &["daily_loss_above_max_loss"]),
        (trailing(1000, r#""at_initial""#, ""), &[]),
        (
            trailing(1001, r#""at_initial""#, ""),
            &["lock_beyond_target"],
        ),
        (trailing(1001, r#""never""#, ""), &[]),
        (
            trailing(1001, r#""at_initial""#, r#","min_trading_days":3"#),
            &[],
        ),
        (
            trailing(
                900,
                r#"{"at_initial_plus":{"offset":{"percent_of_initial":101}}}"#,
                "",
            ),
            &["lock_beyond_target"],
        ),
        (
            paid("at_initial", "keep", "{}"),
            &["payout_on_locked_floor"],
        ),
        (paid("at_initial", "restart", "{}"), &[]),
        (paid("never", "keep", "{}"), &[]),
        (
            paid("at_initial", "keep", r#"{"buffer":{"fixed_minor":1}}"#),
            &[],
        ),
        (
            paid("at_initial", "keep", r#"{"max_amount":{"fixed_minor":1}}"#),
            &[],
        ),
        // Eight calendar days are touched by seven, from Monday to Monday.
        (days(7, 6), &[]),
        (days(7, 7), &["days_need_weekends"]),
        (days(30, 23), &[]),
        (days(30, 24), &["days_need_weekends"]),
        (consistency(2000, 5), &[]),
        (consistency(2000, 4), &["consistency_needs_more_days"]),
        (profitable(5, 200), &[]),
        (profitable(5, 201), &["days_outweigh_target"]),
        (held(82_800, night), &[]),
        (held(82_801, night), &["held_longer_than_allowed"]),
        (held(432_000, weekend), &[]),
        (held(432_001, weekend), &["held_longer_than_allowed"]),
        (life(r#""inactivity_days":30"#), &[]),
        (life(r#""inactivity_days":31"#), &["inactivity_beyond_end"]),
        (life(r#""lifetime_days":30"#), &[]),
        (
            life(r#""lifetime_days":29"#),
            &["lifetime_below_time_limit"],
        ),
        (
            r#""max_loss":{"mode":"static","amount":{"percent_of_initial":1000},"effect":"warn"}"#
                .to_owned(),
            &["no_loss_limit"],
        ),
        (
            format!(
                "{},\"passing\":{{\"profit_target\":{{\"amount\":{{\"percent_of_initial\":300}},\"judged_on\":\"equity\"}},\"min_profitable_days\":{{\"days\":2,\"at_least\":{{\"percent_of_initial\":101}}}}}}",
                cap(percent, "pause_until_reset")
            ),
            &["day_above_daily_cap"],
        ),
    ];
    let mut seen = BTreeSet::new();
    for (parts, wanted) in cases {
        assert_eq!(told(&parts), wanted, "{parts}");
        seen.extend(wanted);
    }
    let all: BTreeSet<_> = WarningCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(seen, all, "a warning without a case");
}
