//! What a bought add-on changes.

use super::{AddonError, LaterError, PhaseType, StepTerms, Terms};
use crate::rule_set::{DailyAmount, MaxLossAmount, of_step};
use crate::{BasisPoints, Money, RuleSet, TradingDay};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    /// So much more of a balance may be lost, in a day and in all, where there is such a limit.
    Drawdown {
        #[serde(default)]
        daily_by: BasisPoints,
        #[serde(default)]
        max_by: BasisPoints,
    },
    /// No step asks for more trading days than these.
    MinTradingDays(u32),
    /// Positions may be held over the weekend.
    WeekendHolding,
    /// This leverage, where the group of a step gives less.
    Leverage(u32),
}

/// Highest leverage that an add-on may give.
const LEVERAGE_MAX: u32 = 1_000;

impl AddonEffect {
    pub fn is_by_hand(&self) -> bool {
        *self == Self::ByHand
    }

    /// Two add-ons that change the same thing cannot be bought together.
    pub fn is_like(&self, other: &Self) -> bool {
        !self.is_by_hand() && self.name() == other.name()
    }

    fn apply(self, step: &mut StepTerms) {
        match self {
            // No rule says how much margin a position needs.
            Self::ByHand | Self::Leverage(_) => {}
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
            Self::Drawdown { daily_by, max_by } => widen(step, daily_by, max_by),
            Self::MinTradingDays(most) => {
                step.min_trading_days = step.min_trading_days.min(most.into());
                if let Some(rules) = &mut step.rules {
                    rules.passing.min_trading_days = rules.passing.min_trading_days.min(most);
                }
            }
            Self::WeekendHolding => {
                if let Some(rules) = &mut step.rules {
                    rules.conduct.flat_before_weekend = None;
                }
            }
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::NoTimeLimit => "no_time_limit",
            Self::ProfitSplit(_) => "profit_split",
            Self::Drawdown { .. } => "drawdown",
            Self::MinTradingDays(_) => "min_trading_days",
            Self::WeekendHolding => "weekend_holding",
            Self::Leverage(_) => "leverage",
        }
    }
}

