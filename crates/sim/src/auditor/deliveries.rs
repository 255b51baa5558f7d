//! A paid purchase ends as exactly one active challenge or as one full refund.

use super::rows::{ChallengeRow, EntryRow, PurchaseRow, Snapshot};
use super::{Findings, Moment};
use crate::firm;
use std::collections::BTreeSet;
use touchstone_domain::TransactionId;
use touchstone_domain::ledger::HouseAccount;

/// What came of a purchase, as money and accounts tell it.
struct Came<'a> {
    purchase: &'a PurchaseRow,
    /// What the firm has earned from it now, minor units.
    fee_minor: i64,
    /// What a bank has taken back of it, and not given back since.
    disputed_minor: i64,
    /// Staff approved less than the price.
    waived: bool,
    /// How often a fee was taken, and given back.
    fees: usize,
    refunds: usize,
    /// What its account was given to trade with.
    deposit_minor: i64,
    wanted_deposit_minor: i64,
    challenges: Vec<&'a ChallengeRow>,
    active: usize,
}

impl<'a> Came<'a> {
    fn of(
        purchase: &'a PurchaseRow,
        rows: &'a Snapshot,
        approvals: &BTreeSet<TransactionId>,
    ) -> Self {
        let fees = HouseAccount::Fees.code();
        let clearing = HouseAccount::CashierClearing.code();
        let issued = HouseAccount::NotionalIssued.code();
        let own = || {
            let mine = |entry: &&EntryRow| entry.purchase == Some(purchase.id);
            rows.entries.iter().filter(mine)
        };
        let net = |house: i64| -> i64 {
            own()
                .map(|e| e.amount_minor * (i64::from(e.to == house) - i64::from(e.from == house)))
                .sum()
        };
        let challenges: Vec<_> = rows
            .challenges
            .iter()
            .filter(|challenge| challenge.purchase == purchase.id)
            .collect();
        let sold = firm::PROGRAMS
            .iter()
            .find(|sold| sold.program.0 == purchase.program);
        Self {
            purchase,
            fee_minor: net(fees),
            disputed_minor: own()
                .map(|e| {
                    let went = i64::from((e.from, e.to) == (fees, clearing));
                    e.amount_minor * (went - i64::from((e.from, e.to) == (clearing, fees)))
                })
                .sum(),
            waived: purchase
                .transaction
                .is_some_and(|id| approvals.contains(&TransactionId(id))),
            fees: own().filter(|e| e.to == fees).count(),
            refunds: own().filter(|e| e.from == fees).count(),
            deposit_minor: -net(issued),
            wanted_deposit_minor: sold.map_or(0, |sold| sold.deposit_minor),
            active: challenges.iter().filter(|c| c.state == "active").count(),
            challenges,
        }
    }

    /// The price was earned, or the part of it that staff found enough.
    fn is_paid(&self) -> bool {
        let price_minor = self.purchase.price_minor;
        let paid_minor = self.fee_minor + self.disputed_minor;
        paid_minor == price_minor || (self.waived && 0 < paid_minor && paid_minor < price_minor)
    }

    fn words(&self) -> String {
        format!(
            "{:?}: {} taken ({} fees, {} refunds), {} given to trade with, challenges {:?}",
            self.purchase,
            self.fee_minor,
            self.fees,
            self.refunds,
            self.deposit_minor,
            self.challenges
        )
    }
}

/// `approvals`: transactions that staff were asked to approve.
pub fn look(
    rows: &Snapshot,
    approvals: &BTreeSet<TransactionId>,
    moment: Moment,
    findings: &mut Findings,
) {
    for purchase in &rows.purchases {
        let came = Came::of(purchase, rows, approvals);
        money(&came, findings);
        sides(&came, rows, findings);
        if came.active == 1 {
            delivered(&came, rows, findings);
        } else if moment == Moment::AtRest {
            returned(&came, rows, findings);
        }
    }
    orphans(rows, findings);
    if moment == Moment::AtRest {
        rest(rows, findings);
    }
}

