//! Every cell of the table of a fee that was earned, and what a customer is told of it.

use crate::golden;
use touchstone_domain::claim::{FeeEvent, FeeState};
use touchstone_domain::purchase::{Facts, Funding, Lifecycle, State};

const HEAD: &str = "\
# A fee that was earned: state | event | state after; - where it is refused
# Rewrite with UPDATE_TABLES=1.
";

#[test]
fn every_cell_of_a_fee_is_as_written() {
    let mut text = String::from(HEAD);
    for state in FeeState::ALL {
        for event in FeeEvent::ALL {
            let after = match state.after(event) {
                Ok(after) => after.name(),
                Err(refused) => {
                    assert_eq!((refused.state, refused.event), (state, event));
                    "-"
                }
            };
            let event = format!("{event:?}");
            text += &format!("{:<12} | {event:<13} | {after}\n", state.name());
        }
    }
    text += "\n# What is told of its purchase, which was delivered\n";
    let facts = Facts {
        funding: Funding::Wallet,
        adds: false,
        free: false,
        reason: None,
        fee_taken: true,
        balance_given: true,
    };
    for state in FeeState::ALL {
        let told = Lifecycle::of(State::Active, facts).with_fee(state);
        text += &format!(
            "{:<12} | {} {} | {} | {} | {} | {}\n",
            state.name(),
            told.status,
            told.status_name,
            told.next_action.name(),
            told.payment_status.name(),
            told.activation_status,
            told.comment
        );
    }
    golden::check("tests/claim_table.txt", &text);
}

#[test]
fn a_fee_goes_away_once_and_comes_back_only_from_a_bank() {
    for state in FeeState::ALL {
        assert_eq!(FeeState::from_code(state.code()), Some(state));
        let goes = [
            FeeEvent::Refund,
            FeeEvent::RefundOutside,
            FeeEvent::ChargeBack,
        ];
        let can_go = goes.iter().all(|event| state.after(*event).is_ok());
        let none = goes.iter().all(|event| state.after(*event).is_err());
        assert_eq!(
            (can_go, none),
            match state {
                FeeState::Earned => (true, false),
                _ => (false, true),
            }
        );
        let is_reversible = state.after(FeeEvent::Reverse).is_ok();
        assert_eq!(is_reversible, state == FeeState::ChargedBack);
    }
}
