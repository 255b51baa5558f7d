//! Counters.

use std::collections::BTreeSet;

use touchstone_store::testing::each_engine;
use touchstone_store::{Counter, Engine, StoreError};

use crate::support::{Gate, Outcome, open, put_purse, runtime};

const ORDER: Counter = Counter("order");
const LOGIN: Counter = Counter("login");

#[test]
fn a_counter_begins_where_it_was_set_and_never_goes_back() {
    each_engine(|database| {
        let store = open(database);
        let next = |counter| store.write_blocking(move |tx| tx.next_id(counter)).unwrap();
        let raise = |to| {
            store
                .write_blocking(move |tx| tx.raise_counter(LOGIN, to))
                .unwrap()
        };
        raise(2_000_100);
        assert_eq!((next(LOGIN), next(LOGIN)), (2_000_100, 2_000_101));
        raise(5);
        assert_eq!(next(LOGIN), 2_000_102);
        raise(2_000_110);
        assert_eq!(next(LOGIN), 2_000_110);
        assert_eq!(next(ORDER), 1, "one counter does not move another");
        store.close_blocking();

        let store = open(database);
        let next = store.write_blocking(|tx| tx.next_id(LOGIN)).unwrap();
        assert!(next > 2_000_110, "{next} was given out before");
        store.close_blocking();
    });
}

#[test]
fn no_number_is_given_twice_to_many_at_once() {
    each_engine(|database| {
        let store = open(database);
        let numbers = runtime().block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..300 {
                let store = store.clone();
                tasks.spawn(async move {
                    let work = |tx: &mut touchstone_store::Tx<'_>| -> Outcome<_> {
                        Ok([tx.next_id(ORDER)?, tx.next_id(ORDER)?])
                    };
                    store.write(work).await.unwrap()
                });
            }
            tasks.join_all().await
        });
        let different: BTreeSet<i64> = numbers.iter().flatten().copied().collect();
        assert_eq!(different.len(), 600);
        if database.engine() == Engine::Sqlite {
            assert_eq!(different.last(), Some(&600), "there are gaps");
        }
        store.close_blocking();
    });
}

#[test]
fn on_sqlite_what_is_undone_gives_its_numbers_back() {
    each_engine(|database| {
        if database.engine() != Engine::Sqlite {
            return;
        }
        let store = open(database);
        let gate = Gate::hold(&store);
        // These share a batch: some are undone after they took numbers and wrote.
        let kept = runtime().block_on(async {
            let mut tasks = Vec::new();
            for turn in 0..60_i64 {
                let store = store.clone();
                tasks.push(tokio::spawn(async move {
                    let work = move |tx: &mut touchstone_store::Tx<'_>| {
                        let number = tx.next_id(ORDER)?;
                        put_purse(tx, number, turn)?;
                        if turn % 3 == 0 {
                            return Err(StoreError::Contended);
                        }
                        Ok(number)
                    };
                    store.write(work).await
                }));
            }
            gate.open();
            let mut kept = Vec::new();
            for task in tasks {
                kept.extend(task.await.unwrap().ok());
            }
            kept
        });
        let kept: BTreeSet<i64> = kept.into_iter().collect();
        assert_eq!(kept, (1..=40).collect());
        store.close_blocking();
    });
}
