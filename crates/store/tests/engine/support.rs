//! A small schema, and what the tests do with it over and over.

use touchstone_store::migrate::{MIGRATIONS, Migration};
use touchstone_store::testing::TestDatabase;
use touchstone_store::{NewEvent, Store, StoreError, StoreOptions, Tx, params};

pub const SCHEMA: &[Migration] = &[
    MIGRATIONS[0],
    Migration {
        version: 2,
        name: "purses",
        text: "ALTER TABLE event ADD COLUMN customer_id {bigint};
               CREATE TABLE purse (id {bigint} PRIMARY KEY, amount {bigint} NOT NULL CHECK (amount >= 0),
                   version {bigint} NOT NULL, note TEXT, seal {blob}) {strict};
               CREATE TABLE label (purse_id {bigint} NOT NULL REFERENCES purse (id), word {text} NOT NULL,
                   PRIMARY KEY (purse_id, word)) {strict_clustered};",
    },
];

pub type Outcome<T> = Result<T, StoreError>;

pub fn open(database: &TestDatabase) -> Store {
    let options = StoreOptions {
        pg_connections: 6,
        ..StoreOptions::default()
    };
    database.store_with(&options, SCHEMA)
}

pub fn put_purse(tx: &mut Tx<'_>, id: i64, amount: i64) -> Outcome<()> {
    tx.put(
        "INSERT INTO purse (id, amount, version) VALUES ($1, $2, 0)",
        params![id, amount],
    )
}

/// Purses 1..=count, each with the same amount.
pub fn put_purses(store: &Store, count: i64, amount: i64) {
    store
        .write_blocking(move |tx| (1..=count).try_for_each(|id| put_purse(tx, id, amount)))
        .unwrap();
}

pub fn amount(tx: &mut Tx<'_>, id: i64) -> Outcome<i64> {
    let sql = "SELECT amount FROM purse WHERE id = $1 FOR UPDATE";
    tx.query_one(sql, params![id], |row| row.int(0))
}

pub fn set_amount(tx: &mut Tx<'_>, id: i64, amount: i64) -> Outcome<()> {
    let sql = "UPDATE purse SET amount = $2 WHERE id = $1";
    tx.put(sql, params![id, amount])
}

pub fn total(store: &Store) -> i64 {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM purse";
    store
        .read_blocking(move |tx| -> Outcome<i64> { tx.query_one(sql, &[], |row| row.int(0)) })
        .unwrap()
}

pub fn ids(store: &Store) -> Vec<i64> {
    let sql = "SELECT id FROM purse ORDER BY id";
    store
        .read_blocking(move |tx| -> Outcome<Vec<i64>> { tx.query(sql, &[], |row| row.int(0)) })
        .unwrap()
}

/// An event about `subject`, in the order of `challenge` if that is given.
pub fn event(subject: i64, challenge: Option<i64>) -> NewEvent<'static> {
    NewEvent {
        at_us: 1,
        brand_id: 1,
        kind: "changed",
        subject_kind: "purse",
        subject_id: subject,
        challenge_id: challenge,
        customer_id: None,
        body: "{}",
    }
}

/// A runtime for tests that have many callers at once.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Keeps a thread of the store busy with a command until it is told to go on.
pub struct Gate {
    go: Option<std::sync::mpsc::Sender<()>>,
    command: std::thread::JoinHandle<Outcome<()>>,
}

impl Gate {
    /// Returns when the command runs.
    pub fn hold(store: &Store) -> Gate {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (entered, inside) = std::sync::mpsc::channel();
        let store = store.clone();
        let command = std::thread::spawn(move || {
            store.write_blocking(move |_| {
                entered.send(()).unwrap();
                // Ends with the gate.
                let _ = wait.recv();
                Ok(())
            })
        });
        inside.recv().unwrap();
        Gate {
            go: Some(go),
            command,
        }
    }

    pub fn open(mut self) {
        drop(self.go.take());
        self.command.join().unwrap().unwrap();
    }
}
