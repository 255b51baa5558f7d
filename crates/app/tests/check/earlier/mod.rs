//! What an installation of an earlier schema holds is kept by the migrations.

use touchstone_app::check::check;
use touchstone_store::migrate::{self, MIGRATIONS};
use touchstone_store::testing::{TestDatabase, databases};
use touchstone_store::{Engine, Store, StoreError};

/// What installations held: each schema's own data, on top of the ones before it.
const EARLIER: [(usize, &str); 4] = [
    (2, include_str!("schema_2.sql")),
    (3, include_str!("schema_3.sql")),
    (4, include_str!("schema_4.sql")),
    (5, include_str!("schema_5.sql")),
];

/// Schemas since the newest of [`EARLIER`] that changed no row that was there: indexes, and what trading and resets need.
const WITHOUT_DATA: [usize; 27] = [
    6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    31, 32,
];

#[tokio::test]
async fn the_data_of_every_earlier_schema_is_kept() {
    let last = EARLIER.len() - 1;
    assert_eq!(EARLIER[last].0 + WITHOUT_DATA.len(), MIGRATIONS.len());
    for stop in 0..EARLIER.len() {
        for database in databases() {
            let held = &EARLIER[..=stop];
            for (version, data) in held {
                migrate::run(database.url(), &MIGRATIONS[..*version], 0).unwrap();
                database.run(&for_engine(data, database.engine()));
            }
            let before = rows(&open(&database, held[stop].0), held).await;
            migrate::run(database.url(), MIGRATIONS, 0).unwrap();
            let store = open(&database, MIGRATIONS.len());
            assert_eq!(rows(&store, held).await, before, "{:?}", database.engine());
            let report = store.read(|tx| check(tx, 100)).await.unwrap();
            assert!(report.is_clean(), "{:?}: {report}", database.engine());
            store.close().await;
        }
    }
}

fn open(database: &TestDatabase, version: usize) -> Store {
    database.store_with(
        &touchstone_store::StoreOptions::default(),
        &MIGRATIONS[..version],
    )
}

/// Blobs as the engine writes them.
fn for_engine(data: &str, engine: Engine) -> String {
    let mut parts = data.split("{hex:");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').expect("a blob ends");
        text += &match engine {
            Engine::Sqlite => format!("X'{digits}'"),
            Engine::Postgres => format!("decode('{digits}', 'hex')"),
        };
        text += rest;
    }
    text
}

/// How many rows each table of the data has.
async fn rows(store: &Store, held: &[(usize, &'static str)]) -> Vec<(&'static str, i64)> {
    let lines = held.iter().flat_map(|(_, data)| data.lines());
    let tables = lines.filter_map(|line| {
        let rest = line.strip_prefix("INSERT INTO ")?;
        rest.split_once(' ').map(|(table, _)| table)
    });
    let mut counted = Vec::new();
    for table in tables {
        let sql: &'static str = format!("SELECT count(*) FROM {table}").leak();
        let read = store.read(move |tx| tx.query_one(sql, &[], |row| row.int(0)));
        let count: Result<i64, StoreError> = read.await;
        counted.push((table, count.unwrap()));
    }
    assert!(counted.iter().all(|(_, count)| *count > 0), "{counted:?}");
    counted
}
