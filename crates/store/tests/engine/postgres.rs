//! What only a server can do: go away, deadlock, be read-only.

use std::sync::{Arc, Barrier};

use touchstone_store::testing::TestDatabase;
use touchstone_store::{
    DatabaseUrl, OpenError, Outage, Store, StoreError, StoreOptions, Tx, params,
};

use crate::support::{
    Outcome, SCHEMA, amount, event, ids, open, put_purse, put_purses, set_amount, total,
};

fn database() -> Option<TestDatabase> {
    let database = TestDatabase::postgres();
    if database.is_none() {
        println!("left out: no PostgreSQL");
    }
    database
}

fn own_process(tx: &mut Tx<'_>) -> Outcome<i64> {
    tx.query_one("SELECT CAST(pg_backend_pid() AS BIGINT)", &[], |row| {
        row.int(0)
    })
}

#[test]
fn a_connection_lost_before_the_commit_costs_nothing_but_another_run() {
    let Some(database) = database() else { return };
    let store = open(&database);
    put_purses(&store, 1, 5);
    std::thread::scope(|scope| {
        let (say, told) = std::sync::mpsc::channel::<i64>();
        let (done, killed) = std::sync::mpsc::channel::<()>();
        let database = &database;
        scope.spawn(move || {
            for process in told {
                database.run(&format!("SELECT pg_terminate_backend({process}, 5000)"));
                done.send(()).unwrap();
            }
        });
        let mut runs = 0;
        let outcome = store.write_blocking(move |tx| -> Outcome<i32> {
            runs += 1;
            let now = amount(tx, 1)?;
            set_amount(tx, 1, now + 1)?;
            if runs == 1 {
                say.send(own_process(tx)?).unwrap();
                killed.recv().unwrap();
            }
            amount(tx, 1)?;
            Ok(runs)
        });
        assert_eq!(outcome, Ok(2));
    });
    assert_eq!((total(&store), store.stats().reruns), (6, 1));
    store.close_blocking();
}

#[test]
fn idle_connections_that_were_lost_are_replaced() {
    let Some(database) = database() else { return };
    let options = StoreOptions {
        pg_connections: 2,
        readers: 1,
        ..StoreOptions::default()
    };
    let store = database.store_with(&options, SCHEMA);
    put_purses(&store, 1, 5);
    let processes = store.read_blocking(own_process).unwrap();
    let writers = [
        store.write_blocking(own_process).unwrap(),
        store.write_blocking(own_process).unwrap(),
    ];
    for process in [processes, writers[0], writers[1]] {
        database.run(&format!("SELECT pg_terminate_backend({process}, 5000)"));
    }
    for turn in 0..4 {
        store
            .write_blocking(move |tx| set_amount(tx, 1, turn))
            .unwrap();
    }
    assert_eq!(total(&store), 3);
    store.close_blocking();
}

#[test]
fn a_connection_lost_in_the_commit_leaves_the_outcome_unknown() {
    let Some(database) = database() else { return };
    let store = open(&database);
    database.run(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER die_late AFTER INSERT ON label DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION die()",
    );
    put_purses(&store, 1, 5);
    let unknown = store.write_blocking(|tx| {
        tx.put(
            "INSERT INTO label (purse_id, word) VALUES ($1, $2)",
            params![1, "w"],
        )
    });
    assert_eq!(unknown, Err(StoreError::OutcomeUnknown));
    put_purses_from(&store, 2);
    assert_eq!(ids(&store), [1, 2]);
    store.close_blocking();
}

fn put_purses_from(store: &Store, id: i64) {
    store
        .write_blocking(move |tx| put_purse(tx, id, 1))
        .unwrap();
}

#[test]
fn a_deadlock_is_resolved_by_another_run() {
    let Some(database) = database() else { return };
    let store = open(&database);
    put_purses(&store, 2, 0);
    let both_hold_one = Arc::new(Barrier::new(2));
    std::thread::scope(|scope| {
        for (first, second) in [(1, 2), (2, 1)] {
            let (store, both_hold_one) = (&store, both_hold_one.clone());
            scope.spawn(move || {
                let mut runs = 0;
                let outcome = store.write_blocking(move |tx| {
                    runs += 1;
                    let mine = amount(tx, first)?;
                    if runs == 1 {
                        both_hold_one.wait();
                    }
                    let other = amount(tx, second)?;
                    set_amount(tx, first, mine + 1)?;
                    set_amount(tx, second, other + 1)
                });
                assert_eq!(outcome, Ok(()));
            });
        }
    });
    assert_eq!(total(&store), 4);
    assert!(store.stats().reruns >= 1);
    store.close_blocking();
}

#[test]
fn a_put_that_fails_in_the_pipeline_of_the_commit_undoes_all_of_it() {
    let Some(database) = database() else { return };
    let store = open(&database);
    put_purses(&store, 1, 5);
    let refused = store.write_blocking(|tx| -> Outcome<()> {
        put_purse(tx, 2, 1)?;
        tx.append_event(&event(2, None))?;
        tx.put("UPDATE purse SET amount = $1 WHERE id = 1", params![-1])?;
        put_purse(tx, 3, 1)
    });
    assert!(
        matches!(refused, Err(StoreError::Constraint { .. })),
        "{refused:?}"
    );
    let missed = store.write_blocking(|tx| -> Outcome<()> {
        put_purse(tx, 2, 1)?;
        set_amount(tx, 9, 1)?;
        put_purse(tx, 3, 1)
    });
    assert!(
        matches!(missed, Err(StoreError::Stale { .. })),
        "{missed:?}"
    );
    assert_eq!((ids(&store), total(&store)), (vec![1], 5));
    store.close_blocking();
}

#[test]
fn a_server_that_takes_no_writes_is_refused_at_the_start() {
    let Some(database) = database() else { return };
    open(&database).close_blocking();
    let DatabaseUrl::Postgres(url) = database.url() else {
        return;
    };
    let read_only =
        DatabaseUrl::Postgres(format!("{url}%20-c%20default_transaction_read_only%3Don"));
    let opened = Store::open_schema(&read_only, &StoreOptions::default(), SCHEMA);
    assert!(
        matches!(opened, Err(OpenError::ReadOnly { .. })),
        "{:?}",
        opened.err()
    );
}

#[test]
fn a_server_that_is_not_there_is_named_without_its_password() {
    let url: DatabaseUrl = "postgres://firm:s3cret@127.0.0.1:1/touchstone"
        .parse()
        .unwrap();
    let error = Store::open(&url, &StoreOptions::default()).err().unwrap();
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
}

#[test]
fn a_statement_without_an_end_is_ended() {
    let Some(database) = database() else { return };
    let options = StoreOptions {
        pg_statement_timeout: std::time::Duration::from_millis(200),
        ..StoreOptions::default()
    };
    let store = database.store_with(&options, SCHEMA);
    let endless = store.write_blocking(|tx| {
        tx.query("SELECT CAST(pg_sleep(60) AS TEXT)", &[], |_| Ok(()))
            .map(|_| ())
    });
    assert!(
        matches!(
            endless,
            Err(StoreError::Unavailable {
                outage: Outage::TimedOut,
                ..
            })
        ),
        "{endless:?}"
    );
    store.close_blocking();
}
