//! Databases of their own for tests, on each engine that is there.

use std::env;

use crate::migrate::{self, MIGRATIONS, Migration};
use crate::{DatabaseUrl, Engine, Store, StoreOptions};

/// The variable that names a PostgreSQL server for tests.
pub const POSTGRES_VARIABLE: &str = "TOUCHSTONE_TEST_POSTGRES";

/// An empty database that goes away with this value.
pub struct TestDatabase {
    url: DatabaseUrl,
    _home: tempfile::TempDir,
}

impl TestDatabase {
    /// An SQLite file in a folder of its own.
    pub fn sqlite() -> Self {
        let home = tempfile::tempdir().expect("a folder for a test");
        TestDatabase {
            url: DatabaseUrl::Sqlite(home.path().join("test.db")),
            _home: home,
        }
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub fn engine(&self) -> Engine {
        match self.url {
            DatabaseUrl::Sqlite(_) => Engine::Sqlite,
            DatabaseUrl::Postgres(_) => Engine::Postgres,
        }
    }

    /// The program's schema, opened with the default options.
    pub fn store(&self) -> Store {
        self.store_with(&StoreOptions::default(), MIGRATIONS)
    }

    /// A schema and options of the test's own.
    pub fn store_with(&self, options: &StoreOptions, schema: &[Migration]) -> Store {
        migrate::run(&self.url, schema, 0).expect("a schema for a test");
        Store::open_schema(&self.url, options, schema).expect("a store for a test")
    }
}

/// A fresh database of each engine that can be tested here.
pub fn databases() -> Vec<TestDatabase> {
    let found = vec![TestDatabase::sqlite()];
    if env::var_os(POSTGRES_VARIABLE).is_none() {
        println!("left out on PostgreSQL: {POSTGRES_VARIABLE} names no server");
    }
    found
}

/// Runs a test on a fresh database of each engine that can be tested here.
pub fn each_engine(test: impl Fn(&TestDatabase)) {
    for database in databases() {
        println!("on {:?}", database.engine());
        test(&database);
    }
}
