//! The rule set of a step, and what both dialects show of it.

use super::judged::{contradictions, field_at, step_field_at};
use super::{Conduct, PhaseType, StepTerms, Terms, TermsFault};
use crate::rule_set::{
    Amount, CountedIn, DailyAmount, FaultCode, MaxLossAmount, RuleFault, RuleSet, of_step,
};
use crate::{BasisPoints, TradingDay};

impl StepTerms {
    /// Fills the fields that are 0 with what its rule set says.
    pub fn show_rules(&mut self) {
        let shown = self.shown();
        for ((_, field), value) in self.fields().into_iter().zip(shown) {
            if *field == 0 {
                *field = value;
            }
        }
    }

    /// As [`StepTerms::show_rules`], whatever the fields said before; without a rule set nothing changes.
    pub fn show_rules_anew(&mut self) {
        if self.rules.is_some() {
            let shown = self.shown();
            for ((_, field), value) in self.fields().into_iter().zip(shown) {
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

    /// What is wrong with the rules of the step: with its own rule set, fields and conduct that say something else than
    /// it, or with fields and conduct themselves.
    pub(super) fn rule_faults(&self, step: usize, conduct: &Conduct, faults: &mut Vec<TermsFault>) {
        let Some(own) = &self.rules else {
            let mut rules = of_step(self, conduct, TradingDay::utc());
            rules.payout = self.payout(conduct);
            let mut found = faults_of(&rules, self.initial_balance_minor);
            if self.min_trading_days > 0 && rules.passing.profit_target.is_none() {
                let place = "passing.min_trading_days".to_owned();
                let code = FaultCode::DaysWithoutTarget;
                found.push(RuleFault { code, place });
            }
            let told = |fault: RuleFault| TermsFault::Derived {
                step,
                field: self.field_of(&fault.place),
                fault,
            };
            return faults.extend(found.into_iter().map(told));
        };
        let mut whole = own.clone();
        whole.payout = self.payout(conduct);
        let mut found = faults_of(&whole, self.initial_balance_minor);
        if own.payout.is_some() && self.phase_type != PhaseType::Funded {
            let place = "payout".to_owned();
            let code = FaultCode::PayoutOnEvaluation;
            found.push(RuleFault { code, place });
        }
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
        if own.payout.is_some() && conduct.has_payout() {
            let field = "payout_cadence";
            faults.push(TermsFault::ConductBesideRules { step, field });
        }
        if conduct.is_judged {
            let mut said = own.clone();
            conduct.apply(&mut said, self.phase_type);
            let fields = contradictions(own, &said).into_iter();
            faults.extend(fields.map(|field| TermsFault::ConductBesideRules { step, field }));
        }
    }

    /// The field of the step, or of the conduct, that says what stands at a place of the rules derived from them.
    pub(super) fn field_of(&self, place: &str) -> &'static str {
        if let Some(field) = field_at(place) {
            return field;
        }
        match step_field_at(place) {
            Some("duration_days") if self.is_trading_days(place) => "max_trading_days",
            Some(field) => field,
            None => "rules",
        }
    }

    /// Time limits are derived in order: calendar days first, where there are any.
    fn is_trading_days(&self, place: &str) -> bool {
        self.duration_days <= 0 || place.starts_with("passing.time_limits[1]")
    }
}

fn faults_of(rules: &RuleSet, initial_minor: i64) -> Vec<RuleFault> {
    match initial_minor {
        ..=0 => rules.faults(),
        initial => rules.faults_for(initial),
    }
}

impl Terms {
    /// The conduct as it is for the accounts: where it says nothing itself, what the rules of all steps say.
    pub fn conduct_shown(&self) -> Conduct {
        let rules = (0..self.steps.len()).filter_map(|step| self.rules_of(step));
        self.conduct.shown(&rules.collect::<Vec<_>>())
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
