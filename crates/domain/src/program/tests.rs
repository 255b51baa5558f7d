use super::*;
use rstest::rstest;

fn addon(code: &str, price: AddonPrice) -> Addon {
    Addon {
        code: code.into(),
        name: code.into(),
        price,
        effect: AddonEffect::ByHand,
        excludes: Vec::new(),
    }
}

fn terms(price_minor: i64, addons: Vec<Addon>) -> Terms {
    Terms {
        name: "Challenge".into(),
        display_name: String::new(),
        description: String::new(),
        short_description: String::new(),
        price: Money::new(price_minor, Currency::USD),
        steps: Vec::new(),
        addons,
        conduct: Conduct::default(),
        refund: None,
    }
}

/// A reset for 20.00, twice a half more, and 0.12 % more.
fn on_sale(price_minor: i64) -> Terms {
    terms(
        price_minor,
        vec![
            addon("RESET", AddonPrice::FixedMinor(2_000)),
            addon("HALF", AddonPrice::Percent(BasisPoints(5_000))),
            addon("OTHER_HALF", AddonPrice::Percent(BasisPoints(5_000))),
            addon("BIT", AddonPrice::Percent(BasisPoints(12))),
        ],
    )
}

fn codes(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|&code| code.into()).collect()
}

#[rstest]
#[case::nothing_chosen(49_900, &[], 49_900)]
#[case::fixed(49_900, &["RESET"], 51_900)]
#[case::percent(49_900, &["HALF"], 74_850)]
#[case::percent_is_of_the_price_alone(49_900, &["RESET", "HALF"], 76_850)]
#[case::order_does_not_matter(49_900, &["HALF", "RESET"], 76_850)]
#[case::down_below_a_half(49_900, &["BIT"], 49_960)]
#[case::half_is_rounded_up(1, &["HALF"], 2)]
#[case::each_is_rounded_by_itself(1, &["HALF", "OTHER_HALF"], 3)]
#[case::free_with_a_paid_addon(0, &["RESET", "HALF"], 2_000)]
fn adds_the_chosen_addons(
    #[case] price_minor: i64,
    #[case] chosen: &[&str],
    #[case] total_minor: i64,
) {
    assert_eq!(
        on_sale(price_minor).price_with(&codes(chosen)),
        Ok(Money::new(total_minor, Currency::USD))
    );
}

#[rstest]
#[case::unknown(&["RESET", "GOLD"], AddonError::Unknown { index: 1, code: "GOLD".into() })]
#[case::letter_case_counts(&["reset"], AddonError::Unknown { index: 0, code: "reset".into() })]
#[case::doubled(&["HALF", "RESET", "HALF"], AddonError::Doubled { index: 2, code: "HALF".into() })]
#[case::the_first_fault_is_told(
    &["RESET", "RESET", "GOLD"],
    AddonError::Doubled { index: 1, code: "RESET".into() }
)]
#[case::unknown_and_doubled(&["GOLD", "GOLD"], AddonError::Unknown { index: 0, code: "GOLD".into() })]
fn refuses_a_choice_at_its_place(#[case] chosen: &[&str], #[case] fault: AddonError) {
    assert_eq!(on_sale(49_900).price_with(&codes(chosen)), Err(fault));
}

#[rstest]
#[case::of_the_sum(i64::MAX - 1_999, "RESET")]
#[case::of_the_share(i64::MAX, "HALF")]
#[case::of_a_share_that_fits(i64::MAX / 2 + i64::MAX / 4, "HALF")]
fn an_overflow_is_told(#[case] price_minor: i64, #[case] chosen: &str) {
    assert_eq!(
        on_sale(price_minor).price_with(&codes(&[chosen])),
        Err(AddonError::Money(MoneyError::Overflow))
    );
}

#[test]
fn the_largest_price_still_fits() {
    assert_eq!(
        on_sale(i64::MAX - 2_000).price_with(&codes(&["RESET"])),
        Ok(Money::new(i64::MAX, Currency::USD))
    );
}

fn step(phase_type: PhaseType, profit_split: i64) -> StepTerms {
    StepTerms {
        phase_type,
        name: "Step".into(),
        group: "G".into(),
        initial_balance_minor: 10_000_000,
        duration_days: 0,
        max_daily_loss: BasisPoints::ZERO,
        max_total_loss: BasisPoints::ZERO,
        max_daily_profit: BasisPoints::ZERO,
        profit_target: BasisPoints::ZERO,
        profit_split: BasisPoints(profit_split),
        min_trading_days: 0,
        max_trading_days: 0,
        max_positions: 0,
        rules: None,
    }
}

