//! What a payout does to a phase, what it is undone by, and how the phase stands for the next one.

use crate::phase::Peak;
use crate::tally::Tally;
use crate::{Account, Limit, MoneyKind, Phase, RulesError, add, sub};
use serde::{Deserialize, Serialize};
use touchstone_domain::rule_set::{AfterPayout, ConsistencyAt};

/// What has been done since the payout before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Paid {
    #[serde(default, skip_serializing_if = "crate::is_default")]
    trading_days: u32,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    winning_days: u32,
    /// What there would be without the last payout, for the case that it is rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Before>>,
}

/// The window and the peak as they would be without the last payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Before {
    pub window: Tally,
    trading_days: u32,
    winning_days: u32,
    pub max: Peak,
}

/// How a phase stands for a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayoutStanding {
    /// Since the payout before; with the present day, where what was done today makes it one.
    pub trading_days: u32,
    /// Since the payout before; days that are over.
    pub winning_days: u32,
    /// Profit, profit that is wanted, whether that is enough; `None` where consistency is not asked for at a payout.
    pub consistency: Option<(i64, i64, bool)>,
}

impl Phase {
    /// # Errors
    /// When a sum does not fit.
    pub fn payout_standing(&self) -> Result<PayoutStanding, RulesError> {
        let enforced = self.rules.consistency.map(|rule| rule.enforced);
        let asked = matches!(
            enforced,
            Some(ConsistencyAt::Payout | ConsistencyAt::PayoutWindow)
        );
        let view = if asked { self.consistency()? } else { None };
        Ok(PayoutStanding {
            trading_days: self.state.paid.trading_days + u32::from(self.counts_already()),
            winning_days: self.state.paid.winning_days,
            consistency: view.map(|view| (view.of_minor, view.required_minor, view.is_met)),
        })
    }

    /// A day is over that has come to `won_minor` since the payout before. Only phases with payouts count, so that all others keep the state that they have.
    pub(crate) fn count_for_payout(
        &mut self,
        today_minor: i64,
        won_minor: i64,
        is_trading_day: bool,
    ) -> Result<(), RulesError> {
        let Some(rules) = &self.rules.payout else {
            return Ok(());
        };
        let initial = self.initial_minor()?;
        let least = rules
            .winning_days
            .map(|wanted| wanted.at_least.minor(initial));
        let wins = |profit: i64| matches!(least, Some(Some(least)) if profit >= least);
        let paid = &mut self.state.paid;
        paid.trading_days += u32::from(is_trading_day);
        paid.winning_days += u32::from(wins(won_minor));
        if let Some(before) = &mut paid.before {
            let won_minor = before.window.close_day(today_minor)?;
            before.trading_days += u32::from(is_trading_day);
            before.winning_days += u32::from(wins(won_minor));
        }
        Ok(())
    }

    /// The window begins anew, and the floor does what the rules say.
    pub(crate) fn paid_out(&mut self, minor: i64) -> Result<(), RulesError> {
        let (profit, today) = (self.closed_profit_minor()?, self.today_minor()?);
        let initial = self.initial_minor()?;
        let state = &mut self.state;
        let window = std::mem::replace(&mut state.window, Tally::since_payout(profit, today));
        if self.rules.payout.is_some() {
            state.paid = Paid {
                trading_days: 0,
                winning_days: 0,
                before: Some(Box::new(Before {
                    window,
                    trading_days: state.paid.trading_days,
                    winning_days: state.paid.winning_days,
                    max: state.max,
                })),
            };
        }
        let Some(rule) = self.rules.max_loss else {
            return Ok(());
        };
        match rule.after_payout {
            AfterPayout::Keep => {}
            AfterPayout::MoveByPayout => {
                state.max.moved_minor = add(state.max.moved_minor, minor)?;
                if let Some(floor) = &mut state.max.locked_floor_minor {
                    *floor = add(*floor, minor)?;
                }
            }
            AfterPayout::Restart => {
                state.max.minor = state.reading.balance_minor;
                state.max.taken_at = state.now;
                state.max.moved_minor = 0;
                state.max.locked_floor_minor = None;
            }
            AfterPayout::LockAtInitial => {
                state.max.locked_floor_minor = Some(initial);
            }
        }
        Ok(())
    }

    /// The last payout is taken back: the window, the peak and the floor are as they would be without it.
    pub(crate) fn payout_returned(&mut self, minor: i64) -> Result<(), RulesError> {
        let Some(before) = self.state.paid.before.take() else {
            return Ok(());
        };
        let Before {
            window,
            trading_days,
            winning_days,
            max,
        } = *before;
        self.state.window = window;
        self.state.paid = Paid {
            trading_days,
            winning_days,
            before: None,
        };
        let since = std::mem::replace(&mut self.state.max, max);
        let Some(rule) = self.rules.max_loss.filter(|rule| rule.mode.trails()) else {
            return Ok(());
        };
        // Highs since then were lower by what had been taken, where the peak had begun anew or moved with it.
        let high = add(since.minor, since.moved_minor)?;
        let high = match rule.after_payout {
            AfterPayout::Keep | AfterPayout::LockAtInitial => high,
            AfterPayout::MoveByPayout | AfterPayout::Restart => add(high, minor)?,
        };
        self.raise_max(high)
    }
}

impl Account {
    /// Where the limits would stand once a profit of so much is taken: of those that would be crossed, or else of the
    /// highest floor, what is measured and where the limit stands. `None` without a floor.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn after_payout(&self, minor: i64) -> Result<Option<(i64, i64, bool)>, RulesError> {
        let mut then = self.clone();
        then.money(MoneyKind::Payout, sub(0, minor)?)?;
        let phase = &then.phase;
        let mut nearest: Option<(i64, i64, bool)> = None;
        for limit in phase.limits()? {
            if limit.rule == crate::RuleName::DailyProfitCap {
                continue;
            }
            let Limit { level_minor, .. } = limit;
            let measured = phase.measured_minor(limit.measure)?;
            let room = sub(measured, level_minor)?;
            let is_nearer = nearest.is_none_or(|(m, l, _)| room < m.saturating_sub(l));
            if is_nearer {
                let is_crossed = phase.is_crossed(&limit, measured);
                nearest = Some((measured, level_minor, is_crossed));
            }
        }
        Ok(nearest)
    }
}
