//! One trader's own desk: the same shard that a server runs, with his accounts alone and the prices that he sees.

use super::SimulateError;
use super::market::Board;
use super::offer::Step;
use crate::desk::shard_parts::{AskedPayout, Grown, Live, Owner};
use crate::desk::{Answer, Asked, Shard};
use std::sync::Arc;
use touchstone_domain::payout::{Eligibility, Past};
use touchstone_domain::{
    BrandId, ChallengeId, CustomerId, Login, PayoutId, PhaseId, ProgramVersionId, Quote, UnixMicros,
};
use touchstone_rules::{Account as Judged, Finding, Opening, Origin, Phase};
use touchstone_trading::{Account, Action, Command, GateRules, Position, Tick};

/// Nothing is refused: the prices are what they are.
const OPEN_GATE: GateRules = GateRules {
    out_of_order: Action::Refuse,
    stale_after_ms: i64::MAX / 1_000_000,
    stale: Action::Refuse,
    ahead_ms: 0,
    far_off_bp: i64::MAX / 1_000_000_000,
    far_off: Action::Refuse,
    far_off_confirmed_by: 1,
    far_off_confirmed_ms: 0,
};

/// How a phase has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub at: UnixMicros,
    pub passed: bool,
    /// What ended it; `None` for a pass.
    pub finding: Option<Finding>,
}

pub(super) struct Seat<'a> {
    board: &'a Board,
    shard: Shard,
    source: Arc<str>,
    purchased_at: UnixMicros,
    login: Login,
    phases: i64,
    ended: Option<Ended>,
    /// What a server would have stored.
    #[cfg(test)]
    pub history: super::proof::History,
}

impl<'a> Seat<'a> {
    pub fn new(board: &'a Board, at: UnixMicros) -> Result<Self, SimulateError> {
        Ok(Self {
            board,
            shard: Shard::new(Arc::clone(&board.instruments), OPEN_GATE, at, 0, 1)?,
            source: Arc::from("simulated"),
            purchased_at: at,
            login: Login(0),
            phases: 0,
            ended: None,
            #[cfg(test)]
            history: super::proof::History::default(),
        })
    }

    pub const fn at(&self) -> UnixMicros {
        self.shard.at()
    }

    /// The next phase begins now, on an account of its own.
    pub fn begin(&mut self, step: &Step) -> Result<(), SimulateError> {
        self.keep();
        self.phases += 1;
        self.login = Login(self.phases);
        self.ended = None;
        let at = self.shard.at();
        #[cfg(test)]
        self.history.begun.push(at);
        let opening = Opening {
            initial_minor: step.initial_minor,
            purchased_at: self.purchased_at,
            activated_at: at,
        };
        let phase = Phase::open(Arc::clone(&step.rules), opening)?;
        let account = Account::new(self.login, step.leverage, step.booking, step.initial_minor);
        let owner = Owner {
            brand_id: BrandId(1),
            customer_id: CustomerId(1),
            challenge_id: ChallengeId(1),
            phase_id: PhaseId(self.phases),
            phase_index: self.phases,
            version_id: ProgramVersionId(1),
        };
        let judged = Judged::new(self.login, step.terms.currency, phase);
        let live = Live::new(account, owner, Arc::clone(&step.terms));
        Ok(self.shard.open(live, Some(judged))?)
    }

    /// Time passes up to an instant.
    pub fn advance(&mut self, to: UnixMicros) -> Result<(), SimulateError> {
        self.shard.advance(to)?;
        // Everything that is done some accounts at a time on a server is done at once.
        while self.shard.has_more() {
            self.keep();
            self.shard.advance(to)?;
        }
        self.look();
        Ok(())
    }

    /// Time passes, and a price comes.
    pub fn tick(&mut self, at: UnixMicros, quote: Quote) -> Result<(), SimulateError> {
        self.advance(at)?;
        if self.is_over() {
            return Ok(());
        }
        let rates = self.board.rates.iter().copied();
        for (symbol, quote) in rates.chain([(self.board.symbol, quote)]) {
            let tick = Tick {
                symbol,
                bid: quote.bid(),
                ask: quote.ask(),
                fed_at: at,
                sequence: None,
            };
            self.shard.tick(&self.source, &tick)?;
        }
        self.look();
        Ok(())
    }

    pub fn command(&mut self, command: Command) -> Result<Answer, SimulateError> {
        let answer = self.shard.command(&Asked {
            login: self.login,
            client_id: None,
            command,
            origin: Origin::Manual,
        })?;
        self.look();
        Ok(answer)
    }

    /// What keeps a payout, and what it would come to; `None` for an account that has none.
    pub fn eligibility(&mut self, past: &Past) -> Result<Option<Eligibility>, SimulateError> {
        Ok(self.shard.eligibility(self.login, past)?)
    }

    pub fn pay_out(&mut self, asked: AskedPayout) -> Result<(), SimulateError> {
        self.shard.pay_out(self.login, asked)?;
        self.look();
        Ok(())
    }

    pub fn grow(&mut self, number: u32, minor: i64) -> Result<(), SimulateError> {
        let grown = Grown {
            number: i64::from(number),
            minor,
            at: self.at(),
            through_payout: PayoutId(0),
        };
        self.shard.grow(self.login, grown)?;
        self.look();
        Ok(())
    }

    pub fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }

    pub const fn is_over(&self) -> bool {
        self.ended.is_some()
    }

    pub fn positions(&self) -> &[Position] {
        let live = self.shard.live(self.login);
        live.map_or(&[], |live| &live.account.positions)
    }

    pub fn balance_minor(&self) -> i64 {
        let live = self.shard.live(self.login);
        live.map_or(0, |live| live.account.balance_minor)
    }

    /// `None` when the phase is over.
    pub fn judged(&self) -> Result<Option<Judged>, SimulateError> {
        Ok(self.shard.judged(self.login)?)
    }

    /// Trading days of the phase, as its rules count them.
    pub fn trading_days(&self) -> Result<u32, SimulateError> {
        if let Some(judged) = self.judged()? {
            return Ok(judged.phase().progress()?.trading_days);
        }
        let live = self.shard.live(self.login);
        let verdict = live.and_then(|live| live.verdict.as_ref());
        Ok(verdict.map_or(0, |verdict| verdict.progress.trading_days))
    }

    /// Whether the phase has ended by now.
    fn look(&mut self) {
        let live = self.shard.live(self.login);
        let is_over = live.is_none_or(|live| live.ended.is_some());
        if !is_over || self.ended.is_some() {
            return;
        }
        let changes = self.shard.batch().accounts.get(&self.login);
        let Some(end) = changes.and_then(|changes| changes.end.as_ref()) else {
            return;
        };
        let told = changes.into_iter().flat_map(|changes| &changes.crossings);
        let found = told.rev().find(|told| told.finding.ends_the_phase());
        self.ended = Some(Ended {
            at: end.at,
            passed: end.passed,
            finding: found.map(|told| told.finding.clone()),
        });
        #[cfg(test)]
        self.history.ended.extend(self.ended.clone());
    }

    /// What a server would store now; here it is let go of, so that memory does not grow.
    pub fn keep(&mut self) {
        let _batch = self.shard.take_batch();
        #[cfg(test)]
        self.history.batches.push(_batch);
    }
}
