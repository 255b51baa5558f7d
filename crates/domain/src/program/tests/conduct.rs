//! What a template's conduct and add-ons make of the rules of its steps.

use super::*;
use crate::rule_set::{DailyAmount, FaultCode, MaxLossAmount};
use crate::{AccountMode, Group, GroupId};

fn group(name: &str, mode: AccountMode) -> Group {
    Group {
        id: GroupId(1),
        brand_id: BrandId(1),
        name: name.into(),
        mode,
        currency: Currency::USD,
        leverage: 100,
        default_deposit_minor: 10_000_000,
        enabled: true,
        public_opening: false,
        max_positions: 0,
    }
}

fn evaluation() -> StepTerms {
    StepTerms {
        duration_days: 30,
        max_daily_loss: BasisPoints(500),
        max_total_loss: BasisPoints(1_000),
        profit_target: BasisPoints(800),
        min_trading_days: 5,
        max_trading_days: 20,
        ..step(PhaseType::Evaluation, 0)
    }
}

fn funded() -> StepTerms {
    StepTerms {
        group: "R".into(),
        max_daily_loss: BasisPoints(500),
        max_total_loss: BasisPoints(1_000),
        ..step(PhaseType::Funded, 8_000)
    }
}

/// Two steps, with a conduct as its JSON form.
fn program(conduct: &str) -> Terms {
    let mut terms = terms(49_900, Vec::new());
    terms.steps = vec![evaluation(), funded()];
    terms.conduct = serde_json::from_str(conduct).unwrap();
    terms.conduct.settle();
    terms
}

fn faults(terms: &Terms) -> Vec<String> {
    let groups = [group("G", AccountMode::Demo), group("R", AccountMode::Real)];
    let found = terms.faults(&groups, true);
    found.iter().map(ToString::to_string).collect()
}

/// What the conduct adds to, or changes in, the rules of the first and the last step.
fn changes(conduct: &str) -> (String, String) {
    let (plain, said) = (program("{}"), program(conduct));
    assert_eq!(faults(&said), Vec::<String>::new(), "{conduct}");
    let of = |step: usize| {
        let mut parts = Vec::new();
        let json = |terms: &Terms| serde_json::to_value(terms.rules_of(step).unwrap()).unwrap();
        let (before, after) = (json(&plain), json(&said));
        for (rule, value) in after.as_object().unwrap() {
            if before.get(rule) != Some(value) {
                parts.push(format!("{rule}={value}"));
            }
        }
        parts.join(" ")
    };
    (of(0), of(1))
}

