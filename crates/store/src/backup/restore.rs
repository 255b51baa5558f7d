//! A database made from a backup.

use super::take::{private, remove};
use super::{
    BackupError, Progress, columns, file_error, finish, listed, must_be_free, tables, unfinished,
};
use crate::engine::postgres::{link, off_runtime};
use crate::engine::sqlite::connection::{APPLICATION_ID, Connector};
use crate::migrate::{self, MIGRATIONS};
use crate::{DatabaseUrl, OpenError, StoreOptions};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::path::Path;
use std::pin::pin;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

const ROWS_EACH: u64 = 10_000;
/// Tables that a migration fills.
const SEEDED: [&str; 2] = ["counter", "setting"];

/// Makes a database from the file `source`, of this program's schema or an older one. An SQLite file must not be there
/// yet, a PostgreSQL schema must be empty.
///
/// # Errors
/// See [`BackupError`]; the target holds nothing then.
pub fn restore(
    source: &Path,
    url: &DatabaseUrl,
    now_us: i64,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    must_be_whole(source)?;
    match url {
        DatabaseUrl::Sqlite(target) => to_file(source, target, now_us),
        DatabaseUrl::Postgres(text) => {
            // A copy of its own is brought to this program's schema; the backup stays as it is.
            let folder =
                tempfile::tempdir().map_err(|source| file_error(&std::env::temp_dir(), source))?;
            let copied = folder.path().join("backup.db");
            to_file(source, &copied, now_us)?;
            to_server(&copied, text, now_us, progress)
        }
    }
}

fn read_only(path: &Path) -> Result<Connection, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// The file is a backup, and every page of it can be read.
fn must_be_whole(source: &Path) -> Result<(), BackupError> {
    let at = source.display().to_string();
    if !source.exists() {
        return Err(OpenError::Missing { at }.into());
    }
    let damaged = |detail: String| BackupError::Damaged {
        at: at.clone(),
        detail,
    };
    let looked = || -> Result<(i32, String), BackupError> {
        let file = read_only(source)?;
        let mark = file.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let said = file.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        Ok((mark, said))
    };
    let (mark, said) = looked().map_err(|error| damaged(error.to_string()))?;
    if mark != APPLICATION_ID {
        return Err(damaged("it is no database of Touchstone".to_owned()));
    }
    if said != "ok" {
        return Err(damaged(said));
    }
    Ok(())
}

fn to_file(source: &Path, target: &Path, now_us: i64) -> Result<(), BackupError> {
    must_be_free(target)?;
    let made = unfinished(target);
    remove(&made)?;
    let copied = || -> Result<(), BackupError> {
        private(&made)?;
        // Also what a server has written and not yet brought into the file.
        read_only(source)?.execute("VACUUM INTO ?1", [made.to_string_lossy().as_ref()])?;
        let connector = Connector::new(&made, &StoreOptions::default());
        migrate::sqlite::run(&connector, MIGRATIONS, now_us)?;
        let file = Connection::open(&made)?;
        file.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        Ok(())
    };
    copied().inspect_err(|_| {
        let _ = remove(&made);
    })?;
    finish(&made, target)
}

fn to_server(
    source: &Path,
    text: &str,
    now_us: i64,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    let target = link::Connector::new(text, &StoreOptions::default())?;
    let file = read_only(source)?;
    off_runtime(move |runtime| {
        runtime.block_on(async {
            migrate::postgres::run(&target, MIGRATIONS, now_us).await?;
            let mut client = target.bare().await?;
            fill(&file, &mut client, target.at(), progress).await
        })
    })
}

async fn fill(
    file: &Connection,
    client: &mut Client,
    at: &str,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    let all = tables(file)?;
    let into = client.transaction().await?;
    for table in &all {
        // Nobody begins to work on it meanwhile.
        into.batch_execute(&format!("LOCK TABLE \"{table}\" IN ACCESS EXCLUSIVE MODE"))
            .await?;
        if SEEDED.contains(&table.as_str()) {
            into.batch_execute(&format!("DELETE FROM \"{table}\""))
                .await?;
            continue;
        }
        let any = format!("SELECT 1 FROM \"{table}\" LIMIT 1");
        if into.query_opt(&any, &[]).await?.is_some() {
            return Err(BackupError::TargetInUse { at: at.to_owned() });
        }
    }
    for table in &all {
        let done = fill_table(file, &into, table, progress).await?;
        progress(Progress::Rows { table, done });
    }
    into.batch_execute(
        "SELECT setval(pg_get_serial_sequence('event', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM event), false)",
    )
    .await?;
    into.commit().await?;
    client.batch_execute("ANALYZE").await?;
    Ok(())
}

async fn fill_table(
    file: &Connection,
    into: &tokio_postgres::Transaction<'_>,
    table: &str,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<u64, BackupError> {
    let columns = columns(file, table)?;
    let names = listed(&columns);
    let wrong = |detail: String| BackupError::Table {
        table: table.to_owned(),
        detail,
    };
    let types = columns.iter().map(|(name, kind)| match kind.as_str() {
        "INTEGER" => Ok(Type::INT8),
        "TEXT" => Ok(Type::TEXT),
        "BLOB" => Ok(Type::BYTEA),
        other => Err(wrong(format!("column {name} is of type {other}"))),
    });
    let types: Vec<Type> = types.collect::<Result<_, _>>()?;
    let copy = format!("COPY \"{table}\" ({names}) FROM STDIN BINARY");
    let sink = into.copy_in(&copy).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    let mut rows = file.prepare(&format!("SELECT {names} FROM \"{table}\""))?;
    let mut rows = rows.query([])?;
    let mut done = 0;
    while let Some(row) = rows.next()? {
        let mut values: Vec<Box<dyn ToSql + Sync>> = Vec::with_capacity(types.len());
        for (place, kind) in types.iter().enumerate() {
            values.push(value(row.get_ref(place)?, kind).map_err(wrong)?);
        }
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value).collect();
        writer.as_mut().write(&values).await?;
        done += 1;
        if done % ROWS_EACH == 0 {
            progress(Progress::Rows { table, done });
        }
    }
    writer.finish().await?;
    Ok(done)
}

fn value(value: ValueRef<'_>, kind: &Type) -> Result<Box<dyn ToSql + Sync>, String> {
    Ok(match (value, kind) {
        (ValueRef::Null, &Type::INT8) => Box::new(None::<i64>),
        (ValueRef::Null, &Type::TEXT) => Box::new(None::<String>),
        (ValueRef::Null, _) => Box::new(None::<Vec<u8>>),
        (ValueRef::Integer(number), &Type::INT8) => Box::new(number),
        (ValueRef::Text(text), &Type::TEXT) => {
            let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
            Box::new(text.to_owned())
        }
        (ValueRef::Blob(bytes), &Type::BYTEA) => Box::new(bytes.to_vec()),
        (other, kind) => {
            return Err(format!(
                "{:?} stands where {kind} should",
                other.data_type()
            ));
        }
    })
}
