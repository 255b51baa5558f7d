//! One look at a phase: peaks, then floors, then what follows, then the pass.

use crate::phase::{Replaced, Status};
use crate::{Crossing, Finding, Limit, Phase, RuleName, RulesError};
use touchstone_domain::UnixMicros;
use touchstone_domain::rule_set::{DailyCheck, Effect};

/// What was found, with its instant.
pub(crate) type Found = Vec<(UnixMicros, Finding)>;

impl Phase {
    /// Judges what the account holds at this instant.
    pub(crate) fn judge(&mut self, found: &mut Found) -> Result<(), RulesError> {
        if self.state.status.is_over() || !self.state.reading.is_firm {
            return Ok(());
        }
        self.raise_peaks()?;
        let watched = self.watched()?;
        self.hold_against(watched, found)?;
        if !self.state.status.is_over() {
            self.pass_if_reached(found)?;
        }
        Ok(())
    }

    /// The limits that are tested at every touch.
    fn watched(&self) -> Result<Vec<Limit>, RulesError> {
        let at_close = |limit: &Limit| {
            let check = self.rules.daily_loss.map(|rule| rule.check);
            limit.rule == RuleName::DailyLoss && check == Some(DailyCheck::AtDayClose)
        };
        let mut limits = self.limits()?;
        limits.retain(|limit| !at_close(limit));
        Ok(limits)
    }

    pub(crate) fn hold_against(
        &mut self,
        limits: Vec<Limit>,
        found: &mut Found,
    ) -> Result<(), RulesError> {
        let mut crossed: Vec<(Limit, i64)> = Vec::new();
        for limit in limits {
            let measured = self.measured_minor(limit.measure)?;
            let is_crossed = self.is_crossed(&limit, measured);
            let mark = self.mark(limit.rule);
            if !is_crossed {
                mark.suspended = false;
            } else if !mark.tripped && !mark.suspended {
                crossed.push((limit, measured));
            }
        }
        if crossed.is_empty() {
            return Ok(());
        }
        // Floors before the ceiling, the highest first; of two at the same height the maximum loss.
        crossed.sort_by_key(|(limit, _)| {
            let is_ceiling = limit.rule == RuleName::DailyProfitCap;
            let is_daily = limit.rule == RuleName::DailyLoss;
            (is_ceiling, std::cmp::Reverse(limit.level_minor), is_daily)
        });
        self.take_effect(&crossed, found);
        Ok(())
    }

    fn take_effect(&mut self, crossed: &[(Limit, i64)], found: &mut Found) {
        let at = self.state.now;
        let crossing = |(limit, measured_minor): &(Limit, i64)| Crossing {
            limit: *limit,
            measured_minor: *measured_minor,
            beside: crossed
                .iter()
                .map(|(other, _)| *other)
                .filter(|other| other.rule != limit.rule)
                .collect(),
        };
        let failing = crossed.iter().find(|(limit, _)| self.fails_by(limit));
        if let Some(failing) = failing {
            // The last strike is not counted: a phase that is put back has the strikes that it had.
            self.state.status = Status::Failed { at };
            found.push((at, Finding::Breached(crossing(failing))));
            return;
        }
        for one in crossed {
            let crossing = crossing(one);
            let effect = match one.0.is_provisional {
                true => Effect::Warn,
                false => self.effect_of(one.0.rule),
            };
            let until = self.state.day.ends_at;
            let mark = self.mark(one.0.rule);
            mark.tripped = true;
            let finding = match effect {
                Effect::Strike { fails_at } => {
                    mark.strikes += 1;
                    let strikes = mark.strikes;
                    Finding::Struck {
                        crossing,
                        strikes,
                        fails_at,
                    }
                }
                Effect::PauseUntilReset => {
                    self.state.status = Status::Paused { until };
                    Finding::Paused { crossing, until }
                }
                Effect::Warn | Effect::Fail => Finding::Warned(crossing),
            };
            found.push((at, finding));
        }
    }

