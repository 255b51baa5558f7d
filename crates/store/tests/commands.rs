//! What a closure may rely on, on every engine.

use touchstone_store::migrate::{MIGRATIONS, Migration};
use touchstone_store::testing::{TestDatabase, each_engine};
use touchstone_store::{Counter, NewEvent, Store, StoreError, StoreOptions, params};

const SCHEMA: &[Migration] = &[
    MIGRATIONS[0],
    Migration {
        version: 2,
        name: "test",
        text: "CREATE TABLE purse (id {bigint} PRIMARY KEY, amount {bigint} NOT NULL CHECK (amount >= 0),
                   note TEXT, seal {blob}) {strict};
               CREATE TABLE note (purse_id {bigint} NOT NULL REFERENCES purse (id), word {text} NOT NULL,
                   PRIMARY KEY (purse_id, word)) {strict_clustered};",
    },
];

fn open(database: &TestDatabase) -> Store {
    database.store_with(&StoreOptions::default(), SCHEMA)
}

const ADD: &str = "INSERT INTO purse (id, amount) VALUES ($1, $2)";

#[test]
fn what_a_command_wrote_is_there_after_its_answer() {
    each_engine(|database| {
        let store = open(database);
        let id = store
            .write_blocking(|tx| -> Result<i64, StoreError> {
                let id = tx.next_id(Counter("purse"))?;
                tx.put(ADD, params![id, 5])?;
                tx.append_event(&NewEvent {
                    at_us: 1,
                    brand_id: 1,
                    kind: "made",
                    subject_kind: "purse",
                    subject_id: id,
                    challenge_id: None,
                    body: "{}",
                })?;
                Ok(id)
            })
            .unwrap();
        let amount = store
            .read_blocking(move |tx| {
                tx.query_one(
                    "SELECT amount FROM purse WHERE id = $1",
                    params![id],
                    |row| row.int(0),
                )
            })
            .unwrap();
        assert_eq!((id, amount), (1, 5));
        store.close_blocking();
    });
}

#[test]
fn the_schema_of_the_program_opens() {
    each_engine(|database| database.store().close_blocking());
}
