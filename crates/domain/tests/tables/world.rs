//! A purchase and the world around it: a trading server that answers truthfully but may lose its
//! answers, a cashier, a customer and staff. The world is finite, so all of it can be walked.

use std::collections::HashMap;
use touchstone_domain::purchase::{Event, Facts, FailureReason, Funding, State, Step, transition};

/// What has become of one thing at the trading server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    NotYet,
    Done,
    Undone,
    /// Never done, and its reference is used up.
    Void,
}

/// The things a purchase has done at the trading server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    pub fee: Thing,
    pub account: Thing,
    pub balance: Thing,
    pub enabled: Thing,
    /// The closing of the account of the attempt before.
    pub retired: Thing,
    /// What was bought later.
    pub applied: Thing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    pub state: State,
    pub facts: Facts,
    pub server: Server,
    /// The cashier holds the fee for this purchase.
    pub paid_in: bool,
    /// The customer, or staff for him, has ended it.
    pub cancelled: bool,
}

/// One thing that can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening {
    pub event: Event,
    /// What the trading server has of the step's thing afterwards.
    thing: Option<Thing>,
    /// The trading server contradicts what it said before.
    pub lie: bool,
}

const NOTHING: Server = Server {
    fee: Thing::NotYet,
    account: Thing::NotYet,
    balance: Thing::NotYet,
    enabled: Thing::NotYet,
    retired: Thing::NotYet,
    applied: Thing::NotYet,
};

/// Whether the trading server may contradict its own answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Honesty {
    Honest,
    MayLie,
}

impl Server {
    const fn thing(&mut self, step: Step) -> &mut Thing {
        match step {
            Step::Withdraw | Step::Refund => &mut self.fee,
            Step::OpenAccount | Step::CloseAccount => &mut self.account,
            Step::GrantBalance | Step::TakeBackBalance => &mut self.balance,
            Step::Enable => &mut self.enabled,
            Step::Retire => &mut self.retired,
            Step::Apply => &mut self.applied,
        }
    }

    const fn set(&mut self, step: Step, thing: Thing) {
        *self.thing(step) = thing;
        // A closed account is a disabled one.
        if matches!(step, Step::CloseAccount) && matches!(self.enabled, Thing::Done) {
            self.enabled = Thing::Undone;
        }
    }
}

impl World {
    pub const fn taken(&self) -> bool {
        self.paid_in || matches!(self.server.fee, Thing::Done)
    }

    /// Everything that can happen to this purchase now, accepted or not.
    fn happenings(mut self, honesty: Honesty) -> Vec<Happening> {
        let told = |event| Happening {
            event,
            thing: None,
            lie: false,
        };
        let mut all: Vec<Happening> = Event::ALL
            .into_iter()
            .filter(|event| {
                !matches!(
                    event,
                    Event::Done | Event::NothingToUndo | Event::Refused | Event::Unknown
                )
            })
            .map(told)
            .collect();
        let Some(step) = self.state.step() else {
            return all;
        };
        let thing = *self.server.thing(step);
        let answers = if step.compensates() {
            undo_answers(thing)
        } else {
            do_answers(thing)
        };
        all.extend(answers.iter().map(|(event, thing)| Happening {
            event: *event,
            thing: Some(*thing),
            lie: false,
        }));
        if honesty == Honesty::MayLie && step.compensates() && thing == Thing::Done {
            all.push(Happening {
                event: Event::NothingToUndo,
                thing: Some(thing),
                lie: true,
            });
        }
        all
    }

    /// The world after it; `None` where the transition table refuses.
    pub fn after(mut self, happening: Happening) -> Option<Self> {
        let before = self.state;
        let (state, reason) = transition(before, happening.event, self.facts).ok()?;
        match (before, happening.event) {
            (State::Doing(step), event) => {
                if let Some(thing) = happening.thing {
                    let had = *self.server.thing(step);
                    let takes_fee =
                        step == Step::Withdraw && thing == Thing::Done && had != Thing::Done;
                    assert!(
                        !(takes_fee && self.taken()),
                        "the fee is taken twice: {self:?}"
                    );
                    self.server.set(step, thing);
                }
                self.learn(step, event);
            }
            (State::Stuck(step), Event::StaffSettled) => {
                let undone = if *self.server.thing(step) == Thing::Done {
                    Thing::Undone
                } else {
                    Thing::Void
                };
                self.server.set(step, undone);
            }
            (State::Failed, Event::Retry) => {
                assert!(!self.taken(), "a retry after something was taken: {self:?}");
                self.server = NOTHING;
                self.facts.balance_given = false;
            }
            (_, Event::PaymentApproved) => {
                assert!(!self.taken(), "the fee is taken twice: {self:?}");
                self.paid_in = !self.facts.free;
            }
            (_, Event::RefundPaid) => self.paid_in = false,
            _ => {}
        }
        self.cancelled |= happening.event == Event::Cancel;
        self.state = state;
        self.facts.reason = reason;
        Some(self)
    }

