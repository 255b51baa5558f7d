//! Databases of their own for tests, on each engine that is there.
//!
//! SQLite is always there. PostgreSQL is when [`POSTGRES_VARIABLE`] holds the URL of a server on which
//! schemas may be made; else a line says that it was left out.

use std::env;

use crate::engine::postgres::link::Connector;
use crate::engine::postgres::off_runtime;
use crate::migrate::{self, MIGRATIONS, Migration};
use crate::{DatabaseUrl, Engine, OpenError, Store, StoreOptions};

/// The variable that names a PostgreSQL server for tests.
pub const POSTGRES_VARIABLE: &str = "TOUCHSTONE_TEST_POSTGRES";

/// An empty database that goes away with this value.
pub struct TestDatabase {
    url: DatabaseUrl,
    home: tempfile::TempDir,
    /// The address of the server, and the schema on it.
    schema: Option<(String, String)>,
}

impl TestDatabase {
    /// An SQLite file in a folder of its own.
    pub fn sqlite() -> Self {
        let home = tempfile::tempdir().expect("a folder for a test");
        TestDatabase {
            url: DatabaseUrl::Sqlite(home.path().join("test.db")),
            home,
            schema: None,
        }
    }

    /// A schema of its own on the server of [`POSTGRES_VARIABLE`], if that is set.
    pub fn postgres() -> Option<Self> {
        let server = env::var(POSTGRES_VARIABLE)
            .ok()
            .filter(|value| !value.is_empty())?;
        // The folder's name is the random part of the schema's.
        let home = tempfile::Builder::new()
            .prefix("touchstone_test_")
            .tempdir()
            .expect("a folder for a test");
        let schema = home
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        run_on(&server, &format!("CREATE SCHEMA {schema}")).expect("a schema for a test");
        let join = if server.contains('?') { '&' } else { '?' };
        let url = DatabaseUrl::Postgres(format!(
            "{server}{join}application_name={schema}&options=-c%20search_path%3D{schema}"
        ));
        Some(TestDatabase {
            url,
            home,
            schema: Some((server, schema)),
        })
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// An empty folder of this database, which goes away with it.
    pub fn folder(&self) -> &std::path::Path {
        self.home.path()
    }

    pub fn engine(&self) -> Engine {
        match self.url {
            DatabaseUrl::Sqlite(_) => Engine::Sqlite,
            DatabaseUrl::Postgres(_) => Engine::Postgres,
        }
    }

    /// A store with the program's schema and the default options.
    pub fn store(&self) -> Store {
        self.store_with(&StoreOptions::default(), MIGRATIONS)
    }

    /// A store with a schema and options of the test's own.
    pub fn store_with(&self, options: &StoreOptions, schema: &[Migration]) -> Store {
        migrate::run(&self.url, schema, 0).expect("a schema for a test");
        Store::open_schema(&self.url, options, schema).expect("a store for a test")
    }

    /// Runs SQL of the engine's own beside the store.
    pub fn run(&self, sql: &str) {
        match &self.url {
            DatabaseUrl::Sqlite(path) => rusqlite::Connection::open(path)
                .and_then(|conn| conn.execute_batch(sql))
                .expect("a statement of a test"),
            DatabaseUrl::Postgres(url) => run_on(url, sql).expect("a statement of a test"),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, schema)) = &self.schema
            && let Err(error) = run_on(server, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))
        {
            println!("the schema {schema} stays: {error}");
        }
    }
}

/// A fresh database of each engine that can be tested here.
pub fn databases() -> Vec<TestDatabase> {
    let postgres = TestDatabase::postgres();
    if postgres.is_none() {
        println!("left out on PostgreSQL: {POSTGRES_VARIABLE} names no server");
    }
    std::iter::once(TestDatabase::sqlite())
        .chain(postgres)
        .collect()
}

/// Runs a test on a fresh database of each engine that can be tested here.
pub fn each_engine(test: impl Fn(&TestDatabase)) {
    for database in databases() {
        println!("on {:?}", database.engine());
        test(&database);
    }
}

fn run_on(url: &str, sql: &str) -> Result<(), OpenError> {
    let connector = Connector::new(url, &StoreOptions::default())?;
    off_runtime(|runtime| {
        runtime
            .block_on(async {
                let client = connector.bare().await?;
                client.batch_execute(sql).await
            })
            .map_err(|e| crate::engine::postgres::error::open_failed(&e, connector.at()))
    })
}
