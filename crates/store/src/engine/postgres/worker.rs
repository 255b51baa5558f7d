//! The threads that run commands and reads, each with a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::link::{Connector, Link};
use super::numbers::Numbers;
use super::session::PgSession;
use crate::engine::Commands;
use crate::engine::command::{Command, Ran};
use crate::engine::stats::Meter;
use crate::{Outage, StoreError};

/// A duplicate is seen when its twin has committed: the next run sees the twin's row.
const DUPLICATE_RERUNS: u32 = 2;
/// A lost connection is replaced; when the next one is lost too, the server is in trouble.
const LOST_RERUNS: u32 = 2;
/// Waiting before a run after a deadlock grows up to this.
const LONGEST_WAIT: Duration = Duration::from_millis(50);

pub(super) struct Writer {
    pub(super) connector: Connector,
    pub(super) queue: Arc<Commands>,
    pub(super) numbers: Arc<Numbers>,
    pub(super) reruns: u32,
    /// Which of the writers this is; spreads their waiting.
    pub(super) place: u32,
    /// Wakes the sequencer, and lets it end when every writer has ended.
    pub(super) appended: mpsc::Sender<()>,
    pub(super) meter: Meter,
}

impl Writer {
    pub(super) fn run(self, runtime: &Runtime) {
        let mut link = None;
        while let Some(mut command) = self.queue.wait_one() {
            let served = catch_unwind(AssertUnwindSafe(|| {
                self.serve(runtime, &mut link, command.as_mut())
            }));
            match served {
                Ok(outcome) => command.answer(outcome),
                Err(_) => {
                    tracing::error!("a writer of the store panicked; its connection is given up");
                    link = None;
                    command.answer(Err(StoreError::OutcomeUnknown));
                }
            }
        }
    }

    /// Runs the command until it is committed or refused. `Err` replaces what the closure gave.
    fn serve<'r>(
        &self,
        runtime: &'r Runtime,
        link: &mut Option<Link<'r>>,
        command: &mut dyn Command,
    ) -> Result<(), StoreError> {
        let mut reruns = 0;
        loop {
            let open = connected(runtime, link, &self.connector)?;
            let (failure, own) = match self.attempt(open, command) {
                Attempt::Done => return Ok(()),
                Attempt::Failed { failure, own } => (failure, own),
            };
            if is_lost(&failure) || failure == StoreError::OutcomeUnknown {
                *link = None;
            }
            let allowed = match failure {
                StoreError::Duplicate { .. } => DUPLICATE_RERUNS.min(self.reruns),
                StoreError::Stale { .. } | StoreError::Contended => self.reruns,
                _ if is_lost(&failure) => LOST_RERUNS.min(self.reruns),
                _ => 0,
            };
            if reruns >= allowed {
                return if own { Ok(()) } else { Err(failure) };
            }
            reruns += 1;
            self.meter.rerun();
            runtime.block_on(async { tokio::time::sleep(self.wait_before(reruns)).await });
        }
    }

    fn attempt(&self, link: &mut Link<'_>, command: &mut dyn Command) -> Attempt {
        let mut session = PgSession::writer(link, &self.numbers);
        match command.run(&mut session) {
            Ran::Undo => {
                session.rollback();
                Attempt::Done
            }
            Ran::Failed(failure) => {
                session.rollback();
                Attempt::Failed { failure, own: true }
            }
            Ran::Keep => {
                let (committed, took) = self.meter.time(|| session.commit());
                self.meter.committed(1, took, self.queue.len());
                match committed {
                    Ok(()) => {
                        if session.appended_event() {
                            // Full: the sequencer is awake already.
                            let _ = self.appended.try_send(());
                        }
                        Attempt::Done
                    }
                    Err(failure) => {
                        session.rollback();
                        Attempt::Failed {
                            failure,
                            own: false,
                        }
                    }
                }
            }
        }
    }

    /// The first run again comes at once, the next ones after 1, 2, 4 ... ms, a little apart.
    fn wait_before(&self, rerun: u32) -> Duration {
        let Some(doublings) = rerun.checked_sub(2) else {
            return Duration::ZERO;
        };
        let whole = Duration::from_millis(1 << doublings.min(10)).min(LONGEST_WAIT);
        whole + whole * (self.place % 8) / 8
    }
}

enum Attempt {
    Done,
    /// `own`: the closure has given an error of its own for it.
    Failed {
        failure: StoreError,
        own: bool,
    },
}

/// Serves reads, each on a snapshot of its own, until the queue is closed and empty.
pub(super) fn read(runtime: &Runtime, connector: &Connector, queue: &Commands) {
    let mut link = None;
    while let Some(mut read) = queue.wait_one() {
        let served = catch_unwind(AssertUnwindSafe(|| {
            read_one(runtime, &mut link, connector, read.as_mut())
        }));
        match served {
            Ok(outcome) => read.answer(outcome),
            Err(_) => {
                tracing::error!("a reader of the store panicked; its connection is given up");
                link = None;
                read.answer(Err(StoreError::Panicked));
            }
        }
    }
}

fn read_one<'r>(
    runtime: &'r Runtime,
    link: &mut Option<Link<'r>>,
    connector: &Connector,
    read: &mut dyn Command,
) -> Result<(), StoreError> {
    for last in [false, false, true] {
        let mut session = PgSession::reader(connected(runtime, link, connector)?);
        let ran = read.run(&mut session);
        session.rollback();
        match ran {
            Ran::Failed(failure) if is_lost(&failure) => {
                *link = None;
                if last {
                    return Err(failure);
                }
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn connected<'l, 'r>(
    runtime: &'r Runtime,
    link: &'l mut Option<Link<'r>>,
    connector: &Connector,
) -> Result<&'l mut Link<'r>, StoreError> {
    if link.as_ref().is_none_or(|link| link.client.is_closed()) {
        *link = Some(Link::connect(runtime, connector)?);
    }
    link.as_mut()
        .ok_or_else(|| StoreError::unavailable(Outage::Lost, "no connection"))
}

fn is_lost(failure: &StoreError) -> bool {
    matches!(
        failure,
        StoreError::Unavailable {
            outage: Outage::Lost,
            ..
        }
    )
}