#[rstest]
#[case::nothing("{}", "", "")]
#[case::empty_words(
    r#"{"daily_dd_mode":"","max_loss_mode":"","max_loss_lock_at":"","news_min_impact":""}"#,
    "",
    ""
)]
#[case::what_is_meant_anyway(r#"{"daily_dd_mode":"equity","max_loss_mode":"static","max_loss_lock_at":"never","ea_allowed":true,"max_lots_per_symbol_hundredths":0}"#, "", "")]
#[case::switched_off(r#"{"weekend_close_dow":5,"weekend_close_time":"21:00","news_event_actions":["open"],"consistency_enforcement":"payout"}"#, "", "")]
#[case::anchor(
    r#"{"daily_dd_mode":"higher_of_balance_and_equity"}"#,
    r#"daily_loss={"amount":{"percent_of_anchor":500},"anchor":"higher_of_balance_and_equity","check":"every_touch","comparator":"at_or_below","effect":"fail","follows_intraday_peak":false,"measure":"equity"}"#,
    r#"daily_loss={"amount":{"percent_of_anchor":500},"anchor":"higher_of_balance_and_equity","check":"every_touch","comparator":"at_or_below","effect":"fail","follows_intraday_peak":false,"measure":"equity"}"#
)]
#[case::daily_trailing(
    r#"{"daily_dd_mode":"intraday_peak"}"#,
    r#"daily_loss={"amount":{"percent_of_intraday_peak":500},"anchor":"equity","check":"every_touch","comparator":"at_or_below","effect":"fail","follows_intraday_peak":true,"measure":"equity"}"#,
    r#"daily_loss={"amount":{"percent_of_intraday_peak":500},"anchor":"equity","check":"every_touch","comparator":"at_or_below","effect":"fail","follows_intraday_peak":true,"measure":"equity"}"#
)]
#[case::trailing_with_a_lock(
    r#"{"max_loss_mode":"trailing_intraday_equity","max_loss_lock_at":"initial","max_loss_lock_buffer":50}"#,
    r#"max_loss={"after_payout":"keep","amount":{"percent_of_initial":1000},"comparator":"at_or_below","effect":"fail","lock":{"at_initial_plus":{"offset":{"percent_of_initial":50}}},"mode":"trailing_intraday_equity"}"#,
    r#"max_loss={"after_payout":"keep","amount":{"percent_of_initial":1000},"comparator":"at_or_below","effect":"fail","lock":{"at_initial_plus":{"offset":{"percent_of_initial":50}}},"mode":"trailing_intraday_equity"}"#
)]
#[case::a_lock_at_a_target_that_the_funded_step_has_not(
    r#"{"max_loss_mode":"trailing_closed_balance","max_loss_lock_at":"target_balance"}"#,
    r#"max_loss={"after_payout":"keep","amount":{"percent_of_initial":1000},"comparator":"at_or_below","effect":"fail","lock":"at_target_balance","mode":"trailing_closed_balance"}"#,
    r#"max_loss={"after_payout":"keep","amount":{"percent_of_initial":1000},"comparator":"at_or_below","effect":"fail","lock":"never","mode":"trailing_closed_balance"}"#
)]
#[case::consistency_at_the_pass(
    r#"{"consistency_pct":4000}"#,
    r#"consistency={"enforced":"pass","of":"total_profit","share":4000}"#,
    ""
)]
#[case::consistency_at_payouts(
    r#"{"consistency_pct":4000,"consistency_enforcement":"payout_window"}"#,
    "",
    r#"consistency={"enforced":"payout_window","of":"total_profit","share":4000}"#
)]
#[case::news(
    r#"{"news_blackout_enabled":true,"news_blackout_seconds_before":120,"news_event_actions":["open","close"]}"#,
    r#"conduct={"inactivity_days":0,"lifetime_days":0,"news_window":{"actions":["open","close"],"effect":"reject_order","min_impact":"high","seconds_after":0,"seconds_before":120},"strikes_fail_at":0}"#,
    r#"conduct={"inactivity_days":0,"lifetime_days":0,"news_window":{"actions":["open","close"],"effect":"reject_order","min_impact":"high","seconds_after":0,"seconds_before":120},"strikes_fail_at":0}"#
)]
#[case::flat_around_news(
    r#"{"news_blackout_enabled":true,"news_blackout_seconds_after":60,"news_min_impact":"low","news_event_actions":["hold"]}"#,
    r#"conduct={"inactivity_days":0,"lifetime_days":0,"news_window":{"actions":["hold"],"effect":"close_position","min_impact":"low","seconds_after":60,"seconds_before":0},"strikes_fail_at":0}"#,
    r#"conduct={"inactivity_days":0,"lifetime_days":0,"news_window":{"actions":["hold"],"effect":"close_position","min_impact":"low","seconds_after":60,"seconds_before":0},"strikes_fail_at":0}"#
)]
#[case::weekend(
    r#"{"weekend_close_enabled":true,"weekend_close_dow":5,"weekend_close_time":"21:00"}"#,
    r#"conduct={"flat_before_weekend":{"effect":"close_position","time":"21:00","weekday":"friday"},"inactivity_days":0,"lifetime_days":0,"strikes_fail_at":0}"#,
    r#"conduct={"flat_before_weekend":{"effect":"close_position","time":"21:00","weekday":"friday"},"inactivity_days":0,"lifetime_days":0,"strikes_fail_at":0}"#
)]
#[case::orders(
    r#"{"max_lots_per_symbol_hundredths":5,"min_trade_duration_seconds":60,"hedging_same_account":false,"hedging_cross_account":false,"ea_allowed":false,"copy_trading_allowed":false}"#,
    r#"conduct={"inactivity_days":0,"lifetime_days":0,"max_exposure_per_symbol":{"effect":"reject_order","limit":500},"min_seconds_in_trade":{"effect":"void_profit","limit":60},"no_copy_trading":{"effect":"reject_order"},"no_expert_advisors":{"effect":"reject_order"},"no_hedging_across_accounts":{"effect":"reject_order"},"no_hedging_in_account":{"effect":"reject_order"},"strikes_fail_at":0}"#,
    r#"conduct={"inactivity_days":0,"lifetime_days":0,"max_exposure_per_symbol":{"effect":"reject_order","limit":500},"min_seconds_in_trade":{"effect":"void_profit","limit":60},"no_copy_trading":{"effect":"reject_order"},"no_expert_advisors":{"effect":"reject_order"},"no_hedging_across_accounts":{"effect":"reject_order"},"no_hedging_in_account":{"effect":"reject_order"},"strikes_fail_at":0}"#
)]
fn the_conduct_becomes_rules(#[case] conduct: &str, #[case] first: &str, #[case] last: &str) {
    assert_eq!(changes(conduct), (first.to_owned(), last.to_owned()));
}

