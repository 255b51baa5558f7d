//! What was asked and answered about enrolments, grants and their payments.

use super::deeds::{About, Deeds};
use super::payments;
use super::rows::Snapshot;
use super::{Findings, Moment};
use crate::ask::{Ask, Journey, Paid, Reply};
use crate::firm;
use std::collections::{BTreeMap, BTreeSet};
use touchstone_app::cashier::{DemoChoice, PaymentWhat};
use touchstone_app::transactions::Decision;
use touchstone_domain::{ChallengeId, CustomerId, ProgramId, PurchaseId, TransactionId};

#[derive(Default)]
pub struct Journeys {
    known: BTreeMap<ChallengeId, Known>,
    /// Where transactions stood when staff last saw them.
    statuses: BTreeMap<TransactionId, &'static str>,
    /// What the provider told, by event.
    pub told: BTreeMap<String, Told>,
    /// Pages of the built-in cashier that were opened: token and transaction.
    pub pages: Vec<(String, TransactionId)>,
    pub asked: Asked,
}

struct Known {
    journey: Journey,
    customer: CustomerId,
    program: ProgramId,
    addons: Vec<String>,
    granted: bool,
    /// Somebody wanted to put a code on its fee, or to take it off.
    code_asked: bool,
    /// Staff ended it: it is never delivered.
    ended: bool,
}

pub struct Told {
    pub transaction: TransactionId,
    pub what: PaymentWhat,
    /// Contents that this event was sent with.
    messages: BTreeSet<u8>,
    /// What it led to, and with which content.
    pub outcome: Option<(&'static str, u8)>,
}

/// What was asked for, whether it was answered or not: what may have caused something.
#[derive(Default)]
pub struct Asked {
    pub approvals: BTreeSet<TransactionId>,
    pub declines: BTreeSet<TransactionId>,
    pub endings: BTreeSet<ChallengeId>,
    pub cancels: BTreeSet<PurchaseId>,
    /// Fees with a code, or without it any more.
    pub codes: BTreeSet<TransactionId>,
    /// Fees that a bank took back, and those that were won.
    pub chargebacks: BTreeSet<TransactionId>,
    pub wins: BTreeSet<TransactionId>,
    /// Decisions on pages of the built-in cashier.
    pub clicks: BTreeMap<TransactionId, usize>,
}

impl Journeys {
    /// Customer, challenge and fee of every journey that was answered.
    pub fn all(&self) -> Vec<(CustomerId, ChallengeId, TransactionId)> {
        let fee =
            |(id, known): (&ChallengeId, &Known)| (known.customer, *id, known.journey.transaction);
        self.known.iter().map(fee).collect()
    }

    pub fn asked(&mut self, ask: &Ask) {
        let asked = &mut self.asked;
        match ask {
            Ask::Cancel { purchase, .. } => {
                asked.cancels.insert(*purchase);
            }
            Ask::PutCode { transaction, .. } => {
                asked.codes.insert(*transaction);
                for known in self.known.values_mut() {
                    known.code_asked |= known.journey.transaction == *transaction;
                }
            }
            Ask::ChargeBack { transaction, .. } => {
                asked.chargebacks.insert(*transaction);
            }
            Ask::Win { transaction, .. } => {
                asked.wins.insert(*transaction);
            }
            Ask::EndJourney { challenge, .. } => {
                asked.endings.insert(*challenge);
            }
            Ask::Decide {
                transaction,
                decision,
                ..
            } => {
                let wanted = match decision {
                    Decision::Approve => &mut asked.approvals,
                    Decision::Decline => &mut asked.declines,
                };
                wanted.insert(*transaction);
            }
            Ask::Click {
                transaction,
                choice,
                ..
            } => {
                *asked.clicks.entry(*transaction).or_default() += 1;
                if *choice == DemoChoice::Decline {
                    asked.declines.insert(*transaction);
                }
            }
            Ask::Notice {
                event,
                transaction,
                what,
                message,
            } => {
                if *what == PaymentWhat::Declined {
                    asked.declines.insert(*transaction);
                }
                let first = || Told {
                    transaction: *transaction,
                    what: *what,
                    messages: BTreeSet::new(),
                    outcome: None,
                };
                let told = self.told.entry(event.clone()).or_insert_with(first);
                told.messages.insert(*message);
            }
            _ => {}
        }
    }

