//! What a firm is told of terms that could be sold: rules that cannot be met together, and steps that lead nowhere.

use super::faults::place_of;
use super::{PhaseType, Terms};
use std::collections::BTreeSet;

/// One warning. Nothing is refused for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsWarning {
    /// Stable, for machines.
    pub code: &'static str,
    /// Counted from 0.
    pub step: usize,
    /// The field of the step or the conduct, in the words of the firm file; below `rules.` where the step has a rule set
    /// of its own.
    pub field: String,
    pub text: String,
}

impl TermsWarning {
    /// As [`super::TermsFault::place`].
    pub fn place(&self) -> String {
        place_of(self.step, &self.field)
    }
}

impl Terms {
    /// Everything that is odd about these terms; of terms without faults.
    pub fn warnings(&self) -> Vec<TermsWarning> {
        let mut warnings = Vec::new();
        let mut names = BTreeSet::new();
        for (step, terms) in self.steps.iter().enumerate() {
            let Some(rules) = self.rules_of(step) else {
                continue;
            };
            let mut warn = |code, field: String, text: String| {
                warnings.push(TermsWarning {
                    code,
                    step,
                    field,
                    text,
                });
            };
            if !names.insert(terms.name.trim().to_lowercase()) {
                let text = "another step has the same name, by which traders know them".to_owned();
                warn("step_name_twice", "name".to_owned(), text);
            }
            for found in rules.warnings_for(terms.initial_balance_minor) {
                let field = match terms.rules {
                    Some(_) => format!("rules.{}", found.place),
                    None => terms.field_of(found.place).to_owned(),
                };
                warn(found.code.name(), field, found.text);
            }
            let is_last = step + 1 == self.steps.len();
            if !is_last && rules.passing.profit_target.is_none() {
                let text = "without a profit target nobody gets to the next step".to_owned();
                warn("no_way_on", "profit_target_pct".to_owned(), text);
            }
            if terms.phase_type == PhaseType::Funded {
                if terms.profit_split.0 == 0 {
                    let text = "the trader's share of the profit is 0 %".to_owned();
                    warn("no_profit_split", "profit_split_pct".to_owned(), text);
                }
                self.payout_warnings(step, &mut warnings);
            }
        }
        warnings
    }

    /// Payouts that the funded step ends before.
    fn payout_warnings(&self, step: usize, warnings: &mut Vec<TermsWarning>) {
        let Some(rules) = self.rules_of(step) else {
            return;
        };
        let mut warn = |code, field: &str, text: String| {
            let field = field.to_owned();
            warnings.push(TermsWarning {
                code,
                step,
                field,
                text,
            });
        };
        let Some(payout) = &rules.payout else {
            return;
        };
        let is_own = self
            .steps
            .get(step)
            .and_then(|step| step.rules.as_ref())
            .is_some_and(|rules| rules.payout.is_some());
        let field = |own: &'static str, conduct: &'static str| match is_own {
            true => own,
            false => conduct,
        };
        let winning = payout.winning_days.map_or(0, |winning| winning.days);
        let wanted = i64::from(payout.min_trading_days.max(winning));
        let limits = rules.passing.time_limits.iter();
        let limits = limits.map(|limit| i64::from(limit.days) + 1);
        let lifetime = i64::from(rules.conduct.lifetime_days);
        let days = limits.chain((lifetime > 0).then_some(lifetime + 1)).min();
        if let Some(days) = days.filter(|days| wanted > *days) {
            let text = format!(
                "a payout needs {wanted} trading days, and the funded step ends within {days}"
            );
            let field = field("rules.payout", "payout_min_trading_days");
            warn("payout_days_out_of_reach", field, text);
        }
        let first = i64::from(payout.first_after_days);
        if let Some(days) = days.filter(|days| first > *days) {
            let text = format!(
                "the first payout comes after {first} days, and the funded step ends within {days}"
            );
            let field = "rules.payout.first_after_days";
            warn("payout_after_the_end", field, text);
        }
        let initial = self
            .steps
            .get(step)
            .map_or(0, |step| step.initial_balance_minor);
        let least = payout.min_amount_minor;
        if let Some(most) = rules.most_by_cap(initial, least)
            && most < least
        {
            let text =
                "the daily profit cap and the days of the funded step come to less than the smallest payout"
                    .to_owned();
            let field = field("rules.payout.min_amount_minor", "payout_min_amount");
            warn("payout_amount_out_of_reach", field, text);
        }
    }
}