#[rstest]
#[case(r#"{"daily_dd_mode":"banana"}"#, r#"daily_dd_mode must be "balance", "equity", "higher_of_balance_and_equity", "initial" or "intraday_peak""#)]
#[case(r#"{"max_loss_mode":"trailing"}"#, r#"max_loss_mode must be "static", "trailing_end_of_day_balance", "trailing_end_of_day_higher_of_balance_and_equity", "trailing_closed_balance" or "trailing_intraday_equity""#)]
#[case(
    r#"{"max_loss_lock_at":"breakeven"}"#,
    r#"max_loss_lock_at must be "never", "initial" or "target_balance""#
)]
#[case(
    r#"{"consistency_enforcement":"soft"}"#,
    r#"consistency_enforcement must be "pass", "payout", "payout_window" or "warning""#
)]
#[case(
    r#"{"news_min_impact":"red"}"#,
    r#"news_min_impact must be "low", "medium" or "high""#
)]
#[case(
    r#"{"news_event_actions":["open","trigger"]}"#,
    r#"news_event_actions must be a list of "open", "close", "modify" or "hold""#
)]
#[case(
    r#"{"news_event_actions":["open","open"]}"#,
    "news_event_actions must be a list with each action once"
)]
#[case(
    r#"{"news_blackout_enabled":true,"news_event_actions":["open"]}"#,
    "news_blackout_seconds_before must be above 0, or news_blackout_seconds_after, where news_blackout_enabled is true"
)]
#[case(
    r#"{"news_blackout_enabled":true,"news_blackout_seconds_after":60}"#,
    "news_event_actions must be at least one action where news_blackout_enabled is true"
)]
#[case(
    r#"{"news_blackout_enabled":true,"news_blackout_seconds_after":60,"news_event_actions":["hold","modify"]}"#,
    r#"news_event_actions must be "open" at most beside "hold""#
)]
#[case(
    r#"{"weekend_close_action":"warn"}"#,
    r#"weekend_close_action must be "close_position" or "fail""#
)]
#[case(
    r#"{"weekend_close_enabled":true,"weekend_close_time":"21:00"}"#,
    "weekend_close_dow must be from 0 to 6"
)]
#[case(
    r#"{"weekend_close_enabled":true,"weekend_close_dow":5}"#,
    r#"weekend_close_time must be a time like "21:00""#
)]
#[case(
    r#"{"max_loss_lock_buffer":50}"#,
    r#"max_loss_lock_buffer_pct must be 0 where max_loss_lock_at is not "initial""#
)]
fn what_cannot_be_judged_is_refused(#[case] conduct: &str, #[case] fault: &str) {
    assert_eq!(faults(&program(conduct)), [fault]);
}

#[rstest]
#[case::a_floor_that_does_not_move(
    r#"{"max_loss_lock_at":"initial"}"#,
    "max_loss_lock_at",
    FaultCode::LockWithoutTrailing
)]
#[case::out_of_reach(
    r#"{"consistency_pct":400}"#,
    "consistency_pct",
    FaultCode::ConsistencyOutOfReach
)]
fn nonsense_names_its_field(#[case] conduct: &str, #[case] wanted: &str, #[case] code: FaultCode) {
    let groups = [group("G", AccountMode::Demo), group("R", AccountMode::Real)];
    let found = program(conduct).faults(&groups, true);
    let Some(TermsFault::Derived {
        step: 0,
        field,
        fault,
    }) = found.first()
    else {
        panic!("{found:?}");
    };
    assert_eq!((*field, fault.code), (wanted, code));
}

