//! A backup of a database that is in use.

use super::{
    BackupError, Progress, columns, file_error, finish, listed, must_be_free, parts, tables,
    unfinished,
};
use crate::engine::postgres::{link, off_runtime};
use crate::engine::sqlite::connection::Connector;
use crate::migrate::{self, MIGRATIONS};
use crate::{DatabaseUrl, StoreOptions};
use futures_util::TryStreamExt;
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_postgres::types::{ToSql, Type};

/// Rows between two calls of `progress`.
const ROWS_EACH: u64 = 10_000;
const LOOK: Duration = Duration::from_millis(200);

/// Copies the database at `url`, as it is at one instant, to the new file `target`. Servers may go on working.
///
/// # Errors
/// See [`BackupError`]; there is no file at `target` then.
pub fn backup(
    url: &DatabaseUrl,
    target: &Path,
    now_us: i64,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    must_be_free(target)?;
    let made = unfinished(target);
    remove(&made)?;
    match url {
        DatabaseUrl::Sqlite(path) => of_file(path, &made, progress)?,
        DatabaseUrl::Postgres(text) => of_server(text, &made, now_us, progress)?,
    }
    finish(&made, target)
}

/// What an attempt before has left behind.
pub(super) fn remove(made: &Path) -> Result<(), BackupError> {
    for path in parts(made) {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(file_error(&path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn of_file(
    path: &Path,
    made: &Path,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    let connector = Connector::new(path, &StoreOptions::default());
    let held = connector.reader()?;
    migrate::sqlite::check(&held.conn, &connector.at(), MIGRATIONS)?;
    held.conn.pragma_update(None, "query_only", false)?;
    let number = |name| {
        held.conn
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
    };
    let total = number("page_count")?.saturating_mul(number("page_size")?);
    let total = u64::try_from(total).unwrap_or(0);
    private(made)?;
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let look = || {
            while !is_done.load(Ordering::Relaxed) {
                let done = std::fs::metadata(made).map_or(0, |file| file.len());
                progress(Progress::Bytes {
                    done: done.min(total),
                    total,
                });
                std::thread::park_timeout(LOOK);
            }
        };
        let looking = scope.spawn(look);
        let name = made.to_string_lossy();
        let copied = held.conn.execute("VACUUM INTO ?1", [name.as_ref()]);
        is_done.store(true, Ordering::Relaxed);
        looking.thread().unpark();
        copied
    })?;
    Ok(())
}

/// Made beforehand, so that it is for this user alone.
pub(super) fn private(made: &Path) -> Result<(), BackupError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(made)
        .map_err(|source| file_error(made, source))?;
    Ok(())
}

fn of_server(
    text: &str,
    made: &Path,
    now_us: i64,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    let source = link::Connector::new(text, &StoreOptions::default())?;
    let mut file = empty(made, now_us)?;
    off_runtime(|runtime| runtime.block_on(copy(&source, &mut file, progress)))?;
    number_events(&file)?;
    let broken: i64 =
        file.query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })?;
    if broken > 0 {
        return Err(BackupError::Damaged {
            at: source.at().to_owned(),
            detail: format!("{broken} rows refer to what is not there"),
        });
    }
    // One file: nothing of it stands beside it.
    file.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(())
}

/// A file with today's schema and not a row.
fn empty(made: &Path, now_us: i64) -> Result<Connection, BackupError> {
    let connector = Connector::new(made, &StoreOptions::default());
    migrate::sqlite::run(&connector, MIGRATIONS, now_us)?;
    let file = Connection::open(made)?;
    file.pragma_update(None, "foreign_keys", false)?;
    for table in tables(&file)? {
        file.execute(&format!("DELETE FROM \"{table}\""), [])?;
    }
    Ok(file)
}

async fn copy(
    source: &link::Connector,
    file: &mut Connection,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(), BackupError> {
    let mut client = source.bare().await?;
    migrate::postgres::check(&client, source.at(), MIGRATIONS).await?;
    let snapshot = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let all = tables(file)?;
    let into = file.transaction()?;
    for table in all {
        let columns = columns(&into, &table)?;
        let names = listed(&columns);
        let select = format!("SELECT {names} FROM \"{table}\"");
        let marks = vec!["?"; columns.len()].join(", ");
        let mut insert = into.prepare(&format!(
            "INSERT INTO \"{table}\" ({names}) VALUES ({marks})"
        ))?;
        let none: [&(dyn ToSql + Sync); 0] = [];
        let mut rows = pin!(snapshot.query_raw(&select, none).await?);
        let mut done = 0;
        while let Some(row) = rows.try_next().await? {
            let values = (0..columns.len()).map(|place| value(&row, place));
            let values: Result<Vec<_>, String> = values.collect();
            let values = values.map_err(|detail| BackupError::Table {
                table: table.clone(),
                detail,
            })?;
            insert.execute(params_from_iter(values))?;
            done += 1;
            if done % ROWS_EACH == 0 {
                progress(Progress::Rows {
                    table: &table,
                    done,
                });
            }
        }
        progress(Progress::Rows {
            table: &table,
            done,
        });
    }
    into.commit()?;
    snapshot.commit().await?;
    Ok(())
}

fn value(row: &tokio_postgres::Row, place: usize) -> Result<rusqlite::types::Value, String> {
    use rusqlite::types::Value;
    let wrong = |error: tokio_postgres::Error| error.to_string();
    let column = row.columns()[place].type_();
    Ok(match *column {
        Type::INT8 => row
            .try_get::<_, Option<i64>>(place)
            .map_err(wrong)?
            .map_or(Value::Null, Value::Integer),
        Type::TEXT => row
            .try_get::<_, Option<String>>(place)
            .map_err(wrong)?
            .map_or(Value::Null, Value::Text),
        Type::BYTEA => row
            .try_get::<_, Option<Vec<u8>>>(place)
            .map_err(wrong)?
            .map_or(Value::Null, Value::Blob),
        _ => return Err(format!("a column of type {column} is not known")),
    })
}

/// Events that the sequencer had not numbered yet follow the others in their order.
fn number_events(file: &Connection) -> Result<(), rusqlite::Error> {
    file.execute_batch(
        "UPDATE event SET seq = (SELECT COALESCE(MAX(seq), 0) FROM event)
                + (SELECT COUNT(*) FROM event e WHERE e.seq IS NULL AND e.id <= event.id)
         WHERE seq IS NULL",
    )
}
