//! A remote trading server at the far end of a network that the world controls: every call waits
//! until the world says what becomes of it. Server and network outlive every crash of ours.

use crate::clock::SimClock;
use futures_util::FutureExt;
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;
use touchstone_app::ports::{Answer, Behaviour, Books, Call, ScriptedTradingServer, TradingServer};
use touchstone_domain::UnixMicros;

/// What becomes of a call that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    Refused,
    /// It reaches the server twice.
    Doubled,
    /// Done, and the answer is lost.
    AnswerLost,
    /// It never reaches the server.
    CallLost,
    /// Nobody waits for it any more when it reaches the server.
    Late,
}

pub struct Network {
    server: ScriptedTradingServer,
    clock: Arc<SimClock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next_number: u64,
    waiting: BTreeMap<u64, Waiting>,
    late: VecDeque<Call>,
    /// Every call that was made, in order.
    made: Vec<Call>,
}

struct Waiting {
    call: Call,
    since: UnixMicros,
    answer: oneshot::Sender<Answer>,
}

impl Network {
    pub fn new(clock: Arc<SimClock>) -> Self {
        Self {
            server: ScriptedTradingServer::default(),
            clock,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers of the calls that wait, oldest first.
    pub fn waiting(&self) -> Vec<u64> {
        self.state().waiting.keys().copied().collect()
    }

    /// Numbers of the calls that have waited for `limit_micros` or longer.
    pub fn overdue(&self, limit_micros: i64) -> Vec<u64> {
        let now = self.clock.time();
        let state = self.state();
        let overdue = |waiting: &Waiting| now.0 - waiting.since.0 >= limit_micros;
        let old = state.waiting.iter().filter(|(_, waiting)| overdue(waiting));
        old.map(|(number, _)| *number).collect()
    }

    /// How the call `number` is called in a trace.
    pub fn name_of(&self, number: u64) -> String {
        let state = self.state();
        state
            .waiting
            .get(&number)
            .map_or_else(String::new, |waiting| waiting.call.reference.clone())
    }

    /// Decides the fate of a call that waits.
    pub fn decide(&self, number: u64, fate: Fate) {
        let Some(waiting) = self.state().waiting.remove(&number) else {
            return;
        };
        let unknown = |detail: &str| Answer::Unknown {
            detail: detail.into(),
        };
        let answer = match fate {
            Fate::Done => self.reach(&waiting.call, Behaviour::Obey),
            Fate::Refused => self.reach(&waiting.call, Behaviour::Refuse),
            Fate::Doubled => {
                self.reach(&waiting.call, Behaviour::Obey);
                self.reach(&waiting.call, Behaviour::Obey)
            }
            Fate::AnswerLost => {
                self.reach(&waiting.call, Behaviour::Obey);
                unknown("the answer was lost")
            }
            Fate::CallLost => unknown("the call was lost"),
            Fate::Late => {
                self.state().late.push_back(waiting.call);
                unknown("no answer in time")
            }
        };
        // The caller may be gone.
        let _ = waiting.answer.send(answer);
    }

    /// The oldest late call reaches the server now; its reference.
    pub fn deliver_late(&self) -> Option<String> {
        let call = self.state().late.pop_front()?;
        self.reach(&call, Behaviour::Obey);
        Some(call.reference)
    }

    fn reach(&self, call: &Call, behaviour: Behaviour) -> Answer {
        self.server.plan(call.step, &[behaviour]);
        self.server
            .call(call)
            .now_or_never()
            .unwrap_or_else(|| Answer::Unknown {
                detail: "the server is silent".into(),
            })
    }

    /// The last call whose reference begins with `prefix` is done by hand at the server.
    pub fn settle_by_hand(&self, prefix: &str) -> Option<Answer> {
        let call = {
            let state = self.state();
            let ours = |call: &&Call| call.reference.starts_with(prefix);
            state.made.iter().rev().find(ours).cloned()
        }?;
        Some(self.reach(&call, Behaviour::Obey))
    }

    pub fn books(&self) -> Books {
        self.server.books()
    }
}

impl TradingServer for Network {
    fn call<'a>(&'a self, call: &'a Call) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            call: call.clone(),
            since: self.clock.time(),
            answer,
        };
        let mut state = self.state();
        let number = state.next_number;
        state.next_number += 1;
        state.made.push(call.clone());
        state.waiting.insert(number, waiting);
        Box::pin(async move {
            answered.await.unwrap_or_else(|_| Answer::Unknown {
                detail: "the connection broke".into(),
            })
        })
    }
}
