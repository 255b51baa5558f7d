//! The remote trading server's books and ours agree, once everything is at rest.

use super::Findings;
use super::rows::Snapshot;
use std::collections::BTreeMap;
use touchstone_app::ports::{Books, Call};
use touchstone_domain::purchase::Step;

pub fn compare(rows: &Snapshot, theirs: &Books, findings: &mut Findings) {
    money(rows, theirs, findings);
    accounts(rows, theirs, findings);
}

/// What each account gained or lost through purchases: there and here.
fn money(rows: &Snapshot, theirs: &Books, findings: &mut Findings) {
    let mut there: BTreeMap<i64, i64> = BTreeMap::new();
    for call in theirs.done.values() {
        let sign = match call.step {
            Step::GrantBalance | Step::Refund => 1,
            Step::Withdraw | Step::TakeBackBalance => -1,
            Step::OpenAccount | Step::Enable | Step::CloseAccount | Step::Retire | Step::Apply => 0,
        };
        *there.entry(call.login.0).or_default() += sign * call.amount.minor;
    }
    let mut here: BTreeMap<i64, i64> = BTreeMap::new();
    for entry in rows.entries.iter().filter(|e| e.purchase.is_some()) {
        *here.entry(entry.from).or_default() -= entry.amount_minor;
        *here.entry(entry.to).or_default() += entry.amount_minor;
    }
    let logins = there.keys().chain(here.keys()).filter(|login| **login > 0);
    for login in logins {
        let sums = (
            there.get(login).copied().unwrap_or(0),
            here.get(login).copied().unwrap_or(0),
        );
        findings.unless(
            sums.0 == sums.1,
            "the trading server's books agree with the ledger",
            || format!("account {login}: {} there, {} here", sums.0, sums.1),
        );
    }
}

/// What is open and enabled there is an active challenge here, and the reverse.
fn accounts(rows: &Snapshot, theirs: &Books, findings: &mut Findings) {
    let stands = |step: Step, login: i64| {
        let done = |(reference, call): (&String, &Call)| {
            call.step == step && call.login.0 == login && !theirs.undone.contains(reference)
        };
        theirs.done.iter().any(done)
    };
    let mut logins: Vec<i64> = theirs.done.values().map(|call| call.login.0).collect();
    logins.extend(rows.challenges.iter().map(|challenge| challenge.login));
    logins.sort_unstable();
    logins.dedup();
    for login in logins {
        let active = rows
            .challenges
            .iter()
            .any(|challenge| challenge.login == login && challenge.state == "active");
        let open = stands(Step::OpenAccount, login);
        let enabled = stands(Step::Enable, login);
        findings.unless(
            (open, enabled && open) == (active, active),
            "an account is open there exactly when its challenge is active here",
            || {
                format!(
                    "account {login}: open {open}, enabled {enabled}, challenge active {active}"
                )
            },
        );
    }
}
