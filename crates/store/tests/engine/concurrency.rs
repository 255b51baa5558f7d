//! Many callers at once, and callers that go away.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::poll_immediate;
use touchstone_store::testing::each_engine;
use touchstone_store::{Engine, Store, StoreError, StoreOptions, Tx, params};

use crate::support::{
    Gate, Outcome, SCHEMA, amount, ids, open, put_purse, put_purses, runtime, set_amount, total,
};

/// Moves `sum`, with the rows locked in the order of their ids.
fn transfer(tx: &mut Tx<'_>, from: i64, to: i64, sum: i64) -> Outcome<()> {
    let (low, high) = (from.min(to), from.max(to));
    let of_low = amount(tx, low)?;
    let of_high = amount(tx, high)?;
    let (rich, poor) = if from == low {
        (of_low, of_high)
    } else {
        (of_high, of_low)
    };
    set_amount(tx, from, rich - sum)?;
    set_amount(tx, to, poor + sum)
}

#[test]
fn hundreds_of_writers_conserve_the_sum() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 10, 1_000);
        let done = runtime().block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for task in 0..200_i64 {
                let store = store.clone();
                tasks.spawn(async move {
                    for turn in 0..5_i64 {
                        let from = (task * 7 + turn) % 10 + 1;
                        let to = (task * 3 + turn * 5 + 1) % 10 + 1;
                        if from != to {
                            let work = move |tx: &mut Tx<'_>| transfer(tx, from, to, 1);
                            store.write(work).await.unwrap();
                        }
                    }
                });
            }
            tasks.join_all().await.len()
        });
        assert_eq!((done, total(&store)), (200, 10_000));
        store.close_blocking();
    });
}

#[test]
fn a_command_that_is_undone_takes_nobody_with_it() {
    each_engine(|database| {
        let store = open(database);
        let gate = Gate::hold(&store);
        let outcomes = runtime().block_on(async {
            let mut tasks = Vec::new();
            for id in 1..=30_i64 {
                let store = store.clone();
                tasks.push(tokio::spawn(async move {
                    let work = move |tx: &mut Tx<'_>| -> Outcome<i64> {
                        put_purse(tx, id, id)?;
                        match id % 3 {
                            0 => Err(StoreError::Contended),
                            1 => set_amount(tx, id + 1_000, 0).map(|()| id),
                            _ => Ok(id),
                        }
                    };
                    store.write(work).await
                }));
            }
            gate.open();
            let mut outcomes = Vec::new();
            for task in tasks {
                outcomes.push(task.await.unwrap());
            }
            outcomes
        });
        let kept: Vec<i64> = outcomes.into_iter().flatten().collect();
        assert_eq!(kept, (1..=30).filter(|id| id % 3 == 2).collect::<Vec<_>>());
        assert_eq!(ids(&store), kept);
        store.close_blocking();
    });
}

#[test]
fn commands_that_wait_together_share_one_commit_on_sqlite() {
    let database = touchstone_store::testing::TestDatabase::sqlite();
    let store = open(&database);
    let gate = Gate::hold(&store);
    let before = store.stats();
    runtime().block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for id in 1..=50_i64 {
            let store = store.clone();
            tasks.spawn(async move { store.write(move |tx| put_purse(tx, id, 1)).await });
        }
        while store.stats().queue_depth < 50 {
            tokio::task::yield_now().await;
        }
        gate.open();
        while let Some(outcome) = tasks.join_next().await {
            outcome.unwrap().unwrap();
        }
    });
    let after = store.stats();
    // The gate's own commit, and the one of the fifty.
    assert_eq!(after.batches - before.batches, 2);
    assert_eq!(after.commands - before.commands, 51);
    store.close_blocking();
}

#[test]
fn commits_are_measured_with_the_stopwatch_that_was_given() {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    each_engine(|database| {
        let options = StoreOptions {
            stopwatch: || Duration::from_millis(ASKED.fetch_add(1, Ordering::Relaxed)),
            ..StoreOptions::default()
        };
        let store = database.store_with(&options, SCHEMA);
        for id in 1..=3 {
            store
                .write_blocking(move |tx| put_purse(tx, id, 1))
                .unwrap();
        }
        let stats = store.stats();
        assert_eq!((stats.batches, stats.commit_us), (3, 3_000), "{stats:?}");
        store.close_blocking();
    });
}

#[test]
fn a_caller_that_goes_away_does_not_cut_its_command_in_half() {
    each_engine(|database| {
        let store = open(database);
        let gate = Gate::hold(&store);
        let work = |tx: &mut Tx<'_>| {
            put_purse(tx, 1, 1)?;
            put_purse(tx, 2, 1)
        };
        runtime().block_on(async {
            let mut call = Box::pin(store.write(work));
            let answer = poll_immediate(call.as_mut()).await;
            assert_eq!(answer, None, "it waits for the gate");
        });
        gate.open();
        store.close_blocking();
        let store = open(database);
        assert_eq!(ids(&store), [1, 2]);
        store.close_blocking();
    });
}

