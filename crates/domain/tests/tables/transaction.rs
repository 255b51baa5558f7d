//! Every cell of the transaction's transition table, and what holds over all paths.

use crate::golden;
use proptest::prelude::*;
use touchstone_domain::transaction::{
    Effect, Transaction, TransactionEvent, TransactionKind, TransactionState, transition,
};
use touchstone_domain::{BrandId, Currency, CustomerId, Money, StaffId, TransactionId, UnixMicros};

const AMOUNT_MINOR: i64 = 100;

const HEAD: &str = "\
# A transaction over 100: state, received so far | event | state after, received, effect; - where it is refused
# Rewrite with UPDATE_TABLES=1.
";

/// Each state with every total that it can have been reached with.
const SITUATIONS: [(TransactionState, i64); 9] = [
    (TransactionState::Pending, 0),
    (TransactionState::Underpaid, 40),
    (TransactionState::Overpaid, 130),
    (TransactionState::Approved, 100),
    (TransactionState::Approved, 0),
    (TransactionState::Approved, 40),
    (TransactionState::Declined, 0),
    (TransactionState::Declined, 40),
    (TransactionState::Declined, 140),
];

fn events(received_minor: i64) -> Vec<(String, TransactionEvent)> {
    let receive = |words: &str, amount_minor| {
        (
            words.to_owned(),
            TransactionEvent::Received { amount_minor },
        )
    };
    let mut events = vec![
        ("Approve".to_owned(), TransactionEvent::Approve),
        ("Decline".to_owned(), TransactionEvent::Decline),
    ];
    for amount_minor in [10, 60, 70, 100, 110] {
        events.push(receive(&format!("Received {amount_minor}"), amount_minor));
    }
    events.push(receive("Received 0", 0));
    events.push(receive("Received -1", -1));
    events.push(receive("Received i64::MAX", i64::MAX));
    // One more than fits beside what is there.
    if let Some(over) = (i64::MAX - received_minor).checked_add(1) {
        events.push(receive("Received one too many to count", over));
    }
    events
}

fn effect(effect: Effect) -> String {
    match effect {
        Effect::None => "nothing".into(),
        Effect::Deliver { surplus_minor: 0 } => "deliver".into(),
        Effect::Deliver { surplus_minor } => format!("deliver, give back {surplus_minor}"),
        Effect::DeliverPart { received_minor } => format!("deliver for {received_minor}"),
        Effect::End { received_minor: 0 } => "end".into(),
        Effect::End { received_minor } => format!("end, give back {received_minor}"),
        Effect::GiveBack { amount_minor } => format!("give back {amount_minor}"),
    }
}

pub fn outcome(state: TransactionState, received_minor: i64, event: TransactionEvent) -> String {
    match transition(state, AMOUNT_MINOR, received_minor, event) {
        Err(refused) => {
            assert_eq!((refused.state, refused.event), (state, event));
            "-".into()
        }
        Ok((after, total, done)) => format!("{} {total}, {}", after.name(), effect(done)),
    }
}

#[test]
fn every_cell_of_the_transition_table_is_as_written() {
    let mut text = String::from(HEAD);
    for (state, received_minor) in SITUATIONS {
        for (words, event) in events(received_minor) {
            text += &format!(
                "{:<9} {received_minor:>3} | {words:<30} | {}\n",
                state.name(),
                outcome(state, received_minor, event)
            );
        }
    }
    golden::check("tests/transaction_table.txt", &text);
}

#[test]
fn a_free_transaction_is_approved_without_money() {
    assert_eq!(
        transition(TransactionState::Pending, 0, 0, TransactionEvent::Approve),
        Ok((
            TransactionState::Approved,
            0,
            Effect::Deliver { surplus_minor: 0 }
        ))
    );
}

fn a_transaction(kind: TransactionKind) -> Transaction {
    Transaction {
        id: TransactionId(1),
        brand_id: BrandId(1),
        customer_id: CustomerId(5),
        kind,
        state: TransactionState::Pending,
        amount: Money::new(AMOUNT_MINOR, Currency::USD),
        received_minor: 0,
        login: None,
        purchase_id: None,
        related_id: None,
        source: "customer".into(),
        comment: String::new(),
        cashier_id: None,
        approved_by: None,
        order: None,
        created_at: UnixMicros(0),
        updated_at: UnixMicros(0),
        approved_at: None,
        declined_at: None,
    }
}

