//! What holds on every path, whatever fails, hangs, repeats or is cancelled, in any order.

use crate::fold;
use crate::world::{Edge, Honesty, Thing, Walk, World, walk};
use std::collections::HashSet;
use touchstone_domain::purchase::{Event, Funding, State, Step, transition};

/// An end that no machine and no person has to leave.
const fn is_end(state: State) -> bool {
    matches!(
        state,
        State::Active | State::Refunded | State::Failed | State::Abandoned
    )
}

/// The challenge account is open or may trade, or has money.
fn anything_left(world: &World) -> bool {
    let server = world.server;
    [server.account, server.balance, server.enabled].contains(&Thing::Done)
}

/// A purchase that is on its way to delivery, or delivered, carries no reason; every other does.
fn on_its_way(state: State) -> bool {
    match state {
        State::AwaitingPayment | State::Active => true,
        State::Doing(step) | State::Stuck(step) => !step.compensates(),
        _ => false,
    }
}

fn check_world(world: &World) {
    let free = world.facts.free;
    assert!(
        !(free && world.taken()),
        "a free program took a fee: {world:?}"
    );
    assert_eq!(
        world.facts.reason.is_none(),
        on_its_way(world.state),
        "{world:?}"
    );
    match world.state {
        State::Active => {
            assert_eq!(world.taken(), !free, "{world:?}");
            let server = world.server;
            let delivered = [server.account, server.balance, server.enabled];
            match world.facts.adds {
                true => {
                    assert_eq!(server.applied, Thing::Done, "{world:?}");
                    assert_eq!(delivered, [Thing::NotYet; 3], "{world:?}");
                }
                false => assert_eq!(delivered, [Thing::Done; 3], "{world:?}"),
            }
            assert!(!world.cancelled, "active after a cancel: {world:?}");
        }
        State::Refunded | State::Failed | State::Abandoned => {
            assert!(!world.taken(), "an end keeps the fee: {world:?}");
            assert!(!anything_left(world), "an end leaves an account: {world:?}");
        }
        State::RefundDue => {
            assert!(world.paid_in && !anything_left(world), "{world:?}");
            assert_ne!(world.facts.funding, Funding::Wallet);
        }
        State::AwaitingPayment => assert!(!world.taken() && !anything_left(world), "{world:?}"),
        State::Doing(_) | State::Stuck(_) => {}
    }
    if world.state == State::Failed {
        assert_ne!(
            world.server.fee,
            Thing::Undone,
            "failed, but the fee had been taken: {world:?}"
        );
    }
}

/// The transition table itself asserts in [`World::after`] that no fee is taken twice.
#[test]
fn a_paid_purchase_ends_as_one_active_challenge_or_with_nothing_taken() {
    let walk = walk(Honesty::Honest);
    assert!(walk.worlds.len() > 200, "{} worlds", walk.worlds.len());
    walk.worlds.iter().for_each(check_world);
}

#[test]
fn from_everywhere_an_end_can_be_reached() {
    let Walk { worlds, edges } = walk(Honesty::MayLie);
    let mut reaches: HashSet<usize> = (0..worlds.len())
        .filter(|at| is_end(worlds[*at].state))
        .collect();
    loop {
        let before = reaches.len();
        for Edge { from, to, .. } in &edges {
            if reaches.contains(to) {
                reaches.insert(*from);
            }
        }
        if reaches.len() == before {
            break;
        }
    }
    let lost: Vec<&World> = worlds
        .iter()
        .enumerate()
        .filter_map(|(at, world)| (!reaches.contains(&at)).then_some(world))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

/// While the trading server answers, a step at a time, nobody is needed but the cashier's clerk.
#[test]
fn what_is_begun_goes_on_by_itself() {
    let walk = walk(Honesty::Honest);
    for start in &walk.worlds {
        let mut world = *start;
        for _ in 0..Step::ALL.len() {
            let Some(next) = walk
                .edges
                .iter()
                .find(|edge| {
                    walk.worlds[edge.from] == world
                        && matches!(edge.happening.event, Event::Done | Event::NothingToUndo)
                })
                .map(|edge| walk.worlds[edge.to])
            else {
                break;
            };
            world = next;
        }
        let rests = world.state.step().is_none();
        assert!(rests, "{start:?} comes to a halt at {world:?}");
    }
}

#[test]
fn an_end_is_left_only_by_a_retry_or_by_late_money() {
    for state in State::all().into_iter().filter(|state| is_end(*state)) {
        for event in Event::ALL {
            for facts in fold::every_fact() {
                if let Ok((after, reason)) = transition(state, event, facts) {
                    match (state, event) {
                        (State::Failed, Event::Retry) => {
                            assert_eq!((after, reason), (facts.start(), None));
                        }
                        (State::Abandoned, Event::PaymentApproved) => {
                            assert_eq!((after, reason), (State::RefundDue, facts.reason));
                        }
                        _ => panic!("{state:?} is left by {event:?}"),
                    }
                }
            }
        }
    }
}

/// A server that says it took the fee, and later that it never did, must not make the purchase
/// look as if nothing had been taken: the fee of that customer would be lost.
#[test]
fn a_server_that_contradicts_itself_about_money_gets_nothing_past_us() {
    let walk = walk(Honesty::MayLie);
    let mut contradictions = 0;
    for Edge {
        from,
        happening,
        to,
    } in walk.edges
    {
        let (from, to) = (walk.worlds[from], walk.worlds[to]);
        let known = match from.state {
            State::Doing(Step::Refund) => from.facts.fee_taken,
            State::Doing(Step::TakeBackBalance) => from.facts.balance_given,
            _ => false,
        };
        if happening.lie && known {
            contradictions += 1;
            assert!(
                matches!(to.state, State::Stuck(_)),
                "{from:?} becomes {to:?}"
            );
        }
    }
    assert!(contradictions > 0);
}

#[test]
fn no_arrow_of_the_table_is_dead() {
    let walk = walk(Honesty::Honest);
    let mut walked: HashSet<String> = HashSet::new();
    for edge in &walk.edges {
        walked.insert(format!(
            "{:?} {:?}",
            walk.worlds[edge.from].state, edge.happening.event
        ));
    }
    for state in State::all() {
        for event in Event::ALL {
            let accepted = fold::every_fact()
                .into_iter()
                .any(|facts| transition(state, event, facts).is_ok());
            let name = format!("{state:?} {event:?}");
            assert_eq!(walked.contains(&name), accepted, "{name}");
        }
    }
}

/// Staff can always bring what is stuck to its end.
#[test]
fn what_needs_staff_has_a_way_out_for_staff() {
    for world in walk(Honesty::Honest).worlds {
        if world.state.needs_staff() {
            let ways = [
                Event::StaffRetry,
                Event::StaffSettled,
                Event::Cancel,
                Event::RefundPaid,
            ];
            let open = ways
                .into_iter()
                .filter(|event| transition(world.state, *event, world.facts).is_ok());
            let wanted = if world.state == State::RefundDue {
                1
            } else {
                2
            };
            assert_eq!(open.count(), wanted, "{world:?}");
        }
    }
}
