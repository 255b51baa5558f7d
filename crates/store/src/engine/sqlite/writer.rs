//! The one thread that writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;

use super::checkpoint::WalKeeper;
use super::connection::Connector;
use super::file::Held;
use super::session::{Left, SqliteSession};
use crate::engine::Commands;
use crate::engine::command::Command;
use crate::engine::stats::Meter;
use crate::{Outage, StoreError};

pub(super) struct Writer {
    pub(super) connector: Connector,
    pub(super) queue: Arc<Commands>,
    pub(super) max_batch: usize,
    pub(super) wal: WalKeeper,
    pub(super) events: watch::Sender<i64>,
    pub(super) meter: Meter,
    pub(super) expected: Expected,
}

/// A commit that takes this long makes it worth waiting for more commands to share the next one.
const SLOW_COMMIT: Duration = Duration::from_millis(1);
/// What part of a slow commit's time may be spent on that, and the most of it.
const PATIENCE_PART: u32 = 4;
const MOST_PATIENCE: Duration = Duration::from_millis(1);

/// What the next batch may wait for: callers that were just answered tend to come back.
#[derive(Default)]
pub(super) struct Expected {
    commands: usize,
    patience: Duration,
}

/// Why the writer stopped using a connection.
enum Ended {
    Closed,
    /// The connection is of no use any more.
    Broken,
}

impl Writer {
    /// Serves the queue until it is closed and empty.
    pub(super) fn run(mut self, first: Held) {
        let mut usable = Some(first);
        loop {
            if let Some(held) = usable.take() {
                // A panic of the engine itself must not leave every caller waiting for ever.
                match catch_unwind(AssertUnwindSafe(|| self.serve(&held.conn))) {
                    Ok(Ended::Closed) => return self.wal.finish(&held.conn),
                    Ok(Ended::Broken) | Err(_) => {
                        tracing::error!("the writing connection is broken; opening a new one");
                    }
                }
            }
            match self.reopen() {
                Ok(held) => usable = Some(held),
                Err(failure) => {
                    let mut batch = Vec::new();
                    if !self.queue.wait(self.max_batch, &mut batch) {
                        return;
                    }
                    answer_all(batch.drain(..), &Err(failure));
                }
            }
        }
    }

    fn reopen(&self) -> Result<Held, StoreError> {
        let mut held = self
            .connector
            .writer()
            .map_err(|e| StoreError::unavailable(Outage::Lost, e))?;
        self.wal
            .watch(&mut held.conn)
            .map_err(|e| StoreError::unavailable(Outage::Lost, e))?;
        Ok(held)
    }

    fn serve(&mut self, conn: &Connection) -> Ended {
        let mut session = SqliteSession::writer(conn);
        let mut batch = Vec::with_capacity(self.max_batch);
        loop {
            if !self.expected.patience.is_zero() {
                let wanted = self.expected.commands.min(self.max_batch);
                self.queue.gather(wanted, self.expected.patience);
            }
            if !self.queue.wait(self.max_batch, &mut batch) {
                return Ended::Closed;
            }
            while !batch.is_empty() {
                if !self.commit_batch(&mut session, &mut batch) {
                    answer_all(batch.drain(..), &Err(broken()));
                    return Ended::Broken;
                }
            }
            self.wal.look(conn);
        }
    }

    /// One transaction for the commands of the batch, which it takes out and answers: all of them, or
    /// those up to the one that lost the transaction. `false`: the connection is broken.
    fn commit_batch(
        &mut self,
        session: &mut SqliteSession<'_>,
        batch: &mut Vec<Box<dyn Command>>,
    ) -> bool {
        let mut ran = run_batch(session, batch, false);
        if matches!(ran, Ok(Left::Dirty)) {
            if !session.abandon() {
                return false;
            }
            ran = run_batch(session, batch, true);
        }
        if let Err((failure, commands)) = ran {
            tracing::error!(%failure, commands, "a batch was undone");
            let usable = session.abandon();
            answer_all(batch.drain(..commands), &Err(failure));
            return usable;
        }
        let last_event = session.last_event();
        let (outcome, took) = self.meter.time(|| session.commit());
        self.note(batch.len(), took);
        let usable = match &outcome {
            Ok(()) => {
                self.tell_events(last_event);
                true
            }
            Err(failure) => {
                tracing::error!(%failure, commands = batch.len(), "a commit failed");
                session.abandon()
            }
        };
        answer_all(batch.drain(..), &outcome);
        usable
    }

    fn note(&mut self, commands: usize, took: Duration) {
        let waiting = self.queue.len();
        self.meter.committed(commands, took, waiting);
        self.expected = Expected {
            commands: commands + waiting,
            patience: match took < SLOW_COMMIT {
                true => Duration::ZERO,
                false => (took / PATIENCE_PART).min(MOST_PATIENCE),
            },
        };
    }

    fn tell_events(&self, last_event: Option<i64>) {
        if let Some(last) = last_event {
            self.events
                .send_if_modified(|told| std::mem::replace(told, last) != last);
        }
    }
}

/// Runs the commands in one transaction. [`Left::Dirty`]: they must run again, with savepoints.
/// `Err`: the transaction is lost with that many commands.
fn run_batch(
    session: &mut SqliteSession<'_>,
    batch: &mut [Box<dyn Command>],
    savepoints: bool,
) -> Result<Left, (StoreError, usize)> {
    session
        .begin(savepoints)
        .map_err(|failure| (failure, batch.len()))?;
    for (before, command) in batch.iter_mut().enumerate() {
        let left = session.run(command.as_mut());
        if left.map_err(|failure| (failure, before + 1))? == Left::Dirty {
            return Ok(Left::Dirty);
        }
    }
    Ok(Left::Clean)
}

fn answer_all(commands: impl Iterator<Item = Box<dyn Command>>, outcome: &Result<(), StoreError>) {
    for command in commands {
        command.answer(outcome.clone());
    }
}

fn broken() -> StoreError {
    StoreError::unavailable(Outage::Io, "the connection broke")
}
