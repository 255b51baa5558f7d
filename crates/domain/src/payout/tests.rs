use super::*;
use crate::kyc::Kyc;
use crate::rule_set::{Amount, Growth, PayoutRules, ProfitableDays, SplitTier};
use crate::{TradingDay, UnixMicros};
use proptest::prelude::*;

/// State, event, state afterwards and what is to be done, or `refused`.
const TABLE: &str = include_str!("../../tests/payout_states.txt");

#[test]
fn every_cell_of_the_table_is_known() {
    let mut told = String::new();
    for state in PayoutState::ALL {
        for event in Event::ALL {
            let (from, by) = (state.name(), event.name());
            let line = match transition(state, event) {
                Ok((to, work)) => format!("{from} {by} -> {} {}", to.name(), work.name()),
                Err(refused) => {
                    assert_eq!((refused.state, refused.event), (state, event));
                    format!("{from} {by} -> refused")
                }
            };
            told.push_str(&line);
            told.push('\n');
        }
    }
    assert_eq!(told, TABLE);
}

#[test]
fn states_come_back_from_their_codes_and_names() {
    for state in PayoutState::ALL {
        assert_eq!(PayoutState::from_code(state.code()), Some(state));
        assert_eq!(PayoutState::from_name(state.name()), Some(state));
    }
}

fn rules(share: i64) -> PayoutRules {
    PayoutRules {
        split_tiers: vec![SplitTier {
            from_payout: 1,
            share: BasisPoints(share),
        }],
        ..PayoutRules::default()
    }
}

const fn basis(balance_minor: i64, equity_minor: i64) -> Basis {
    Basis {
        initial_minor: 10_000_000,
        balance_minor,
        equity_minor,
    }
}

proptest! {
    /// No cent is made or lost, nothing is taken that is not there, and what stays is at least the buffer.
    #[test]
    fn the_parts_are_the_whole(
        balance in -20_000_000_i64..40_000_000,
        equity in -20_000_000_i64..40_000_000,
        share in 0_i64..=10_000,
        buffer in prop::option::of(0_i64..5_000_000),
        most in prop::option::of(1_i64..5_000_000),
        of_balance in prop::option::of(1_i64..=10_000),
    ) {
        let rules = PayoutRules {
            buffer: buffer.map(Amount::FixedMinor),
            max_amount: most.map(Amount::FixedMinor),
            max_share_of_balance: of_balance.map(BasisPoints),
            ..rules(share)
        };
        let amounts = rules.amounts(basis(balance, equity), 1).unwrap();
        let profit = (balance.min(equity) - 10_000_000).max(0);
        prop_assert_eq!(amounts.profit_minor, profit);
        prop_assert_eq!(amounts.trader_minor + amounts.firm_minor, amounts.taken_minor);
        let parts = amounts.buffer_minor + amounts.capped_minor + amounts.taken_minor;
        prop_assert_eq!(parts, profit);
        let all = [amounts.trader_minor, amounts.firm_minor, amounts.capped_minor, amounts.buffer_minor];
        prop_assert!(all.into_iter().all(|part| part >= 0), "{:?}", amounts);
        prop_assert!(most.is_none_or(|most| amounts.taken_minor <= most));
        prop_assert!(amounts.taken_minor == 0 || balance.min(equity) - amounts.taken_minor >= 10_000_000 + buffer.unwrap_or(0));
    }
}

#[test]
fn a_later_payout_has_the_largest_share_that_was_earned() {
    let mut rules = rules(8_000);
    for (from_payout, share) in [(3, 9_000), (6, 10_000)] {
        rules.split_tiers.push(SplitTier {
            from_payout,
            share: BasisPoints(share),
        });
    }
    let shares: Vec<i64> = [1, 2, 3, 5, 6, 99]
        .into_iter()
        .map(|number| rules.share(BasisPoints::ZERO, number).0)
        .collect();
    assert_eq!(shares, [8_000, 8_000, 9_000, 9_000, 10_000, 10_000]);
    let of = |number| {
        rules
            .amounts(basis(10_000_101, 10_000_101), number)
            .unwrap()
    };
    assert_eq!((of(1).trader_minor, of(1).firm_minor), (81, 20));
    assert_eq!((of(6).trader_minor, of(6).firm_minor), (101, 0));
}

