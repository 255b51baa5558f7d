//! Several statements in one round trip.

use std::future::Future;
use std::pin::Pin;

use futures_util::future::poll_immediate;

pub(super) type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>> + 'a>>;

/// A call that failed: which one, how, and how many had been sent by then.
pub(super) struct Failed {
    pub(super) call: usize,
    pub(super) error: tokio_postgres::Error,
    pub(super) sent: usize,
}

/// Sends the calls in their order before it waits for the first answer. A call that fails before it is
/// sent keeps those behind it from being sent.
pub(super) async fn in_order<T>(mut calls: Vec<Call<'_, T>>) -> Result<Vec<T>, Failed> {
    let mut early = Vec::with_capacity(calls.len());
    for (call, future) in calls.iter_mut().enumerate() {
        match poll_immediate(future).await {
            Some(Err(error)) => {
                return Err(Failed {
                    call,
                    error,
                    sent: call,
                });
            }
            answer => early.push(answer),
        }
    }
    let sent = calls.len();
    let mut answers = Vec::with_capacity(sent);
    for (call, (future, early)) in calls.into_iter().zip(early).enumerate() {
        let answer = match early {
            Some(answer) => answer,
            None => future.await,
        };
        answers.push(answer.map_err(|error| Failed { call, error, sent })?);
    }
    Ok(answers)
}