    fn fails_by(&self, limit: &Limit) -> bool {
        let strikes = match limit.rule {
            RuleName::DailyLoss => self.state.marks.loss.strikes,
            RuleName::DailyProfitCap => self.state.marks.cap.strikes,
            RuleName::MaxLoss => self.state.marks.max.strikes,
        };
        let fails = match self.effect_of(limit.rule) {
            Effect::Fail => true,
            Effect::Strike { fails_at } => strikes.saturating_add(1) >= fails_at,
            Effect::PauseUntilReset | Effect::Warn => false,
        };
        fails && !limit.is_provisional
    }

    /// Puts a failed phase back as it was. The limits that are crossed now are left alone until the measure is on
    /// their good side again.
    pub(crate) fn revert(&mut self) -> Result<(), RulesError> {
        if !matches!(self.state.status, Status::Failed { .. }) {
            return Err(RulesError::NotFailed);
        }
        self.state.status = Status::Live;
        self.state.forgiven_until = Some(self.state.now);
        self.put_anchors_back()?;
        for limit in self.limits()? {
            let measured = self.measured_minor(limit.measure)?;
            if self.is_crossed(&limit, measured) {
                self.mark(limit.rule).suspended = true;
            }
        }
        Ok(())
    }

    /// Anchors that staff had set, and by which a limit is crossed, go with the breach that they had led to.
    fn put_anchors_back(&mut self) -> Result<(), RulesError> {
        let Some(before) = self.state.day.replaced else {
            return Ok(());
        };
        for limit in [self.daily_floor()?, self.daily_ceiling()?] {
            let Some(limit) = limit.filter(|limit| limit.anchor == crate::AnchorSource::Staff)
            else {
                continue;
            };
            if self.is_crossed(&limit, self.measured_minor(limit.measure)?) {
                let day = &mut self.state.day;
                (day.loss, day.cap) = (before.loss, before.cap);
                day.peak_minor = before.peak_minor;
                day.replaced = None;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a limit of the day would be crossed by what is measured now, if it were counted from this anchor.
    ///
    /// # Errors
    /// When a limit does not fit.
    pub fn would_cross(&self, anchor_minor: i64) -> Result<bool, RulesError> {
        let mut tried = self.clone();
        tried.set_anchor(anchor_minor)?;
        for limit in [tried.daily_floor()?, tried.daily_ceiling()?] {
            if let Some(limit) = limit
                && tried.is_crossed(&limit, tried.measured_minor(limit.measure)?)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Staff set the day's anchor in place of a provisional one.
    pub(crate) fn set_anchor(&mut self, minor: i64) -> Result<(), RulesError> {
        let source = crate::AnchorSource::Staff;
        let loss = self
            .rules
            .daily_loss
            .map(|rule| self.day_amount(rule.amount, minor));
        let cap = self
            .rules
            .daily_profit_cap
            .map(|rule| self.day_amount(rule.amount, minor));
        let amounts = [loss.transpose()?, cap.transpose()?];
        let at = self.state.now;
        let day = &mut self.state.day;
        let before = day.replaced.unwrap_or(Replaced {
            at,
            loss: day.loss,
            cap: day.cap,
            peak_minor: day.peak_minor,
        });
        day.replaced = Some(Replaced { at, ..before });
        let mut was_provisional = [false; 2];
        for (index, anchor) in [&mut day.loss, &mut day.cap].into_iter().enumerate() {
            if let (Some(anchor), Some(amount_minor)) = (anchor.as_mut(), amounts[index]) {
                was_provisional[index] = anchor.is_provisional;
                anchor.minor = minor;
                anchor.amount_minor = amount_minor;
                anchor.source = source;
                anchor.is_provisional = false;
            }
        }
        day.peak_minor = day.peak_minor.max(minor);
        // A warning under a provisional anchor was no verdict: the firm one may still have its effect today.
        let [loss, cap] = was_provisional;
        self.state.marks.loss.tripped &= !loss;
        self.state.marks.cap.tripped &= !cap;
        Ok(())
    }
}
