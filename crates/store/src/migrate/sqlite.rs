//! Migrations of an SQLite file.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{APPLIED, Applied, CREATE_TABLE, Migration, MigrationReport, REMEMBER, ddl};
use crate::engine::sqlite::connection::{APPLICATION_ID, Connector};
use crate::engine::sqlite::error::open_failed;
use crate::{Engine, OpenError};

/// That the file is ours and has exactly the schema `wanted`.
pub(crate) fn check(conn: &Connection, at: &str, wanted: &[Migration]) -> Result<(), OpenError> {
    if is_empty(conn).map_err(|e| open_failed(&e, at))? {
        return Err(OpenError::Missing { at: at.to_owned() });
    }
    must_be_ours(conn, at)?;
    super::must_be_current(at, &applied(conn).map_err(|e| open_failed(&e, at))?, wanted)
}

/// Brings the file to the schema `wanted`, each migration in a transaction of its own.
pub(crate) fn run(
    connector: &Connector,
    wanted: &[Migration],
    now_us: i64,
) -> Result<MigrationReport, OpenError> {
    let at = connector.at();
    let mut held = connector.creator()?;
    let conn = &mut held.conn;
    let failed = |e: &rusqlite::Error| open_failed(e, &at);
    if conn.is_readonly("main").map_err(|e| failed(&e))? {
        return Err(OpenError::ReadOnly { at });
    }
    prepare(conn, &at)?;
    // A table is changed by making it anew, which must not look like deleting what refers to it.
    conn.pragma_update(None, "foreign_keys", false)
        .map_err(|e| failed(&e))?;

    let before = applied(conn).map_err(|e| failed(&e))?;
    let mut done = Vec::new();
    loop {
        let tx = conn
            .transaction_with_behavior(TransactionBehavior::Exclusive)
            .map_err(|e| failed(&e))?;
        let now = applied(&tx).map_err(|e| failed(&e))?;
        let Some(next) = super::missing(&at, &now, wanted)?.first() else {
            break;
        };
        apply(tx, next, now_us).map_err(|detail| OpenError::MigrationFailed {
            at: at.clone(),
            version: next.version,
            name: next.name.to_owned(),
            detail,
        })?;
        done.push(*next);
    }
    Ok(super::report(&before, &done, wanted))
}

/// Gives an empty file its mark and its table of migrations.
fn prepare(conn: &mut Connection, at: &str) -> Result<(), OpenError> {
    let failed = |e: &rusqlite::Error| open_failed(e, at);
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .map_err(|e| failed(&e))?;
    let tx = conn
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .map_err(|e| failed(&e))?;
    if is_empty(&tx).map_err(|e| failed(&e))? {
        tx.pragma_update(None, "application_id", APPLICATION_ID)
            .map_err(|e| failed(&e))?;
        tx.execute_batch(&ddl::for_engine(CREATE_TABLE, Engine::Sqlite))
            .map_err(|e| failed(&e))?;
    }
    must_be_ours(&tx, at)?;
    tx.commit().map_err(|e| failed(&e))
}

fn apply(tx: Transaction<'_>, migration: &Migration, now_us: i64) -> Result<(), String> {
    let text = |e: rusqlite::Error| e.to_string();
    tx.execute_batch(&ddl::for_engine(migration.text, Engine::Sqlite))
        .map_err(text)?;
    let broken: i64 = tx
        .query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .map_err(text)?;
    if broken > 0 {
        return Err(format!("{broken} rows refer to rows that are not there"));
    }
    let sum = super::checksum(migration.text);
    tx.execute(
        REMEMBER,
        params![migration.version, migration.name, sum, now_us],
    )
    .map_err(text)?;
    tx.commit().map_err(text)
}

fn is_empty(conn: &Connection) -> rusqlite::Result<bool> {
    conn.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
        [],
        |row| row.get(0),
    )
}

fn must_be_ours(conn: &Connection, at: &str) -> Result<(), OpenError> {
    let mark: i32 = conn
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|e| open_failed(&e, at))?;
    if mark == APPLICATION_ID {
        return Ok(());
    }
    let detail = "it is an SQLite database of another program".to_owned();
    Err(OpenError::NotATouchstoneDatabase {
        at: at.to_owned(),
        detail,
    })
}

fn applied(conn: &Connection) -> rusqlite::Result<Vec<Applied>> {
    let mut statement = conn.prepare(APPLIED)?;
    let rows = statement.query_map([], |row| {
        Ok(Applied {
            version: row.get(0)?,
            name: row.get(1)?,
            checksum: row.get(2)?,
        })
    })?;
    rows.collect()
}