#[test]
fn money_comes_in_only_where_money_is_asked_for() {
    for kind in TransactionKind::ALL {
        let transaction = a_transaction(kind);
        let received = TransactionEvent::Received {
            amount_minor: AMOUNT_MINOR,
        };
        let asked_for = matches!(
            kind,
            TransactionKind::ChallengeFee
                | TransactionKind::ChallengeResetFee
                | TransactionKind::ChallengeAddonFee
                | TransactionKind::Deposit
        );
        assert_eq!(transaction.after(received).is_ok(), asked_for, "{kind:?}");
        assert!(
            transaction.after(TransactionEvent::Approve).is_ok(),
            "{kind:?}"
        );
    }
}

#[test]
fn a_refund_is_owed_until_it_is_paid() {
    let declined: Vec<_> = TransactionKind::ALL
        .into_iter()
        .filter(|kind| {
            a_transaction(*kind)
                .after(TransactionEvent::Decline)
                .is_err()
        })
        .collect();
    assert_eq!(
        declined,
        [
            TransactionKind::ChallengeFeeRefund,
            TransactionKind::DepositRefund
        ]
    );
    for kind in TransactionKind::ALL {
        assert!(kind.refund().is_refund());
    }
}

#[test]
fn staff_may_vouch_once_for_what_came_in_after_the_end() {
    for kind in TransactionKind::ALL {
        let mut ended = a_transaction(kind);
        ended.state = TransactionState::Declined;
        ended.received_minor = 40;
        let kept = (
            TransactionState::Declined,
            40,
            Effect::GiveBack {
                amount_minor: AMOUNT_MINOR,
            },
        );
        let late = ended.after(TransactionEvent::Approve);
        assert_eq!(late.ok(), kind.payable().then_some(kept), "{kind:?}");
        ended.approved_by = Some(StaffId(1));
        assert!(ended.after(TransactionEvent::Approve).is_err(), "{kind:?}");
    }
}

#[test]
fn codes_and_names_lead_back() {
    for kind in TransactionKind::ALL {
        assert_eq!(TransactionKind::from_code(kind.code()), Some(kind));
        assert_eq!(TransactionKind::from_name(kind.name()), Some(kind));
    }
    for state in TransactionState::ALL {
        assert_eq!(TransactionState::from_code(state.code()), Some(state));
        assert_eq!(TransactionState::from_name(state.name()), Some(state));
    }
    assert_eq!(TransactionKind::from_code(13), None);
    assert_eq!(TransactionState::from_name("pending"), None);
}

/// Where the money of one transaction is.
#[derive(Default)]
struct Books {
    received: i64,
    /// Staff said that it had come in another way.
    vouched: i64,
    earned: i64,
    given_back: i64,
    deliveries: u32,
    endings: u32,
}

impl Books {
    fn book(&mut self, amount: i64, event: TransactionEvent, from: TransactionState, done: Effect) {
        if let TransactionEvent::Received { amount_minor } = event {
            self.received += amount_minor;
        }
        if (from, event) == (TransactionState::Pending, TransactionEvent::Approve) {
            self.vouched += amount;
        }
        match done {
            Effect::None => {}
            Effect::Deliver { surplus_minor } => {
                self.deliveries += 1;
                self.earned += amount;
                self.given_back += surplus_minor;
            }
            Effect::DeliverPart { received_minor } => {
                self.deliveries += 1;
                self.earned += received_minor;
            }
            Effect::End { received_minor } => {
                self.endings += 1;
                self.given_back += received_minor;
            }
            Effect::GiveBack { amount_minor } => self.given_back += amount_minor,
        }
    }
}

fn any_event() -> impl Strategy<Value = TransactionEvent> {
    prop_oneof![
        1 => Just(TransactionEvent::Approve),
        1 => Just(TransactionEvent::Decline),
        4 => (-2..150_i64).prop_map(|amount_minor| TransactionEvent::Received { amount_minor }),
    ]
}

proptest! {
    #[test]
    fn what_came_in_is_earned_or_given_back(
        amount in 1..300_i64,
        events in prop::collection::vec(any_event(), 0..12),
    ) {
        let (mut state, mut received) = (TransactionState::Pending, 0);
        let mut books = Books::default();
        for event in events {
            let Ok((after, total, done)) = transition(state, amount, received, event) else {
                continue;
            };
            let open = |state| matches!(state, TransactionState::Pending | TransactionState::Underpaid);
            prop_assert!(open(state) || after == state, "{state:?} is left by {event:?}");
            books.book(amount, event, state, done);
            (state, received) = (after, total);
            prop_assert_eq!(received, books.received);
            let settled = books.earned + books.given_back;
            if open(state) {
                prop_assert!(received < amount);
                prop_assert_eq!(settled, 0);
            } else {
                prop_assert_eq!(books.received + books.vouched, settled);
                prop_assert_eq!(books.deliveries + books.endings, 1);
                prop_assert_eq!(state == TransactionState::Declined, books.endings == 1);
            }
        }
    }
}
