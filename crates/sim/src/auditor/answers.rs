//! What was asked and answered about purchases: an answer is never taken back, and a temporary
//! password is shown once.

use super::by_hand::ByHand;
use super::deeds::{About, Deeds};
use super::journeys::Journeys;
use super::keys::{Bound, SentKeys};
use super::rows::{PurchaseRow, Snapshot};
use super::wallets::Wallets;
use super::{Findings, Moment};
use crate::ask::{Ask, Reply, Seen};
use crate::firm;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_app::keys::Keys;
use touchstone_domain::{Login, PurchaseId};

#[derive(Default)]
pub struct Answers {
    /// Requests without an answer so far.
    open: BTreeMap<u64, Ask>,
    /// Requests that will never have one: done whole, or not at all.
    lost: Vec<Ask>,
    keys: SentKeys,
    deeds: Deeds,
    purchases: BTreeMap<PurchaseId, Known>,
    passwords: BTreeMap<Login, String>,
    pub journeys: Journeys,
    pub wallets: Wallets,
    pub by_hand: ByHand,
}

/// A purchase as the answers so far describe it.
struct Known {
    seen: Seen,
    /// A cancel was accepted: it is never delivered.
    cancelled: bool,
    /// Another try was asked for since it was last seen.
    retried: bool,
}

impl Answers {
    pub fn asked(&mut self, number: u64, ask: &Ask) {
        self.keys.sent(ask);
        self.journeys.asked(ask);
        if let Ask::Retry { purchase, .. } = ask
            && let Some(known) = self.purchases.get_mut(purchase)
        {
            known.retried = true;
        }
        self.open.insert(number, ask.clone());
    }

    /// Purchases as answers have shown them last.
    pub fn purchases(&self) -> impl Iterator<Item = &Seen> {
        self.purchases.values().map(|known| &known.seen)
    }

    pub fn unanswered(&mut self, number: u64) {
        self.lost.extend(self.open.remove(&number));
    }

    pub fn answered(&mut self, number: u64, reply: &Reply, findings: &mut Findings) {
        let Some(ask) = self.open.remove(&number) else {
            findings.add("a request has one answer", format!("#{number}: {reply:?}"));
            return;
        };
        match reply {
            Reply::Interrupted => self.lost.push(ask),
            Reply::Broken(what) => {
                findings.add("no request breaks", format!("{}: {what}", ask.words()));
            }
            Reply::Refused(code) => {
                self.keys.refused(&ask, code, findings);
                self.journeys.refused(&ask, code, findings);
            }
            Reply::Purchases(all) => {
                for seen in all {
                    self.see(seen, findings);
                }
            }
            Reply::Purchase(seen) => {
                self.see(seen, findings);
                self.password(seen, findings);
                self.fits(&ask, seen, findings);
            }
            Reply::Wallet(moved) => {
                self.deeds.add(About::Transaction(moved.transaction));
                if let Some(token) = &moved.token {
                    let page = (token.clone(), moved.transaction);
                    self.journeys.pages.push(page);
                }
                self.wallets.answered(&ask, moved, findings);
            }
            Reply::Transaction(paid) if matches!(ask, Ask::ByHand { .. } | Ask::Undo { .. }) => {
                self.deeds.add(About::Transaction(paid.transaction));
                self.by_hand.answered(&ask, paid, findings);
            }
            reply => {
                if let Reply::Journey(journey) = reply {
                    let bound = Bound::Journey(journey.challenge);
                    self.keys.answered(&ask, bound, journey.replayed, findings);
                }
                self.journeys
                    .answered(&ask, reply, &mut self.deeds, findings);
            }
        }
    }

    /// An answer to this very request.
    fn fits(&mut self, ask: &Ask, seen: &Seen, findings: &mut Findings) {
        let asked_about = match ask {
            Ask::Buy {
                by,
                program,
                payer,
                key,
                code,
            } => {
                let same = (seen.customer, seen.program, seen.payer, &seen.key)
                    == (by.customer_id, *program, Some(*payer), key)
                    && seen.code.as_deref() == *code;
                findings.unless(same, "an answer is about what was asked", || {
                    format!("{}: {seen:?}", ask.words())
                });
                findings.unless(
                    !seen.idempotent || seen.temporary_password.is_none(),
                    "a repeat never shows the password",
                    || format!("{}: {seen:?}", ask.words()),
                );
                let bound = Bound::Purchase(seen.purchase);
                self.keys.answered(ask, bound, seen.idempotent, findings);
                if !seen.idempotent {
                    self.deeds.add(About::Purchase(seen.purchase));
                }
                return;
            }
            Ask::Cancel { purchase, .. } => {
                if let Some(known) = self.purchases.get_mut(purchase) {
                    known.cancelled = true;
                }
                *purchase
            }
            Ask::Retry { purchase, .. } | Ask::Resolve { purchase, .. } => *purchase,
            _ => seen.purchase,
        };
        self.deeds.add(About::Purchase(asked_about));
        findings.unless(
            seen.purchase == asked_about,
            "an answer is about what was asked",
            || format!("{}: {seen:?}", ask.words()),
        );
    }

