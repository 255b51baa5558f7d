//! Money that cashiers take in: none is lost, none is counted twice, and what is not earned is owed
//! until it is paid back.

use super::journeys::Journeys;
use super::rows::{EntryRow, NoticeRow, Snapshot, TransactionRow};
use super::{Findings, Moment};
use crate::ask::PROVIDER;
use crate::world::{PENDING_JOURNEYS_LIMIT, UNPAID_AFTER_MICROS};
use std::collections::{BTreeMap, BTreeSet};
use touchstone_app::cashier::PaymentWhat;
use touchstone_domain::ledger::HouseAccount;
use touchstone_domain::{ChallengeId, PurchaseId, TransactionId};

const CLEARING: i64 = HouseAccount::CashierClearing.code();
const CUSTOMERS: i64 = HouseAccount::CustomerMoney.code();

pub fn look(rows: &Snapshot, journeys: &Journeys, moment: Moment, findings: &mut Findings) {
    for transaction in &rows.transactions {
        taken_in(transaction, rows, journeys, findings);
        paid_out(transaction, rows, journeys, findings);
        findings.unless(
            moment == Moment::UnderWay || !is_open(transaction),
            "no payment waits for ever",
            || format!("{transaction:?}"),
        );
    }
    owed(rows, findings);
    messages(rows, journeys, findings);
    endings(rows, journeys, findings);
    pending(rows, findings);
}

fn is_open(transaction: &TransactionRow) -> bool {
    matches!(transaction.state, "PENDING" | "UNDERPAID")
}

fn is_refund(transaction: &TransactionRow) -> bool {
    transaction.kind.ends_with("_REFUND")
}

/// Money leaves the firm when it is approved.
fn goes_out(transaction: &TransactionRow) -> bool {
    is_refund(transaction) || transaction.kind == "WITHDRAWAL"
}

/// Every message that money came in is one entry; staff may vouch for the whole of it once.
fn taken_in(
    transaction: &TransactionRow,
    rows: &Snapshot,
    journeys: &Journeys,
    findings: &mut Findings,
) {
    let own = |entry: &&EntryRow| entry.transaction == Some(transaction.id);
    let mut entries: Vec<(i64, &str)> = rows
        .entries
        .iter()
        .filter(own)
        .filter(|entry| entry.from == CLEARING)
        .map(|entry| (entry.amount_minor, entry.currency.as_str()))
        .collect();
    let notices: Vec<&NoticeRow> = rows
        .notices
        .iter()
        .filter(|notice| notice.transaction == transaction.id && notice.received)
        .collect();
    for notice in &notices {
        let wanted = (notice.amount_minor, notice.currency.as_str());
        match entries.iter().position(|entry| *entry == wanted) {
            Some(index) => drop(entries.swap_remove(index)),
            None => findings.add(
                "what a cashier took in is in the ledger",
                format!("{notice:?}"),
            ),
        }
    }
    let vouched = (transaction.amount_minor, transaction.currency.as_str());
    let by_staff = journeys
        .asked
        .approvals
        .contains(&TransactionId(transaction.id));
    let won = transaction.kind == "CHARGEBACK_REVERSAL"
        && is_of(transaction, rows, "CHARGEBACK", &journeys.asked.wins);
    if won && entries == [vouched] {
        return;
    }
    findings.unless(
        entries.is_empty() || (entries == [vouched] && by_staff && !goes_out(transaction)),
        "no money comes from nowhere",
        || format!("{transaction:?}: nobody told of {entries:?}"),
    );
    let received: i64 = notices
        .iter()
        .filter(|notice| notice.currency == transaction.currency)
        .map(|notice| notice.amount_minor)
        .sum();
    findings.unless(
        received == transaction.received_minor,
        "a transaction tells what came in for it",
        || format!("{transaction:?}: {received} came in"),
    );
}

/// Whether it is the mirror of one of this kind, about a fee that was asked about.
fn is_of(
    transaction: &TransactionRow,
    rows: &Snapshot,
    kind: &str,
    asked: &BTreeSet<TransactionId>,
) -> bool {
    let undone = transaction.related.and_then(|id| rows.transaction(id));
    undone.is_some_and(|undone| {
        let fee = undone.related.map(TransactionId);
        undone.kind == kind && fee.is_some_and(|fee| asked.contains(&fee))
    })
}

