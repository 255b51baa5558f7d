//! What staff give to wallets and take from them by hand: each once, and undone once.

use super::Findings;
use super::rows::{EntryRow, Snapshot, TransactionRow};
use crate::ask::{Ask, Paid};
use std::collections::BTreeMap;
use touchstone_domain::TransactionId;

#[derive(Default)]
pub struct ByHand {
    /// What was answered, with the request.
    known: BTreeMap<TransactionId, Ask>,
}

impl ByHand {
    pub fn all(&self) -> Vec<TransactionId> {
        self.known.keys().copied().collect()
    }

    pub fn answered(&mut self, ask: &Ask, paid: &Paid, findings: &mut Findings) {
        let minor = match ask {
            Ask::ByHand { minor, .. } => Some(*minor),
            _ => None,
        };
        let right =
            paid.status == "APPROVED" && minor.is_none_or(|minor| minor == paid.amount.minor);
        let earlier = self.known.insert(paid.transaction, ask.clone());
        findings.unless(
            right && earlier.is_none(),
            "what staff did by hand is a payment of its own",
            || format!("{}: {paid:?}, after {earlier:?}", ask.words()),
        );
    }

    pub fn look(&self, rows: &Snapshot, mut unanswered: Vec<&Ask>, findings: &mut Findings) {
        for (id, ask) in &self.known {
            let row = rows.transaction(id.0);
            findings.unless(
                row.is_some_and(|row| could_be(row, rows, ask)),
                "every answered payment is there",
                || format!("{}: {row:?}", ask.words()),
            );
        }
        let manual = |row: &&TransactionRow| row.kind.starts_with("CORRECTION_");
        for row in rows.transactions.iter().filter(manual) {
            if !self.known.contains_key(&TransactionId(row.id)) {
                let cause = unanswered.iter().position(|ask| could_be(row, rows, ask));
                match cause {
                    Some(index) => drop(unanswered.swap_remove(index)),
                    None => findings.add("every payment was asked for", format!("{row:?}")),
                }
            }
            moved(row, rows, findings);
            let undone = rows.transactions.iter().filter(manual);
            findings.unless(
                undone.filter(|other| other.related == Some(row.id)).count() <= 1,
                "what staff did by hand is undone once",
                || format!("{row:?}"),
            );
        }
    }
}

fn could_be(row: &TransactionRow, rows: &Snapshot, ask: &Ask) -> bool {
    match ask {
        Ask::ByHand {
            wallet,
            minor,
            gives,
            ..
        } => {
            row.kind == kind(*gives)
                && row.related.is_none()
                && (row.login, row.amount_minor) == (Some(wallet.0), *minor)
        }
        Ask::Undo { transaction, .. } => {
            let undone = rows.transaction(transaction.0);
            row.related == Some(transaction.0)
                && undone.is_some_and(|undone| {
                    undone.kind != row.kind
                        && (undone.login, undone.amount_minor) == (row.login, row.amount_minor)
                })
        }
        _ => false,
    }
}

const fn kind(gives: bool) -> &'static str {
    if gives {
        "CORRECTION_IN"
    } else {
        "CORRECTION_OUT"
    }
}

fn moved(row: &TransactionRow, rows: &Snapshot, findings: &mut Findings) {
    let change = |entry: &EntryRow| {
        let to = i64::from(Some(entry.to) == row.login);
        entry.amount_minor * (to - i64::from(Some(entry.from) == row.login))
    };
    let own = rows.entries.iter();
    let own = own.filter(|e| e.transaction == Some(row.id));
    let changes: Vec<i64> = own.map(change).collect();
    let sign = if row.kind == kind(true) { 1 } else { -1 };
    findings.unless(
        row.state == "APPROVED" && changes == [sign * row.amount_minor],
        "a wallet moves once by what staff did by hand",
        || format!("{row:?}: {changes:?}"),
    );
}