#[test]
fn numbers_that_no_account_can_have_are_refused() {
    let refused = |change: fn(&mut StepTerms)| {
        let mut terms = program("{}");
        change(&mut terms.steps[0]);
        faults(&terms)
    };
    assert_eq!(
        refused(|step| step.profit_target = BasisPoints(9_200_000_000_000_000_000)),
        [
            "profit_target_pct: the amount must be at most 100 times the initial balance [amount_too_large]"
        ]
    );
    assert_eq!(
        refused(|step| step.max_trading_days = 4_000),
        ["max_trading_days: the number of days must be from 1 to 3650 [days_out_of_range]"]
    );
    assert_eq!(
        refused(|step| (step.duration_days, step.max_trading_days) = (4, 0)),
        ["duration_days: more days are asked for than the time limit leaves [days_above_limit]"]
    );
    assert_eq!(
        refused(|step| step.profit_target = BasisPoints::ZERO),
        [
            "min_trading_days: days are asked for, and nothing is to be passed: a target is missing [days_without_target]"
        ]
    );
}

#[test]
fn a_version_that_only_showed_its_words_goes_on_as_it_was() {
    let mut old = program("{}");
    old.conduct = serde_json::from_str(r#"{"daily_dd_mode":"banana","ea_allowed":false}"#).unwrap();
    assert_eq!(old.rules_of(0), program("{}").rules_of(0));
    assert_eq!(faults(&old), Vec::<String>::new());
    old.conduct.settle();
    assert_eq!(faults(&old).len(), 1);
    let json = serde_json::to_value(&old.conduct).unwrap();
    assert_eq!(json["is_judged"], true);
}

#[test]
fn a_step_with_rules_of_its_own_must_not_be_contradicted() {
    let own = |text: &str, conduct: &str| {
        let mut terms = program(conduct);
        let text =
            format!(r#"{{"version":1,"trading_day":{{"zone":"UTC","reset":"00:00"}},{text}}}"#);
        let step = &mut terms.steps[0];
        *step = StepTerms {
            rules: Some(serde_json::from_str(&text).unwrap()),
            ..super::step(PhaseType::Evaluation, 0)
        };
        step.show_rules();
        faults(&terms)
    };
    let trailing = r#""max_loss":{"mode":"trailing_intraday_equity","amount":{"percent_of_initial":1000}},"conduct":{"no_expert_advisors":{"effect":"fail"}}"#;
    for agrees in [
        "{}",
        r#"{"max_loss_mode":"trailing_intraday_equity"}"#,
        r#"{"ea_allowed":false}"#,
        r#"{"copy_trading_allowed":true}"#,
        r#"{"payout_cadence":"weekly"}"#,
    ] {
        assert_eq!(own(trailing, agrees), Vec::<String>::new(), "{agrees}");
    }
    for (differs, field) in [
        (r#"{"max_loss_mode":"static"}"#, "max_loss_mode"),
        (
            r#"{"max_loss_mode":"trailing_intraday_equity","max_loss_lock_at":"initial"}"#,
            "max_loss_lock_at",
        ),
        (r#"{"ea_allowed":true}"#, "ea_allowed"),
        (r#"{"copy_trading_allowed":false}"#, "copy_trading_allowed"),
        (
            r#"{"max_lots_per_symbol_hundredths":100}"#,
            "max_lots_per_symbol",
        ),
    ] {
        let wanted = format!("the conduct's {field} says something else than the step's own rules");
        assert_eq!(own(trailing, differs), [wanted], "{differs}");
    }
}

#[test]
fn what_the_conduct_leaves_open_is_shown_as_the_rules_have_it() {
    let shown = program("{}").conduct_shown();
    assert_eq!(shown.daily_dd_mode.as_deref(), Some("equity"));
    assert_eq!(shown.max_loss_mode.as_deref(), Some("static"));
    assert_eq!(shown.max_loss_lock_at.as_deref(), Some("never"));
    assert_eq!(shown.ea_allowed, Some(true));
    assert_eq!(shown.consistency_pct, None);

    let mut mixed = program("{}");
    let mut rules = mixed.rules_of(0).unwrap();
    rules.max_loss = rules.max_loss.map(|rule| crate::rule_set::MaxLoss {
        mode: crate::rule_set::MaxLossMode::TrailingClosedBalance,
        ..rule
    });
    mixed.steps[0].rules = Some(rules);
    assert_eq!(
        mixed.conduct_shown().max_loss_mode,
        None,
        "the steps differ"
    );
    mixed.steps.truncate(1);
    let shown = mixed.conduct_shown();
    assert_eq!(
        shown.max_loss_mode.as_deref(),
        Some("trailing_closed_balance")
    );
}

fn effect(code: &str, effect: AddonEffect) -> Addon {
    let price = AddonPrice::FixedMinor(5_000);
    Addon {
        effect,
        ..addon(code, price)
    }
}

#[test]
fn an_addon_does_what_it_says_for_those_who_bought_it() {
    let mut terms = program("{}");
    terms.addons = vec![
        effect("time", AddonEffect::NoTimeLimit),
        effect("split", AddonEffect::ProfitSplit(BasisPoints(9_000))),
        effect("coach", AddonEffect::ByHand),
    ];
    assert_eq!(faults(&terms), Vec::<String>::new());
    assert_eq!(terms.bought(&[]), terms);
    let limits = |chosen: &[&str]| {
        let rules = terms.bought(&codes(chosen)).rules_of(0).unwrap();
        rules.passing.time_limits.len()
    };
    assert_eq!(limits(&[]), 2);
    assert_eq!(limits(&["split", "coach"]), 2);
    assert_eq!(limits(&["coach", "time"]), 0);
    assert_eq!(
        terms.bought(&codes(&["time"])).profit_split(),
        BasisPoints(8_000)
    );
    assert_eq!(
        terms.bought(&codes(&["split"])).profit_split(),
        BasisPoints(9_000)
    );
}

#[rstest]
#[case(
    AddonEffect::ProfitSplit(BasisPoints(8_000)),
    "the share is not above that of the funded step"
)]
#[case(
    AddonEffect::ProfitSplit(BasisPoints(10_001)),
    "the share must not be above 100 %"
)]
#[case(
    AddonEffect::NoTimeLimit,
    "no step has a time limit that it could take away"
)]
fn an_addon_that_would_change_nothing_is_refused(#[case] of: AddonEffect, #[case] fault: &str) {
    let mut terms = program("{}");
    if of == AddonEffect::NoTimeLimit {
        (
            terms.steps[0].duration_days,
            terms.steps[0].max_trading_days,
        ) = (0, 0);
    }
    terms.addons = vec![effect("addon", of)];
    assert_eq!(faults(&terms), [fault]);
}

