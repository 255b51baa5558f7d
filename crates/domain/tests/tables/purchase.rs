//! Every cell of the purchase's transition table.

use crate::{fold, golden};
use touchstone_domain::purchase::{Event, Facts, State, transition};

const HEAD: &str = "\
# state | event | facts that matter | state after, failure reason after; - where it is refused
# `kept`: the reason stays what it was. Rewrite with UPDATE_TABLES=1.
";

pub const REFUSED: &str = "-";

/// What becomes of `state` by `event`: the state and the reason after, the latter by its name or
/// as `kept`, whichever makes the shorter table.
pub fn tell(state: State, event: Event) -> impl Fn(Facts) -> String {
    let tell = move |facts: Facts, tell_kept: bool| match transition(state, event, facts) {
        Err(_) => REFUSED.to_owned(),
        Ok((after, reason)) if tell_kept && reason == facts.reason => {
            format!("{} kept", after.name())
        }
        Ok((after, reason)) => {
            let reason = reason.map_or("no_reason", |reason| reason.name());
            format!("{} {reason}", after.name())
        }
    };
    let lines = |tell_kept| fold::fold(|facts| tell(facts, tell_kept)).len();
    let tell_kept = lines(true) < lines(false);
    move |facts| tell(facts, tell_kept)
}

#[test]
fn every_cell_of_the_transition_table_is_as_written() {
    let mut text = String::from(HEAD);
    for state in State::all() {
        for event in Event::ALL {
            for (facts, after) in fold::fold(tell(state, event)) {
                let (state, event) = (state.name(), format!("{event:?}"));
                text += &format!("{state:<23} | {event:<29} | {facts:<40} | {after}\n");
            }
        }
    }
    golden::check("tests/purchase_table.txt", &text);
}

#[test]
fn every_state_has_a_code_and_a_name_of_its_own() {
    let states = State::all();
    for (index, state) in states.iter().enumerate() {
        assert_eq!(State::from_code(state.code()), Some(*state));
        assert!(
            states[..index]
                .iter()
                .all(|other| other.code() != state.code() && other.name() != state.name()),
            "{state:?}"
        );
    }
    assert_eq!(State::from_code(-1), None);
    assert_eq!(State::from_code(19), None);
}

/// Numbers in the store: they may never change their meaning.
#[test]
fn the_codes_in_the_store_stay_what_they_are() {
    let codes: Vec<String> = State::all()
        .into_iter()
        .map(|state| format!("{}={}", state.code(), state.name()))
        .collect();
    assert_eq!(
        codes.join(" "),
        "0=awaiting_payment 10=withdraw 11=open_account 12=grant_balance 13=enable \
         14=take_back_balance 15=close_account 16=refund 17=retire 18=apply 30=stuck:withdraw 31=stuck:open_account \
         32=stuck:grant_balance 33=stuck:enable 34=stuck:take_back_balance 35=stuck:close_account \
         36=stuck:refund 37=stuck:retire 38=stuck:apply 5=refund_due 1=active 2=refunded 3=failed 4=abandoned"
    );
}
