use crate::program::{Conduct, PhaseType, StepTerms, Terms};
use crate::{BasisPoints, Currency, Money};

fn step(name: &str, phase_type: PhaseType, target: i64) -> StepTerms {
    StepTerms {
        phase_type,
        name: name.to_owned(),
        group: "G".to_owned(),
        initial_balance_minor: 10_000_000,
        duration_days: 0,
        max_daily_loss: BasisPoints(500),
        max_total_loss: BasisPoints(1_000),
        max_daily_profit: BasisPoints::ZERO,
        profit_target: BasisPoints(target),
        profit_split: match phase_type {
            PhaseType::Funded => BasisPoints(8_000),
            PhaseType::Evaluation => BasisPoints::ZERO,
        },
        min_trading_days: 0,
        max_trading_days: 0,
        max_positions: 0,
        rules: None,
    }
}

fn terms() -> Terms {
    let price = Money::new(49_900, Currency::USD);
    let mut terms = Terms::blank("P".to_owned(), price);
    terms.steps = vec![
        step("One", PhaseType::Evaluation, 800),
        step("Two", PhaseType::Evaluation, 500),
        step("Live", PhaseType::Funded, 0),
    ];
    terms
}

/// Code and place of each warning after a change.
fn told(change: impl FnOnce(&mut Terms)) -> Vec<(&'static str, String)> {
    let mut terms = terms();
    change(&mut terms);
    terms.conduct.settle();
    let warnings = terms.warnings();
    warnings
        .iter()
        .map(|warning| (warning.code, warning.place()))
        .collect()
}

fn one(code: &'static str, place: &str) -> Vec<(&'static str, String)> {
    vec![(code, place.to_owned())]
}

#[test]
fn a_step_that_leads_nowhere_or_pays_nothing_is_told() {
    assert_eq!(told(|_| {}), []);
    assert_eq!(
        told(|terms| terms.steps[1].profit_target = BasisPoints::ZERO),
        one("no_way_on", "steps[1].profit_target_pct")
    );
    // The last one need not end.
    assert_eq!(
        told(|terms| {
            terms.steps.pop();
            terms.steps[1].profit_target = BasisPoints::ZERO;
        }),
        []
    );
    assert_eq!(
        told(|terms| terms.steps[2].profit_split = BasisPoints::ZERO),
        one("no_profit_split", "steps[2].profit_split_pct")
    );
    assert_eq!(
        told(|terms| terms.steps[1].name = "one ".to_owned()),
        one("step_name_twice", "steps[1].name")
    );
}

#[test]
fn a_warning_of_the_rules_is_told_by_the_field_that_says_it() {
    assert_eq!(
        told(|terms| terms.steps[0].max_daily_loss = BasisPoints(1_001)),
        one("daily_loss_above_max_loss", "steps[0].max_daily_loss_pct")
    );
    let trailing = |terms: &mut Terms| {
        terms.conduct = Conduct {
            max_loss_mode: Some("trailing_intraday_equity".to_owned()),
            max_loss_lock_at: Some("initial".to_owned()),
            ..Conduct::default()
        };
    };
    let locked = "conduct.max_loss_lock_at".to_owned();
    let wanted = [
        ("lock_beyond_target", locked.clone()),
        ("lock_beyond_target", locked.clone()),
        ("payout_on_locked_floor", locked),
    ];
    assert_eq!(told(trailing), wanted);
    let own = told(|terms| {
        let mut step = terms.steps[0].clone();
        step.max_daily_loss = BasisPoints(2_000);
        terms.steps[0].rules = Some({
            let mut alone = terms.clone();
            alone.steps = vec![step];
            alone.rules_of(0).unwrap()
        });
    });
    assert_eq!(
        own,
        one(
            "daily_loss_above_max_loss",
            "steps[0].rules.daily_loss.amount"
        )
    );
}

#[test]
fn a_payout_that_the_funded_step_ends_before_is_told() {
    let days = |limit, wanted| {
        told(move |terms| {
            terms.steps[2].duration_days = limit;
            terms.conduct.payout_min_trading_days = wanted;
        })
    };
    assert_eq!(days(30, 31), []);
    let place = "conduct.payout_min_trading_days";
    assert_eq!(days(30, 32), one("payout_days_out_of_reach", place));
    assert_eq!(days(0, 99), []);

    let amount = |least| {
        told(move |terms| {
            terms.steps[2].max_trading_days = 10;
            terms.steps[2].max_daily_profit = BasisPoints(1);
            terms.conduct.payout_min_amount_minor = Some(least);
        })
    };
    assert_eq!(amount(10_000), []);
    let place = "conduct.payout_min_amount";
    assert_eq!(amount(10_100), one("payout_amount_out_of_reach", place));
}