    /// What the provider was not told to have arrived, as he sends it again.
    pub fn unheard(&self) -> Vec<Ask> {
        let unheard = self.told.iter().filter(|(_, told)| told.outcome.is_none());
        unheard
            .filter_map(|(event, told)| {
                Some(Ask::Notice {
                    event: event.clone(),
                    transaction: told.transaction,
                    what: told.what,
                    message: *told.messages.first()?,
                })
            })
            .collect()
    }

    pub fn answered(
        &mut self,
        ask: &Ask,
        reply: &Reply,
        deeds: &mut Deeds,
        findings: &mut Findings,
    ) {
        let words = || format!("{}: {reply:?}", ask.words());
        match (ask, reply) {
            (Ask::Enroll { .. } | Ask::Grant { .. }, Reply::Journey(journey)) => {
                if !journey.replayed {
                    deeds.add(About::Challenge(journey.challenge));
                }
                self.begun(ask, journey, findings);
            }
            (Ask::EndJourney { challenge, .. }, Reply::Ended(ended, status)) => {
                deeds.add(About::Challenge(*challenge));
                findings.unless(
                    (ended, *status) == (challenge, "abandoned"),
                    "an answer is about what was asked",
                    words,
                );
                if let Some(known) = self.known.get_mut(challenge) {
                    known.ended = true;
                }
            }
            (Ask::PutCode { transaction, .. }, Reply::Transaction(paid)) => {
                findings.unless(
                    paid.transaction == *transaction
                        && ["PENDING", "APPROVED"].contains(&paid.status),
                    "an answer is about what was asked",
                    words,
                );
                self.decided(paid, findings);
            }
            (Ask::Pay { transaction, .. }, Reply::Page { token, .. }) => {
                self.pages.push((token.clone(), *transaction));
            }
            (Ask::Notice { event, message, .. }, Reply::Noticed(outcome)) => {
                self.heard(event, *message, outcome, deeds, findings);
            }
            (
                Ask::Decide {
                    transaction,
                    decision,
                    ..
                },
                Reply::Transaction(paid),
            ) => {
                deeds.add(About::Transaction(*transaction));
                // An approval that comes after the end is kept, and leaves it ended.
                let wanted = match decision {
                    Decision::Approve => ["APPROVED", "DECLINED"].as_slice(),
                    Decision::Decline => &["DECLINED"],
                };
                findings.unless(
                    paid.transaction == *transaction && wanted.contains(&paid.status),
                    "an answer is about what was asked",
                    words,
                );
                self.decided(paid, findings);
            }
            (Ask::ChargeBack { transaction, .. } | Ask::Win { transaction, .. }, reply) => {
                self.disputed(*transaction, ask, reply, deeds, findings);
            }
            (Ask::Click { .. }, Reply::Done) | (Ask::Drive | Ask::Sweep, Reply::Count(_)) => {}
            _ => findings.add("an answer is about what was asked", words()),
        }
    }

    fn disputed(
        &self,
        fee: TransactionId,
        ask: &Ask,
        reply: &Reply,
        deeds: &mut Deeds,
        findings: &mut Findings,
    ) {
        let wanted = match ask {
            Ask::Win { .. } => "earned",
            _ => "charged_back",
        };
        deeds.add(About::Transaction(fee));
        let right = matches!(reply, Reply::Transaction(paid) if (paid.transaction, paid.status) == (fee, wanted));
        findings.unless(right, "an answer is about what was asked", || {
            format!("{}: {reply:?}", ask.words())
        });
    }

    fn begun(&mut self, ask: &Ask, journey: &Journey, findings: &mut Findings) {
        let (customer, program, addons) = match ask {
            Ask::Enroll {
                by,
                program,
                addons,
                ..
            } => (by.customer_id, *program, addons),
            Ask::Grant {
                customer,
                program,
                addons,
                ..
            } => (*customer, *program, addons),
            _ => return,
        };
        let sold = firm::PROGRAMS.iter().find(|sold| sold.program == program);
        let codes = firm::CODES.iter().map(|code| Some(code.code));
        let mut codes = codes.filter(|_| journey.replayed).chain([None]);
        let fits = sold.is_some_and(|sold| {
            // One that is told again may have got a code since.
            let paid = |code| sold.paid_with(addons, code) == Some(journey.fee.minor);
            sold.currency == journey.fee.currency && codes.any(paid)
        });
        findings.unless(fits, "a purchase has its program's price", || {
            format!("{}: {journey:?}", ask.words())
        });
        let known = self
            .known
            .entry(journey.challenge)
            .or_insert_with(|| Known {
                journey: journey.clone(),
                customer,
                program,
                addons: addons.clone(),
                granted: matches!(ask, Ask::Grant { .. }),
                code_asked: self.asked.codes.contains(&journey.transaction),
                ended: false,
            });
        let pinned = |j: &Journey| (j.challenge, j.login, j.transaction, j.fee.currency);
        findings.unless(
            pinned(&known.journey) == pinned(journey)
                && (known.customer, known.program, &known.addons) == (customer, program, addons),
            "a purchase stays what it was",
            || format!("{:?}, then {journey:?}", known.journey),
        );
    }

