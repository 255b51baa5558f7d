//! Commands that are undone by the engine, and what the caller is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use touchstone_store::StoreError;
use touchstone_store::testing::each_engine;

use crate::support::{Outcome, open, put_purse, put_purses, set_amount, total};

#[test]
fn a_stale_row_that_stays_stale_ends_after_a_bounded_number_of_runs() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let stale = store.write_blocking(move |tx| -> Outcome<()> {
            counted.fetch_add(1, Ordering::Relaxed);
            set_amount(tx, 1, 6)?;
            set_amount(tx, 9, 6)
        });
        assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
        assert!((1..=13).contains(&runs.load(Ordering::Relaxed)));
        assert_eq!(total(&store), 5);
        store.close_blocking();
    });
}

#[test]
fn errors_that_pass_are_told_from_errors_that_stay() {
    let pass = [
        StoreError::Overloaded,
        StoreError::Closed,
        StoreError::OutcomeUnknown,
        StoreError::Contended,
    ];
    let stay = [
        StoreError::ReadOnly,
        StoreError::Panicked,
        StoreError::Aborted,
    ];
    assert!(pass.iter().all(StoreError::is_passing));
    assert!(!stay.iter().any(StoreError::is_passing));
}

#[test]
fn a_closure_that_ran_twice_is_kept_once() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let mut runs = 0;
        let outcome = store.write_blocking(move |tx| -> Outcome<i32> {
            runs += 1;
            put_purse(tx, 2, 1)?;
            if runs == 1 {
                set_amount(tx, 9, 6)?;
                tx.query("SELECT id FROM purse", &[], |row| row.int(0))?;
            }
            Ok(runs)
        });
        assert_eq!(outcome, Ok(2));
        assert_eq!(total(&store), 6);
        store.close_blocking();
    });
}
