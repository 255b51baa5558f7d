//! Profit leaves a funded account, or comes back to it.

use super::{Cause, Entered, Shard, ShardError};
use crate::identity::StaffActor;
use touchstone_domain::payout::{Amounts, Basis, Eligibility, Past, Remains, Trigger, eligibility};
use touchstone_domain::{Login, PayoutId, UnixMicros};
use touchstone_rules::{Event, MoneyKind, RulesError};

/// A payout that was asked for, as it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPayout {
    pub trigger: Trigger,
    pub number: i64,
    /// The payout before, or the activation.
    pub cycle_from: UnixMicros,
    pub decided: Eligibility,
    /// When the next cycle ends, where payouts are made by themselves.
    pub next_cycle: Option<UnixMicros>,
}

/// Staff have refused a payout whose profit had been taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedPayout {
    pub id: PayoutId,
    pub staff: StaffActor,
    pub reason: String,
}

impl Shard {
    /// What keeps a payout, and what it would come to. `None` for an account that is not funded, or whose phase is over.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn eligibility(
        &mut self,
        login: Login,
        past: &Past,
    ) -> Result<Option<Eligibility>, ShardError> {
        self.charge_night_of(login)?;
        let Some(judged) = self.rules.account(login)? else {
            return Ok(None);
        };
        let phase = judged.phase();
        let Some(rules) = &phase.rules().payout else {
            return Ok(None);
        };
        let state = phase.state();
        let basis = Basis {
            initial_minor: phase.initial_minor()?,
            balance_minor: state.reading.balance_minor,
            equity_minor: phase.equity_minor()?,
        };
        let amounts = rules.amounts(basis, past.number);
        let amounts = amounts.ok_or(RulesError::Overflow)?;
        let stands = phase.payout_standing()?;
        let open_positions = state.reading.open_positions;
        let floor = match amounts.taken_minor {
            0 => None,
            taken => judged.after_payout(taken)?,
        };
        let figures = self.figures(login).filter(|_| open_positions > 0);
        let remains = Remains {
            now: self.at,
            activated_at: phase.opening().activated_at,
            basis,
            is_live: !state.status.is_over(),
            is_firm: state.reading.is_firm,
            open_positions,
            trading_days: stands.trading_days,
            winning_days: stands.winning_days,
            consistency: stands.consistency,
            floor,
            free_margin_minor: figures.map(|figures| figures.free_margin_minor),
        };
        let day = &phase.rules().trading_day;
        Ok(Some(eligibility(rules, day, past, &remains, amounts)?))
    }

    /// The profit leaves the account, if the conditions are met; the payout is noted either way.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn pay_out(&mut self, login: Login, asked: AskedPayout) -> Result<(), ShardError> {
        self.cause = Cause::Event;
        let is_met = asked.decided.is_met();
        let Amounts {
            taken_minor,
            trader_minor,
            firm_minor,
            ..
        } = asked.decided.amounts;
        self.changes(login).payout = Some(asked);
        if !is_met {
            return Ok(());
        }
        for part in [trader_minor, firm_minor] {
            if part > 0 {
                self.enter(login, Entered::Payout, -part)?;
            }
        }
        self.money(login, MoneyKind::Payout, -taken_minor)
    }

    /// The profit of a refused payout is back. The rules of a phase that is over are not told: they are when it is put
    /// back.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn take_back_payout(
        &mut self,
        login: Login,
        returned: ReturnedPayout,
        parts: [i64; 2],
    ) -> Result<(), ShardError> {
        self.cause = Cause::Event;
        self.charge_night_of(login)?;
        self.changes(login).returned = Some(returned);
        for part in parts {
            if part > 0 {
                self.enter(login, Entered::PayoutReturned, part)?;
            }
        }
        match self.is_judged(login) {
            true => self.money(login, MoneyKind::PayoutReturned, parts.iter().sum()),
            false => Ok(()),
        }
    }

    fn money(&mut self, login: Login, kind: MoneyKind, minor: i64) -> Result<(), ShardError> {
        let verdicts = self.tell(login, vec![Event::Money { kind, minor }])?;
        self.follow(verdicts)?;
        self.watch_changed()
    }
}
