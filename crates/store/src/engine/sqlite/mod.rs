//! The embedded engine: one writer with group commit, readers beside it.

mod checkpoint;
pub(crate) mod connection;
pub(crate) mod error;
mod file;
mod numbers;
pub(super) mod reader;
mod session;
mod statements;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::watch;

use self::connection::Connector;
use self::error::open_failed;
use self::file::Held;
use self::writer::Writer;
use super::queue::Queue;
use super::stats::Meter;
use super::{Parts, spawn};
use crate::migrate::{self, Migration};
use crate::{OpenError, StoreOptions};

pub(super) fn open(
    path: &Path,
    options: &StoreOptions,
    wanted: &[Migration],
) -> Result<Parts, OpenError> {
    let connector = Connector::new(path, options);
    let mut held = connector.writer()?;
    let conn = &held.conn;
    migrate::sqlite::check(conn, &connector.at(), wanted)?;
    prove_writable(conn, &connector, options)?;
    let last_event = last_event(conn).map_err(|e| open_failed(&e, &connector.at()))?;

    let meter = Meter::new();
    let (events, subscription) = watch::channel(last_event);
    let writes = Arc::new(Queue::new(options.queue_limit));
    let reads = Arc::new(Queue::new(options.queue_limit));
    let (wal, copier) = checkpoint::pair(
        &connector,
        options.wal_limit_bytes,
        options.busy_timeout,
        meter.clone(),
    )?;
    wal.watch(&mut held.conn)
        .map_err(|e| open_failed(&e, &connector.at()))?;

    let mut threads = Vec::new();
    for _ in 0..options.readers.max(1) {
        let (reader, queue) = (connector.reader()?, reads.clone());
        threads.push(spawn("store-read", move || reader::run(reader, &queue))?);
    }
    threads.push(spawn("store-copy", move || copier.run())?);
    let max_batch = options.max_batch.max(1);
    let writer = Writer {
        connector,
        queue: writes.clone(),
        max_batch,
        wal,
        events,
        meter: meter.clone(),
    };
    threads.push(spawn("store-write", move || writer.run(held))?);
    Ok(Parts {
        writes,
        reads,
        meter,
        events: subscription,
        threads: threads.into(),
    })
}

/// A connection that cannot write. What it sorts goes to files, for it may be much.
pub(super) fn look_at(
    path: &Path,
    options: &StoreOptions,
    wanted: &[Migration],
) -> Result<Held, OpenError> {
    let connector = Connector::new(path, options);
    let held = connector.reader()?;
    migrate::sqlite::check(&held.conn, &connector.at(), wanted)?;
    held.conn
        .pragma_update(None, "temp_store", "FILE")
        .map_err(|e| open_failed(&e, &connector.at()))?;
    Ok(held)
}

fn last_event(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row(
        "SELECT COALESCE(MAX(seq), 0) FROM event WHERE seq IS NOT NULL",
        [],
        |row| row.get(0),
    )
}

/// A write that changes nothing, so that a full or read-only disk is known at the start.
fn prove_writable(
    conn: &Connection,
    connector: &Connector,
    options: &StoreOptions,
) -> Result<(), OpenError> {
    let at = connector.at();
    let failed = |e: &rusqlite::Error| open_failed(e, &at);
    if conn.is_readonly("main").map_err(|e| failed(&e))? {
        return Err(OpenError::ReadOnly { at });
    }
    conn.execute_batch("UPDATE schema_migration SET version = version")
        .map_err(|e| failed(&e))?;
    if options.max_database_bytes.is_some() {
        let pages =
            |pragma: &str| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let limit = pages("max_page_count").map_err(|e| failed(&e))?;
        let used = pages("page_count").map_err(|e| failed(&e))?;
        let free = pages("freelist_count").map_err(|e| failed(&e))?;
        if used - free >= limit {
            return Err(OpenError::Full { at });
        }
    }
    Ok(())
}
