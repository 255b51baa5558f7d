//! How the write-ahead log stays bounded without the writer doing the work.
//!
//! When the log passes its limit, a thread with a connection of its own copies it into the database
//! file while the writer goes on. What is left then is small; the writer copies that itself between
//! two batches and starts the log anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use rusqlite::Connection;

use super::connection::{Connector, page_size};
use super::file::Held;
use crate::OpenError;
use crate::engine::stats::Meter;

/// Copying goes on while more than this part of the limit is left, but not for ever.
const SMALL_PART: u64 = 64;
const MAX_PASSES: usize = 5;
/// How long the writer waits for readers that still look at the log.
const PATIENCE: Duration = Duration::from_millis(10);

/// The writer's side.
pub(super) struct WalKeeper {
    limit_bytes: u64,
    page_bytes: u64,
    busy_timeout: Duration,
    used_bytes: Arc<AtomicU64>,
    request: SyncSender<()>,
    copied: Arc<AtomicBool>,
    /// The size at which to ask for copying next.
    ask_at_bytes: u64,
    meter: Meter,
}

/// The copying thread's side.
pub(super) struct Copier {
    held: Held,
    request: Receiver<()>,
    copied: Arc<AtomicBool>,
    used_bytes: Arc<AtomicU64>,
    small_bytes: u64,
    page_bytes: u64,
}

/// What `PRAGMA wal_checkpoint` answers.
struct Checkpoint {
    busy: bool,
    pages_copied: u64,
}

pub(super) fn pair(
    connector: &Connector,
    limit_bytes: u64,
    busy_timeout: Duration,
    meter: Meter,
) -> Result<(WalKeeper, Copier), OpenError> {
    let held = connector.writer()?;
    let page_bytes =
        page_size(&held.conn).map_err(|e| super::error::open_failed(&e, &connector.at()))?;
    let (request, requests) = sync_channel(1);
    let copied = Arc::new(AtomicBool::new(false));
    let used_bytes = Arc::new(AtomicU64::new(0));
    let keeper = WalKeeper {
        limit_bytes,
        page_bytes,
        busy_timeout,
        used_bytes: used_bytes.clone(),
        request,
        copied: copied.clone(),
        ask_at_bytes: limit_bytes,
        meter,
    };
    let small_bytes = limit_bytes / SMALL_PART;
    Ok((
        keeper,
        Copier {
            held,
            request: requests,
            copied,
            used_bytes,
            small_bytes,
            page_bytes,
        },
    ))
}

impl WalKeeper {
    /// Lets a connection tell the size of the log after each of its commits.
    pub(super) fn watch(&self, conn: &mut Connection) -> rusqlite::Result<()> {
        let used_bytes = self.used_bytes.clone();
        let page_bytes = self.page_bytes;
        conn.wal_hook(Some(
            move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
                let pages = u64::try_from(pages).unwrap_or(0);
                used_bytes.store(pages * page_bytes, Ordering::Relaxed);
                Ok(())
            },
        ))
    }

    /// Called between two batches.
    pub(super) fn look(&mut self, conn: &Connection) {
        let used_bytes = self.used_bytes.load(Ordering::Relaxed);
        self.meter.wal(used_bytes);
        if used_bytes < self.limit_bytes {
            return;
        }
        let copied = self.copied.swap(false, Ordering::Acquire);
        // The copying thread does not keep up: let callers wait rather than the disk fill up.
        let overdue = used_bytes > self.limit_bytes * 2 && used_bytes >= self.ask_at_bytes;
        if copied || overdue {
            self.empty(conn, used_bytes);
        } else if used_bytes >= self.ask_at_bytes && self.request.try_send(()).is_ok() {
            self.ask_at_bytes = used_bytes + self.limit_bytes / 4;
        }
    }

    fn empty(&mut self, conn: &Connection, used_bytes: u64) {
        let emptied = conn
            .busy_timeout(PATIENCE)
            .and_then(|()| checkpoint(conn, "PRAGMA wal_checkpoint(RESTART)"))
            .and_then(|done| conn.busy_timeout(self.busy_timeout).map(|()| done));
        match emptied {
            Ok(done) if !done.busy => {
                self.used_bytes.store(0, Ordering::Relaxed);
                self.copied.store(false, Ordering::Relaxed);
                self.ask_at_bytes = self.limit_bytes;
                self.meter.wal_reset();
            }
            // A reader still needs the log: try again when it has grown some more.
            Ok(_) => self.ask_at_bytes = used_bytes + self.limit_bytes / 4,
            Err(error) => {
                self.ask_at_bytes = used_bytes + self.limit_bytes / 4;
                tracing::warn!(%error, "the write-ahead log could not be emptied");
            }
        }
    }

    /// Copies everything and cuts the log to nothing; the last act before closing.
    pub(super) fn finish(&self, conn: &Connection) {
        match checkpoint(conn, "PRAGMA wal_checkpoint(TRUNCATE)") {
            Ok(done) if done.busy => {
                tracing::info!("another process still reads the write-ahead log; it stays")
            }
            Ok(_) => self.meter.wal_reset(),
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log could not be emptied at the end")
            }
        }
    }
}

impl Copier {
    /// Serves requests until the writer is gone.
    pub(super) fn run(self) {
        while self.request.recv().is_ok() {
            if let Err(error) = self.copy() {
                tracing::warn!(%error, "the write-ahead log could not be copied");
            }
            self.copied.store(true, Ordering::Release);
        }
    }

    /// Copies until little is left, as the log grows meanwhile.
    fn copy(&self) -> Result<(), Box<dyn std::error::Error>> {
        let mut copied_bytes = 0;
        for _ in 0..MAX_PASSES {
            let done = checkpoint(&self.held.conn, "PRAGMA wal_checkpoint(PASSIVE)")?;
            self.held.file.sync_data()?;
            let before = std::mem::replace(&mut copied_bytes, done.pages_copied * self.page_bytes);
            let left = self
                .used_bytes
                .load(Ordering::Relaxed)
                .saturating_sub(copied_bytes);
            // A reader that holds the log back would make every pass the same.
            if left <= self.small_bytes || copied_bytes <= before {
                break;
            }
        }
        Ok(())
    }
}

fn checkpoint(conn: &Connection, pragma: &str) -> rusqlite::Result<Checkpoint> {
    conn.prepare_cached(pragma)?.query_row([], |row| {
        Ok(Checkpoint {
            busy: row.get::<_, i64>(0)? != 0,
            pages_copied: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
        })
    })
}