#[rstest]
#[case::no_steps(vec![], 0)]
#[case::no_funded_step(vec![step(PhaseType::Evaluation, 9_000)], 0)]
#[case::told_by_the_funded_step(
    vec![step(PhaseType::Evaluation, 0), step(PhaseType::Funded, 8_000)],
    8_000
)]
#[case::not_by_an_evaluation(
    vec![step(PhaseType::Evaluation, 9_000), step(PhaseType::Funded, 8_000)],
    8_000
)]
fn the_split_is_that_of_the_funded_step(#[case] steps: Vec<StepTerms>, #[case] split: i64) {
    let mut terms = terms(0, Vec::new());
    terms.steps = steps;
    assert_eq!(terms.profit_split(), BasisPoints(split));
    assert_eq!(terms.first_step(), terms.steps.first());
}

#[test]
fn stored_terms_come_back_and_older_ones_need_only_name_and_price() {
    let mut full = on_sale(49_900);
    full.steps = vec![step(PhaseType::Funded, 8_000)];
    full.conduct.weekend_close_time = Some("21:00".into());
    let text = serde_json::to_string(&full).unwrap();
    assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), full);

    let short = r#"{"name":"Challenge","price":{"minor":0,"currency":"USD"}}"#;
    assert_eq!(
        serde_json::from_str::<Terms>(short).unwrap(),
        terms(0, Vec::new())
    );
    let misspelt = r#"{"name":"Challenge","price":{"minor":0,"currency":"USD"},"adons":[]}"#;
    assert!(serde_json::from_str::<Terms>(misspelt).is_err());
}

#[test]
fn the_numbers_are_those_of_scaletrade() {
    let statuses = [0, 1, 2, 3].map(ProgramStatus::from_code);
    let wanted = [
        Some(ProgramStatus::Active),
        Some(ProgramStatus::Disabled),
        Some(ProgramStatus::Archived),
        None,
    ];
    assert_eq!(statuses, wanted);
    for status in statuses.into_iter().flatten() {
        assert_eq!(ProgramStatus::from_code(status.code()), Some(status));
    }
    assert_eq!(
        [PhaseType::Evaluation.code(), PhaseType::Funded.code()],
        [0, 1]
    );
}

#[test]
fn a_step_with_rules_of_its_own_shows_them_and_nothing_else() {
    let rules = r#"{"version":1,"trading_day":{"zone":"UTC","reset":"00:00"},
        "daily_loss":{"amount":{"fixed_minor":300000},"anchor":"balance"},
        "max_loss":{"mode":"static","amount":{"percent_of_initial":800}},
        "passing":{"profit_target":{"amount":{"percent_of_initial":1000},"judged_on":"equity"},"min_trading_days":4,
        "time_limits":[{"days":30,"from":"activation"}]}}"#;
    let mut own = step(PhaseType::Evaluation, 0);
    own.rules = Some(serde_json::from_str(rules).unwrap());
    let said = |step: &StepTerms| {
        let mut faults = Vec::new();
        step.rule_faults(0, &Conduct::default(), &mut faults);
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    own.show_rules();
    assert_eq!(
        (own.max_daily_loss, own.max_total_loss, own.profit_target),
        (BasisPoints(300), BasisPoints(800), BasisPoints(1_000))
    );
    assert_eq!((own.min_trading_days, own.duration_days), (4, 30));
    assert_eq!(said(&own), Vec::<String>::new());

    let mut other = own.clone();
    other.max_daily_loss = BasisPoints(400);
    assert_eq!(
        said(&other),
        ["max_daily_loss_pct says something else than the step's own rules: change them instead"]
    );

    let mut nonsense = step(PhaseType::Evaluation, 0);
    nonsense.rules = Some(
        serde_json::from_str(&rules.replace(r#""static""#, r#""static","lock":"at_initial""#))
            .unwrap(),
    );
    nonsense.show_rules();
    assert_eq!(
        said(&nonsense),
        [
            "rules.max_loss.lock: a static floor does not move, so it cannot be locked [lock_without_trailing]"
        ]
    );

    let without = step(PhaseType::Evaluation, 0);
    assert_eq!(serde_json::to_value(&without).unwrap().get("rules"), None);
}

mod conduct;
mod payout;
mod refund;
mod warnings;
