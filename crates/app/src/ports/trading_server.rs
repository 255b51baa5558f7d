//! A trading server that is not ours. The built-in one needs no port: it takes part in our commits.

use std::{future::Future, pin::Pin};
use touchstone_domain::purchase::Step;
use touchstone_domain::{Login, Money};

/// One step of a purchase, asked of the remote server. The same reference always means the same
/// thing: a server that has done it already says so again and does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Ours, unique for each step of each attempt of each purchase.
    pub reference: String,
    pub step: Step,
    /// For a step that undoes another one: the reference of that one.
    pub undoes: Option<String>,
    /// The payer for `Withdraw` and `Refund`, else the challenge account.
    pub login: Login,
    pub group: String,
    pub leverage: i64,
    /// The amount of money steps; zero for others.
    pub amount: Money,
    pub comment: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, now or earlier under the same reference.
    Done,
    /// What is to be undone was never done, and never will be under its reference.
    NothingToUndo,
    /// It was not done and will not be.
    Refused { detail: String },
    /// No answer that tells: it may have been done or not.
    Unknown { detail: String },
}

pub trait TradingServer: Send + Sync {
    fn call<'a>(&'a self, call: &'a Call) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
}
