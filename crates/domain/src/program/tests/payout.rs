//! What a program says of payouts.

use super::*;
use crate::rule_set::{Cadence, Growth, PayoutRules, SplitTier};
use crate::{AccountMode, Group, GroupId};

fn program(conduct: &str, own: Option<PayoutRules>) -> Terms {
    let mut terms = terms(49_900, Vec::new());
    let mut funded = StepTerms {
        group: "R".into(),
        ..step(PhaseType::Funded, 8_000)
    };
    if own.is_some() {
        let mut rules = RuleSet::none(crate::TradingDay::utc());
        rules.payout = own;
        funded.rules = Some(rules);
    }
    terms.steps = vec![step(PhaseType::Evaluation, 0), funded];
    terms.conduct = serde_json::from_str(conduct).unwrap();
    terms
}

fn faults(terms: &Terms) -> Vec<String> {
    let group = |name: &str, mode| Group {
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
    };
    let groups = [group("G", AccountMode::Demo), group("R", AccountMode::Real)];
    let found = terms.faults(&groups, true);
    found.iter().map(ToString::to_string).collect()
}

const SAID: &str = r#"{"payout_cadence":"biweekly","payout_min_amount_minor":10000,"payout_min_trading_days":5,
    "fee_refund_policy":"first_payout"}"#;

#[test]
fn the_conduct_says_the_payouts_of_the_funded_step_and_of_no_other() {
    let terms = program(SAID, None);
    assert_eq!(faults(&terms), Vec::<String>::new());
    assert_eq!(terms.rules_of(0).unwrap().payout, None);
    let wanted = PayoutRules {
        cadence: Cadence::Biweekly,
        min_amount_minor: 10_000,
        min_trading_days: 5,
        fee_refund_with: Some(1),
        split_tiers: vec![SplitTier {
            from_payout: 1,
            share: BasisPoints(8_000),
        }],
        ..PayoutRules::default()
    };
    assert_eq!(terms.rules_of(1).unwrap().payout, Some(wanted));
}

#[test]
fn an_addon_that_raises_the_split_raises_the_first_tier() {
    let mut terms = program("{}", None);
    terms.addons.push(Addon {
        code: "more".to_owned(),
        name: "90 %".to_owned(),
        price: AddonPrice::FixedMinor(100),
        effect: AddonEffect::ProfitSplit(BasisPoints(9_000)),
        excludes: Vec::new(),
    });
    let share = |terms: &Terms| {
        let payout = terms.rules_of(1).unwrap().payout.unwrap();
        payout.share(BasisPoints::ZERO, 1).0
    };
    assert_eq!(share(&terms), 8_000);
    assert_eq!(share(&terms.bought(&["more".to_owned()])), 9_000);
}

#[test]
fn rules_of_its_own_stand_and_are_shown() {
    let own = PayoutRules {
        cadence: Cadence::Weekly,
        min_trading_days: 3,
        fee_refund_with: Some(2),
        ..PayoutRules::default()
    };
    let terms = program("{}", Some(own.clone()));
    assert_eq!(faults(&terms), Vec::<String>::new());
    let shown = terms.conduct_shown();
    assert_eq!(shown.payout_cadence.as_deref(), Some("weekly"));
    assert_eq!(shown.payout_min_trading_days, 3);
    assert_eq!(shown.fee_refund_policy.as_deref(), Some("second_payout"));
    let beside = program(SAID, Some(own.clone()));
    assert_eq!(faults(&beside).len(), 1, "{:?}", faults(&beside));
    let mut early = program("{}", Some(own));
    early.steps[0].rules = early.steps[1].rules.clone();
    let found = faults(&early);
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("payouts belong to the funded step")),
        "{found:?}"
    );
}

#[test]
fn words_that_nobody_knows_are_refused() {
    for text in [
        r#"{"payout_cadence":"sometimes"}"#,
        r#"{"fee_refund_policy":"always"}"#,
    ] {
        assert_eq!(faults(&program(text, None)).len(), 1, "{text}");
    }
}

#[test]
fn a_scaling_plan_is_read_and_shown_again() {
    let plan = r#"{"scaling_plan":[{"payouts":2,"profit_pct":12.5,"days":120,"increase_pct":25,"times":4},
        {"payouts":1,"increase_pct":"50"}]}"#;
    let terms = program(plan, None);
    assert_eq!(faults(&terms), Vec::<String>::new());
    let scaling = terms.rules_of(1).unwrap().payout.unwrap().scaling;
    let growth = |payouts, profit, days, by, times| Growth {
        payouts,
        profit: BasisPoints(profit),
        days,
        by: BasisPoints(by),
        times,
    };
    let wanted = [growth(2, 1_250, 120, 2_500, 4), growth(1, 0, 0, 5_000, 1)];
    assert_eq!(scaling, wanted);
    let own = PayoutRules {
        scaling,
        ..PayoutRules::default()
    };
    let shown = program("{}", Some(own)).conduct_shown().scaling_plan;
    let first = r#"{"days":120,"increase_pct":25.0,"payouts":2,"profit_pct":12.5,"times":4}"#;
    assert_eq!(
        shown.first().map(ToString::to_string).as_deref(),
        Some(first)
    );
    // And back.
    let mut again = program("{}", None);
    again.conduct.scaling_plan = shown;
    assert_eq!(again.rules_of(1).unwrap().payout.unwrap().scaling, wanted);
}

#[test]
fn a_scaling_plan_that_says_something_else_is_refused_with_its_place() {
    for step in [
        r#"{"payouts":2}"#,
        r#"{"payouts":0,"increase_pct":25}"#,
        r#"{"payouts":-1,"increase_pct":25}"#,
        r#"{"payouts":1,"increase_pct":0}"#,
        r#"{"payouts":1,"increase_pct":-5}"#,
        r#"{"payouts":1,"increase_pct":"much"}"#,
        r#"{"payouts":1,"increase_pct":25,"times":0}"#,
        r#"{"payouts":1,"increase_pct":1000}"#,
        r#"{"payouts":1,"increase_pct":25,"days":1.5}"#,
        r#"{"payouts":1,"increase_pct":25,"weeks":3}"#,
        r#""twice a year""#,
    ] {
        let found = faults(&program(&format!(r#"{{"scaling_plan":[{step}]}}"#), None));
        assert_eq!(found.len(), 1, "{step}: {found:?}");
        assert!(found[0].contains("scaling_plan"), "{step}: {found:?}");
    }
}
