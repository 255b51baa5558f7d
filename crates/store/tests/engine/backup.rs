//! Backups, and what is made from them.

use rusqlite::{Connection, types::Value as Cell};
use std::collections::BTreeMap;
use std::path::Path;
use touchstone_store::backup::{BackupError, Progress, backup, restore};
use touchstone_store::testing::{TestDatabase, databases};
use touchstone_store::{DatabaseUrl, NewEvent, Store, StoreError, StoreOptions, params};

const NOW: i64 = 1_778_160_000_000_000;

/// A brand, a customer with text of many kinds, numbers that have moved on, blobs and events.
async fn fill(store: &Store) {
    store
        .write(|tx| {
            tx.execute(
                "INSERT INTO brand (id, name, can_open_demo, can_open_real, kyc_required_for_real, created_at)
                 VALUES (1, 'A', 1, 1, 0, 5)",
                &[],
            )?;
            for place in 0..50 {
                let id = tx.next_id(touchstone_store::repo::counters::MAIL)?;
                let text = format!("\u{1f600}\n\t\\N \"{place}\"");
                tx.execute(
                    "INSERT INTO mail (id, brand_id, recipient, subject, body, attempts, due_at, sent_at, last_error,
                            created_at)
                     VALUES ($1, 1, 'a@b.c', $2, '', 0, $3, NULL, '', $4)",
                    params![id, &text, (place % 2 == 0).then_some(i64::MAX), i64::MIN + place],
                )?;
            }
            tx.execute(
                "INSERT INTO password_reset (token_hash, subject_kind, subject_id, expires_at) VALUES ($1, 0, 1, 2)",
                params![&[0_u8, 255, 10, 13][..]],
            )?;
            for number in 0..30 {
                tx.append_event(&NewEvent {
                    at_us: number,
                    brand_id: 1,
                    kind: "something.happened",
                    subject_kind: "thing",
                    subject_id: number,
                    challenge_id: None,
                    customer_id: None,
                    body: "{}",
                })?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .expect("rows");
}

type Rows = BTreeMap<String, Vec<Vec<Cell>>>;

/// Every row of every table of a file.
fn rows(path: &Path) -> Rows {
    let file = Connection::open(path).expect("a file");
    let mut names = file
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'schema_migration'",
        )
        .expect("tables");
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .expect("names")
        .collect::<Result<_, _>>()
        .expect("a name");
    let all = names.into_iter().map(|name| {
        let mut select = file
            .prepare(&format!("SELECT * FROM \"{name}\""))
            .expect("a table");
        let width = select.column_count();
        let cells = |row: &rusqlite::Row<'_>| (0..width).map(|place| row.get(place)).collect();
        let mut rows: Vec<Vec<Cell>> = select
            .query_map([], cells)
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("a row");
        rows.sort_by_key(|row| format!("{row:?}"));
        (name, rows)
    });
    all.collect()
}

fn take(url: &DatabaseUrl, target: &Path) -> Result<(), BackupError> {
    backup(url, target, NOW, &mut |_| {})
}

fn give(source: &Path, url: &DatabaseUrl) -> Result<(), BackupError> {
    restore(source, url, NOW, &mut |_| {})
}

#[tokio::test]
async fn what_is_restored_to_either_engine_is_what_was_there() {
    for database in databases() {
        let store = database.store();
        fill(&store).await;
        let folder = tempfile::tempdir().expect("a folder");
        let first = folder.path().join("first.db");
        // The store is in use.
        let mut told = 0;
        backup(database.url(), &first, NOW, &mut |progress| {
            let (Progress::Rows { done, .. } | Progress::Bytes { done, .. }) = progress;
            told = told.max(done + 1);
        })
        .expect("a backup");
        assert!(told > 0);
        let original = rows(&first);
        assert_eq!(original["mail"].len(), 50);
        assert_eq!(original["event"].len(), 30);
        for target in [Some(TestDatabase::sqlite()), TestDatabase::postgres()] {
            let Some(target) = target else { continue };
            give(&first, target.url()).expect("a database");
            let second = target.folder().join("second.db");
            take(target.url(), &second).expect("a backup");
            assert_eq!(rows(&second), original, "{:?}", target.engine());
            // It goes on where it was: numbers and events.
            let restored = Store::open(target.url(), &StoreOptions::default()).expect("a store");
            fill_more(&restored).await;
            restored.close().await;
        }
        store.close().await;
    }
}

async fn fill_more(store: &Store) {
    let event = NewEvent {
        at_us: 1,
        brand_id: 1,
        kind: "something.else",
        subject_kind: "thing",
        subject_id: 1,
        challenge_id: None,
        customer_id: None,
        body: "{}",
    };
    let number = store
        .write(move |tx| {
            tx.append_event(&event)?;
            tx.next_id(touchstone_store::repo::counters::MAIL)
        })
        .await
        .expect("a number");
    assert!(number > 50, "{number}");
    let mut highest = store.subscribe();
    let reached = highest.wait_for(|highest| *highest >= 31);
    tokio::time::timeout(std::time::Duration::from_secs(30), reached)
        .await
        .expect("in time")
        .expect("a store");
    let newest = store.read(|tx| tx.newest_event()).await;
    assert_eq!(newest.expect("events"), 31);
}

#[tokio::test]
async fn nothing_is_written_over() {
    for database in databases() {
        let store = database.store();
        fill(&store).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        take(database.url(), &file).expect("a backup");
        let before = std::fs::read(&file).expect("a file");
        let again = take(database.url(), &file);
        assert!(
            matches!(again, Err(BackupError::TargetExists { .. })),
            "{again:?}"
        );
        assert!(std::fs::read(&file).expect("a file") == before);
        let over = give(&file, database.url());
        assert!(
            matches!(
                over,
                Err(BackupError::TargetExists { .. } | BackupError::TargetInUse { .. })
            ),
            "{over:?}"
        );
        let mails: i64 = store
            .read(|tx| tx.query_one("SELECT COUNT(*) FROM mail", &[], |row| row.int(0)))
            .await
            .expect("rows");
        assert_eq!(mails, 50);
        store.close().await;
    }
}

#[tokio::test]
async fn what_is_no_backup_or_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let target = DatabaseUrl::Sqlite(at("target.db"));
    let missing = give(&at("missing.db"), &target);
    assert!(matches!(missing, Err(BackupError::Open(_))), "{missing:?}");
    std::fs::write(
        at("text.db"),
        "not a database, but long enough to look like one. ".repeat(50),
    )
    .expect("a file");
    let foreign = Connection::open(at("foreign.db")).expect("a file");
    foreign
        .execute_batch("CREATE TABLE a (b)")
        .expect("a table");
    drop(foreign);
    let database = TestDatabase::sqlite();
    let store = database.store();
    fill(&store).await;
    store.close().await;
    take(database.url(), &at("torn.db")).expect("a backup");
    let mut bytes = std::fs::read(at("torn.db")).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xa5);
    std::fs::write(at("torn.db"), bytes).expect("a file");
    for name in ["text.db", "foreign.db", "torn.db"] {
        let refused = give(&at(name), &target);
        assert!(
            matches!(refused, Err(BackupError::Damaged { .. })),
            "{name}: {refused:?}"
        );
        assert!(!at("target.db").exists(), "{name}");
    }
}

