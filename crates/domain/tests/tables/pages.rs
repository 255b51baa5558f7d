//! The tables and diagrams of the pages for people, made from the code.

use crate::world::{Honesty, walk};
use crate::{fold, golden, purchase, transaction};
use touchstone_domain::purchase::{Event, Facts, Funding, Lifecycle, State, Step, transition};
use touchstone_domain::transaction as tx;
use touchstone_domain::transaction::{TransactionEvent, TransactionState};

/// The facts that a purchase can have in `state`.
fn possible(state: State, worlds: &[(State, Facts)]) -> Vec<Facts> {
    let here = worlds.iter().filter(|(other, _)| *other == state);
    here.map(|(_, facts)| *facts).collect()
}

fn reachable() -> Vec<(State, Facts)> {
    let mut all: Vec<(State, Facts)> = Vec::new();
    for world in walk(Honesty::Honest).worlds {
        if !all.contains(&(world.state, world.facts)) {
            all.push((world.state, world.facts));
        }
    }
    // In the order of the complete tables.
    let order = fold::every_fact();
    all.sort_by_key(|(_, facts)| order.iter().position(|other| other == facts));
    all
}

fn diagram(start: &str, mut edges: Vec<(String, String, String)>, ends: &[&str]) -> String {
    let mut text = format!("```mermaid\nstateDiagram-v2\n    [*] --> {start}\n");
    while !edges.is_empty() {
        let (from, to, _) = edges[0].clone();
        let (same, other) = edges
            .into_iter()
            .partition::<Vec<_>, _>(|edge| (&edge.0, &edge.1) == (&from, &to));
        let mut labels: Vec<String> = same.into_iter().map(|edge| edge.2).collect();
        labels.dedup();
        text += &format!("    {from} --> {to}: {}\n", labels.join(", "));
        edges = other;
    }
    for end in ends {
        text += &format!("    {end} --> [*]\n");
    }
    text + "```\n"
}

/// A purchase of this funding that costs something; without the stuck states.
fn purchase_diagram(
    (funding, adds): (Funding, bool),
    worlds: &[(State, Facts)],
    ends: &[&str],
) -> String {
    let mut edges = Vec::new();
    for state in State::all() {
        for event in Event::ALL {
            for facts in possible(state, worlds) {
                if (facts.funding, facts.adds) != (funding, adds) || facts.free {
                    continue;
                }
                let Ok((after, _)) = transition(state, event, facts) else {
                    continue;
                };
                let shown = |state| !matches!(state, State::Stuck(_));
                if shown(state) && shown(after) && state != after {
                    edges.push((state.name(), after.name(), short(event)));
                }
            }
        }
    }
    let start = Facts {
        funding,
        adds,
        free: false,
        reason: None,
        fee_taken: false,
        balance_given: false,
    };
    diagram(&start.start().name(), edges, ends)
}

/// The three ways in which a payment ends are one arrow.
fn short(event: Event) -> String {
    match event {
        Event::PaymentEnded(_) => "PaymentEnded".into(),
        _ => format!("{event:?}"),
    }
}

fn lifecycle_rows(worlds: &[(State, Facts)]) -> String {
    let mut text = String::from(
        "| state | when | status | next_action | payment_status | activation_status | comment | can_retry | can_cancel |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    for state in State::all() {
        let told = |facts| {
            let told = Lifecycle::of(state, facts);
            format!(
                "{} `{}` | `{}` | `{}` | `{}` | `{}` | {} | {}",
                told.status,
                told.status_name,
                told.next_action.name(),
                told.payment_status.name(),
                told.activation_status,
                told.comment,
                yes(told.can_retry),
                yes(told.can_cancel)
            )
        };
        for (when, told) in fold::describe(&possible(state, worlds), told) {
            text += &format!("| `{}` | {when} | {told} |\n", state.name());
        }
    }
    text
}

fn transition_rows(worlds: &[(State, Facts)]) -> String {
    let mut text = String::from(
        "| state | event | when | state after | failure_reason after |\n|---|---|---|---|---|\n",
    );
    for state in State::all() {
        for event in Event::ALL {
            for (when, after) in
                fold::describe(&possible(state, worlds), purchase::tell(state, event))
            {
                if after == purchase::REFUSED {
                    continue;
                }
                let (after, reason) = after.split_once(' ').unwrap_or((&after, ""));
                let reason = match reason {
                    "kept" => "as before".to_owned(),
                    "no_reason" => "none".to_owned(),
                    name => format!("`{name}`"),
                };
                let state = state.name();
                text += &format!("| `{state}` | {event:?} | {when} | `{after}` | {reason} |\n");
            }
        }
    }
    text
}

