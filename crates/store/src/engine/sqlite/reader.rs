//! The threads that read.

use super::file::Held;
use super::session::SqliteSession;
use crate::engine::command::Command;
use crate::engine::queue::Queue;

/// Serves reads, each on a snapshot of its own, until the queue is closed and empty. It takes the
/// whole of `held`: a closure that names the connection alone would leave the handle behind.
pub(crate) fn run(held: Held, queue: &Queue<Box<dyn Command>>) {
    let mut session = SqliteSession::reader(&held.conn);
    while let Some(mut read) = queue.wait_one() {
        let outcome = session
            .begin(false)
            .and_then(|()| session.run(read.as_mut()));
        session.abandon();
        read.answer(outcome.map(|_| ()));
    }
}