    /// What the purchase knows by an answer.
    fn learn(&mut self, step: Step, event: Event) {
        match (step, event) {
            (Step::Withdraw, Event::Done) => self.facts.fee_taken = true,
            (Step::GrantBalance, Event::Done) => self.facts.balance_given = true,
            _ => {}
        }
    }
}

/// What a server that forgets nothing can answer to a step that does something, and what it has
/// of it afterwards.
fn do_answers(thing: Thing) -> &'static [(Event, Thing)] {
    match thing {
        Thing::NotYet => &[
            (Event::Done, Thing::Done),
            (Event::Unknown, Thing::Done),
            (Event::Unknown, Thing::NotYet),
            (Event::Refused, Thing::Void),
        ],
        Thing::Done => &[(Event::Done, Thing::Done), (Event::Unknown, Thing::Done)],
        Thing::Undone | Thing::Void => panic!("a step is done under a reference that is used up"),
    }
}

fn undo_answers(thing: Thing) -> &'static [(Event, Thing)] {
    match thing {
        Thing::NotYet => &[
            (Event::NothingToUndo, Thing::Void),
            (Event::Unknown, Thing::Void),
            (Event::Unknown, Thing::NotYet),
            (Event::Refused, Thing::NotYet),
        ],
        Thing::Void => &[
            (Event::NothingToUndo, Thing::Void),
            (Event::Unknown, Thing::Void),
            (Event::Refused, Thing::Void),
        ],
        Thing::Done => &[
            (Event::Done, Thing::Undone),
            (Event::Unknown, Thing::Undone),
            (Event::Unknown, Thing::Done),
            (Event::Refused, Thing::Done),
        ],
        Thing::Undone => &[
            (Event::Done, Thing::Undone),
            (Event::Unknown, Thing::Undone),
            (Event::Refused, Thing::Undone),
        ],
    }
}

/// One thing that happened: from, what, to; places in [`Walk::worlds`].
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub from: usize,
    pub happening: Happening,
    pub to: usize,
}

/// All that can become of every purchase.
pub struct Walk {
    pub worlds: Vec<World>,
    pub edges: Vec<Edge>,
}

pub fn walk(honesty: Honesty) -> Walk {
    let mut walk = Walk {
        worlds: starts(),
        edges: Vec::new(),
    };
    let mut places: HashMap<String, usize> = walk
        .worlds
        .iter()
        .enumerate()
        .map(|(place, world)| (format!("{world:?}"), place))
        .collect();
    let mut from = 0;
    while let Some(world) = walk.worlds.get(from).copied() {
        for happening in world.happenings(honesty) {
            let Some(next) = world.after(happening) else {
                continue;
            };
            let to = *places.entry(format!("{next:?}")).or_insert_with(|| {
                walk.worlds.push(next);
                walk.worlds.len() - 1
            });
            walk.edges.push(Edge {
                from,
                happening,
                to,
            });
        }
        from += 1;
    }
    walk
}

fn starts() -> Vec<World> {
    let mut worlds = Vec::new();
    let makes = Funding::ALL.map(|funding| (funding, false));
    let adds = [(Funding::Wallet, true), (Funding::Cashier, true)];
    for (funding, adds) in makes.into_iter().chain(adds) {
        for free in [false, true] {
            let facts = Facts {
                funding,
                adds,
                free,
                reason: None::<FailureReason>,
                fee_taken: false,
                balance_given: false,
            };
            worlds.push(World {
                state: facts.start(),
                facts,
                server: NOTHING,
                paid_in: false,
                cancelled: false,
            });
        }
    }
    worlds
}
