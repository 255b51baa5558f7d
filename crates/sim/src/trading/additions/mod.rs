//! What was asked and answered about add-ons that are bought later, and what must then stand in the database.

mod look;
mod rows;

pub use look::look;
pub use rows::Facts;

use super::payouts::{CASH, CLEARING, FEES, Move};
use super::terms::{Addon, Adds, addons};
use std::collections::{BTreeMap, VecDeque};
use touchstone_domain::{ChallengeId, UnixMicros};

/// The wallet that pays, and what was in it.
pub const WALLET: i64 = 100_001;
pub const WALLET_MINOR: i64 = 100_000;

const CUSTOMER_MONEY: i64 = -3;

/// An add-on as it was answered, or as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub challenge: ChallengeId,
    pub code: String,
    pub price_minor: i64,
    pub is_from_wallet: bool,
    pub state: String,
    pub moves: Vec<Move>,
}

/// Why an add-on is not sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    NotRunning,
    /// The challenge has it, or it is under way.
    Had,
    Conflict,
    Poor,
}

impl Kept {
    pub fn new(challenge: ChallengeId, addon: Addon, is_from_wallet: bool) -> Self {
        let state = match (addon.price_minor, is_from_wallet) {
            (0, _) => "apply",
            (_, true) => "withdraw",
            (_, false) => "awaiting_payment",
        };
        Self {
            challenge,
            code: addon.code.to_owned(),
            price_minor: addon.price_minor,
            is_from_wallet,
            state: state.to_owned(),
            moves: Vec::new(),
        }
    }

    fn post(&mut self, operation: &str, from: i64, to: i64) {
        if self.price_minor > 0 {
            self.moves.push(Move {
                operation: operation.to_owned(),
                book: CASH,
                from,
                to,
                minor: self.price_minor,
            });
        }
    }

    /// Its fee was paid at the cashier.
    pub fn pay(&mut self) {
        self.post("cashier_received", CLEARING, CUSTOMER_MONEY);
        self.post("cashier_fee", CUSTOMER_MONEY, FEES);
        self.state = "apply".to_owned();
    }

    pub fn decline(&mut self) {
        self.state = "abandoned".to_owned();
    }

    /// The desk has had its time: it is applied, or nothing runs that it could be applied to.
    pub fn settle(&mut self, runs: bool) {
        // From a wallet nothing was taken yet.
        let is_untaken = self.price_minor == 0 || self.is_from_wallet;
        let state = match (runs, self.is_from_wallet) {
            (true, true) => {
                self.post("challenge_fee", WALLET, FEES);
                "active"
            }
            (true, false) => "active",
            (false, _) if is_untaken => "failed",
            (false, _) => {
                self.post("cashier_fee_refund_due", FEES, CUSTOMER_MONEY);
                "refund_due"
            }
        };
        self.state = state.to_owned();
    }

    /// What had to go back is paid out.
    pub fn refund(&mut self) {
        self.post("cashier_refund_paid", CUSTOMER_MONEY, CLEARING);
        self.state = "refunded".to_owned();
    }

    /// The desk has not had its time with it.
    pub fn waits_for_desk(&self) -> bool {
        matches!(self.state.as_str(), "withdraw" | "apply")
    }

    pub fn is_under_way(&self) -> bool {
        self.state == "awaiting_payment" || self.waits_for_desk()
    }
}

/// Every add-on of a world that was bought later.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub all: BTreeMap<i64, Kept>,
    /// Answered, and not seen in the database yet.
    pub due: VecDeque<Kept>,
    /// Since when each waits for the desk.
    pub since: BTreeMap<i64, UnixMicros>,
    /// What each challenge has, in the order in which it was applied.
    pub applied: BTreeMap<ChallengeId, Vec<String>>,
}

impl Book {
    fn known(&self) -> impl Iterator<Item = &Kept> {
        self.all.values().chain(&self.due)
    }

    /// What stands against a purchase.
    pub fn refusal(
        &self,
        (challenge, program): (ChallengeId, i64),
        addon: Addon,
        runs: bool,
        is_from_wallet: bool,
    ) -> Option<Refused> {
        if !runs {
            return Some(Refused::NotRunning);
        }
        let under_way = self
            .known()
            .filter(|one| one.challenge == challenge && one.is_under_way());
        let mut had: Vec<&str> = under_way.map(|one| one.code.as_str()).collect();
        let applied = self.applied.get(&challenge).into_iter().flatten();
        had.extend(applied.map(String::as_str));
        if had.contains(&addon.code) {
            return Some(Refused::Had);
        }
        let is_room = |adds: Adds| matches!(adds, Adds::Room { .. });
        let all = addons(program);
        let mut rooms = all.iter().filter(|one| is_room(one.adds));
        if is_room(addon.adds) && rooms.any(|one| had.contains(&one.code)) {
            return Some(Refused::Conflict);
        }
        let (balance, held) = self.wallet();
        (is_from_wallet && balance - held < addon.price_minor).then_some(Refused::Poor)
    }

    /// What the wallet holds, and how much of it is held back.
    pub fn wallet(&self) -> (i64, i64) {
        let (mut balance, mut held) = (WALLET_MINOR, 0);
        for one in self.known().filter(|one| one.is_from_wallet) {
            match one.state.as_str() {
                "active" => balance -= one.price_minor,
                "withdraw" => held += one.price_minor,
                _ => {}
            }
        }
        (balance, held)
    }

    /// What waits for the desk, in the order in which it gets to it.
    pub fn waiting(&self) -> Vec<i64> {
        let waiting = self.all.iter().filter(|(_, one)| one.waits_for_desk());
        let mut waiting: Vec<i64> = waiting.map(|(id, _)| *id).collect();
        waiting.sort_by_key(|id| (self.since.get(id).copied(), *id));
        waiting
    }

    /// What it adds from now on, where the desk has applied it.
    pub fn settle(&mut self, id: i64, program: i64, runs: bool) -> Option<Adds> {
        let kept = self.all.get_mut(&id)?;
        kept.settle(runs);
        if !runs {
            return None;
        }
        let applied = self.applied.entry(kept.challenge).or_default();
        applied.push(kept.code.clone());
        adds_of(program, &kept.code)
    }

    /// Everything that a challenge has.
    pub fn has(&self, challenge: ChallengeId, program: i64) -> Vec<Adds> {
        let codes = self.applied.get(&challenge).into_iter().flatten();
        codes.filter_map(|code| adds_of(program, code)).collect()
    }

    /// What is stored and was not known is what was answered, in its order; gives the numbers.
    pub fn recognize(&mut self, facts: &Facts) -> Vec<i64> {
        let mut found = Vec::new();
        for id in facts.additions.keys() {
            if !self.all.contains_key(id)
                && let Some(kept) = self.due.pop_front()
            {
                self.all.insert(*id, kept);
                found.push(*id);
            }
        }
        found
    }
}

fn adds_of(program: i64, code: &str) -> Option<Adds> {
    let all = addons(program);
    all.iter().find(|one| one.code == code).map(|one| one.adds)
}
