//! Passing and consistency.

use crate::judge::Found;
use crate::phase::Status;
use crate::{Finding, Phase, RulesError};
use serde::{Deserialize, Serialize};
use touchstone_domain::BasisPoints;
use touchstone_domain::rule_set::{Consistency, ConsistencyAt, ConsistencyOf, JudgedOn};

/// How far a phase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// On what the target is judged; on equity when there is none. Money that came in or went out is not in it.
    pub profit_minor: i64,
    pub target_minor: Option<i64>,
    /// With the present day, where what was done today makes it one.
    pub trading_days: u32,
    pub min_trading_days: u32,
    pub profitable_days: u32,
    pub min_profitable_days: u32,
    pub open_positions: u32,
    pub consistency: Option<ConsistencyView>,
}

/// How much of the profit came from one day or one trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyView {
    pub best_minor: i64,
    /// The profit that it is a part of.
    pub of_minor: i64,
    pub share: BasisPoints,
    /// What `of_minor` must be for this best one: the best over the share, rounded up.
    pub required_minor: i64,
    pub is_met: bool,
}

impl Phase {
    /// # Errors
    /// When a sum does not fit.
    pub fn progress(&self) -> Result<Progress, RulesError> {
        let passing = &self.rules.passing;
        let reading = &self.state.reading;
        let closed = self.closed_profit_minor()?;
        let judged_on = passing.profit_target.map(|target| target.judged_on);
        let profit_minor = match judged_on {
            Some(JudgedOn::ClosedBalance) => closed,
            Some(JudgedOn::Equity) | None => crate::add(closed, reading.floating_minor)?,
        };
        let wanted = passing.min_profitable_days;
        Ok(Progress {
            profit_minor,
            target_minor: self.rules.target_profit_minor(self.initial_minor()?),
            trading_days: self.state.trading_days + u32::from(self.counts_already()),
            min_trading_days: passing.min_trading_days,
            profitable_days: self.state.profitable_days,
            min_profitable_days: wanted.map_or(0, |wanted| wanted.days),
            open_positions: reading.open_positions,
            consistency: self.consistency()?,
        })
    }

    pub(crate) fn pass_if_reached(&mut self, found: &mut Found) -> Result<(), RulesError> {
        let Some(target) = self.rules.passing.profit_target else {
            return Ok(());
        };
        let progress = self.progress()?;
        let must_be_flat =
            self.rules.passing.flat_to_pass || target.judged_on == JudgedOn::ClosedBalance;
        let is_reached = progress
            .target_minor
            .is_some_and(|target| progress.profit_minor >= target)
            && progress.trading_days >= progress.min_trading_days
            && progress.profitable_days >= progress.min_profitable_days
            && (!must_be_flat || progress.open_positions == 0);
        if !is_reached {
            return Ok(());
        }
        let at = self.state.now;
        let enforced = self.rules.consistency.map(|rule| rule.enforced);
        let unmet = progress.consistency.filter(|view| !view.is_met);
        if let (Some(view), Some(ConsistencyAt::Pass | ConsistencyAt::Warning)) = (unmet, enforced)
        {
            if !self.state.told_consistency {
                self.state.told_consistency = true;
                found.push((at, Finding::ConsistencyUnmet(view)));
            }
            if enforced == Some(ConsistencyAt::Pass) {
                return Ok(());
            }
        }
        self.state.status = Status::Passed { at };
        found.push((at, Finding::Passed(progress)));
        Ok(())
    }

    /// # Errors
    /// When a sum does not fit.
    pub fn consistency(&self) -> Result<Option<ConsistencyView>, RulesError> {
        let Some(rule) = self.rules.consistency else {
            return Ok(None);
        };
        let tally = match rule.enforced {
            ConsistencyAt::PayoutWindow => &self.state.window,
            ConsistencyAt::Pass | ConsistencyAt::Payout | ConsistencyAt::Warning => &self.state.all,
        };
        let today = self.today_minor()?;
        let total = tally.total(self.closed_profit_minor()?)?;
        let (best, of) = match rule.of {
            ConsistencyOf::TotalProfit => (tally.best_day(today)?, total),
            ConsistencyOf::PositiveDays => (tally.best_day(today)?, tally.positive_days(today)?),
            ConsistencyOf::BestTradeOfTotal => (tally.best_trade_minor, total),
        };
        view(&rule, best.max(0), of, total).map(Some)
    }
}

fn view(
    rule: &Consistency,
    best_minor: i64,
    of_minor: i64,
    total_minor: i64,
) -> Result<ConsistencyView, RulesError> {
    let (best, share) = (i128::from(best_minor), i128::from(rule.share.0.max(1)));
    let whole = i128::from(BasisPoints::WHOLE.0);
    let required = (best * whole + share - 1) / share;
    Ok(ConsistencyView {
        best_minor,
        of_minor,
        share: rule.share,
        required_minor: i64::try_from(required).map_err(|_| RulesError::Overflow)?,
        is_met: total_minor > 0 && i128::from(of_minor) >= required,
    })
}
