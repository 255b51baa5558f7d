//! What a bought add-on changes.

use super::{PhaseType, StepTerms, Terms};
use crate::rule_set::of_step;
use crate::{BasisPoints, RuleSet, TradingDay};
use serde::{Deserialize, Serialize};

/// What an add-on does for whoever bought it. It is pinned with the version, so that a purchase keeps what was paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddonEffect {
    /// Nothing by itself: a service that people of the firm give.
    #[default]
    ByHand,
    /// No step fails because its days are over.
    NoTimeLimit,
    /// The trader's share of a profit, in place of the funded step's.
    ProfitSplit(BasisPoints),
}

impl AddonEffect {
    pub fn is_by_hand(&self) -> bool {
        *self == Self::ByHand
    }

    fn apply(self, step: &mut StepTerms) {
        match self {
            Self::ByHand => {}
            Self::NoTimeLimit => {
                (step.duration_days, step.max_trading_days) = (0, 0);
                if let Some(rules) = &mut step.rules {
                    rules.passing.time_limits.clear();
                }
            }
            Self::ProfitSplit(share) if step.phase_type == PhaseType::Funded => {
                step.profit_split = step.profit_split.max(share);
            }
            Self::ProfitSplit(_) => {}
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::NoTimeLimit => "no_time_limit",
            Self::ProfitSplit(_) => "profit_split",
        }
    }
}

impl Terms {
    /// The terms as they are for whoever bought these add-ons with them.
    #[must_use]
    pub fn bought(&self, addons: &[String]) -> Self {
        let mut terms = self.clone();
        for addon in self
            .addons
            .iter()
            .filter(|addon| addons.contains(&addon.code))
        {
            for step in &mut terms.steps {
                addon.effect.apply(step);
            }
        }
        terms
    }

    /// The rules that an account of a step, counted from 0, is judged by: the step's own rule set, or what its fields
    /// and the conduct mean on days that begin at midnight in UTC. `None` without such a step.
    pub fn rules_of(&self, step: usize) -> Option<RuleSet> {
        let step = self.steps.get(step)?;
        Some(match &step.rules {
            Some(rules) => rules.clone(),
            None => of_step(step, &self.conduct, TradingDay::utc()),
        })
    }

    /// Takes away the add-ons whose effect would change nothing.
    pub fn drop_idle_addons(&mut self) {
        let mut addons = std::mem::take(&mut self.addons);
        addons.retain(|addon| self.effect_fault(addon.effect).is_none());
        self.addons = addons;
    }

    /// Why an effect would change nothing, or make it worse.
    pub(super) fn effect_fault(&self, effect: AddonEffect) -> Option<&'static str> {
        match effect {
            AddonEffect::ByHand => None,
            AddonEffect::NoTimeLimit => {
                let limited = (0..self.steps.len()).any(|step| {
                    let rules = self.rules_of(step);
                    rules.is_some_and(|rules| !rules.passing.time_limits.is_empty())
                });
                (!limited).then_some("no step has a time limit that it could take away")
            }
            AddonEffect::ProfitSplit(share) => {
                let has_funded = self.steps.iter().any(|s| s.phase_type == PhaseType::Funded);
                match has_funded {
                    false => Some("there is no funded step whose profit could be split"),
                    true if share > BasisPoints::WHOLE => Some("the share must not be above 100 %"),
                    true if share <= self.profit_split() => {
                        Some("the share is not above that of the funded step")
                    }
                    true => None,
                }
            }
        }
    }
}
