//! Double entry: two books that never mix, balances that follow from entries, nobody below zero.

use super::Findings;
use super::rows::{EntryRow, Snapshot};
use crate::firm;
use std::collections::BTreeMap;
use touchstone_domain::ledger::{Book, HouseAccount};

pub fn look(rows: &Snapshot, findings: &mut Findings) {
    entries(rows, findings);
    balances(rows, findings);
    wallets(rows, findings);
    openings(rows, findings);
    outbox(rows, findings);
}

/// The book that a side belongs to: an account of the house has its own, one of a customer is cash
/// when it holds real money of his.
fn book_of(side: i64, rows: &Snapshot) -> Option<i64> {
    if side < 0 {
        let house = HouseAccount::ALL.into_iter().find(|h| h.code() == side)?;
        return Some(house.book().code());
    }
    let account = rows.account(side)?;
    let book = if account.real && !account.of_challenge {
        Book::Cash
    } else {
        Book::Notional
    };
    Some(book.code())
}

fn entries(rows: &Snapshot, findings: &mut Findings) {
    for entry in &rows.entries {
        for side in [entry.from, entry.to] {
            findings.unless(
                book_of(side, rows) == Some(entry.book),
                "no entry mixes the books",
                || format!("{entry:?}: side {side}"),
            );
            let currency = rows.account(side).map(|account| &account.currency);
            findings.unless(
                currency.is_none_or(|currency| *currency == entry.currency),
                "an entry has its accounts' currency",
                || format!("{entry:?}: account {side} holds {currency:?}"),
            );
        }
        findings.unless(
            entry.amount_minor > 0 && entry.from != entry.to,
            "an entry moves something",
            || format!("{entry:?}"),
        );
    }
}

fn balances(rows: &Snapshot, findings: &mut Findings) {
    let mut moved: BTreeMap<i64, i64> = BTreeMap::new();
    for EntryRow {
        from,
        to,
        amount_minor,
        ..
    } in &rows.entries
    {
        *moved.entry(*from).or_default() -= amount_minor;
        *moved.entry(*to).or_default() += amount_minor;
    }
    for account in &rows.accounts {
        let follows = moved.get(&account.login).copied().unwrap_or(0);
        findings.unless(
            follows == account.balance_minor,
            "a balance follows from the entries",
            || {
                format!(
                    "account {}: balance {}, entries give {follows}",
                    account.login, account.balance_minor
                )
            },
        );
    }
    let mut sums: BTreeMap<(i64, &str), i64> = BTreeMap::new();
    for account in &rows.accounts {
        if let Some(book) = book_of(account.login, rows) {
            *sums.entry((book, &account.currency)).or_default() += account.balance_minor;
        }
    }
    for entry in &rows.entries {
        let sum = sums.entry((entry.book, &entry.currency)).or_default();
        *sum -= i64::from(entry.from < 0) * entry.amount_minor;
        *sum += i64::from(entry.to < 0) * entry.amount_minor;
    }
    for ((book, currency), sum) in sums {
        findings.unless(sum == 0, "each book sums to zero per currency", || {
            format!("book {book} {currency}: {sum}")
        });
    }
}

fn wallets(rows: &Snapshot, findings: &mut Findings) {
    for account in &rows.accounts {
        findings.unless(
            0 <= account.held_minor && account.held_minor <= account.balance_minor,
            "nobody spends what he does not have",
            || format!("{account:?}"),
        );
    }
}

/// Money comes from nowhere only once: what wallets held when the world began. Every other entry
/// has a purchase or a payment that it belongs to.
fn openings(rows: &Snapshot, findings: &mut Findings) {
    let opening = HouseAccount::OpeningBalances.code();
    let wallets = || firm::PEOPLE.iter().flat_map(|person| person.wallets);
    for entry in rows.entries.iter().filter(|e| e.from == opening) {
        let known = wallets().any(|(login, amount_minor)| {
            (login.0, *amount_minor) == (entry.to, entry.amount_minor)
        });
        findings.unless(known, "no money comes from nowhere", || {
            format!("{entry:?}")
        });
    }
    let entries = rows.entries.iter().filter(|e| e.from == opening).count();
    findings.unless(
        entries == wallets().count(),
        "no money comes from nowhere",
        || format!("{entries} opening balances, {} wallets", wallets().count()),
    );
    let stray = |entry: &&EntryRow| {
        entry.from != opening && entry.purchase.is_none() && entry.transaction.is_none()
    };
    for entry in rows.entries.iter().filter(stray) {
        findings.add(
            "every entry belongs to a purchase or a payment",
            format!("{entry:?}"),
        );
    }
}

fn outbox(rows: &Snapshot, findings: &mut Findings) {
    let mut numbers: Vec<i64> = rows.event_numbers.iter().flatten().copied().collect();
    numbers.sort_unstable();
    for (index, number) in numbers.iter().enumerate() {
        if i64::try_from(index + 1) != Ok(*number) {
            findings.add(
                "events are numbered without a gap",
                format!("the {}. event has number {number}", index + 1),
            );
            return;
        }
    }
}
