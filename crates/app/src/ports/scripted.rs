//! A stand-in for a remote trading server that does what a script says, and remembers what it did.

use super::trading_server::{Answer, Call, TradingServer};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use touchstone_domain::Login;
use touchstone_domain::purchase::Step;

/// What the stand-in does with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Does it and says so.
    Obey,
    /// Does not do it and says so.
    Refuse,
    /// Does it, and the answer gets lost.
    LoseAnswer,
    /// Never sees the call.
    LoseCall,
    /// Does it and never answers.
    HangAfter,
    /// Neither does it nor answers.
    HangBefore,
}

impl Behaviour {
    pub const ALL: [Self; 6] = [
        Self::Obey,
        Self::Refuse,
        Self::LoseAnswer,
        Self::LoseCall,
        Self::HangAfter,
        Self::HangBefore,
    ];
}

/// What stands in the stand-in's books.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// What was done, by reference, in the order of the references; undone things stay.
    pub done: BTreeMap<String, Call>,
    /// References of things that were undone after they had been done.
    pub undone: BTreeSet<String>,
    /// References that will never be done: refused, undone before they came, or meant for an
    /// account that is not open.
    pub barred: BTreeSet<String>,
    /// Every call that arrived.
    pub calls: u64,
}

impl Books {
    /// Whether the account was opened, and its opening not undone.
    fn is_open(&self, login: Login) -> bool {
        self.done.values().any(|call| {
            call.step == Step::OpenAccount
                && call.login == login
                && !self.undone.contains(&call.reference)
        })
    }
}

#[derive(Debug, Default)]
pub struct ScriptedTradingServer {
    script: Mutex<BTreeMap<Step, VecDeque<Behaviour>>>,
    books: Mutex<Books>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl ScriptedTradingServer {
    /// What the next calls of a step meet, one each; then it obeys.
    pub fn plan(&self, step: Step, behaviours: &[Behaviour]) {
        held(&self.script)
            .entry(step)
            .or_default()
            .extend(behaviours);
    }

    pub fn books(&self) -> Books {
        held(&self.books).clone()
    }

    fn next(&self, step: Step) -> Behaviour {
        held(&self.script)
            .get_mut(&step)
            .and_then(VecDeque::pop_front)
            .unwrap_or(Behaviour::Obey)
    }

    /// Does a call once, however often it comes, and tells the truth about it.
    fn perform(&self, call: &Call) -> Answer {
        let mut books = held(&self.books);
        books.calls += 1;
        if books.done.contains_key(&call.reference) {
            return Answer::Done;
        }
        let closed = call.step == Step::Enable && !books.is_open(call.login);
        if closed || books.barred.contains(&call.reference) {
            books.barred.insert(call.reference.clone());
            return Answer::Refused {
                detail: "barred".into(),
            };
        }
        if let Some(undone) = &call.undoes {
            if !books.done.contains_key(undone) {
                books.barred.insert(undone.clone());
                return Answer::NothingToUndo;
            }
            books.undone.insert(undone.clone());
        }
        books.done.insert(call.reference.clone(), call.clone());
        Answer::Done
    }

    fn refuse(&self, call: &Call) -> Answer {
        let mut books = held(&self.books);
        books.calls += 1;
        if books.done.contains_key(&call.reference) {
            return Answer::Done;
        }
        if call.undoes.is_none() {
            books.barred.insert(call.reference.clone());
        }
        Answer::Refused {
            detail: "refused by the script".into(),
        }
    }
}

impl TradingServer for ScriptedTradingServer {
    fn call<'a>(&'a self, call: &'a Call) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(async move {
            match self.next(call.step) {
                Behaviour::Obey => self.perform(call),
                Behaviour::Refuse => self.refuse(call),
                Behaviour::LoseAnswer => {
                    self.perform(call);
                    Answer::Unknown {
                        detail: "the answer was lost".into(),
                    }
                }
                Behaviour::LoseCall => Answer::Unknown {
                    detail: "the call was lost".into(),
                },
                Behaviour::HangAfter => {
                    self.perform(call);
                    std::future::pending().await
                }
                Behaviour::HangBefore => std::future::pending().await,
            }
        })
    }
}
