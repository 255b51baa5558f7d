//! The outbox: numbers without a gap, in order for each challenge, none skipped.

use std::time::Duration;

use touchstone_store::testing::{TestDatabase, each_engine};
use touchstone_store::{Event, Store, StoreError, Tx};

use crate::support::{Outcome, amount, event, open, put_purses, runtime, set_amount};

fn events_after(store: &Store, seq: i64, limit: u32) -> Vec<Event> {
    store
        .read_blocking(move |tx| -> Outcome<_> { tx.events_after(seq, limit) })
        .unwrap()
}

/// Waits until the event of this number can be read.
async fn until(store: &Store, seq: i64) {
    let mut highest = store.subscribe();
    let reached = highest.wait_for(|highest| *highest >= seq);
    tokio::time::timeout(Duration::from_secs(30), reached)
        .await
        .unwrap()
        .unwrap();
}

#[test]
fn events_are_read_from_any_number_on() {
    each_engine(|database| {
        let store = open(database);
        for subject in [11, 12, 13] {
            store
                .write_blocking(move |tx| tx.append_event(&event(subject, None)))
                .unwrap();
        }
        runtime().block_on(until(&store, 3));
        let all = events_after(&store, 0, 10);
        let short: Vec<_> = all
            .iter()
            .map(|event| (event.seq, event.subject_id))
            .collect();
        assert_eq!(short, [(1, 11), (2, 12), (3, 13)]);
        assert_eq!(events_after(&store, 1, 1), all[1..2]);
        assert_eq!(events_after(&store, 3, 10), []);
        assert_eq!(all[0].kind, "changed");
        assert_eq!(
            (all[0].at_us, all[0].brand_id, all[0].challenge_id),
            (1, 1, None)
        );
        store.close_blocking();

        let store = open(database);
        assert_eq!(*store.subscribe().borrow(), 3, "known at the start");
        store.close_blocking();
    });
}

/// Adds 1 to a purse and tells the new amount as an event of the challenge of the same number.
fn step(tx: &mut Tx<'_>, challenge: i64, refuse: bool) -> Outcome<()> {
    let next = amount(tx, challenge)? + 1;
    set_amount(tx, challenge, next)?;
    tx.append_event(&event(next, Some(challenge)))?;
    if refuse {
        return Err(StoreError::Contended);
    }
    Ok(())
}

/// Every challenge's events must count 1, 2, 3 ... in the order of their numbers.
fn check(events: &[Event], challenges: i64) {
    for (place, event) in (1_i64..).zip(events) {
        assert_eq!(event.seq, place, "a gap");
    }
    for challenge in 1..=challenges {
        let told = events
            .iter()
            .filter(|event| event.challenge_id == Some(challenge));
        for (place, event) in (1_i64..).zip(told) {
            assert_eq!(
                event.subject_id, place,
                "challenge {challenge} is out of order"
            );
        }
    }
}

/// A reader that follows the numbers while they are given must see every event, in order.
async fn follow(store: Store, wanted: usize) -> Vec<Event> {
    let mut highest = store.subscribe();
    let mut seen: Vec<Event> = Vec::new();
    while seen.len() < wanted {
        let last = seen.last().map_or(0, |event| event.seq);
        let more = store
            .read(move |tx| -> Outcome<_> { tx.events_after(last, 7) })
            .await
            .unwrap();
        if more.is_empty() {
            let changed = highest.wait_for(|highest| *highest > last);
            tokio::time::timeout(Duration::from_secs(30), changed)
                .await
                .unwrap()
                .unwrap();
        }
        seen.extend(more);
    }
    seen
}

const CHALLENGES: i64 = 5;

async fn churn(stores: &[Store], commands: i64) -> usize {
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..commands {
        let store = stores[usize::try_from(turn).unwrap() % stores.len()].clone();
        tasks.spawn(async move {
            let refuse = turn % 4 == 3;
            let work = move |tx: &mut Tx<'_>| step(tx, turn % CHALLENGES + 1, refuse);
            store.write(work).await.is_ok()
        });
    }
    tasks
        .join_all()
        .await
        .into_iter()
        .filter(|kept| *kept)
        .count()
}

#[test]
fn under_load_and_refusals_numbers_have_no_gap_and_no_reader_misses_one() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, CHALLENGES, 0);
        let followed = runtime().block_on(async {
            let reader = tokio::spawn(follow(store.clone(), 300));
            assert_eq!(churn(std::slice::from_ref(&store), 400).await, 300);
            reader.await.unwrap()
        });
        check(&followed, CHALLENGES);
        assert_eq!(followed.len(), 300);
        store.close_blocking();
    });
}

#[test]
fn several_servers_number_as_one() {
    let Some(database) = TestDatabase::postgres() else {
        println!("left out: only PostgreSQL has several servers");
        return;
    };
    let mut stores: Vec<Store> = (0..3).map(|_| open(&database)).collect();
    put_purses(&stores[0], CHALLENGES, 0);
    runtime().block_on(async {
        let reader = tokio::spawn(follow(stores[2].clone(), 150));
        assert_eq!(churn(&stores, 200).await, 150);
        check(&reader.await.unwrap(), CHALLENGES);

        // Whoever leads now goes; another one takes over where it stopped.
        stores.remove(0).close().await;
        stores.remove(0).close().await;
        let reader = tokio::spawn(follow(stores[0].clone(), 300));
        assert_eq!(churn(&stores, 200).await, 150);
        check(&reader.await.unwrap(), CHALLENGES);
    });
    stores.remove(0).close_blocking();
}

#[test]
fn an_event_that_commits_late_is_not_skipped() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 2, 0);
        let other = store.clone();
        let mut first_run = true;
        // On PostgreSQL the inner command commits while the outer one, which began before it, is open.
        let inside = database.engine() == touchstone_store::Engine::Postgres;
        store
            .write_blocking(move |tx| -> Outcome<()> {
                tx.append_event(&event(1, None))?;
                amount(tx, 1)?;
                if std::mem::take(&mut first_run) && inside {
                    other.write_blocking(|tx| tx.append_event(&event(2, None)))?;
                    let mut highest = other.subscribe();
                    runtime()
                        .block_on(async { highest.wait_for(|seq| *seq >= 1).await.map(|_| ()) })
                        .unwrap();
                }
                Ok(())
            })
            .unwrap();
        let wanted = if inside { 2 } else { 1 };
        runtime().block_on(until(&store, wanted));
        let told: Vec<_> = events_after(&store, 0, 9)
            .iter()
            .map(|e| (e.seq, e.subject_id))
            .collect();
        let expected: &[(i64, i64)] = if inside { &[(1, 2), (2, 1)] } else { &[(1, 1)] };
        assert_eq!(told, expected);
        store.close_blocking();
    });
}
