//! The threads that read.

use rusqlite::Connection;

use super::session::SqliteSession;
use crate::engine::command::Command;
use crate::engine::queue::Queue;

/// Serves reads, each on a snapshot of its own, until the queue is closed and empty.
pub(super) fn run(conn: &Connection, queue: &Queue<Box<dyn Command>>) {
    let mut session = SqliteSession::reader(conn);
    while let Some(mut read) = queue.wait_one() {
        let outcome = session
            .begin(false)
            .and_then(|()| session.run(read.as_mut()));
        session.abandon();
        read.answer(outcome.map(|_| ()));
    }
}