#[test]
fn a_read_sees_one_snapshot() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 5);
        let writer = store.clone();
        let mut written = false;
        let seen = store.read_blocking(move |tx| -> Outcome<_> {
            let before = tx.query_one("SELECT amount FROM purse", &[], |row| row.int(0))?;
            if !std::mem::replace(&mut written, true) {
                writer.write_blocking(|tx| set_amount(tx, 1, 6))?;
            }
            let after = tx.query_one("SELECT amount FROM purse", &[], |row| row.int(0))?;
            Ok((before, after))
        });
        assert_eq!(seen, Ok((5, 5)));
        assert_eq!(total(&store), 6);
        store.close_blocking();
    });
}

/// A store with room for one running command and `queue_limit` waiting ones.
fn narrow(database: &touchstone_store::testing::TestDatabase, queue_limit: usize) -> Store {
    let options = StoreOptions {
        queue_limit,
        pg_connections: 1,
        ..StoreOptions::default()
    };
    database.store_with(&options, SCHEMA)
}

#[test]
fn a_full_queue_refuses_at_once() {
    each_engine(|database| {
        let store = narrow(database, 3);
        let gate = Gate::hold(&store);
        runtime().block_on(async {
            let calls: Vec<_> = (1..=3)
                .map(|id| {
                    let store = store.clone();
                    tokio::spawn(async move { store.write(move |tx| put_purse(tx, id, 1)).await })
                })
                .collect();
            while store.stats().queue_depth < 3 {
                tokio::task::yield_now().await;
            }
            let refused = store.write(|tx| put_purse(tx, 9, 1)).await;
            assert_eq!(refused, Err(StoreError::Overloaded));
            gate.open();
            for call in calls {
                call.await.unwrap().unwrap();
            }
        });
        assert_eq!(ids(&store), [1, 2, 3]);
        store.close_blocking();
    });
}

#[test]
fn closing_answers_what_was_accepted_and_refuses_the_rest() {
    each_engine(|database| {
        let store = narrow(database, 100);
        let gate = Gate::hold(&store);
        let accepted = runtime().block_on(async {
            let calls: Vec<_> = (1..=40)
                .map(|id| {
                    let store = store.clone();
                    tokio::spawn(async move { store.write(move |tx| put_purse(tx, id, 1)).await })
                })
                .collect();
            while store.stats().queue_depth < 40 {
                tokio::task::yield_now().await;
            }
            let other = store.clone();
            let closing = tokio::spawn(store.close());
            let refused = Some(Err(StoreError::Closed));
            while poll_immediate(pin!(other.write(|_| Outcome::Ok(())))).await != refused {
                tokio::task::yield_now().await;
            }
            assert_eq!(
                other.read(|_| Outcome::Ok(())).await,
                Err(StoreError::Closed)
            );
            gate.open();
            closing.await.unwrap();
            let mut accepted = 0;
            for call in calls {
                call.await.unwrap().unwrap();
                accepted += 1;
            }
            accepted
        });
        let store = open(database);
        assert_eq!((accepted, ids(&store).len()), (40, 40));
        store.close_blocking();
    });
}

#[test]
fn of_twins_one_writes_and_the_other_sees_its_row() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 1, 0);
        let made = runtime().block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..24 {
                let store = store.clone();
                tasks.spawn(async move {
                    let work = |tx: &mut Tx<'_>| -> Outcome<bool> {
                        let find = "SELECT 1 FROM label WHERE purse_id = $1 AND word = $2";
                        if tx.query_opt(find, params![1, "key"], |_| Ok(()))?.is_some() {
                            return Ok(false);
                        }
                        tx.put(
                            "INSERT INTO label (purse_id, word) VALUES ($1, $2)",
                            params![1, "key"],
                        )?;
                        Ok(true)
                    };
                    store.write(work).await.unwrap()
                });
            }
            tasks.join_all().await
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1);
        store.close_blocking();
    });
}

#[test]
fn a_stale_row_is_decided_on_again() {
    each_engine(|database| {
        let store = database.store_with(
            &StoreOptions {
                pg_connections: 4,
                ..StoreOptions::default()
            },
            SCHEMA,
        );
        put_purses(&store, 1, 0);
        let runs = Arc::new(AtomicU32::new(0));
        runtime().block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..40 {
                let (store, runs) = (store.clone(), runs.clone());
                tasks.spawn(async move {
                    let work = move |tx: &mut Tx<'_>| -> Outcome<()> {
                        runs.fetch_add(1, Ordering::Relaxed);
                        let sql = "SELECT amount, version FROM purse WHERE id = 1";
                        let (amount, version) =
                            tx.query_one(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
                        tx.put(
                            "UPDATE purse SET amount = $1, version = version + 1
                             WHERE id = 1 AND version = $2",
                            params![amount + 1, version],
                        )
                    };
                    store.write(work).await.unwrap();
                });
            }
            tasks.join_all().await;
        });
        assert_eq!(total(&store), 40);
        let again = u64::from(runs.load(Ordering::Relaxed)) - 40;
        assert_eq!(again, store.stats().reruns);
        if database.engine() == Engine::Sqlite {
            assert_eq!(again, 0, "one writer finds no row stale");
        }
        store.close_blocking();
    });
}