const MORE: AddonEffect = AddonEffect::Drawdown {
    daily_by: BasisPoints(100),
    max_by: BasisPoints(200),
};

#[test]
fn addons_widen_the_rules_of_a_step_by_its_fields_and_of_one_with_its_own() {
    let mut terms = program(
        r#"{"is_judged": true, "weekend_close_enabled": true, "weekend_close_dow": 5, "weekend_close_time": "21:00"}"#,
    );
    terms.addons = vec![
        effect("room", MORE),
        effect("soon", AddonEffect::MinTradingDays(1)),
        effect("weekend", AddonEffect::WeekendHolding),
    ];
    assert_eq!(faults(&terms), Vec::<String>::new());
    let mut own = terms.clone();
    own.steps[0].rules = terms.rules_of(0);
    own.conduct = Conduct::default();
    for terms in [terms, own] {
        let before = terms.rules_of(0).unwrap();
        let rules = |chosen: &[&str]| terms.bought(&codes(chosen)).rules_of(0).unwrap();
        let share = |rules: &RuleSet| match rules.max_loss.unwrap().amount {
            MaxLossAmount::PercentOfInitial(share) => share.0,
            other => panic!("{other:?}"),
        };
        let daily = |rules: &RuleSet| match rules.daily_loss.unwrap().amount {
            DailyAmount::PercentOfAnchor(share) => share.0,
            other => panic!("{other:?}"),
        };
        let with = rules(&["room"]);
        assert_eq!(share(&with), share(&before) + 200);
        assert_eq!(daily(&with), daily(&before) + 100);
        let step = &terms.bought(&codes(&["room"])).steps[0];
        assert_eq!(step.max_total_loss.0, share(&with), "what is shown");
        assert!(before.passing.min_trading_days > 1);
        assert_eq!(rules(&["soon"]).passing.min_trading_days, 1);
        assert!(before.conduct.flat_before_weekend.is_some());
        assert_eq!(rules(&["weekend"]).conduct.flat_before_weekend, None);
        assert!(rules(&["room"]).conduct.flat_before_weekend.is_some());
    }
}