const DAY: i64 = 86_400_000_000;

const fn at(day: i64) -> UnixMicros {
    UnixMicros(1_777_852_800_000_000 + day * DAY)
}

fn strict() -> PayoutRules {
    PayoutRules {
        first_after_days: 14,
        min_days_between: 7,
        min_trading_days: 5,
        winning_days: Some(ProfitableDays {
            days: 3,
            at_least: Amount::FixedMinor(15_000),
        }),
        min_amount_minor: 10_000,
        buffer: Some(Amount::FixedMinor(100_000)),
        ..rules(8_000)
    }
}

fn good() -> (Past, Remains) {
    let past = Past {
        number: 1,
        last_at: None,
        in_flight: None,
        kyc: Kyc::Approved,
        is_disputed: false,
    };
    let remains = Remains {
        now: at(14),
        activated_at: at(0),
        basis: basis(10_200_000, 10_200_000),
        is_live: true,
        is_firm: true,
        open_positions: 0,
        trading_days: 5,
        winning_days: 3,
        consistency: Some((200_000, 180_000, true)),
        floor: Some((10_100_000, 9_000_000, false)),
        free_margin_minor: None,
    };
    (past, remains)
}

fn asked(rules: &PayoutRules, past: &Past, remains: &Remains) -> Eligibility {
    let amounts = rules.amounts(remains.basis, past.number).unwrap();
    eligibility(rules, &TradingDay::utc(), past, remains, amounts).unwrap()
}

/// What keeps it, of all that is asked for.
fn unmet(change: impl FnOnce(&mut PayoutRules, &mut Past, &mut Remains)) -> Vec<&'static str> {
    let (mut rules, (mut past, mut remains)) = (strict(), good());
    change(&mut rules, &mut past, &mut remains);
    let told = asked(&rules, &past, &remains);
    assert_eq!(told.is_met(), told.unmet().next().is_none());
    told.unmet().map(|one| one.name.name()).collect()
}

#[test]
fn each_condition_keeps_the_payout_by_itself() {
    assert_eq!(unmet(|_, _, _| {}), Vec::<&str>::new());
    assert_eq!(unmet(|_, _, r| r.is_live = false), ["account_active"]);
    assert_eq!(
        unmet(|_, p, _| p.in_flight = Some(PayoutId(3))),
        ["no_payout_in_flight"]
    );
    for kyc in [Kyc::None, Kyc::Pending, Kyc::Rejected] {
        assert_eq!(unmet(|_, p, _| p.kyc = kyc), ["kyc"]);
    }
    assert_eq!(unmet(|_, _, r| r.open_positions = 1), ["no_open_positions"]);
    assert_eq!(
        unmet(|rules, _, r| {
            rules.needs_flat = false;
            r.open_positions = 1;
            r.is_firm = false;
        }),
        ["fresh_prices"]
    );
    let early = UnixMicros(at(14).0 - 1);
    assert_eq!(unmet(|_, _, r| r.now = early), ["first_payout_delay"]);
    assert_eq!(unmet(|_, p, _| p.last_at = Some(at(8))), ["days_between"]);
    assert_eq!(unmet(|_, p, _| p.last_at = Some(at(7))), Vec::<&str>::new());
    assert_eq!(unmet(|_, _, r| r.trading_days = 4), ["trading_days"]);
    assert_eq!(unmet(|_, _, r| r.winning_days = 2), ["winning_days"]);
    let unmet_share = Some((200_000, 200_001, false));
    assert_eq!(
        unmet(|_, _, r| r.consistency = unmet_share),
        ["consistency"]
    );
    assert_eq!(
        unmet(|_, _, r| r.basis = basis(10_100_000, 10_200_000)),
        ["profit", "minimum_amount"]
    );
    assert_eq!(
        unmet(|_, _, r| r.basis = basis(10_112_499, 10_112_499)),
        ["minimum_amount"]
    );
    let short = Some(99_999);
    assert_eq!(
        unmet(|_, _, r| r.free_margin_minor = short),
        ["free_margin"]
    );
    let floor = Some((10_100_000, 10_100_000, true));
    assert_eq!(unmet(|_, _, r| r.floor = floor), ["above_floor"]);
}

