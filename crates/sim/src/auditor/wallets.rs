//! What customers put into their wallets and take out of them.

use super::Findings;
use super::journeys::Asked;
use super::rows::{EntryRow, Snapshot, TransactionRow};
use crate::ask::{Ask, WalletMove};
use crate::firm;
use crate::world::{PENDING_DEPOSITS_LIMIT, PENDING_WITHDRAWALS_LIMIT, UNPAID_AFTER_MICROS};
use std::collections::BTreeMap;
use touchstone_domain::{CustomerId, Login, TransactionId};

#[derive(Default)]
pub struct Wallets {
    /// What was answered, and to whom.
    known: BTreeMap<TransactionId, (CustomerId, WalletMove)>,
}

impl Wallets {
    pub fn deposits(&self) -> impl Iterator<Item = TransactionId> {
        let deposits = self
            .known
            .iter()
            .filter(|(_, known)| known.1.kind == "DEPOSIT");
        deposits.map(|(id, _)| *id)
    }

    pub fn answered(&mut self, ask: &Ask, moved: &WalletMove, findings: &mut Findings) {
        let Some((customer, wallet, minor, kind)) = wanted(ask) else {
            findings.add("an answer is about what was asked", ask.words());
            return;
        };
        let own = moved
            .wallet
            .is_some_and(|login| is_wallet_of(login, customer));
        let same = (moved.kind, moved.amount.minor) == (kind, minor)
            && wallet.is_none_or(|login| moved.wallet == Some(login));
        findings.unless(same, "an answer is about what was asked", || {
            format!("{}: {moved:?}", ask.words())
        });
        findings.unless(own, "money reaches and leaves one's own wallets", || {
            format!("{}: {moved:?}", ask.words())
        });
        let earlier = self
            .known
            .insert(moved.transaction, (customer, moved.clone()));
        findings.unless(
            earlier.is_none(),
            "each wish is a payment of its own",
            || format!("{moved:?}, after {earlier:?}"),
        );
    }

    pub fn look(
        &self,
        rows: &Snapshot,
        mut unanswered: Vec<&Ask>,
        asked: &Asked,
        findings: &mut Findings,
    ) {
        for (id, (customer, moved)) in &self.known {
            let row = rows.transaction(id.0);
            let there = row.is_some_and(|row| {
                (row.customer, row.kind, row.amount_minor)
                    == (customer.0, moved.kind, moved.amount.minor)
                    && row.login == moved.wallet.map(|login| login.0)
                    && row.currency == moved.amount.currency.code()
            });
            findings.unless(there, "every answered payment is there", || {
                format!("{moved:?}: {row:?}")
            });
        }
        for row in rows
            .transactions
            .iter()
            .filter(|row| kind_of(row).is_some())
        {
            if !self.known.contains_key(&TransactionId(row.id)) {
                match unanswered.iter().position(|ask| could_be(row, ask)) {
                    Some(index) => drop(unanswered.swap_remove(index)),
                    None => findings.add("every payment was asked for", format!("{row:?}")),
                }
            }
            moved(row, rows, asked, findings);
            ended(row, rows, asked, findings);
        }
        held(rows, findings);
        limits(rows, findings);
    }
}

/// Customer, wallet, amount and kind of a request about a wallet.
fn wanted(ask: &Ask) -> Option<(CustomerId, Option<Login>, i64, &'static str)> {
    match ask {
        Ask::Deposit { by, wallet, minor } => Some((by.customer_id, *wallet, *minor, "DEPOSIT")),
        Ask::Withdraw { by, wallet, minor } => {
            Some((by.customer_id, *wallet, *minor, "WITHDRAWAL"))
        }
        _ => None,
    }
}

fn is_wallet_of(login: Login, customer: CustomerId) -> bool {
    let own = |person: &&firm::Person| person.caller.customer_id == customer;
    let mut wallets = firm::PEOPLE.iter().filter(own).flat_map(|p| p.wallets);
    wallets.any(|(wallet, _)| *wallet == login)
}

fn could_be(row: &TransactionRow, ask: &Ask) -> bool {
    wanted(ask).is_some_and(|(customer, wallet, minor, kind)| {
        (row.customer, row.amount_minor, row.kind) == (customer.0, minor, kind)
            && wallet.is_none_or(|login| row.login == Some(login.0))
    })
}

/// The kinds that move a wallet, and how.
fn kind_of(row: &TransactionRow) -> Option<i64> {
    match row.kind {
        "DEPOSIT" => Some(1),
        "WITHDRAWAL" => Some(-1),
        _ => None,
    }
}

fn is_open(row: &TransactionRow) -> bool {
    matches!(row.state, "PENDING" | "UNDERPAID")
}

/// A wallet gains what came in and loses what went out, once, when that is approved.
fn moved(row: &TransactionRow, rows: &Snapshot, asked: &Asked, findings: &mut Findings) {
    let change = |entry: &EntryRow| {
        let to = i64::from(Some(entry.to) == row.login);
        entry.amount_minor * (to - i64::from(Some(entry.from) == row.login))
    };
    let own = rows
        .entries
        .iter()
        .filter(|e| e.transaction == Some(row.id));
    let changes: Vec<i64> = own.map(change).filter(|change| *change != 0).collect();
    let sign = kind_of(row).unwrap_or(0);
    let is_done = matches!(row.state, "APPROVED" | "OVERPAID");
    // Staff may find enough what came in of a deposit.
    let part = asked.approvals.contains(&TransactionId(row.id)) && row.kind == "DEPOSIT";
    let right = match changes.as_slice() {
        [] => !is_done,
        [change] => {
            let whole = *change == sign * row.amount_minor;
            let came_in = 0 < *change && *change <= row.received_minor;
            let rest = part && came_in && *change < row.amount_minor;
            is_done && (whole || rest)
        }
        _ => false,
    };
    findings.unless(right, "a wallet moves once, when it is approved", || {
        format!("{row:?}: {changes:?}")
    });
}

fn ended(row: &TransactionRow, rows: &Snapshot, asked: &Asked, findings: &mut Findings) {
    let too_old = row.kind == "DEPOSIT" && rows.at.0 - row.created_at >= UNPAID_AFTER_MICROS;
    findings.unless(
        row.state != "DECLINED" || too_old || asked.declines.contains(&TransactionId(row.id)),
        "nothing ends without a cause",
        || format!("{row:?}"),
    );
}

/// What is to be paid out cannot be spent meanwhile.
fn held(rows: &Snapshot, findings: &mut Findings) {
    for account in &rows.accounts {
        let waiting = rows
            .transactions
            .iter()
            .filter(|t| t.kind == "WITHDRAWAL" && is_open(t) && t.login == Some(account.login));
        let wanted: i64 = waiting.map(|t| t.amount_minor).sum();
        findings.unless(
            wanted <= account.held_minor,
            "what is to be paid out is held back",
            || format!("{account:?}: {wanted} is to be paid out"),
        );
    }
}

fn limits(rows: &Snapshot, findings: &mut Findings) {
    let limits = [
        ("DEPOSIT", PENDING_DEPOSITS_LIMIT),
        ("WITHDRAWAL", PENDING_WITHDRAWALS_LIMIT),
    ];
    for (kind, limit) in limits {
        let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
        for row in rows
            .transactions
            .iter()
            .filter(|t| t.kind == kind && is_open(t))
        {
            *counts.entry(row.customer).or_default() += 1;
        }
        for (customer, count) in counts {
            findings.unless(count <= limit, "what waits is capped", || {
                format!("customer {customer}: {count} of {kind}")
            });
        }
    }
}
