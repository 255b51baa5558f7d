//! The embedded engine: one writer with group commit, readers beside it.

mod checkpoint;
pub(crate) mod connection;
pub(crate) mod error;
mod file;
mod numbers;
mod reader;
mod session;
mod statements;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::watch;

use self::connection::Connector;
use self::error::open_failed;
use self::file::Held;
use self::reader::Reader;
use self::writer::{Expected, Writer};
use super::queue::Queue;
use super::stats::Meter;
use super::{Access, Commands, Parts, spawn};
use crate::migrate::{self, Migration};
use crate::{OpenError, StoreOptions};

pub(super) fn open(
    access: Access,
    path: &Path,
    options: &StoreOptions,
    wanted: &[Migration],
) -> Result<Parts, OpenError> {
    let mut connector = Connector::new(path, options);
    let held = match access {
        Access::ReadWrite => connector.writer()?,
        Access::ReadOnly => {
            connector = connector.sorting_on_disk();
            connector.reader()?
        }
    };
    migrate::sqlite::check(&held.conn, &connector.at(), wanted)?;
    if access == Access::ReadWrite {
        prove_writable(&held.conn, &connector, options)?;
    }
    let last_event = last_event(&held.conn).map_err(|e| open_failed(&e, &connector.at()))?;
    let (events, subscription) = watch::channel(last_event);
    let reads = Arc::new(Queue::new(options.queue_limit));
    let mut parts = Parts {
        writes: None,
        reads: reads.clone(),
        meter: Meter::new(options.stopwatch),
        events: subscription,
        threads: Mutex::default(),
    };
    let mut threads = Vec::new();
    for _ in 0..options.readers.max(1) {
        let reader = Reader::new(connector.clone(), reads.clone())?;
        threads.push(spawn(super::READER, move || reader.run())?);
    }
    if access == Access::ReadWrite {
        let writes = Arc::new(Queue::new(options.queue_limit));
        parts.writes = Some(writes.clone());
        let meter = parts.meter.clone();
        threads.extend(start_writer(
            connector, options, held, writes, events, meter,
        )?);
    }
    parts.threads = threads.into();
    Ok(parts)
}

/// The thread that writes, and the one that copies the log for it.
fn start_writer(
    connector: Connector,
    options: &StoreOptions,
    mut held: Held,
    queue: Arc<Commands>,
    events: watch::Sender<i64>,
    meter: Meter,
) -> Result<[JoinHandle<()>; 2], OpenError> {
    let (limit, busy) = (options.wal_limit_bytes, options.busy_timeout);
    let (wal, copier) = checkpoint::pair(&connector, limit, busy, meter.clone())?;
    wal.watch(&mut held.conn)
        .map_err(|e| open_failed(&e, &connector.at()))?;
    let writer = Writer {
        connector,
        queue,
        max_batch: options.max_batch.max(1),
        wal,
        events,
        meter,
        expected: Expected::default(),
    };
    Ok([
        spawn("store-copy", move || copier.run())?,
        spawn("store-write", move || writer.run(held))?,
    ])
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
