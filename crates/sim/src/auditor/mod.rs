//! The auditor: knows what was asked and answered, and what must be true whatever happens between.
//! It knows no state table and no use case: it reads answers, rows and the remote server's books.

mod answers;
mod books;
mod by_hand;
mod codes;
mod deeds;
mod deliveries;
mod exchange;
mod journeys;
mod keys;
mod payments;
mod remote;
mod rows;
#[cfg(test)]
mod self_test;
mod wallets;

pub use rows::Snapshot;

use crate::ask::{Ask, Reply, Seen};
use answers::Answers;
use std::fmt;
use touchstone_app::keys::Keys;
use touchstone_app::ports::Books;
use touchstone_domain::{ChallengeId, CustomerId, TransactionId};

/// An invariant that does not hold, with the rows that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: &'static str,
    pub rows: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.invariant)?;
        for row in &self.rows {
            writeln!(f, "    {row}")?;
        }
        Ok(())
    }
}

/// What was found, gathered by invariant.
#[derive(Default)]
pub struct Findings(Vec<Violation>);

impl Findings {
    pub fn add(&mut self, invariant: &'static str, row: impl Into<String>) {
        match self.0.iter_mut().find(|v| v.invariant == invariant) {
            Some(violation) => violation.rows.push(row.into()),
            None => self.0.push(Violation {
                invariant,
                rows: vec![row.into()],
            }),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_violations(self) -> Vec<Violation> {
        self.0
    }

    pub fn unless(&mut self, holds: bool, invariant: &'static str, row: impl FnOnce() -> String) {
        if !holds {
            self.add(invariant, row());
        }
    }
}

/// Whether everything has come to rest when the auditor looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    UnderWay,
    AtRest,
}

pub struct Auditor {
    answers: Answers,
    findings: Findings,
    /// Purchases are made at a trading server with books of its own.
    remote: bool,
}

impl Auditor {
    pub fn new(remote: bool) -> Self {
        Self {
            answers: Answers::default(),
            findings: Findings::default(),
            remote,
        }
    }

    pub fn violations(&self) -> &[Violation] {
        &self.findings.0
    }

    /// Purchases as answers have shown them last.
    pub fn purchases(&self) -> impl Iterator<Item = &Seen> {
        self.answers.purchases()
    }

    /// Customer, challenge and fee of every journey that was answered.
    pub fn journeys(&self) -> Vec<(CustomerId, ChallengeId, TransactionId)> {
        self.answers.journeys.all()
    }

    /// Fees of journeys and deposits that were answered, oldest first.
    pub fn payables(&self) -> Vec<TransactionId> {
        let fees = self.journeys().into_iter().map(|(.., fee)| fee);
        let mut all: Vec<_> = fees.chain(self.answers.wallets.deposits()).collect();
        all.sort_unstable();
        all
    }

    /// What staff have done by hand, and not undone as far as was answered.
    pub fn by_hand(&self) -> Vec<TransactionId> {
        self.answers.by_hand.all()
    }

    /// Open pages of the built-in cashier: token and transaction.
    pub fn pages(&self) -> &[(String, TransactionId)] {
        &self.answers.journeys.pages
    }

    /// What the provider was not told to have arrived, as he sends it again.
    pub fn unheard(&self) -> Vec<Ask> {
        self.answers.journeys.unheard()
    }

    pub fn asked(&mut self, number: u64, ask: &Ask) {
        self.answers.asked(number, ask);
    }

    pub fn answered(&mut self, number: u64, reply: &Reply) {
        self.answers.answered(number, reply, &mut self.findings);
    }

    /// The request was cut off: it was done whole, or not at all.
    pub fn unanswered(&mut self, number: u64) {
        self.answers.unanswered(number);
    }

    /// What another check of the same database says.
    pub fn add(&mut self, invariant: &'static str, row: String) {
        self.findings.add(invariant, row);
    }

    /// Looks through the whole database.
    pub fn look(&mut self, rows: &Snapshot, keys: &Keys, moment: Moment) {
        let findings = &mut self.findings;
        books::look(rows, findings);
        let approvals = &self.answers.journeys.asked.approvals;
        deliveries::look(rows, approvals, moment, findings);
        exchange::look(rows, findings);
        self.answers.look(rows, keys, moment, findings);
    }

    /// Compares the remote server's books with ours, once everything is at rest.
    pub fn compare(&mut self, rows: &Snapshot, theirs: &Books) {
        if self.remote {
            remote::compare(rows, theirs, &mut self.findings);
        }
    }
}