#[tokio::test]
async fn what_still_is_in_a_files_log_is_restored_with_it() {
    let database = TestDatabase::sqlite();
    let store = database.store();
    fill(&store).await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    take(database.url(), &at("copy.db")).expect("a backup");
    store.close().await;
    let open = Connection::open(at("copy.db")).expect("a file");
    open.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE mail SET subject = 'in the log';",
    )
    .expect("a change");
    // Copied as it lies there, while somebody has it open.
    std::fs::copy(at("copy.db"), at("live.db")).expect("a copy");
    std::fs::copy(at("copy.db-wal"), at("live.db-wal")).expect("a log");
    drop(open);
    give(&at("live.db"), &DatabaseUrl::Sqlite(at("target.db"))).expect("a database");
    let subjects = &rows(&at("target.db"))["mail"];
    let new = Cell::Text("in the log".to_owned());
    assert!(subjects.iter().all(|mail| mail.contains(&new)));
}

#[tokio::test]
async fn what_is_left_of_another_database_is_never_taken_for_a_part_of_this_one() {
    let database = TestDatabase::sqlite();
    let store = database.store();
    fill(&store).await;
    store.close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    take(database.url(), &at("first.db")).expect("a backup");
    for left in ["-wal", "-shm", "-journal"] {
        let target = DatabaseUrl::Sqlite(at("target.db"));
        let rest = at(&format!("target.db{left}"));
        std::fs::write(&rest, "a rest").expect("a file");
        let refused = give(&at("first.db"), &target);
        assert!(
            matches!(refused, Err(BackupError::TargetExists { .. })),
            "{left}: {refused:?}"
        );
        assert!(!at("target.db").exists(), "{left}");
        std::fs::remove_file(rest).expect("a file");
    }
    give(&at("first.db"), &DatabaseUrl::Sqlite(at("target.db"))).expect("a database");
}