    /// What any answer tells about a purchase has to follow from what the earlier ones told.
    fn see(&mut self, seen: &Seen, findings: &mut Findings) {
        fits_itself(seen, findings);
        let Some(known) = self.purchases.get_mut(&seen.purchase) else {
            let known = Known {
                seen: seen.clone(),
                cancelled: false,
                retried: false,
            };
            self.purchases.insert(seen.purchase, known);
            return;
        };
        let before = &known.seen;
        findings.unless(
            may_follow(before.status, seen.status, known.retried),
            "an answer is never taken back",
            || format!("{before:?}, then {seen:?}"),
        );
        findings.unless(
            seen.payer.is_none() || before.paid == seen.paid,
            "what a payer pays is settled when he buys",
            || format!("{before:?}, then {seen:?}"),
        );
        findings.unless(
            !(known.cancelled && seen.status == "active"),
            "what was cancelled is never delivered",
            || format!("{seen:?}"),
        );
        findings.unless(
            is_same(before, seen),
            "a purchase stays what it was",
            || format!("{before:?}, then {seen:?}"),
        );
        known.retried = false;
        let challenge = seen.challenge.or(before.challenge);
        known.seen = Seen {
            challenge,
            ..seen.clone()
        };
    }

    fn password(&mut self, seen: &Seen, findings: &mut Findings) {
        let Some(password) = &seen.temporary_password else {
            return;
        };
        let Some(account) = seen.account.as_ref().filter(|_| seen.status == "active") else {
            findings.add("a password comes with its account", format!("{seen:?}"));
            return;
        };
        let earlier = self.passwords.insert(account.login, password.clone());
        findings.unless(
            earlier.is_none(),
            "a temporary password is shown once",
            || format!("{seen:?}"),
        );
    }

    /// Compares the answers with what stands in the database.
    pub fn look(&self, rows: &Snapshot, keys: &Keys, moment: Moment, findings: &mut Findings) {
        self.look_for_answered(rows, findings);
        self.look_for_unasked(rows, findings);
        self.deeds.look(rows, findings);
        self.journeys.look(rows, moment, findings);
        let unanswered = self.open.values().chain(&self.lost).collect();
        let asked = &self.journeys.asked;
        self.wallets.look(rows, unanswered, asked, findings);
        let unanswered = self.open.values().chain(&self.lost).collect();
        self.by_hand.look(rows, unanswered, findings);
        super::codes::look(rows, findings);
        let mut bound = BTreeSet::new();
        for purchase in &rows.purchases {
            if let Some(key) = &purchase.key {
                findings.unless(
                    bound.insert((purchase.customer, key)),
                    "a key of a customer is one purchase",
                    || format!("{purchase:?}"),
                );
            }
        }
        for (login, password) in &self.passwords {
            let hash = rows.account(login.0).and_then(|a| a.password_hash.clone());
            findings.unless(
                hash.is_some_and(|hash| keys.is_temporary_password(*login, password, &hash)),
                "a password that was shown opens its account",
                || format!("account {login}"),
            );
        }
    }

    fn look_for_answered(&self, rows: &Snapshot, findings: &mut Findings) {
        for (id, known) in &self.purchases {
            let row = rows.purchase(id.0);
            findings.unless(
                row.is_some_and(|row| is_row_of(row, &known.seen)),
                "every answered purchase is there",
                || format!("{:?}: {row:?}", known.seen),
            );
            let own: Vec<_> = rows
                .challenges
                .iter()
                .filter(|challenge| challenge.purchase == id.0)
                .collect();
            findings.unless(
                known.seen.challenge.is_none_or(|(id, login, _)| {
                    own.iter().any(|c| (c.id, c.login) == (id.0, login.0))
                }),
                "every answered challenge is there",
                || format!("{:?}: {own:?}", known.seen),
            );
            let active = own.iter().any(|challenge| challenge.state == "active");
            findings.unless(
                active || known.seen.status != "active",
                "what was answered as active stays active",
                || format!("{:?}", known.seen),
            );
            findings.unless(
                !active || !(known.cancelled || known.seen.status == "refunded"),
                "what was cancelled is never delivered",
                || format!("{:?}", known.seen),
            );
        }
    }

