//! What was asked and answered about payouts, and what must then stand in the database: a state table, amounts and
//! entries of the auditor's own.

mod look;
mod rows;

pub use look::look;
pub use rows::Facts;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use touchstone_domain::{ChallengeId, Login, UnixMicros};

/// Money that moved in an entry of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub operation: String,
    pub book: i64,
    pub from: i64,
    pub to: i64,
    pub minor: i64,
}

/// A payout as it was answered, or as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub login: Login,
    pub challenge: ChallengeId,
    pub number: i64,
    pub is_by_cycle: bool,
    pub state: String,
    pub taken_minor: i64,
    pub trader_minor: i64,
    pub firm_minor: i64,
    pub share: i64,
    pub fee_minor: Option<i64>,
    pub first_by: Option<i64>,
    pub approved_by: Option<i64>,
    pub rejected_by: Option<i64>,
    pub asked_at: UnixMicros,
    pub moves: Vec<Move>,
}

pub const CASH: i64 = 0;
const NOTIONAL: i64 = 1;
pub const FEES: i64 = -1;
pub const CLEARING: i64 = -2;
const PAYOUTS: i64 = -5;
const OWED: i64 = -6;
const ISSUED: i64 = -10;

/// Above this share of the trader it takes two people.
pub const TWO_ABOVE_MINOR: i64 = 50_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Approve,
    Disburse,
    Return,
    Pay,
    Reject,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The state has no such step.
    State,
    /// It takes another person.
    SamePerson,
}

/// What a step does to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    Nothing,
    /// The profit is back.
    Profit,
}

impl Kept {
    pub fn is_in_flight(&self) -> bool {
        matches!(
            self.state.as_str(),
            "pending" | "awaiting_second_approval" | "approved" | "disbursing"
        )
    }

    /// Counts for number and time of the next one.
    pub fn stands(&self) -> bool {
        self.is_in_flight() || self.state == "paid"
    }

    fn post(&mut self, operation: &str, book: i64, from: i64, to: i64, minor: i64) {
        if minor > 0 {
            self.moves.push(Move {
                operation: operation.to_owned(),
                book,
                from,
                to,
                minor,
            });
        }
    }

    /// The profit leaves the account, in two parts.
    pub fn leave(&mut self) {
        let (login, trader, firm) = (self.login.0, self.trader_minor, self.firm_minor);
        self.post("payout_share", NOTIONAL, login, ISSUED, trader);
        self.post("payout_firm_share", NOTIONAL, login, ISSUED, firm);
    }

    fn owe(&mut self) {
        let (trader, fee) = (self.trader_minor, self.fee_minor.unwrap_or(0));
        self.post("payout_due", CASH, PAYOUTS, OWED, trader);
        self.post("payout_fee_refund_due", CASH, FEES, OWED, fee);
    }

    fn unowe(&mut self) {
        let (trader, fee) = (self.trader_minor, self.fee_minor.unwrap_or(0));
        self.post("payout_due_rollback", CASH, OWED, PAYOUTS, trader);
        self.post("payout_fee_refund_due_rollback", CASH, OWED, FEES, fee);
    }

    fn pay(&mut self) {
        let (trader, fee) = (self.trader_minor, self.fee_minor.unwrap_or(0));
        self.post("payout_paid", CASH, OWED, CLEARING, trader);
        self.post("payout_fee_refund_paid", CASH, OWED, CLEARING, fee);
    }

    fn come_back(&mut self) {
        let (login, trader, firm) = (self.login.0, self.trader_minor, self.firm_minor);
        self.post("payout_share_returned", NOTIONAL, ISSUED, login, trader);
        self.post("payout_firm_share_returned", NOTIONAL, ISSUED, login, firm);
    }

    /// What staff do, by the state that it is in.
    pub fn step(&mut self, step: Step, staff: i64) -> Result<Back, Refused> {
        let needs_two = self.trader_minor > TWO_ABOVE_MINOR;
        let next = match (self.state.as_str(), step) {
            ("pending", Step::Approve) if needs_two => {
                self.first_by = Some(staff);
                "awaiting_second_approval"
            }
            ("awaiting_second_approval", Step::Approve) if self.first_by == Some(staff) => {
                return Err(Refused::SamePerson);
            }
            ("pending" | "awaiting_second_approval", Step::Approve) => {
                self.approved_by = Some(staff);
                self.owe();
                "approved"
            }
            ("approved", Step::Disburse) => "disbursing",
            ("disbursing", Step::Return) => "approved",
            ("disbursing", Step::Pay) => {
                self.pay();
                "paid"
            }
            ("pending" | "awaiting_second_approval" | "approved", Step::Reject) => {
                self.come_back();
                if self.state == "approved" {
                    self.unowe();
                }
                self.rejected_by = Some(staff);
                "rejected"
            }
            _ => return Err(Refused::State),
        };
        self.state = next.to_owned();
        Ok(match step {
            Step::Reject => Back::Profit,
            _ => Back::Nothing,
        })
    }
}

/// Every payout of a world.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub all: BTreeMap<i64, Kept>,
    /// Answered, and not seen in the database yet.
    pub due: VecDeque<Kept>,
    /// Accounts that were asked about and of which this book cannot say what they come to.
    pub unsure: BTreeSet<Login>,
}

impl Book {
    fn known(&self) -> impl Iterator<Item = &Kept> {
        self.all.values().chain(&self.due)
    }

    /// Number of the next one, and when the last was asked for.
    pub fn past(&self, challenge: ChallengeId) -> (i64, Option<UnixMicros>) {
        let standing = |kept: &&Kept| kept.challenge == challenge && kept.stands();
        let all: Vec<UnixMicros> = self
            .known()
            .filter(standing)
            .map(|kept| kept.asked_at)
            .collect();
        let made = i64::try_from(all.len()).unwrap_or(i64::MAX);
        (made + 1, all.into_iter().max())
    }

    pub fn is_in_flight(&self, login: Login) -> bool {
        self.known()
            .any(|kept| kept.login == login && kept.is_in_flight())
    }

    /// What is stored and was not known is what was answered, account by account; gives the rest, which is taken as it is.
    pub fn recognize(&mut self, facts: &Facts) -> Vec<Kept> {
        let mut others = Vec::new();
        for (id, stored) in &facts.payouts {
            if self.all.contains_key(id) {
                continue;
            }
            let place = self.due.iter().position(|due| due.login == stored.login);
            if let Some(kept) = place.and_then(|place| self.due.remove(place)) {
                self.all.insert(*id, kept);
            } else if self.unsure.contains(&stored.login) {
                let mut kept = stored.clone();
                kept.moves.clear();
                kept.leave();
                self.all.insert(*id, kept.clone());
                others.push(kept);
            }
        }
        self.unsure.clear();
        others
    }
}