/// Raises the limits of loss that a step has, by shares of what they are counted from; fixed amounts by shares of the
/// initial balance.
fn widen(step: &mut StepTerms, daily_by: BasisPoints, max_by: BasisPoints) {
    let initial_minor = step.initial_balance_minor;
    let more = |share: BasisPoints, by: BasisPoints| BasisPoints(share.0.saturating_add(by.0));
    let fixed =
        |minor: i64, by: BasisPoints| minor.saturating_add(by.of(initial_minor).unwrap_or(0));
    let Some(rules) = &mut step.rules else {
        for (share, by) in [
            (&mut step.max_daily_loss, daily_by),
            (&mut step.max_total_loss, max_by),
        ] {
            if *share != BasisPoints::ZERO {
                *share = more(*share, by);
            }
        }
        return;
    };
    if let Some(rule) = &mut rules.daily_loss {
        rule.amount = match rule.amount {
            DailyAmount::FixedMinor(minor) => DailyAmount::FixedMinor(fixed(minor, daily_by)),
            DailyAmount::PercentOfInitial(share) => {
                DailyAmount::PercentOfInitial(more(share, daily_by))
            }
            DailyAmount::PercentOfAnchor(share) => {
                DailyAmount::PercentOfAnchor(more(share, daily_by))
            }
            DailyAmount::PercentOfIntradayPeak(share) => {
                DailyAmount::PercentOfIntradayPeak(more(share, daily_by))
            }
        };
    }
    if let Some(rule) = &mut rules.max_loss {
        rule.amount = match rule.amount {
            MaxLossAmount::FixedMinor(minor) => MaxLossAmount::FixedMinor(fixed(minor, max_by)),
            MaxLossAmount::PercentOfInitial(share) => {
                MaxLossAmount::PercentOfInitial(more(share, max_by))
            }
            MaxLossAmount::PercentOfPeak(share) => {
                MaxLossAmount::PercentOfPeak(more(share, max_by))
            }
        };
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
            terms.take_in(addon.effect);
        }
        terms
    }

    /// The leverage of whoever bought these add-ons, in a group that gives `of_group`.
    pub fn leverage_with(&self, addons: &[String], of_group: i64) -> i64 {
        let bought = self
            .addons
            .iter()
            .filter(|addon| addons.contains(&addon.code));
        let leverages = bought.filter_map(|addon| match addon.effect {
            AddonEffect::Leverage(leverage) => Some(i64::from(leverage)),
            _ => None,
        });
        leverages.fold(of_group, i64::max)
    }

    fn take_in(&mut self, effect: AddonEffect) {
        for step in &mut self.steps {
            effect.apply(step);
            step.show_rules_anew();
        }
        if effect == AddonEffect::WeekendHolding {
            self.conduct.weekend_close_enabled = false;
        }
    }

    /// Why two chosen add-ons cannot be bought together, if so.
    ///
    /// # Errors
    /// [`AddonError::Conflict`] with the later one's place.
    pub fn conflict(&self, codes: &[String]) -> Result<(), AddonError> {
        let chosen = |code: &String| self.addons.iter().find(|addon| addon.code == *code);
        for (index, code) in codes.iter().enumerate() {
            let Some(addon) = chosen(code) else { continue };
            let mut before = codes[..index].iter().filter_map(chosen);
            if let Some(with) = before.find(|other| addon.conflicts_with(other)) {
                return Err(AddonError::Conflict {
                    index,
                    code: code.clone(),
                    with: with.code.clone(),
                });
            }
        }
        Ok(())
    }

    /// What an add-on costs whoever buys it for a challenge that has these add-ons already and is at a step, counted from
    /// 0.
    ///
    /// # Errors
    /// What would be said if it were chosen with the others; that it would change nothing from that step on.
    pub fn price_later(
        &self,
        bought: &[String],
        code: &str,
        step: usize,
    ) -> Result<Money, LaterError> {
        let all = [bought, &[code.to_owned()]].concat();
        self.choose(&all)?;
        let addon = self.addons.iter().find(|addon| addon.code == code);
        let addon = addon.ok_or(LaterError::Idle)?;
        let (before, after) = (self.bought(bought), self.bought(&all));
        let is_idle = (step..self.steps.len()).all(|step| {
            before.rules_of(step) == after.rules_of(step)
                && before.steps[step].profit_split == after.steps[step].profit_split
        });
        // Of these no rule tells.
        let is_told = !matches!(addon.effect, AddonEffect::ByHand | AddonEffect::Leverage(_));
        if is_idle && is_told {
            return Err(LaterError::Idle);
        }
        Ok(self.addon_price(addon).map_err(AddonError::from)?)
    }

    /// The rules that an account of a step, counted from 0, is judged by: the step's own rule set, or what its fields
    /// and the conduct mean on days that begin at midnight in UTC. `None` without such a step.
    pub fn rules_of(&self, step: usize) -> Option<RuleSet> {
        let step = self.steps.get(step)?;
        let mut rules = match &step.rules {
            Some(rules) => rules.clone(),
            None => of_step(step, &self.conduct, TradingDay::utc()),
        };
        rules.payout = step.payout(&self.conduct);
        Some(rules)
    }

    /// Takes away the add-ons whose effect would change nothing.
    pub fn drop_idle_addons(&mut self) {
        let mut addons = std::mem::take(&mut self.addons);
        addons.retain(|addon| self.effect_fault(addon.effect).is_none());
        let left: BTreeSet<String> = addons.iter().map(|addon| addon.code.clone()).collect();
        for addon in &mut addons {
            addon.excludes.retain(|code| left.contains(code));
        }
        self.addons = addons;
    }

    /// Why an effect would change nothing, or make it worse.
    pub(super) fn effect_fault(&self, effect: AddonEffect) -> Option<&'static str> {
        match effect {
            AddonEffect::ByHand => None,
            AddonEffect::Leverage(leverage) => (!(2..=LEVERAGE_MAX).contains(&leverage))
                .then_some("the leverage must be from 2 to 1000"),
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
            AddonEffect::Drawdown { daily_by, max_by } => self.drawdown_fault(daily_by, max_by),
            AddonEffect::MinTradingDays(_) => self
                .is_idle(effect)
                .then_some("no step asks for more trading days"),
            AddonEffect::WeekendHolding => self
                .is_idle(effect)
                .then_some("no step closes what is open before the weekend"),
        }
    }

    fn drawdown_fault(&self, daily_by: BasisPoints, max_by: BasisPoints) -> Option<&'static str> {
        let whole = 0..BasisPoints::WHOLE.0;
        if !whole.contains(&daily_by.0) || !whole.contains(&max_by.0) {
            return Some("the shares must be from 0 to below 100 %");
        }
        let effects = [(daily_by, BasisPoints::ZERO), (BasisPoints::ZERO, max_by)];
        for (daily_by, max_by) in effects {
            let part = AddonEffect::Drawdown { daily_by, max_by };
            if daily_by != max_by && self.is_idle(part) {
                return Some("no step has a limit of loss that it could raise");
            }
        }
        if daily_by == max_by && daily_by == BasisPoints::ZERO {
            return Some("it would raise no limit of loss");
        }
        let mut bought = self.clone();
        bought.take_in(AddonEffect::Drawdown { daily_by, max_by });
        let faults = |terms: &Self| -> Vec<Vec<_>> {
            let steps = terms.steps.iter().enumerate();
            let of = |(place, step): (usize, &StepTerms)| {
                let rules = terms.rules_of(place);
                rules.map_or_else(Vec::new, |rules| {
                    rules.faults_for(step.initial_balance_minor)
                })
            };
            steps.map(of).collect()
        };
        (faults(&bought) != faults(self))
            .then_some("the limits of loss would make no sense with it")
    }

    /// Whether an effect would change no rule.
    fn is_idle(&self, effect: AddonEffect) -> bool {
        let mut bought = self.clone();
        bought.take_in(effect);
        (0..self.steps.len()).all(|step| self.rules_of(step) == bought.rules_of(step))
    }
}