    /// No purchase comes from nothing: each was answered, or was asked for without an answer.
    fn look_for_unasked(&self, rows: &Snapshot, findings: &mut Findings) {
        let mut unanswered: Vec<&Ask> = self.open.values().chain(&self.lost).collect();
        let begun = self.journeys.purchases(rows);
        for row in &rows.purchases {
            if self.purchases.contains_key(&PurchaseId(row.id)) || begun.contains(&row.id) {
                continue;
            }
            match unanswered.iter().position(|ask| could_be(row, ask)) {
                Some(index) => drop(unanswered.swap_remove(index)),
                None => findings.add("every purchase was asked for", format!("{row:?}")),
            }
        }
    }
}

/// What an answer says does not contradict itself, nor the firm.
fn fits_itself(seen: &Seen, findings: &mut Findings) {
    let sold = firm::PROGRAMS.iter().find(|p| p.program == seen.program);
    findings.unless(
        sold.is_some_and(|sold| {
            sold.currency == seen.price.currency
                && sold.paid_with(&seen.addons, seen.code.as_deref()) == Some(seen.price.minor)
        }),
        "a purchase has its program's price",
        || format!("{seen:?}"),
    );
    findings.unless(
        seen.alone || (seen.status == "active") == (seen.challenge.map(|c| c.2) == Some("active")),
        "an active purchase shows its challenge, and no other does",
        || format!("{seen:?}"),
    );
    findings.unless(
        seen.account.is_none() || seen.status == "active",
        "only an active purchase shows its account",
        || format!("{seen:?}"),
    );
}

/// What never changes between two answers about a purchase.
fn is_same(before: &Seen, after: &Seen) -> bool {
    // A fee that waits at a cashier may still get a code, or lose it.
    let price = |seen: &Seen| seen.payer.map(|_| (seen.price, seen.code.clone()));
    let pinned = |seen: &Seen| (seen.customer, seen.program, seen.payer, price(seen));
    let challenge = |seen: &Seen| seen.challenge.map(|(id, login, _)| (id, login));
    let same_challenge = match (challenge(before), challenge(after)) {
        (Some(before), Some(after)) => before == after,
        _ => true,
    };
    pinned(before) == pinned(after)
        && (&before.key, &before.addons) == (&after.key, &after.addons)
        && same_challenge
}

fn is_row_of(row: &PurchaseRow, seen: &Seen) -> bool {
    row.customer == seen.customer.0
        && row.program == seen.program.0
        && row.payer == seen.payer.map(|login| login.0)
        && row.key == seen.key
        && row.addons == seen.addons
        && (row.payer.is_none() || (row.price_minor, &row.code) == (seen.price.minor, &seen.code))
        && row.currency == seen.price.currency.code()
}

fn could_be(row: &PurchaseRow, ask: &Ask) -> bool {
    match ask {
        Ask::Buy {
            by,
            program,
            payer,
            key,
            code,
        } => {
            (row.customer, row.program, row.payer) == (by.customer_id.0, program.0, Some(payer.0))
                && (&row.key, row.code.as_deref()) == (key, *code)
        }
        Ask::Enroll {
            by,
            program,
            addons,
            key,
        } => {
            (row.customer, row.program, row.payer) == (by.customer_id.0, program.0, None)
                && (row.granted_by, &row.key, &row.addons) == (None, key, addons)
        }
        Ask::Grant {
            by,
            customer,
            program,
            addons,
        } => {
            (row.customer, row.program, row.payer) == (customer.0, program.0, None)
                && row.granted_by == Some(by.staff_id.0)
                && row.addons == *addons
        }
        _ => false,
    }
}

/// Whether a purchase that was shown as `before` may be shown as `after`.
fn may_follow(before: &str, after: &str, retried: bool) -> bool {
    const WAY: [&str; 4] = ["pending", "paid", "account_created", "active"];
    let place = |status: &str| WAY.iter().position(|known| *known == status);
    match (before, after) {
        _ if before == after => true,
        ("active" | "refunded", _) => false,
        ("failed", "refunded") => true,
        ("failed", _) => retried,
        (_, "failed" | "refunded") => true,
        _ => retried || place(before) < place(after),
    }
}