#[test]
fn what_is_not_asked_for_is_not_in_the_list() {
    let (past, mut remains) = good();
    remains.consistency = None;
    remains.floor = None;
    let rules = PayoutRules {
        needs_kyc: false,
        needs_flat: false,
        ..rules(8_000)
    };
    let told = asked(&rules, &past, &remains);
    let names: Vec<&str> = told.conditions.iter().map(|one| one.name.name()).collect();
    assert_eq!(names, ["account_active", "no_payout_in_flight", "profit"]);
    assert!(told.is_met());
}

/// What was decided is kept as JSON, and comes back the same.
#[test]
fn the_conditions_come_back_from_their_text() {
    let (past, remains) = good();
    let told = asked(&strict(), &past, &remains);
    let text = serde_json::to_string(&told).unwrap();
    assert_eq!(serde_json::from_str::<Eligibility>(&text).unwrap(), told);
}

const PLAN: [Growth; 2] = [
    Growth {
        payouts: 2,
        profit: BasisPoints(1_000),
        days: 120,
        by: BasisPoints(2_500),
        times: 3,
    },
    Growth {
        payouts: 1,
        profit: BasisPoints(0),
        days: 0,
        by: BasisPoints(5_000),
        times: 1,
    },
];

fn growth_past(taken: u32, payouts: &[i64]) -> GrowthPast {
    GrowthPast {
        taken,
        since: UnixMicros(0),
        payouts: payouts.to_vec(),
        in_flight: None,
        is_disputed: false,
    }
}

fn growth_look(past: &GrowthPast, days: i64) -> GrowthLook {
    let now = UnixMicros(days * 86_400_000_000);
    let look = growth(&PLAN, &TradingDay::utc(), 10_000_000, past, true, now);
    look.unwrap().unwrap()
}

#[test]
fn a_plan_is_taken_step_by_step() {
    for (taken, by) in [
        (0, Some(2_500_000)),
        (2, Some(2_500_000)),
        (3, Some(5_000_000)),
        (4, None),
        (9, None),
    ] {
        let look = growth_look(&growth_past(taken, &[]), 0);
        assert_eq!((look.taken, look.of), (taken.min(4), 4));
        assert_eq!(look.next.map(|next| next.by_minor), by, "{taken}");
    }
    let none = growth(
        &[],
        &TradingDay::utc(),
        1,
        &growth_past(0, &[9; 9]),
        true,
        UnixMicros(0),
    );
    assert_eq!(none.unwrap(), None);
}

#[test]
fn a_growth_asks_for_everything_that_its_step_says() {
    let met = |past: &GrowthPast, days| {
        let next = growth_look(past, days).next.unwrap();
        (next.is_met(), next.only_waits())
    };
    let enough = growth_past(0, &[400_000, 600_000]);
    assert_eq!(met(&enough, 120), (true, true));
    assert_eq!(met(&enough, 119), (false, true));
    assert_eq!(met(&growth_past(0, &[1_000_000]), 120), (false, false));
    assert_eq!(met(&growth_past(0, &[999_998, 1]), 120), (false, false));
    let in_flight = GrowthPast {
        in_flight: Some(PayoutId(1)),
        ..enough.clone()
    };
    assert_eq!(met(&in_flight, 120), (false, false));
    let disputed = GrowthPast {
        is_disputed: true,
        ..enough.clone()
    };
    assert_eq!(met(&disputed, 120), (false, false));
    // The last step asks for one payout alone.
    assert_eq!(met(&growth_past(3, &[0]), 0), (true, true));
}

#[test]
fn a_growth_takes_up_no_more_payouts_than_it_asks_for() {
    for (payouts, takes) in [
        (&[600_000, 400_000, 7][..], 2),
        (&[100, 200, 2_000_000, 5], 3),
        (&[2_000_000, 1, 1], 2),
        (&[5], 1),
    ] {
        let next = growth_look(&growth_past(0, payouts), 120).next.unwrap();
        assert_eq!(next.takes, takes, "{payouts:?}");
    }
}
