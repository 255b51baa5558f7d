//! What was asked and answered: each key is one purchase, an answer is never taken back, a
//! temporary password is shown once.

use super::Findings;
use super::rows::{PurchaseRow, Snapshot};
use crate::ask::{Ask, Reply};
use crate::firm;
use crate::seen::Seen;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_app::keys::Keys;
use touchstone_domain::{CustomerId, Login, PurchaseId};

#[derive(Default)]
pub struct Answers {
    /// Requests without an answer so far.
    open: BTreeMap<u64, Ask>,
    /// Requests that will never have one: done whole, or not at all.
    lost: Vec<Ask>,
    /// Keys that were sent, with how often, and what they are bound to as far as answers tell.
    keys: BTreeMap<(CustomerId, String), Key>,
    purchases: BTreeMap<PurchaseId, Known>,
    passwords: BTreeMap<Login, String>,
}

#[derive(Default)]
struct Key {
    sent: usize,
    purchase: Option<PurchaseId>,
    /// An answer said that it was the first.
    first_answered: bool,
}

/// A purchase as the answers so far describe it.
struct Known {
    seen: Seen,
    /// A cancel was accepted: it is never delivered.
    cancelled: bool,
    /// Another try was asked for since it was last seen.
    retried: bool,
    /// Accepted deeds that leave an audit row.
    deeds: usize,
}

impl Answers {
    pub fn asked(&mut self, number: u64, ask: &Ask) {
        match ask {
            Ask::Buy {
                by, key: Some(key), ..
            } => {
                let key = (by.customer_id, key.clone());
                self.keys.entry(key).or_default().sent += 1;
            }
            Ask::Retry { purchase, .. } => {
                if let Some(known) = self.purchases.get_mut(purchase) {
                    known.retried = true;
                }
            }
            _ => {}
        }
        self.open.insert(number, ask.clone());
    }