/// A refund or a withdrawal is paid once, when staff say so.
fn paid_out(
    transaction: &TransactionRow,
    rows: &Snapshot,
    journeys: &Journeys,
    findings: &mut Findings,
) {
    let paid: Vec<&EntryRow> = rows
        .entries
        .iter()
        .filter(|e| e.to == CLEARING && e.transaction == Some(transaction.id))
        .collect();
    let approved = goes_out(transaction) && transaction.state == "APPROVED";
    let taken = transaction.kind == "CHARGEBACK"
        && transaction
            .related
            .is_some_and(|fee| journeys.asked.chargebacks.contains(&TransactionId(fee)));
    let right = match (approved || taken, paid.as_slice()) {
        (false, []) => true,
        (true, [entry]) => {
            (entry.amount_minor, &entry.currency)
                == (transaction.amount_minor, &transaction.currency)
                && (taken
                    || journeys
                        .asked
                        .approvals
                        .contains(&TransactionId(transaction.id)))
        }
        _ => false,
    };
    findings.unless(right, "money goes out once, when staff say so", || {
        format!("{transaction:?}: {paid:?}")
    });
}

/// What the firm holds of its customers is what it owes them, and what came in for open payments.
fn owed(rows: &Snapshot, findings: &mut Findings) {
    let mut sums: BTreeMap<(Option<i64>, &str), (i64, i64)> = BTreeMap::new();
    for entry in &rows.entries {
        let change = i64::from(entry.to == CUSTOMERS) - i64::from(entry.from == CUSTOMERS);
        let sum = sums.entry((entry.purchase, &entry.currency)).or_default();
        sum.0 += change * entry.amount_minor;
    }
    for transaction in rows.transactions.iter().filter(|t| is_open(t)) {
        let sum = sums
            .entry((transaction.purchase, &transaction.currency))
            .or_default();
        sum.1 += match is_refund(transaction) {
            true => transaction.amount_minor,
            false => transaction.received_minor,
        };
    }
    for ((purchase, currency), (held, owed)) in sums {
        findings.unless(
            held == owed,
            "what is held of customers is owed to them",
            || format!("purchase {purchase:?}: {held} {currency} held, {owed} owed"),
        );
    }
}

/// Only what was told is taken in, and everything that was acknowledged is there.
fn messages(rows: &Snapshot, journeys: &Journeys, findings: &mut Findings) {
    let mut clicked: BTreeMap<i64, usize> = BTreeMap::new();
    for row in &rows.notices {
        if row.provider != PROVIDER {
            *clicked.entry(row.transaction).or_default() += 1;
            continue;
        }
        let same = journeys.told.get(&row.event).is_some_and(|told| {
            let amount = match told.what {
                PaymentWhat::Received(amount) => {
                    (row.amount_minor, row.currency.as_str())
                        == (amount.minor, amount.currency.code())
                }
                PaymentWhat::Declined => !row.received,
            };
            told.transaction.0 == row.transaction && amount
        });
        findings.unless(same, "only what was told is taken in", || {
            format!("{row:?}")
        });
    }
    for (transaction, count) in clicked {
        let asked = journeys.asked.clicks.get(&TransactionId(transaction));
        findings.unless(
            asked.copied().unwrap_or(0) >= count,
            "only what was told is taken in",
            || {
                format!(
                    "transaction {transaction}: {count} decisions at the cashier, {asked:?} asked"
                )
            },
        );
    }
    for (event, told) in &journeys.told {
        let Some((outcome, _)) = told.outcome else {
            continue;
        };
        let kept = |row: &NoticeRow| row.event == *event && row.outcome == outcome;
        findings.unless(
            rows.notices.iter().any(kept),
            "an acknowledged payment is never lost",
            || format!("event {event}: {outcome}"),
        );
    }
}

/// A journey that nobody paid ends when somebody ends it, or when its time is over.
fn endings(rows: &Snapshot, journeys: &Journeys, findings: &mut Findings) {
    let asked = &journeys.asked;
    for purchase in &rows.purchases {
        let Some(fee) = purchase.transaction.and_then(|id| rows.transaction(id)) else {
            continue;
        };
        if fee.state != "DECLINED" {
            continue;
        }
        let challenges = rows.challenges.iter().filter(|c| c.purchase == purchase.id);
        let ended = challenges
            .map(|challenge| ChallengeId(challenge.id))
            .any(|id| asked.endings.contains(&id));
        let too_old = rows.at.0 - purchase.created_at >= UNPAID_AFTER_MICROS;
        findings.unless(
            ended
                || too_old
                || asked.declines.contains(&TransactionId(fee.id))
                || asked.cancels.contains(&PurchaseId(purchase.id)),
            "nothing ends without a cause",
            || format!("{purchase:?}: {fee:?}"),
        );
    }
}

fn pending(rows: &Snapshot, findings: &mut Findings) {
    let waiting: BTreeSet<i64> = rows
        .transactions
        .iter()
        .filter(|t| !is_refund(t) && is_open(t))
        .filter_map(|t| t.purchase)
        .collect();
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for id in waiting {
        if let Some(purchase) = rows.purchase(id) {
            *counts.entry(purchase.customer).or_default() += 1;
        }
    }
    for (customer, count) in counts {
        findings.unless(
            count <= PENDING_JOURNEYS_LIMIT,
            "journeys that wait for payment are capped",
            || format!("customer {customer}: {count}"),
        );
    }
}
