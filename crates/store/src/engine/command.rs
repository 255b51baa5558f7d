//! A closure on its way through an engine, and the answer on its way back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::tx::{Session, Tx};
use crate::StoreError;

/// A closure of any type, with the caller that waits for it.
pub(crate) trait Command: Send {
    /// Runs the closure once; what it gave is kept until [`Command::answer`].
    fn run(&mut self, session: &mut dyn Session) -> Ran;

    /// Answers the caller: with what the closure gave, or with the failure that came after it.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// How a closure ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// Commit what it wrote.
    Keep,
    /// It refused, or panicked: undo what it wrote.
    Undo,
    /// A statement failed: undo, and perhaps run it again.
    Failed(StoreError),
}

pub(crate) struct Pending<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Pending<T, E, F> {
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (
            Pending {
                work,
                result: None,
                reply,
            },
            answer,
        )
    }
}

impl<T, E, F> Command for Pending<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, session: &mut dyn Session) -> Ran {
        self.result = None;
        let mut tx = Tx::new(session);
        let ended = catch_unwind(AssertUnwindSafe(|| (self.work)(&mut tx)));
        let failure = tx.into_failure();
        let (result, ran) = match (ended, failure) {
            (Err(_), _) => (Err(E::from(StoreError::Panicked)), Ran::Undo),
            (Ok(Ok(_)), Some(failure)) => (Err(E::from(failure.clone())), Ran::Failed(failure)),
            (Ok(Err(error)), Some(failure)) => (Err(error), Ran::Failed(failure)),
            (Ok(Err(error)), None) => (Err(error), Ran::Undo),
            (Ok(Ok(value)), None) => (Ok(value), Ran::Keep),
        };
        self.result = Some(result);
        ran
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let result = match (outcome, self.result) {
            (Err(failure), _) => Err(E::from(failure)),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => return,
        };
        // A caller that went away is no reason to undo what is committed.
        let _ = self.reply.send(result);
    }
}
