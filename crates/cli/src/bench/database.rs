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
    /// Where it is to stay, once it is filled.
    stays: Option<PathBuf>,
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
            stays: None,
        })
    }

    /// The file that an earlier measurement has left, or one to be filled and left for later ones.
    pub fn kept(file: &Path) -> anyhow::Result<Self> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut database = Self::fresh(folder, None)?;
        if file.exists() {
            database.url = DatabaseUrl::Sqlite(file.to_owned());
        } else {
            database.stays = Some(file.to_owned());
        }
        Ok(database)
    }

    /// It is filled: what is to stay gets its place. No store is open.
    pub fn keep(&mut self) -> anyhow::Result<()> {
        if let (DatabaseUrl::Sqlite(path), Some(file)) = (&self.url, self.stays.take()) {
            fs::rename(path, &file).context("the database cannot be kept")?;
            self.url = DatabaseUrl::Sqlite(file);
        }
        Ok(())
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
