//! Every cell of the table of a code's use, and what each state of a purchase means for it.

use crate::golden;
use touchstone_domain::promotion::{Refusal, UseEvent, UseState};
use touchstone_domain::purchase::State;

const HEAD: &str = "\
# A use of a promotion code: state | event | state after; - where it is refused
# Rewrite with UPDATE_TABLES=1.
";

#[test]
fn every_cell_of_a_use_is_as_written() {
    let mut text = String::from(HEAD);
    for state in UseState::ALL {
        for event in UseEvent::ALL {
            let after = match state.after(event) {
                Ok(after) => after.name(),
                Err(refused) => {
                    assert_eq!((refused.state, refused.event), (state, event));
                    "-"
                }
            };
            let event = format!("{event:?}");
            text += &format!("{:<8} | {event:<13} | {after}\n", state.name());
        }
    }
    text += "\n# What the state of its purchase means for it\n";
    for state in State::all() {
        text += &format!("{:<22} | {:?}\n", state.name(), UseEvent::of(state));
    }
    golden::check("tests/promotion_table.txt", &text);
}

#[test]
fn refusals_have_codes_of_their_own() {
    let mut codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Refusal::ALL.len());
}
