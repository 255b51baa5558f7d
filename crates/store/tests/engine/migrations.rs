//! Schemas: made, checked, taken further, refused.

use touchstone_store::migrate::{self, Migration};
use touchstone_store::testing::{TestDatabase, each_engine};
use touchstone_store::{OpenError, Store, StoreOptions};

use crate::support::{SCHEMA, ids, open, put_purses, total};

const LONGER: &[Migration] = &[
    SCHEMA[0],
    SCHEMA[1],
    Migration {
        version: 3,
        name: "limits",
        text: "ALTER TABLE purse ADD COLUMN most {bigint};
               UPDATE purse SET most = amount * 2;",
    },
];

fn open_with(database: &TestDatabase, schema: &[Migration]) -> Result<Store, OpenError> {
    Store::open_schema(database.url(), &StoreOptions::default(), schema)
}

fn refusal(database: &TestDatabase, schema: &[Migration]) -> OpenError {
    match open_with(database, schema) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[test]
fn a_missing_database_says_how_it_is_made() {
    each_engine(|database| {
        let error = refusal(database, SCHEMA);
        assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
        assert!(
            error.to_string().contains("touchstone migrate --database"),
            "{error}"
        );
    });
}

#[test]
fn migrating_again_changes_nothing() {
    each_engine(|database| {
        let first = migrate::run(database.url(), SCHEMA, 77).unwrap();
        assert_eq!((first.from, first.to), (0, 2));
        assert_eq!(first.applied, ["engine", "purses"]);
        let again = migrate::run(database.url(), SCHEMA, 78).unwrap();
        assert_eq!((again.from, again.to, again.applied.len()), (2, 2, 0));
        let store = open(database);
        let times = store.read_blocking(|tx| {
            let sql = "SELECT applied_at_us FROM schema_migration ORDER BY version";
            tx.query(sql, &[], |row| row.int(0))
        });
        assert_eq!(times, Ok::<_, touchstone_store::StoreError>(vec![77, 77]));
        store.close_blocking();
    });
}

#[test]
fn an_older_schema_is_refused_until_it_is_migrated_and_keeps_its_data() {
    each_engine(|database| {
        let store = open(database);
        put_purses(&store, 3, 5);
        store.close_blocking();
        let error = refusal(database, LONGER);
        assert!(
            matches!(
                error,
                OpenError::NeedsMigration {
                    found: 2,
                    wanted: 3,
                    ..
                }
            ),
            "{error:?}"
        );

        let report = migrate::run(database.url(), LONGER, 0).unwrap();
        assert_eq!((report.from, report.applied), (2, vec!["limits"]));
        let store = open_with(database, LONGER).unwrap();
        assert_eq!((ids(&store), total(&store)), (vec![1, 2, 3], 15));
        store.close_blocking();

        let error = refusal(database, SCHEMA);
        assert!(
            matches!(
                error,
                OpenError::TooNew {
                    found: 3,
                    wanted: 2,
                    ..
                }
            ),
            "{error:?}"
        );
        let error = migrate::run(database.url(), SCHEMA, 0).unwrap_err();
        assert!(matches!(error, OpenError::TooNew { .. }), "{error:?}");
    });
}

#[test]
fn a_text_that_changed_after_it_was_applied_is_found() {
    each_engine(|database| {
        open(database).close_blocking();
        let changed = [
            SCHEMA[0],
            Migration {
                text: "CREATE TABLE purse (id {bigint})",
                ..SCHEMA[1]
            },
        ];
        for error in [
            refusal(database, &changed),
            migrate::run(database.url(), &changed, 0).unwrap_err(),
        ] {
            assert!(
                matches!(&error, OpenError::ChecksumMismatch { version: 2, name, .. } if name == "purses"),
                "{error:?}"
            );
        }
    });
}

#[test]
fn a_migration_that_fails_leaves_nothing_of_itself() {
    each_engine(|database| {
        let broken = Migration {
            version: 2,
            name: "broken",
            text: "CREATE TABLE half (id {bigint} PRIMARY KEY) {strict}; INSERT INTO nowhere VALUES (1);",
        };
        let error = migrate::run(database.url(), &[SCHEMA[0], broken], 0).unwrap_err();
        assert!(
            matches!(error, OpenError::MigrationFailed { version: 2, .. }),
            "{error:?}"
        );
        let report = migrate::run(database.url(), SCHEMA, 0).unwrap();
        assert_eq!(report.from, 1, "the first one stayed");
        let store = open(database);
        let half = store.read_blocking(|tx| tx.query("SELECT id FROM half", &[], |row| row.int(0)));
        assert!(
            matches!(half, Err(touchstone_store::StoreError::Statement { .. })),
            "{half:?}"
        );
        store.close_blocking();
    });
}

#[test]
fn two_migrators_at_once_apply_each_migration_once() {
    each_engine(|database| {
        let reports: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| migrate::run(database.url(), LONGER, 0).unwrap()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let applied: usize = reports.iter().map(|report| report.applied.len()).sum();
        assert_eq!(applied, 3);
        open_with(database, LONGER).unwrap().close_blocking();
    });
}
