//! Random commands that run at once, against what a plain model says must be left.

use proptest::prelude::*;
use touchstone_store::testing::{TestDatabase, databases};
use touchstone_store::{Counter, Engine, StoreError, Tx};

use crate::support::{Gate, Outcome, event, ids, open, put_purse, runtime, set_amount};

/// What one command does, in this order, and how it ends.
#[derive(Debug, Clone)]
struct Plan {
    numbers: u8,
    purses: u8,
    events: u8,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Keep,
    Refuse,
    /// A `put` that misses its row.
    Miss,
    /// A statement that the database refuses.
    Break,
}

fn plan() -> impl Strategy<Value = Plan> {
    let end = prop_oneof![
        4 => Just(End::Keep),
        1 => Just(End::Refuse),
        1 => Just(End::Miss),
        1 => Just(End::Break),
    ];
    (0..3_u8, 0..3_u8, 0..3_u8, end).prop_map(|(numbers, purses, events, end)| Plan {
        numbers,
        purses,
        events,
        end,
    })
}

fn carry_out(tx: &mut Tx<'_>, place: i64, plan: &Plan) -> Outcome<Vec<i64>> {
    let mut numbers = Vec::new();
    for _ in 0..plan.numbers {
        numbers.push(tx.next_id(Counter("model"))?);
    }
    for purse in 0..i64::from(plan.purses) {
        put_purse(tx, place * 10 + purse, 1)?;
    }
    for _ in 0..plan.events {
        tx.append_event(&event(place, None))?;
    }
    match plan.end {
        End::Keep => Ok(numbers),
        End::Refuse => Err(StoreError::Contended),
        End::Miss => set_amount(tx, -1, 1).map(|()| numbers),
        End::Break => put_purse(tx, -2, -1).map(|()| numbers),
    }
}

fn check(database: &TestDatabase, plans: &[Plan]) {
    let store = open(database);
    let gate = Gate::hold(&store);
    let outcomes = runtime().block_on(async {
        let mut calls = Vec::new();
        for (place, plan) in (1_i64..).zip(plans.iter().cloned()) {
            let store = store.clone();
            calls.push(tokio::spawn(async move {
                store.write(move |tx| carry_out(tx, place, &plan)).await
            }));
        }
        gate.open();
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.push(call.await.unwrap());
        }
        outcomes
    });
    for (plan, outcome) in plans.iter().zip(&outcomes) {
        assert_eq!(
            outcome.is_ok(),
            plan.end == End::Keep,
            "{plan:?} {outcome:?}"
        );
    }

    let kept = || {
        (1_i64..)
            .zip(plans)
            .filter(|(_, plan)| plan.end == End::Keep)
    };
    let purses: Vec<i64> = kept()
        .flat_map(|(place, plan)| (0..i64::from(plan.purses)).map(move |purse| place * 10 + purse))
        .collect();
    assert_eq!(ids(&store), purses);

    let mut numbers: Vec<i64> = outcomes.into_iter().flatten().flatten().collect();
    numbers.sort_unstable();
    let given = numbers.len();
    numbers.dedup();
    assert_eq!(numbers.len(), given, "a number was given twice");
    if database.engine() == Engine::Sqlite {
        assert_eq!(
            numbers.last().copied().unwrap_or(0),
            i64::try_from(given).unwrap()
        );
    }

    let wanted: i64 = kept().map(|(_, plan)| i64::from(plan.events)).sum();
    let mut highest = store.subscribe();
    runtime()
        .block_on(async { highest.wait_for(|seq| *seq >= wanted).await.map(|_| ()) })
        .unwrap();
    let told: Vec<i64> = store
        .read_blocking(|tx| -> Outcome<_> { tx.events_after(0, 10_000) })
        .unwrap()
        .iter()
        .map(|event| event.seq)
        .collect();
    assert_eq!(told, (1..=wanted).collect::<Vec<_>>());
    store.close_blocking();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_is_what_was_kept(plans in proptest::collection::vec(plan(), 1..40)) {
        for database in databases() {
            check(&database, &plans);
        }
    }
}