    /// Whose purchases answers have shown.
    pub fn purchases(&self) -> Vec<(CustomerId, PurchaseId)> {
        let seen = self.purchases.values().map(|known| &known.seen);
        seen.map(|seen| (seen.customer, seen.purchase)).collect()
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
            Reply::Refused(code) => self.refused(&ask, code, findings),
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
            Reply::Count(_) => {}
        }
    }

    /// An answer to this very request.
    fn fits(&mut self, ask: &Ask, seen: &Seen, findings: &mut Findings) {
        match ask {
            Ask::Buy {
                by,
                program,
                payer,
                key,
            } => {
                let same = (seen.customer, seen.program, seen.payer, &seen.key)
                    == (by.customer_id, *program, Some(*payer), key);
                findings.unless(same, "an answer is about what was asked", || {
                    format!("{}: {seen:?}", ask.words())
                });
                match key {
                    Some(key) => self.fits_key(by.customer_id, key, seen, findings),
                    None => findings.unless(
                        !seen.idempotent,
                        "a request without a key repeats nothing",
                        || format!("{}: {seen:?}", ask.words()),
                    ),
                }
                self.deed(seen.purchase, !seen.idempotent);
            }
            Ask::Cancel { purchase, .. } => {
                self.is_about(ask, *purchase, seen, findings);
                self.deed(*purchase, true);
                if let Some(known) = self.purchases.get_mut(purchase) {
                    known.cancelled = true;
                }
            }
            Ask::Retry { purchase, .. } | Ask::Resolve { purchase, .. } => {
                self.is_about(ask, *purchase, seen, findings);
                self.deed(*purchase, true);
            }
            Ask::Look { .. } | Ask::Drive => {}
        }
    }

    fn is_about(&self, ask: &Ask, purchase: PurchaseId, seen: &Seen, findings: &mut Findings) {
        findings.unless(
            seen.purchase == purchase,
            "an answer is about what was asked",
            || format!("{}: {seen:?}", ask.words()),
        );
    }

    fn deed(&mut self, purchase: PurchaseId, counts: bool) {
        if let Some(known) = self.purchases.get_mut(&purchase) {
            known.deeds += usize::from(counts);
        }
    }

    fn fits_key(&mut self, by: CustomerId, key: &str, seen: &Seen, findings: &mut Findings) {
        let entry = self.keys.entry((by, key.to_owned())).or_default();
        let bound = *entry.purchase.get_or_insert(seen.purchase);
        findings.unless(
            bound == seen.purchase,
            "a key of a customer is one purchase",
            || {
                format!(
                    "key {key} of customer {by}: purchases {bound} and {}",
                    seen.purchase
                )
            },
        );
        findings.unless(
            !seen.idempotent || entry.sent > 1,
            "only a repeat is called one",
            || format!("key {key} of customer {by}: {seen:?}"),
        );
        findings.unless(
            seen.idempotent || !entry.first_answered,
            "a repeat says that it is one",
            || format!("key {key} of customer {by}: {seen:?}"),
        );
        findings.unless(
            !seen.idempotent || seen.temporary_password.is_none(),
            "a repeat never shows the password",
            || format!("key {key} of customer {by}: {seen:?}"),
        );
        entry.first_answered |= !seen.idempotent;
    }

    fn refused(&mut self, ask: &Ask, code: &str, findings: &mut Findings) {
        let Ask::Buy {
            by,
            program,
            payer,
            key: Some(key),
        } = ask
        else {
            return;
        };
        let Some(entry) = self.keys.get(&(by.customer_id, key.clone())) else {
            return;
        };
        let bound = entry.purchase.and_then(|id| self.purchases.get(&id));
        if let Some(known) = bound {
            let same = known.seen.program == *program && known.seen.payer == Some(*payer);
            findings.unless(!same, "a key keeps its answer", || {
                format!("{}: {code}, after {:?}", ask.words(), known.seen)
            });
        } else if code.starts_with("key conflict") {
            findings.unless(entry.sent > 1, "only a repeat is called one", || {
                format!("{}: {code}", ask.words())
            });
        }
    }

    /// What any answer tells about a purchase has to follow from what the earlier ones told.
    fn see(&mut self, seen: &Seen, findings: &mut Findings) {
        let sold = firm::PROGRAMS.iter().find(|p| p.program == seen.program);
        findings.unless(
            sold.is_some_and(|sold| {
                (sold.price_minor, sold.currency) == (seen.price.minor, seen.price.currency)
            }),
            "a purchase has its program's price",
            || format!("{seen:?}"),
        );
        findings.unless(
            seen.alone
                || (seen.status == "active") == (seen.challenge.map(|c| c.2) == Some("active")),
            "an active purchase shows its challenge, and no other does",
            || format!("{seen:?}"),
        );
        findings.unless(
            seen.account.is_none() || seen.status == "active",
            "only an active purchase shows its account",
            || format!("{seen:?}"),
        );
        let Some(known) = self.purchases.get_mut(&seen.purchase) else {
            let known = Known {
                seen: seen.clone(),
                cancelled: false,
                retried: false,
                deeds: 0,
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
    pub fn look(&self, rows: &Snapshot, keys: &Keys, findings: &mut Findings) {
        self.look_for_answered(rows, findings);
        self.look_for_unasked(rows, findings);
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
            let row = rows.purchases.iter().find(|row| row.id == id.0);
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
            let audited = rows
                .audited_purchases
                .iter()
                .filter(|about| **about == id.0);
            findings.unless(
                audited.count() >= known.deeds,
                "every deed has its audit row",
                || format!("purchase {id}: {} deeds", known.deeds),
            );
        }
    }

    /// No purchase comes from nothing: each was answered, or was asked for without an answer.
    fn look_for_unasked(&self, rows: &Snapshot, findings: &mut Findings) {
        let mut unanswered: Vec<&Ask> = self.open.values().chain(&self.lost).collect();
        for row in &rows.purchases {
            if self.purchases.contains_key(&PurchaseId(row.id)) {
                continue;
            }
            match unanswered.iter().position(|ask| could_be(row, ask)) {
                Some(index) => drop(unanswered.swap_remove(index)),
                None => findings.add("every purchase was asked for", format!("{row:?}")),
            }
        }
    }
}

/// What never changes between two answers about a purchase.
fn is_same(before: &Seen, after: &Seen) -> bool {
    let pinned = |seen: &Seen| (seen.customer, seen.program, seen.payer, seen.price);
    let challenge = |seen: &Seen| seen.challenge.map(|(id, login, _)| (id, login));
    let same_challenge = match (challenge(before), challenge(after)) {
        (Some(before), Some(after)) => before == after,
        _ => true,
    };
    pinned(before) == pinned(after) && before.key == after.key && same_challenge
}

fn is_row_of(row: &PurchaseRow, seen: &Seen) -> bool {
    row.customer == seen.customer.0
        && row.program == seen.program.0
        && row.payer == seen.payer.map(|login| login.0)
        && row.key == seen.key
        && row.price_minor == seen.price.minor
        && row.currency == seen.price.currency.code()
}

fn could_be(row: &PurchaseRow, ask: &Ask) -> bool {
    matches!(ask, Ask::Buy { by, program, payer, key }
        if by.customer_id.0 == row.customer
            && program.0 == row.program
            && Some(payer.0) == row.payer
            && *key == row.key)
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
