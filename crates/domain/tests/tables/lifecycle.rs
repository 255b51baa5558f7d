//! What a customer is told in every state, and whether it is true.

use crate::{fold, golden};
use touchstone_domain::purchase::{
    Event, Facts, Lifecycle, NextAction, PaymentStatus, State, transition,
};

const HEAD: &str = "\
# state | facts that matter | status status_name | next_action | payment_status | activation_status | comment | can_retry | can_cancel
# Rewrite with UPDATE_TABLES=1.
";

fn outcome(state: State, facts: Facts) -> String {
    let told = Lifecycle::of(state, facts);
    format!(
        "{} {:<15} | {:<15} | {:<14} | {:<15} | {:<32} | {:<5} | {}",
        told.status,
        told.status_name,
        told.next_action.name(),
        told.payment_status.name(),
        told.activation_status,
        told.comment,
        told.can_retry,
        told.can_cancel
    )
}

#[test]
fn every_state_is_told_as_written() {
    let mut text = String::from(HEAD);
    for state in State::all() {
        for (facts, told) in fold::fold(|facts| outcome(state, facts)) {
            text += &format!("{:<23} | {facts:<34} | {told}\n", state.name());
        }
    }
    golden::check("tests/lifecycle_table.txt", &text);
}

fn every_case() -> impl Iterator<Item = (State, Facts, Lifecycle)> {
    State::all().into_iter().flat_map(|state| {
        fold::every_fact()
            .into_iter()
            .map(move |facts| (state, facts, Lifecycle::of(state, facts)))
    })
}

#[test]
fn what_is_offered_is_accepted_and_nothing_else() {
    for (state, facts, told) in every_case() {
        let accepts = |event| transition(state, event, facts).is_ok();
        assert_eq!(told.can_retry, accepts(Event::Retry), "{state:?} {facts:?}");
        // Staff end a stuck step with the same event; a customer is not offered it.
        let by_customer =
            accepts(Event::Cancel) && !matches!(state, State::Stuck(_)) && !facts.adds;
        assert_eq!(told.can_cancel, by_customer, "{state:?} {facts:?}");
        assert!(!(told.can_retry && told.can_cancel), "{state:?} {facts:?}");
    }
}

#[test]
fn the_next_action_is_one_that_can_be_taken() {
    for (state, facts, told) in every_case() {
        let at = format!("{state:?} {facts:?}");
        let accepts = |event| transition(state, event, facts).is_ok();
        let ended = !State::needs_staff(state) && state.step().is_none();
        match told.next_action {
            NextAction::PayFee => assert!(accepts(Event::PaymentApproved), "{at}"),
            NextAction::Retry => assert!(told.can_retry, "{at}"),
            NextAction::Wait | NextAction::WaitForRefund => {
                assert!(state.step().is_some() || accepts(Event::RefundPaid), "{at}");
            }
            NextAction::ContactSupport => assert!(accepts(Event::StaffRetry), "{at}"),
            NextAction::OpenChallenge => assert_eq!(state, State::Active),
            NextAction::BuyAgain => assert!(ended && state != State::Active, "{at}"),
        }
        assert_eq!(
            told.can_retry,
            told.next_action == NextAction::Retry,
            "{at}"
        );
        if told.can_cancel {
            let fitting = [NextAction::PayFee, NextAction::Wait];
            assert!(fitting.contains(&told.next_action), "{at}");
        }
    }
}

#[test]
fn the_statuses_of_one_purchase_do_not_contradict_each_other() {
    for (state, facts, told) in every_case() {
        let at = format!("{state:?} {facts:?} {told:?}");
        assert_eq!(told.status == 3, state == State::Active, "{at}");
        assert_eq!(told.status == 3, told.activation_status == "active", "{at}");
        let refunded = told.payment_status == PaymentStatus::Refunded;
        assert_eq!(told.status == 5, refunded, "{at}");
        let over = told.status >= 4;
        assert_eq!(over, told.activation_status == "failed", "{at}");
        let waits_for_money = told.payment_status == PaymentStatus::RefundPending;
        assert!(!waits_for_money || told.status == 4, "{at}");
        assert!(over || told.payment_status != PaymentStatus::Failed, "{at}");
    }
}
