//! A database for one measurement, which goes away with it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::TempDir;
use touchstone_app::ports::Ports;
use touchstone_store::{DatabaseUrl, Store, StoreOptions};

use super::pgbench::{Postgres, Schema};
use crate::house;

pub struct Database {
    url: DatabaseUrl,
    home: TempDir,
    /// Where it is one of PostgreSQL.
    _schema: Option<Schema>,
}

impl Database {
    /// An empty file in `folder`, or an empty schema on `postgres`.
    pub fn fresh(folder: &Path, postgres: Option<&Postgres>) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("touchstone-bench-")
            .tempdir_in(folder)?;
        let schema = postgres
            .map(|postgres| postgres.schema(home.path()))
            .transpose()?;
        let url = match &schema {
            Some(schema) => schema.url().parse()?,
            None => DatabaseUrl::Sqlite(home.path().join("bench.db")),
        };
        Ok(Self {
            url,
            home,
            _schema: schema,
        })
    }

    pub async fn open(&self, ports: &Ports) -> anyhow::Result<Store> {
        let (url, now) = (self.url.clone(), ports.clock.now());
        tokio::task::spawn_blocking(move || Store::migrate(&url, now.0)).await??;
        house::open_store(self.url.clone(), StoreOptions::default()).await
    }

    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// A file with the address, which may hold a password.
    pub fn url_file(&self) -> anyhow::Result<PathBuf> {
        let file = self.home.path().join("database.url");
        let url = match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        };
        fs::write(&file, url).context("the address could not be written")?;
        Ok(file)
    }

    /// Size of SQLite's write-ahead log on the disk.
    pub fn wal_bytes(&self) -> Option<u64> {
        let DatabaseUrl::Sqlite(path) = &self.url else {
            return None;
        };
        let log = fs::metadata(path.with_extension("db-wal")).ok()?;
        Some(log.len())
    }
}
