//! The threads that read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::Connection;

use super::connection::Connector;
use super::file::Held;
use super::session::SqliteSession;
use crate::engine::Commands;
use crate::{OpenError, Outage, StoreError};

pub(super) struct Reader {
    connector: Connector,
    queue: Arc<Commands>,
    held: Held,
}

impl Reader {
    pub(super) fn new(connector: Connector, queue: Arc<Commands>) -> Result<Self, OpenError> {
        let held = connector.reader()?;
        Ok(Reader {
            connector,
            queue,
            held,
        })
    }

    /// Serves reads, each on a snapshot of its own, until the queue is closed and empty.
    pub(super) fn run(mut self) {
        // A panic of the engine itself must not leave callers waiting for ever.
        while !catch_unwind(AssertUnwindSafe(|| serve(&self.held.conn, &self.queue)))
            .unwrap_or(false)
        {
            tracing::error!("a reading connection is broken; opening a new one");
            match self.connector.reader() {
                Ok(held) => self.held = held,
                Err(error) => {
                    let Some(read) = self.queue.wait_one() else {
                        return;
                    };
                    read.answer(Err(StoreError::unavailable(Outage::Lost, error)));
                }
            }
        }
    }
}

/// `true`: the queue is closed and empty. `false`: the connection is of no use any more.
fn serve(conn: &Connection, queue: &Commands) -> bool {
    let mut session = SqliteSession::reader(conn);
    while let Some(mut read) = queue.wait_one() {
        let outcome = session
            .begin(false)
            .and_then(|()| session.run(read.as_mut()));
        let usable = session.abandon();
        read.answer(outcome.map(|_| ()));
        if !usable {
            return false;
        }
    }
    true
}
