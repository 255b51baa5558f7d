//! Inside its room no look says anything, up to the last unit on both sides.

#[path = "../../tests/worlds/rules.rs"]
mod rules;

use super::history::High;
use crate::{Account, Event, Market, Opening, Phase};
use proptest::prelude::*;
use std::sync::Arc;
use touchstone_domain::{Currency, Login, UnixMicros};

const START: i64 = 1_774_000_000;

/// An account that has gone through something, and was looked at last.
fn looked_at(rules: rules::Rules, steps: Vec<(i64, i64, i64)>) -> Account {
    let market = Market::default();
    let at = UnixMicros::from_seconds(START);
    let opening = Opening {
        initial_minor: 10_000_000,
        purchased_at: at,
        activated_at: at,
    };
    let phase = Phase::open(Arc::new(rules.set), opening).unwrap();
    let mut account = Account::new(Login(1), Currency::USD, phase);
    account.look(&market, &mut Vec::new()).unwrap();
    let mut seconds = START;
    for (later, booked, floating) in steps {
        seconds += later;
        let mut found = Vec::new();
        account
            .advance(UnixMicros::from_seconds(seconds), &market, &mut found)
            .unwrap();
        let balance_minor = account.phase.state.reading.balance_minor + booked;
        let event = match (booked % 17, account.phase.state.status.is_over()) {
            (0, true) => Event::Reverted,
            _ => Event::Marked {
                balance_minor,
                equity_minor: balance_minor + floating,
            },
        };
        // A revert of what has not failed changes nothing.
        let _ = account.take(event, &market, &mut found);
        account.look(&market, &mut found).unwrap();
    }
    account
}

fn steps() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    let seconds = prop_oneof![4 => 0_i64..3_000, 1 => 3_000_i64..90_000];
    let floating = prop_oneof![3 => -900_000_i64..700_000, 1 => Just(0_i64)];
    let booked = prop_oneof![2 => Just(0_i64), 1 => -60_000_i64..60_000];
    prop::collection::vec((seconds, booked, floating), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_said_inside_a_room(
        rules in rules::rules(),
        steps in steps(),
        path in prop::collection::vec(prop_oneof![Just(0_i64), Just(1_000), 0_i64..1_000], 1..12),
    ) {
        let mut phase = looked_at(rules, steps).phase;
        let room = phase.room().unwrap();
        let equity = phase.equity_minor().unwrap();
        let far = 20_000_000;
        let (down, up) = (room.down.min(far), room.up.min(far));
        let before = phase.clone();
        let mut high: Option<High> = None;
        for part in path {
            let at = phase.state.now.plus_micros(1);
            let now = equity - down + (down + up) * part / 1_000;
            phase.state.now = at;
            phase.state.reading.floating_minor = now - phase.state.reading.balance_minor;
            if high.is_none_or(|high| now > high.equity_minor) {
                high = Some(High { equity_minor: now, at });
            }
            let mut found = Vec::new();
            phase.judge(&mut found).unwrap();
            prop_assert_eq!(found, vec![], "{:?} around {}", room, equity);
        }
        let mut expect = before;
        expect.state.now = phase.state.now;
        expect.state.reading = phase.state.reading;
        if room.makes_peaks && phase.state.reading.is_firm {
            expect.raise_to(high.unwrap()).unwrap();
        }
        prop_assert_eq!(phase, expect, "{:?} around {}", room, equity);
    }
}
