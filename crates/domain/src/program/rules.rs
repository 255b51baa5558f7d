//! The rule set of a step, and what both dialects show of it.

use super::{StepTerms, TermsFault};
use crate::rule_set::{Amount, CountedIn, DailyAmount, MaxLossAmount, RuleFault, RuleSet, of_step};
use crate::{BasisPoints, TradingDay};

impl StepTerms {
    /// The rules that an account of this step is judged by: its own rule set, or, where it has none, what its fields
    /// mean on days that begin at midnight in UTC.
    pub fn rule_set(&self) -> RuleSet {
        match &self.rules {
            Some(rules) => rules.clone(),
            None => of_step(self, TradingDay::utc()),
        }
    }

    /// Fills the fields that are 0 with what its rule set says.
    pub fn show_rules(&mut self) {
        let shown = self.shown();
        for ((_, field), value) in self.fields().into_iter().zip(shown) {
            if *field == 0 {
                *field = value;
            }
        }
    }

    /// Fields that a rule set tells, in the order of [`StepTerms::shown`].
    fn fields(&mut self) -> [(&'static str, &mut i64); 8] {
        [
            ("duration_days", &mut self.duration_days),
            ("max_daily_loss_pct", &mut self.max_daily_loss.0),
            ("max_total_loss_pct", &mut self.max_total_loss.0),
            ("max_daily_profit_pct", &mut self.max_daily_profit.0),
            ("profit_target_pct", &mut self.profit_target.0),
            ("min_trading_days", &mut self.min_trading_days),
            ("max_trading_days", &mut self.max_trading_days),
            ("max_positions", &mut self.max_positions),
        ]
    }

    /// What the rule set says in those fields; 0 for a rule that is off.
    fn shown(&self) -> [i64; 8] {
        let Some(rules) = &self.rules else {
            return [0; 8];
        };
        let share = |minor| share_of(minor, self.initial_balance_minor);
        let daily = |amount| match amount {
            DailyAmount::FixedMinor(minor) => share(minor),
            DailyAmount::PercentOfInitial(part)
            | DailyAmount::PercentOfAnchor(part)
            | DailyAmount::PercentOfIntradayPeak(part) => part.0,
        };
        let max = |amount| match amount {
            MaxLossAmount::FixedMinor(minor) => share(minor),
            MaxLossAmount::PercentOfInitial(part) | MaxLossAmount::PercentOfPeak(part) => part.0,
        };
        let target = |amount| match amount {
            Amount::FixedMinor(minor) => share(minor),
            Amount::PercentOfInitial(part) => part.0,
        };
        let passing = &rules.passing;
        let limit = |counted_in| {
            let mut limits = passing.time_limits.iter();
            limits
                .find(|limit| limit.counted_in == counted_in)
                .map_or(0, |limit| i64::from(limit.days))
        };
        [
            limit(CountedIn::CalendarDays),
            rules.daily_loss.map_or(0, |rule| daily(rule.amount)),
            rules.max_loss.map_or(0, |rule| max(rule.amount)),
            rules.daily_profit_cap.map_or(0, |cap| daily(cap.amount)),
            passing.profit_target.map_or(0, |goal| target(goal.amount)),
            i64::from(passing.min_trading_days),
            limit(CountedIn::TradingDays),
            rules
                .conduct
                .max_positions
                .map_or(0, |limit| i64::from(limit.limit)),
        ]
    }

    /// What is wrong with the rule set, and fields that say something else than it.
    pub(super) fn rule_faults(&self, step: usize, faults: &mut Vec<TermsFault>) {
        let Some(rules) = &self.rules else { return };
        let found: Vec<RuleFault> = match self.initial_balance_minor {
            ..=0 => rules.faults(),
            initial => rules.faults_for(initial),
        };
        faults.extend(
            found
                .into_iter()
                .map(|fault| TermsFault::Rules { step, fault }),
        );
        let shown = self.shown();
        let mut copy = self.clone();
        let differ = copy.fields().into_iter().zip(shown);
        let differ = differ.filter(|((_, field), value)| **field != *value);
        faults.extend(differ.map(|((field, _), _)| TermsFault::BesideRules { step, field }));
    }
}

/// Rounded half up; 0 where there is nothing to take a share of, or it does not fit.
fn share_of(minor: i64, initial_minor: i64) -> i64 {
    if initial_minor <= 0 {
        return 0;
    }
    let (whole, initial) = (i128::from(BasisPoints::WHOLE.0), i128::from(initial_minor));
    i64::try_from((i128::from(minor) * whole * 2 + initial) / (2 * initial)).unwrap_or(0)
}
