//! Holds what is stored against what was answered.

use super::{Book, CLEARING, Facts, ISSUED, Kept, Move, NOTIONAL, PAYOUTS};
use crate::auditor::Findings;
use crate::trading::ledger::Ledger;
use std::collections::BTreeMap;
use touchstone_domain::transaction::TransactionKind;

/// Finds what does not hold. `ledgers` are the accounts by their deals.
pub fn look<'a>(
    book: &Book,
    facts: &Facts,
    ledgers: impl Iterator<Item = (i64, &'a Ledger)>,
    findings: &mut Findings,
) {
    for (id, stored) in &facts.payouts {
        match book.all.get(id) {
            None => findings.add("every payout was asked for", format!("{id}: {stored:?}")),
            Some(ours) => compare(*id, ours, stored, findings),
        }
    }
    let lost = book
        .all
        .iter()
        .filter(|(id, _)| !facts.payouts.contains_key(id));
    for kept in lost.map(|(_, kept)| kept).chain(&book.due) {
        findings.add("every answered payout is there", format!("{kept:?}"));
    }
    one_in_flight(facts, findings);
    paid_once(facts, findings);
    for (login, ledger) in ledgers {
        let stored = facts.balances.get(&login);
        let ours = ledger.balance_minor;
        findings.unless(
            stored == Some(&ours),
            "an account holds what its deals come to",
            || format!("{login}: {ours}, not {stored:?}"),
        );
        findings.unless(
            ledger.parts.is_empty(),
            "what a payout moves is moved with it",
            || format!("{login}: {:?} is in no deal", ledger.parts),
        );
    }
}

fn compare(id: i64, ours: &Kept, stored: &Kept, findings: &mut Findings) {
    let way = |kept: &Kept| {
        let by = (kept.first_by, kept.approved_by, kept.rejected_by);
        (kept.state.clone(), by, kept.asked_at)
    };
    findings.unless(
        way(ours) == way(stored),
        "a payout stands where its answers have brought it",
        || format!("payout {id}: {:?}, not {:?}", way(ours), way(stored)),
    );
    let amounts = |kept: &Kept| {
        let parts = (kept.taken_minor, kept.trader_minor, kept.firm_minor);
        let terms = (kept.share, kept.fee_minor);
        let whose = (kept.login, kept.challenge, kept.number, kept.is_by_cycle);
        (parts, terms, whose)
    };
    findings.unless(
        amounts(ours) == amounts(stored),
        "a payout comes to what its account says",
        || {
            format!(
                "payout {id}: {:?}, not {:?}",
                amounts(ours),
                amounts(stored)
            )
        },
    );
    findings.unless(
        ours.moves == stored.moves,
        "the entries of a payout are those of its way",
        || format!("payout {id}: {:?}, not {:?}", ours.moves, stored.moves),
    );
    let (wanted, found) = (expected_net(stored), net(&stored.moves));
    findings.unless(
        wanted == found,
        "what a payout moves is what its state says",
        || format!("payout {id}, {}: {wanted:?}, not {found:?}", stored.state),
    );
}

/// What is left in each account when every entry is counted.
fn net(moves: &[Move]) -> BTreeMap<(i64, i64), i64> {
    let mut left: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for one in moves {
        *left.entry((one.book, one.from)).or_default() -= one.minor;
        *left.entry((one.book, one.to)).or_default() += one.minor;
    }
    left.retain(|_, minor| *minor != 0);
    left
}

/// The same by the state alone; without what is owed, which is the rest.
fn expected_net(kept: &Kept) -> BTreeMap<(i64, i64), i64> {
    let mut left = BTreeMap::new();
    if !kept.stands() {
        return left;
    }
    left.insert((NOTIONAL, kept.login.0), -kept.taken_minor);
    left.insert((NOTIONAL, ISSUED), kept.taken_minor);
    let fee = kept.fee_minor.unwrap_or(0);
    let (is_owed, is_paid) = match kept.state.as_str() {
        "approved" | "disbursing" => (true, false),
        "paid" => (true, true),
        _ => (false, false),
    };
    if is_owed {
        left.insert((super::CASH, PAYOUTS), -kept.trader_minor);
        left.insert((super::CASH, super::FEES), -fee);
        let to = if is_paid { CLEARING } else { super::OWED };
        left.insert((super::CASH, to), kept.trader_minor + fee);
    }
    left.retain(|_, minor| *minor != 0);
    left
}

fn one_in_flight(facts: &Facts, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for (id, kept) in facts.payouts.iter().filter(|(_, kept)| kept.is_in_flight()) {
        if let Some(other) = seen.insert(kept.login, *id) {
            findings.add(
                "one payout of an account is in flight",
                format!("{other} and {id} of {}", kept.login),
            );
        }
    }
}

/// A transaction for each payout that is paid, and one for its fee.
fn paid_once(facts: &Facts, findings: &mut Findings) {
    let mut wanted: Vec<(&str, i64, i64)> = Vec::new();
    for kept in facts.payouts.values().filter(|kept| kept.state == "paid") {
        wanted.push(("payout", kept.login.0, kept.trader_minor));
        if let Some(fee) = kept.fee_minor {
            wanted.push(("fee", kept.login.0, fee));
        }
    }
    let mut found: Vec<(&str, i64, i64)> = Vec::new();
    for paid in &facts.paid {
        let what = match paid.kind {
            TransactionKind::ChallengePayout if paid.is_approved => "payout",
            TransactionKind::PayoutFeeRefund if paid.is_approved => "fee",
            _ => "open",
        };
        found.push((what, paid.login.unwrap_or(0), paid.minor));
    }
    wanted.sort_unstable();
    found.sort_unstable();
    findings.unless(wanted == found, "a payout is paid once", || {
        format!("{wanted:?}, not {found:?}")
    });
}
