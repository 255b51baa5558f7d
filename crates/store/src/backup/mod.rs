//! Copies of a whole database, taken while servers go on working on it, and databases made from them.
//!
//! A backup is an SQLite file with the schema of this program, whichever engine it was taken from: it can be looked
//! at, checked, served, and restored to either engine.

mod restore;
mod take;

pub use restore::restore;
pub use take::backup;

use crate::OpenError;
use std::path::Path;

/// How far a copy is: rows of a table, or bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    Bytes { done: u64, total: u64 },
    Rows { table: &'a str, done: u64 },
}

/// Why there is no copy. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{at} is there already; name another place, or move it away first")]
    TargetExists { at: String },
    #[error(
        "the database {at} holds data already; restore into an empty one, so that nothing is mixed"
    )]
    TargetInUse { at: String },
    #[error("the backup {at} is damaged: {detail}; use another one")]
    Damaged { at: String, detail: String },
    #[error("table {table} of the database cannot be copied: {detail}")]
    Table { table: String, detail: String },
    #[error("{at}: {source}")]
    File { at: String, source: std::io::Error },
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("PostgreSQL: {0}")]
    Postgres(String),
}

impl From<tokio_postgres::Error> for BackupError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(crate::engine::postgres::error::text(&error))
    }
}

fn file_error(path: &Path, source: std::io::Error) -> BackupError {
    BackupError::File {
        at: path.display().to_string(),
        source,
    }
}

/// A database's file, and those that SQLite puts beside it.
fn parts(file: &Path) -> [std::path::PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|end| {
        let mut path = file.as_os_str().to_owned();
        path.push(end);
        path.into()
    })
}

/// Nothing of a database is there: what is left beside one would be taken for the new one's.
fn must_be_free(target: &Path) -> Result<(), BackupError> {
    match parts(target).into_iter().find(|part| part.exists()) {
        None => Ok(()),
        Some(part) => Err(BackupError::TargetExists {
            at: part.display().to_string(),
        }),
    }
}

/// Where a copy is made before it gets its name: a file with that name is whole.
fn unfinished(target: &Path) -> std::path::PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    target.with_file_name(name)
}

/// Brings a finished copy to the disk, and gives it its name.
fn finish(made: &Path, target: &Path) -> Result<(), BackupError> {
    let sync = || -> std::io::Result<()> {
        std::fs::File::open(made)?.sync_all()?;
        // As a link, so that a file that came meanwhile is not written over.
        std::fs::hard_link(made, target)?;
        std::fs::remove_file(made)?;
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    };
    sync().map_err(|source| file_error(target, source))
}

/// Tables that hold data, those that others refer to first.
fn tables(conn: &rusqlite::Connection) -> Result<Vec<String>, rusqlite::Error> {
    let names: Vec<String> = conn
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name <> 'schema_migration' ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut ordered = Vec::new();
    for name in &names {
        place(conn, name, &mut ordered, &mut Vec::new())?;
    }
    Ok(ordered)
}

fn place(
    conn: &rusqlite::Connection,
    name: &str,
    ordered: &mut Vec<String>,
    path: &mut Vec<String>,
) -> Result<(), rusqlite::Error> {
    if ordered.iter().chain(path.iter()).any(|known| known == name) {
        return Ok(());
    }
    path.push(name.to_owned());
    let referred: Vec<String> = conn
        .prepare("SELECT \"table\" FROM pragma_foreign_key_list(?1)")?
        .query_map([name], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for other in referred {
        place(conn, &other, ordered, path)?;
    }
    path.pop();
    ordered.push(name.to_owned());
    Ok(())
}

/// Columns of a table, in its order, with their types.
fn columns(
    conn: &rusqlite::Connection,
    table: &str,
) -> Result<Vec<(String, String)>, rusqlite::Error> {
    conn.prepare("SELECT name, type FROM pragma_table_info(?1) ORDER BY cid")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// `"a", "b"`.
fn listed(columns: &[(String, String)]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    names.join(", ")
}
