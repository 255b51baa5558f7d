//! What only a file can do: be missing, strange, full, read-only, shared with another program.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use touchstone_store::migrate;
use touchstone_store::testing::TestDatabase;
use touchstone_store::{
    Counter, DatabaseUrl, OpenError, Outage, Store, StoreError, StoreOptions, Tx, params,
};

use crate::support::{
    Gate, Outcome, SCHEMA, amount, event, ids, open, put_purse, put_purses, runtime, set_amount,
    total,
};

fn path(database: &TestDatabase) -> PathBuf {
    match database.url() {
        DatabaseUrl::Sqlite(path) => path.clone(),
        DatabaseUrl::Postgres(_) => unreachable!("an SQLite database was made"),
    }
}

fn refusal(database: &TestDatabase, options: &StoreOptions) -> OpenError {
    match Store::open_schema(database.url(), options, SCHEMA) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[test]
fn what_is_no_database_of_ours_is_left_as_it_is() {
    for strange in [
        "not a database at all, but long enough to look at ".repeat(30),
        "short".to_owned(),
    ] {
        let database = TestDatabase::sqlite();
        fs::write(path(&database), &strange).unwrap();
        for error in [
            refusal(&database, &StoreOptions::default()),
            migrate::run(database.url(), SCHEMA, 0).unwrap_err(),
        ] {
            assert!(
                matches!(error, OpenError::NotATouchstoneDatabase { .. }),
                "{error:?}"
            );
        }
        assert_eq!(fs::read_to_string(path(&database)).unwrap(), strange);
    }
    let database = TestDatabase::sqlite();
    database.run("CREATE TABLE album (title TEXT)");
    for error in [
        refusal(&database, &StoreOptions::default()),
        migrate::run(database.url(), SCHEMA, 0).unwrap_err(),
    ] {
        assert!(
            matches!(error, OpenError::NotATouchstoneDatabase { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn a_full_database_fails_truthfully_and_works_again_when_there_is_room() {
    let database = TestDatabase::sqlite();
    let options = StoreOptions {
        max_database_bytes: Some(1 << 20),
        ..StoreOptions::default()
    };
    let store = database.store_with(&options, SCHEMA);
    put_purses(&store, 3, 5);
    let fill = |id: i64| {
        store.write_blocking(move |tx| -> Outcome<()> {
            put_purse(tx, id, 1)?;
            let sql = "UPDATE purse SET seal = $2 WHERE id = $1";
            tx.put(sql, params![id, &vec![7_u8; 100_000]])
        })
    };
    let mut filled = Vec::new();
    let failure = (10..100).find_map(|id| match fill(id) {
        Ok(()) => {
            filled.push(id);
            None
        }
        Err(failure) => Some(failure),
    });
    let full = |failure: &StoreError| {
        matches!(
            failure,
            StoreError::Unavailable {
                outage: Outage::Full,
                ..
            }
        )
    };
    assert!(failure.as_ref().is_some_and(full), "{failure:?}");
    let answered: Vec<i64> = (1..=3).chain(filled).collect();
    assert_eq!(ids(&store), answered, "just what was answered is there");

    // A batch in which one command does not fit is lost whole, and says so to everyone in it.
    let gate = Gate::hold(&store);
    let outcomes = runtime().block_on(async {
        let mut calls = Vec::new();
        for id in 1..=3_i64 {
            let caller = store.clone();
            calls.push(tokio::spawn(async move {
                let work = move |tx: &mut Tx<'_>| -> Outcome<()> {
                    set_amount(tx, id, 6)?;
                    if id == 3 {
                        let sql = "UPDATE purse SET seal = $2 WHERE id = $1";
                        tx.put(sql, params![id, &vec![7_u8; 400_000]])?;
                    }
                    Ok(())
                };
                caller.write(work).await
            }));
            while store.stats().queue_depth < u64::try_from(id).unwrap() {
                tokio::task::yield_now().await;
            }
        }
        gate.open();
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.push(call.await.unwrap());
        }
        outcomes
    });
    for outcome in &outcomes {
        assert!(outcome.as_ref().is_err_and(full), "{outcomes:?}");
    }
    assert_eq!(store.write_blocking(|tx| amount(tx, 1)), Ok(5));
    store
        .write_blocking(|tx| tx.execute("DELETE FROM purse WHERE id >= 10", &[]))
        .unwrap();
    fill(10).unwrap();
    store.close_blocking();
}

#[test]
fn a_database_at_its_limit_is_refused_at_the_start() {
    let database = TestDatabase::sqlite();
    let store = open(&database);
    put_purses(&store, 3, 5);
    store.close_blocking();
    let options = StoreOptions {
        max_database_bytes: Some(8_192),
        ..StoreOptions::default()
    };
    assert!(matches!(
        refusal(&database, &options),
        OpenError::Full { .. }
    ));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_refused_at_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::sqlite();
    open(&database).close_blocking();
    let set_mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(&path(&database), 0o444);
    set_mode(database.folder(), 0o555);
    if fs::OpenOptions::new()
        .write(true)
        .open(path(&database))
        .is_ok()
    {
        println!("left out: this user may write to every file");
    } else {
        for error in [
            refusal(&database, &StoreOptions::default()),
            migrate::run(database.url(), SCHEMA, 0).unwrap_err(),
        ] {
            assert!(matches!(error, OpenError::ReadOnly { .. }), "{error:?}");
        }
    }
    set_mode(database.folder(), 0o755);
}

#[cfg(unix)]
#[test]
fn a_new_database_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::sqlite();
    let store = open(&database);
    put_purses(&store, 1, 1);
    let file = path(&database);
    for file in [
        file.clone(),
        file.with_extension("db-wal"),
        file.with_extension("db-shm"),
    ] {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    store.close_blocking();
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let database = TestDatabase::sqlite();
    let url = DatabaseUrl::Sqlite(database.folder().join("missing").join("a.db"));
    let error = migrate::run(&url, SCHEMA, 0).unwrap_err();
    assert!(
        matches!(error, OpenError::CannotOpenFile { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("missing/a.db"), "{error}");
}

#[test]
fn the_log_stays_bounded_under_load_and_is_gone_after_closing() {
    let database = TestDatabase::sqlite();
    let limit: u64 = 1 << 20;
    let options = StoreOptions {
        wal_limit_bytes: limit,
        readers: 2,
        ..StoreOptions::default()
    };
    let store = database.store_with(&options, SCHEMA);
    put_purses(&store, 500, 0);
    let log = path(&database).with_extension("db-wal");
    let largest = runtime().block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..16_i64 {
            let store = store.clone();
            tasks.spawn(async move {
                for turn in 0..60_i64 {
                    let id = (task * 97 + turn * 31) % 500 + 1;
                    let work = move |tx: &mut Tx<'_>| -> Outcome<()> {
                        let now = amount(tx, id)?;
                        set_amount(tx, id, now + 1)?;
                        tx.put(
                            "UPDATE purse SET note = $2 WHERE id = $1",
                            params![id, &"x".repeat(2_000)],
                        )
                    };
                    store.write(work).await.unwrap();
                    store.read(move |tx| amount(tx, id)).await.unwrap();
                }
            });
        }
        let mut largest = 0;
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
            largest = largest.max(fs::metadata(&log).map_or(0, |log| log.len()));
        }
        largest
    });
    assert!(
        store.stats().wal_resets > 0,
        "it was never emptied: {:?}",
        store.stats()
    );
    assert!(largest <= limit * 5 / 2, "it grew to {largest}");
    assert_eq!(total(&store), 16 * 60);
    store.close_blocking();
    assert_eq!(fs::metadata(&log).map_or(0, |log| log.len()), 0);
}

#[test]
fn a_reader_that_stays_long_delays_the_emptying_but_no_command() {
    let database = TestDatabase::sqlite();
    let options = StoreOptions {
        wal_limit_bytes: 256 << 10,
        readers: 1,
        ..StoreOptions::default()
    };
    let store = database.store_with(&options, SCHEMA);
    put_purses(&store, 1, 0);
    // Each time another text: SQLite writes no page that stays the same.
    let work = |turn: u32| {
        let text = format!("{turn:04}").repeat(10_000);
        store.write_blocking(move |tx| -> Outcome<()> {
            tx.put("UPDATE purse SET note = $1 WHERE id = 1", params![&text])
        })
    };
    let other = Connection::open(path(&database)).unwrap();
    other
        .execute_batch("BEGIN; SELECT amount FROM purse")
        .unwrap();
    let held: i64 = other
        .query_row("SELECT amount FROM purse", [], |row| row.get(0))
        .unwrap();
    for turn in 0..40 {
        work(turn).unwrap();
    }
    let resets = store.stats().wal_resets;
    assert!(store.stats().wal_bytes > 512 << 10, "{:?}", store.stats());
    other.execute_batch("COMMIT").unwrap();
    drop(other);
    for turn in 0..200 {
        work(turn).unwrap();
        if store.stats().wal_resets > resets {
            break;
        }
    }
    assert!(store.stats().wal_resets > resets, "{:?}", store.stats());
    assert_eq!(held, 0);
    store.close_blocking();
}

#[test]
fn another_process_may_write_to_the_same_file() {
    let database = TestDatabase::sqlite();
    let store = open(&database);
    let mine = |store: &Store| {
        store.write_blocking(|tx| -> Outcome<i64> {
            tx.append_event(&event(1, None))?;
            tx.next_id(Counter("login"))
        })
    };
    assert_eq!(mine(&store), Ok(1));
    // A second store over the same file stands for the other process.
    let other = open(&database);
    assert_eq!(mine(&other), Ok(2));
    assert_eq!(mine(&store), Ok(3));
    assert_eq!(*store.subscribe().borrow(), 3);
    other.close_blocking();
    assert_eq!(mine(&store), Ok(4));
    store.close_blocking();
}

#[test]
fn a_file_that_another_process_keeps_locked_is_waited_for_and_then_given_up() {
    let database = TestDatabase::sqlite();
    let options = StoreOptions {
        busy_timeout: Duration::from_millis(30),
        ..StoreOptions::default()
    };
    let store = database.store_with(&options, SCHEMA);
    let other = Connection::open(path(&database)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = store.write_blocking(|tx| put_purse(tx, 1, 1));
    assert!(
        matches!(
            locked,
            Err(StoreError::Unavailable {
                outage: Outage::Locked,
                ..
            })
        ),
        "{locked:?}"
    );
    assert!(matches!(
        refusal(&database, &options),
        OpenError::Locked { .. }
    ));
    other.execute_batch("ROLLBACK").unwrap();
    put_purses(&store, 1, 1);
    assert_eq!(ids(&store), [1]);
    store.close_blocking();
}