fn money(came: &Came<'_>, findings: &mut Findings) {
    findings.unless(
        came.active <= 1,
        "a purchase is one active challenge at most",
        || came.words(),
    );
    findings.unless(
        came.fee_minor == 0 || came.is_paid(),
        "a purchase costs its price once",
        || came.words(),
    );
    findings.unless(
        came.disputed_minor == 0 || (came.disputed_minor > 0 && came.fee_minor == 0),
        "a fee is taken back once",
        || came.words(),
    );
    findings.unless(
        came.refunds <= came.fees,
        "what goes back was taken before",
        || came.words(),
    );
    findings.unless(
        came.deposit_minor == 0 || came.deposit_minor == came.wanted_deposit_minor,
        "an initial balance is given once",
        || came.words(),
    );
}

/// The fee comes from its payer and goes back to him; the deposit reaches the purchase's own accounts.
fn sides(came: &Came<'_>, rows: &Snapshot, findings: &mut Findings) {
    let own = |login: i64| {
        rows.account(login)
            .is_some_and(|a| a.of_challenge && a.customer == came.purchase.customer)
    };
    let mine = |entry: &&EntryRow| entry.purchase == Some(came.purchase.id);
    for entry in rows.entries.iter().filter(mine) {
        for side in [entry.from, entry.to].into_iter().filter(|side| *side > 0) {
            findings.unless(
                Some(side) == came.purchase.payer || own(side),
                "a purchase moves its payer's money and its account's",
                || format!("{entry:?} of {:?}", came.purchase),
            );
        }
    }
}

fn delivered(came: &Came<'_>, rows: &Snapshot, findings: &mut Findings) {
    findings.unless(came.is_paid(), "an active challenge was paid for", || {
        came.words()
    });
    let account = came
        .challenges
        .iter()
        .find(|challenge| challenge.state == "active")
        .and_then(|challenge| rows.account(challenge.login));
    let ready = account.is_some_and(|account| {
        account.enabled
            && !account.closed
            && account.of_challenge
            && account.customer == came.purchase.customer
            && account.balance_minor == came.wanted_deposit_minor
    });
    findings.unless(
        ready && came.deposit_minor == came.wanted_deposit_minor,
        "an active challenge has an account that is enabled and funded",
        || format!("{} on {account:?}", came.words()),
    );
}

fn returned(came: &Came<'_>, rows: &Snapshot, findings: &mut Findings) {
    findings.unless(
        came.fee_minor == 0 && came.deposit_minor == 0,
        "what was not delivered was given back",
        || came.words(),
    );
    for challenge in &came.challenges {
        let closed = rows
            .account(challenge.login)
            .is_some_and(|account| account.closed && !account.enabled);
        findings.unless(
            closed && challenge.state == "cancelled",
            "what was not delivered is closed",
            || came.words(),
        );
    }
}

/// An enabled account belongs to exactly one active challenge.
fn orphans(rows: &Snapshot, findings: &mut Findings) {
    for account in rows.accounts.iter().filter(|a| a.of_challenge && a.enabled) {
        let on_it = |challenge: &&ChallengeRow| {
            challenge.login == account.login && challenge.state == "active"
        };
        findings.unless(
            rows.challenges.iter().filter(on_it).count() == 1,
            "an enabled account has one active challenge",
            || format!("{account:?}"),
        );
    }
}

fn rest(rows: &Snapshot, findings: &mut Findings) {
    for account in &rows.accounts {
        findings.unless(account.held_minor == 0, "nothing stays held back", || {
            format!("{account:?}")
        });
        findings.unless(
            !account.of_challenge || account.enabled || account.closed,
            "an account that nobody trades on is closed",
            || format!("{account:?}"),
        );
    }
    findings.unless(
        rows.event_numbers.iter().all(Option::is_some),
        "every event gets a number",
        || format!("{:?}", rows.event_numbers),
    );
}
