//! The rules of a phase change while it runs: what was bought later holds from here on, and for nothing before.

use crate::phase::{Anchor, Peak, Replaced};
use crate::{Phase, RulesError, add, sub, usable};
use std::sync::Arc;
use touchstone_domain::RuleSet;
use touchstone_domain::rule_set::{DailyAmount, MaxLoss};

impl Phase {
    /// Whether the phase can be judged by these from here on.
    pub fn takes(&self, rules: &Arc<RuleSet>) -> bool {
        self.clone().change_rules(Arc::clone(rules)).is_ok()
    }

    /// From here on the phase is judged by these rules. Anchors and peaks stay; each floor moves by as much as its amount
    /// of loss has changed, one that is locked too. A limit of the day that is new begins with the next day.
    pub(crate) fn change_rules(&mut self, rules: Arc<RuleSet>) -> Result<(), RulesError> {
        usable(&rules, self.initial_minor()?)?;
        if rules.trading_day != self.rules.trading_day {
            return Err(RulesError::OtherDay);
        }
        let before = std::mem::replace(&mut self.rules, rules);
        self.state.rules_no += 1;
        self.change_day(&before)?;
        if let (Some(before), Some(now)) = (before.max_loss, self.rules.max_loss) {
            self.state.max = self.with_moved_lock(self.state.max, &before, &now)?;
            // A payout that is rejected brings its floor back.
            if let Some(then) = self.state.paid.before.as_ref().map(|before| before.max) {
                let max = self.with_moved_lock(then, &before, &now)?;
                if let Some(before) = &mut self.state.paid.before {
                    before.max = max;
                }
            }
        }
        Ok(())
    }

    fn change_day(&mut self, before: &RuleSet) -> Result<(), RulesError> {
        let loss = |rules: &RuleSet| rules.daily_loss.map(|rule| rule.amount);
        let cap = |rules: &RuleSet| rules.daily_profit_cap.map(|rule| rule.amount);
        let losses = (loss(before), loss(&self.rules));
        let caps = (cap(before), cap(&self.rules));
        let day = self.state.day;
        let replaced = match day.replaced {
            None => None,
            Some(then) => Some(Replaced {
                loss: self.with_amount(then.loss, losses)?,
                cap: self.with_amount(then.cap, caps)?,
                ..then
            }),
        };
        let (loss, cap) = (
            self.with_amount(day.loss, losses)?,
            self.with_amount(day.cap, caps)?,
        );
        let day = &mut self.state.day;
        (day.loss, day.cap, day.replaced) = (loss, cap, replaced);
        Ok(())
    }

    /// Money that came in or went out since the anchor was taken has not changed its amount: only the difference counts.
    fn with_amount(
        &self,
        anchor: Option<Anchor>,
        amounts: (Option<DailyAmount>, Option<DailyAmount>),
    ) -> Result<Option<Anchor>, RulesError> {
        let (Some(anchor), (Some(before), Some(now))) = (anchor, amounts) else {
            return Ok(None);
        };
        let of = |amount| self.day_amount(amount, anchor.minor);
        let amount_minor = add(anchor.amount_minor, sub(of(now)?, of(before)?)?)?;
        Ok(Some(Anchor {
            amount_minor,
            ..anchor
        }))
    }

    fn with_moved_lock(
        &self,
        peak: Peak,
        before: &MaxLoss,
        now: &MaxLoss,
    ) -> Result<Peak, RulesError> {
        let Some(floor) = peak.locked_floor_minor else {
            return Ok(peak);
        };
        let of = |rule| self.max_amount(rule, peak.minor);
        let floor = sub(floor, sub(of(now)?, of(before)?)?)?;
        Ok(Peak {
            locked_floor_minor: Some(floor),
            ..peak
        })
    }
}

/// Rules that several share, written as one's own.
pub(crate) mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;
    use touchstone_domain::RuleSet;

    pub fn serialize<S: Serializer>(
        rules: &Arc<RuleSet>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        rules.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<RuleSet>, D::Error> {
        RuleSet::deserialize(deserializer).map(Arc::new)
    }
}
