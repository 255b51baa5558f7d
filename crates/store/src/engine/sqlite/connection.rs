//! How a connection to the file is set up.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::open_failed;
use super::file::{Held, handle};
use crate::{DatabaseUrl, OpenError, StoreOptions};

/// "Touc": the mark that a Touchstone database carries in its header.
pub(crate) const APPLICATION_ID: i32 = 0x546f_7563;

/// What is needed to open one more connection to the same file.
#[derive(Clone)]
pub(crate) struct Connector {
    path: PathBuf,
    options: StoreOptions,
    temp_store: &'static str,
}

impl Connector {
    pub(crate) fn new(path: &Path, options: &StoreOptions) -> Self {
        Connector {
            path: path.to_owned(),
            options: options.clone(),
            temp_store: "MEMORY",
        }
    }

    /// For statements that may have to sort more than fits into memory.
    pub(crate) fn sorting_on_disk(self) -> Self {
        Connector {
            temp_store: "FILE",
            ..self
        }
    }

    pub(crate) fn at(&self) -> String {
        DatabaseUrl::Sqlite(self.path.clone()).to_string()
    }

    /// A connection that may write. The file must exist.
    pub(crate) fn writer(&self) -> Result<Held, OpenError> {
        self.existing(
            OpenFlags::SQLITE_OPEN_READ_WRITE,
            self.options.writer_cache_bytes,
        )
    }

    /// A connection that cannot write.
    pub(crate) fn reader(&self) -> Result<Held, OpenError> {
        let held = self.existing(
            OpenFlags::SQLITE_OPEN_READ_ONLY,
            self.options.reader_cache_bytes,
        )?;
        held.conn
            .pragma_update(None, "query_only", true)
            .map_err(|e| open_failed(&e, &self.at()))?;
        Ok(held)
    }

    /// A connection that may write; the file is made if it is missing, for this user alone.
    pub(crate) fn creator(&self) -> Result<Held, OpenError> {
        create_private(&self.path).map_err(|e| OpenError::CannotOpenFile {
            at: self.at(),
            detail: e.to_string(),
        })?;
        self.connect(
            OpenFlags::SQLITE_OPEN_READ_WRITE,
            self.options.writer_cache_bytes,
        )
    }

    fn existing(&self, flags: OpenFlags, cache_bytes: u64) -> Result<Held, OpenError> {
        if !self.path.exists() {
            return Err(OpenError::Missing { at: self.at() });
        }
        self.connect(flags, cache_bytes)
    }

    fn connect(&self, flags: OpenFlags, cache_bytes: u64) -> Result<Held, OpenError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&self.path, flags)
            .map_err(|e| open_failed(&e, &self.at()))?;
        let file = handle(&self.path).map_err(|e| OpenError::CannotOpenFile {
            at: self.at(),
            detail: e.to_string(),
        })?;
        self.set_up(&conn, cache_bytes)
            .map_err(|e| open_failed(&e, &self.at()))?;
        Ok(Held { conn, file })
    }

    fn set_up(&self, conn: &Connection, cache_bytes: u64) -> rusqlite::Result<()> {
        conn.busy_timeout(self.options.busy_timeout)?;
        let cache_kib = i64::try_from(cache_bytes >> 10).unwrap_or(i64::MAX);
        conn.pragma_update(None, "cache_size", -cache_kib)?;
        conn.pragma_update(None, "temp_store", self.temp_store)?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", true)?;
        // What is overwritten or deleted is gone from the pages that are written anyway.
        conn.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
        // Checkpoints are made by a thread of their own.
        conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        let size_limit =
            i64::try_from(self.options.wal_limit_bytes.saturating_mul(2)).unwrap_or(i64::MAX);
        conn.pragma_update_and_check(None, "journal_size_limit", size_limit, |_| Ok(()))?;
        if let Some(max_bytes) = self.options.max_database_bytes {
            let pages = i64::try_from(max_bytes / page_size(conn)?).unwrap_or(i64::MAX);
            conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        }
        Ok(())
    }
}

/// Makes an empty file, which SQLite takes for an empty database, and whose permissions it gives to
/// the files beside it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(|_| ()),
    }
}

pub(crate) fn page_size(conn: &Connection) -> rusqlite::Result<u64> {
    conn.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))
        .map(u64::from)
}
