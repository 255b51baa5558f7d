//! What goes back by a policy, and what a policy cannot promise.

use super::terms;
use crate::program::{RefundFacts, RefundPolicy, RefundRefusal, TermsFault, refund};
use crate::{BasisPoints, Currency, Money, UnixMicros};
use rstest::rstest;

const PAID: UnixMicros = UnixMicros(1_000_000);
const DAY: i64 = 86_400;

const fn policy(within_days: u32, kept: i64) -> RefundPolicy {
    RefundPolicy {
        within_days,
        kept: BasisPoints(kept),
    }
}

const fn after(seconds: i64) -> RefundFacts {
    RefundFacts {
        paid_at: PAID,
        now: PAID.plus_seconds(seconds),
        has_traded: false,
        is_running: true,
    }
}

#[rstest]
#[case::all_of_it(policy(14, 0), 49_900, 0, 49_900)]
#[case::at_the_last_instant(policy(14, 0), 49_900, 14 * DAY, 49_900)]
#[case::less_a_tenth(policy(14, 1_000), 49_900, 1, 44_910)]
#[case::what_is_kept_is_rounded_away_from_zero(policy(1, 5_000), 101, 0, 50)]
#[case::of_one_cent_nothing_is_left(policy(1, 5_000), 1, 0, 0)]
#[case::of_the_largest_fee(policy(1, 9_999), i64::MAX, 0, 922_337_203_685_478)]
fn goes_back(
    #[case] policy: RefundPolicy,
    #[case] fee_minor: i64,
    #[case] seconds: i64,
    #[case] minor: i64,
) {
    let fee = Money::new(fee_minor, Currency::USD);
    let found = refund(Some(&policy), fee, after(seconds));
    assert_eq!(found, Ok(Money::new(minor, Currency::USD)));
}

#[test]
fn stays() {
    let fee = Money::new(49_900, Currency::USD);
    let of = |policy: Option<&RefundPolicy>, facts| refund(policy, fee, facts).unwrap_err();
    assert_eq!(of(None, after(0)), RefundRefusal::Never);
    let policy = policy(2, 0);
    let until = PAID.plus_seconds(2 * DAY);
    let late = after(2 * DAY).now.plus_micros(1);
    let facts = RefundFacts {
        now: late,
        ..after(0)
    };
    assert_eq!(of(Some(&policy), facts), RefundRefusal::TooLate { until });
    let traded = RefundFacts {
        has_traded: true,
        ..facts
    };
    assert_eq!(of(Some(&policy), traded), RefundRefusal::Traded);
    let over = RefundFacts {
        is_running: false,
        ..traded
    };
    assert_eq!(of(Some(&policy), over), RefundRefusal::NotRunning);
}

#[rstest]
#[case(policy(0, 0), &["refund.within_days"])]
#[case(policy(366, 0), &["refund.within_days"])]
#[case(policy(365, 9_999), &[])]
#[case(policy(1, 10_000), &["refund.kept_pct"])]
#[case(policy(0, -1), &["refund.within_days", "refund.kept_pct"])]
fn every_fault_has_its_place(#[case] policy: RefundPolicy, #[case] places: &[&str]) {
    let mut terms = terms(49_900, Vec::new());
    terms.refund = Some(policy);
    let faults = terms.faults(&[], false);
    let found: Vec<String> = faults
        .iter()
        .filter(|fault| matches!(fault, TermsFault::Refund { .. }))
        .map(TermsFault::place)
        .collect();
    assert_eq!(found, places);
    assert!(faults.iter().all(
        |fault| !fault.place().starts_with("refund") || fault.code() == "refund_policy_invalid"
    ));
}

#[test]
fn a_version_without_a_policy_is_written_as_before() {
    let mut terms = terms(49_900, Vec::new());
    let text = serde_json::to_string(&terms).unwrap();
    assert!(!text.contains("refund\":"), "{text}");
    terms.refund = Some(policy(14, 1_000));
    let text = serde_json::to_string(&terms).unwrap();
    assert!(text.contains(r#""refund":{"within_days":14,"kept":1000}"#));
    assert_eq!(
        serde_json::from_str::<crate::program::Terms>(&text).unwrap(),
        terms
    );
}