#[rstest]
#[case(AddonEffect::MinTradingDays(50), "no step asks for more trading days")]
#[case(AddonEffect::Leverage(1), "the leverage must be from 2 to 1000")]
#[case(AddonEffect::Leverage(1_001), "the leverage must be from 2 to 1000")]
#[case(
    AddonEffect::WeekendHolding,
    "no step closes what is open before the weekend"
)]
#[case(
    AddonEffect::Drawdown { daily_by: BasisPoints(0), max_by: BasisPoints(0) },
    "it would raise no limit of loss"
)]
#[case(
    AddonEffect::Drawdown { daily_by: BasisPoints(-1), max_by: BasisPoints(0) },
    "the shares must be from 0 to below 100 %"
)]
#[case(
    AddonEffect::Drawdown { daily_by: BasisPoints(0), max_by: BasisPoints(9_999) },
    "the limits of loss would make no sense with it"
)]
fn an_effect_that_changes_nothing_or_makes_no_sense_is_refused(
    #[case] of: AddonEffect,
    #[case] fault: &str,
) {
    let mut terms = program("{}");
    terms.addons = vec![effect("addon", of)];
    assert_eq!(faults(&terms), [fault]);
}

#[test]
fn a_limit_that_no_step_has_is_not_raised() {
    let mut terms = program("{}");
    for step in &mut terms.steps {
        step.max_daily_loss = BasisPoints::ZERO;
    }
    terms.addons = vec![effect("room", MORE)];
    assert_eq!(
        faults(&terms),
        ["no step has a limit of loss that it could raise"]
    );
}

#[test]
fn addons_with_one_effect_or_that_exclude_each_other_are_not_bought_together() {
    let mut terms = program("{}");
    let less = AddonEffect::Drawdown {
        daily_by: BasisPoints(50),
        max_by: BasisPoints::ZERO,
    };
    terms.addons = vec![
        effect("room", MORE),
        effect("some-room", less),
        effect("coach", AddonEffect::ByHand),
        effect("club", AddonEffect::ByHand),
    ];
    assert_eq!(faults(&terms), Vec::<String>::new());
    let conflict = |chosen: &[&str]| match terms.choose(&codes(chosen)) {
        Ok(_) => None,
        Err(error) => Some((error.index(), error.to_string())),
    };
    assert_eq!(conflict(&["room", "coach", "club"]), None);
    let told = "add-on \"some-room\" cannot be bought together with \"room\"".to_owned();
    assert_eq!(
        conflict(&["coach", "room", "some-room"]),
        Some((Some(2), told))
    );
    // What was bought before keeps its price.
    assert!(terms.price_with(&codes(&["room", "some-room"])).is_ok());

    terms.addons[2].excludes = vec!["club".into()];
    let conflict = |chosen: &[&str]| terms.choose(&codes(chosen)).err().and_then(|e| e.index());
    assert_eq!(conflict(&["coach", "club"]), Some(1));
    assert_eq!(conflict(&["club", "coach"]), Some(1));
    terms.addons[2].excludes = vec!["nobody".into()];
    assert_eq!(
        faults(&terms),
        ["it excludes \"nobody\", which is no other add-on"]
    );
    terms.addons[2].excludes = vec!["coach".into()];
    assert_eq!(
        faults(&terms),
        ["it excludes \"coach\", which is no other add-on"]
    );
}