    fn heard(
        &mut self,
        event: &str,
        message: u8,
        outcome: &'static str,
        deeds: &mut Deeds,
        findings: &mut Findings,
    ) {
        let Some(told) = self.told.get_mut(event) else {
            return;
        };
        match told.outcome {
            None => {
                told.outcome = Some((outcome, message));
                if outcome != "ignored" {
                    deeds.add(About::Transaction(told.transaction));
                }
            }
            Some(earlier) => findings.unless(
                earlier == (outcome, message),
                "a repeated message gets the same answer",
                || format!("event {event}: {earlier:?}, then {:?}", (outcome, message)),
            ),
        }
    }

    pub fn refused(&self, ask: &Ask, code: &str, findings: &mut Findings) {
        let Ask::Notice { event, message, .. } = ask else {
            return;
        };
        let Some(told) = self.told.get(event) else {
            return;
        };
        let first = told.outcome.is_none_or(|(_, first)| first == *message);
        findings.unless(
            !(first && (told.messages.len() == 1 || told.outcome.is_some())),
            "an authentic message is taken in",
            || format!("{}: {code}", ask.words()),
        );
    }

    fn decided(&mut self, paid: &Paid, findings: &mut Findings) {
        let before = self.statuses.insert(paid.transaction, paid.status);
        findings.unless(
            before.is_none_or(|before| may_follow(before, paid.status)),
            "an answer is never taken back",
            || format!("{before:?}, then {paid:?}"),
        );
    }

    /// The purchases that answered journeys belong to.
    pub fn purchases(&self, rows: &Snapshot) -> BTreeSet<i64> {
        let answered = |id: i64| self.known.contains_key(&ChallengeId(id));
        let challenges = rows.challenges.iter().filter(|c| answered(c.id));
        challenges.map(|challenge| challenge.purchase).collect()
    }

    pub fn look(&self, rows: &Snapshot, moment: Moment, findings: &mut Findings) {
        for known in self.known.values() {
            self.look_for(known, rows, findings);
        }
        for (id, status) in &self.statuses {
            let now = rows.transaction(id.0).map(|transaction| transaction.state);
            findings.unless(
                now.is_some_and(|now| may_follow(status, now)),
                "an answer is never taken back",
                || format!("transaction {id}: {status}, then {now:?}"),
            );
        }
        payments::look(rows, self, moment, findings);
    }

    fn look_for(&self, known: &Known, rows: &Snapshot, findings: &mut Findings) {
        let journey = &known.journey;
        let challenge = rows
            .challenges
            .iter()
            .find(|c| (c.id, c.login) == (journey.challenge.0, journey.login.0));
        let purchase = challenge.and_then(|challenge| rows.purchase(challenge.purchase));
        let fee = rows.transaction(journey.transaction.0);
        let there = purchase.is_some_and(|purchase| {
            (purchase.customer, purchase.program) == (known.customer.0, known.program.0)
                && (purchase.price_minor == journey.fee.minor || known.code_asked)
                && purchase.addons == known.addons
                && purchase.transaction == Some(journey.transaction.0)
                && purchase.granted_by.is_some() == known.granted
                && fee.is_some_and(|fee| {
                    fee.purchase == Some(purchase.id) && fee.amount_minor == purchase.price_minor
                })
        });
        findings.unless(there, "every answered journey is there", || {
            format!("{journey:?}: {purchase:?}, {fee:?}")
        });
        findings.unless(
            !known.ended || challenge.is_some_and(|c| c.state == "cancelled"),
            "what was cancelled is never delivered",
            || format!("{journey:?}: {challenge:?}"),
        );
    }
}

/// Whether a transaction that was shown as `before` may stand as `after`.
fn may_follow(before: &str, after: &str) -> bool {
    match before {
        _ if before == after => true,
        "PENDING" => true,
        "UNDERPAID" => after != "PENDING",
        _ => false,
    }
}