#[test]
fn the_page_of_purchase_states_says_what_the_code_does() {
    let worlds = reachable();
    let bought = purchase_diagram(
        (Funding::Wallet, false),
        &worlds,
        &["active", "refunded", "failed"],
    );
    let enrolled = purchase_diagram(
        (Funding::Cashier, false),
        &worlds,
        &["active", "refunded", "abandoned"],
    );
    let reset = purchase_diagram(
        (Funding::Reset, false),
        &worlds,
        &["active", "refunded", "abandoned"],
    );
    let added = purchase_diagram(
        (Funding::Cashier, true),
        &worlds,
        &["active", "refunded", "abandoned"],
    );
    golden::check_blocks(
        "../../docs/purchase-states.md",
        &[
            ("bought", bought),
            ("enrolled", enrolled),
            ("reset", reset),
            ("added", added),
            ("lifecycle", lifecycle_rows(&worlds)),
            ("transitions", transition_rows(&worlds)),
        ],
    );
}

#[test]
fn a_grant_takes_the_ways_of_an_enrolment() {
    let worlds = reachable();
    let of = |funding| purchase_diagram((funding, false), &worlds, &[]);
    assert_eq!(of(Funding::Grant), of(Funding::Cashier));
}

#[test]
fn every_state_can_be_reached() {
    let worlds = reachable();
    for state in State::all() {
        assert!(!possible(state, &worlds).is_empty(), "{state:?}");
    }
    let free_fee = |(state, facts): &(State, Facts)| {
        facts.free && matches!(state.step(), Some(Step::Withdraw | Step::Refund))
    };
    assert!(
        !worlds.iter().any(free_fee),
        "a free program has a step about its fee"
    );
}

const EXAMPLES: [(TransactionState, i64); 5] = [
    (TransactionState::Pending, 0),
    (TransactionState::Underpaid, 40),
    (TransactionState::Overpaid, 130),
    (TransactionState::Approved, 100),
    (TransactionState::Declined, 40),
];

fn transaction_events(received_minor: i64) -> Vec<(String, TransactionEvent)> {
    let mut events = vec![
        ("Approve".into(), TransactionEvent::Approve),
        ("Decline".into(), TransactionEvent::Decline),
    ];
    let missing = 100 - received_minor;
    let amounts = if missing > 0 {
        vec![missing - 10, missing, missing + 10]
    } else {
        vec![10]
    };
    for amount_minor in amounts {
        events.push((
            format!("Received {amount_minor}"),
            TransactionEvent::Received { amount_minor },
        ));
    }
    events
}

fn transaction_rows() -> String {
    let mut text = String::from(
        "| state | came in so far | event | state after | came in | what is done |\n|---|---|---|---|---|---|\n",
    );
    for (state, received_minor) in EXAMPLES {
        for (words, event) in transaction_events(received_minor) {
            let told = transaction::outcome(state, received_minor, event);
            let row = match told.split_once(", ") {
                None => "refused | | ".to_owned(),
                Some((after, done)) => {
                    let (after, total) = after.split_once(' ').unwrap_or((after, ""));
                    format!("`{after}` | {total} | {done}")
                }
            };
            text += &format!(
                "| `{}` | {received_minor} | {words} | {row} |\n",
                state.name()
            );
        }
    }
    text
}

fn transaction_diagram() -> String {
    let mut edges = Vec::new();
    for (state, received_minor) in EXAMPLES {
        for (words, event) in transaction_events(received_minor) {
            if let Ok((after, total, _)) = tx::transition(state, 100, received_minor, event) {
                let label = match event {
                    TransactionEvent::Received { .. } => match total.cmp(&100) {
                        std::cmp::Ordering::Less => "Received too little".to_owned(),
                        std::cmp::Ordering::Equal => "Received all".to_owned(),
                        std::cmp::Ordering::Greater => "Received too much".to_owned(),
                    },
                    _ => words,
                };
                if state != after {
                    edges.push((state.name().to_owned(), after.name().to_owned(), label));
                }
            }
        }
    }
    diagram("PENDING", edges, &["APPROVED", "OVERPAID", "DECLINED"])
}

#[test]
fn the_page_of_transaction_states_says_what_the_code_does() {
    let blocks = [
        ("diagram", transaction_diagram()),
        ("transitions", transaction_rows()),
    ];
    golden::check_blocks("../../docs/transaction-states.md", &blocks);
}
