//! Where the floors and the ceiling stand, and what made them.

use crate::phase::{Mark, Peak};
use crate::{Phase, RuleName, RulesError, add, fits, sub};
use serde::{Deserialize, Serialize};
use touchstone_domain::UnixMicros;
use touchstone_domain::rule_set::{
    CapComparator, Comparator, DailyAmount, Effect, Lock, MaxLoss, MaxLossAmount, MaxLossMode,
    Measure,
};

/// One floor or ceiling, with the inputs that it was worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub rule: RuleName,
    pub level_minor: i64,
    pub anchor_minor: i64,
    pub anchor: AnchorSource,
    /// When the anchor was taken, or the peak made.
    pub taken_at: UnixMicros,
    pub is_provisional: bool,
    pub amount_minor: i64,
    /// The high that the floor follows, if it follows one.
    pub peak_minor: Option<i64>,
    pub is_locked: bool,
    pub measure: Measure,
}

/// Where an anchor is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnchorSource {
    /// The initial balance: on the first day, and for the maximum loss.
    Opening,
    Reset,
    /// Set by staff, in place of a provisional one.
    Staff,
}

/// A floor that the account stands above, or below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    pub limit: Limit,
    /// How far what it is held against is above its level.
    pub room_minor: i64,
}

impl Phase {
    /// The floor that is closest; one that rests is left out.
    ///
    /// # Errors
    /// When one does not fit.
    pub fn nearest_floor(&self) -> Result<Option<Floor>, RulesError> {
        let marks = &self.state.marks;
        let floors = [
            self.daily_floor()?.filter(|_| !marks.loss.suspended),
            self.max_floor()?.filter(|_| !marks.max.suspended),
        ];
        let mut nearest: Option<Floor> = None;
        for limit in floors.into_iter().flatten() {
            let room_minor = sub(self.measured_minor(limit.measure)?, limit.level_minor)?;
            if nearest.is_none_or(|other| room_minor < other.room_minor) {
                nearest = Some(Floor { limit, room_minor });
            }
        }
        Ok(nearest)
    }

    /// Every limit that is on: daily floor, daily ceiling, floor of the maximum loss.
    ///
    /// # Errors
    /// When one does not fit.
    pub fn limits(&self) -> Result<Vec<Limit>, RulesError> {
        let all = [
            self.daily_floor()?,
            self.daily_ceiling()?,
            self.max_floor()?,
        ];
        Ok(all.into_iter().flatten().collect())
    }

    pub(crate) fn daily_floor(&self) -> Result<Option<Limit>, RulesError> {
        let day = &self.state.day;
        let (Some(rule), Some(anchor)) = (self.rules.daily_loss, day.loss) else {
            return Ok(None);
        };
        let amount_minor = match rule.amount {
            DailyAmount::PercentOfIntradayPeak(share) => fits(share.of(day.peak_minor))?,
            _ => anchor.amount_minor,
        };
        let peak_minor = rule.follows_intraday_peak.then_some(day.peak_minor);
        Ok(Some(Limit {
            rule: RuleName::DailyLoss,
            level_minor: sub(peak_minor.unwrap_or(anchor.minor), amount_minor)?,
            anchor_minor: anchor.minor,
            anchor: anchor.source,
            taken_at: self.anchor_taken_at(anchor.source),
            is_provisional: anchor.is_provisional,
            amount_minor,
            peak_minor,
            is_locked: false,
            measure: rule.measure,
        }))
    }

    pub(crate) fn daily_ceiling(&self) -> Result<Option<Limit>, RulesError> {
        let (Some(rule), Some(anchor)) = (self.rules.daily_profit_cap, self.state.day.cap) else {
            return Ok(None);
        };
        Ok(Some(Limit {
            rule: RuleName::DailyProfitCap,
            level_minor: add(anchor.minor, anchor.amount_minor)?,
            anchor_minor: anchor.minor,
            anchor: anchor.source,
            taken_at: self.anchor_taken_at(anchor.source),
            is_provisional: anchor.is_provisional,
            amount_minor: anchor.amount_minor,
            peak_minor: None,
            is_locked: false,
            measure: rule.measure,
        }))
    }

    fn anchor_taken_at(&self, source: AnchorSource) -> UnixMicros {
        match source {
            AnchorSource::Opening => self.opening.activated_at,
            AnchorSource::Reset => self.state.day.began_at,
            AnchorSource::Staff => {
                let replaced = self.state.day.replaced;
                replaced.map_or(self.state.day.began_at, |replaced| replaced.at)
            }
        }
    }

    pub(crate) fn max_floor(&self) -> Result<Option<Limit>, RulesError> {
        let Some(rule) = self.rules.max_loss else {
            return Ok(None);
        };
        let peak = &self.state.max;
        let amount_minor = self.max_amount(&rule, peak.minor)?;
        let free = add(sub(peak.minor, amount_minor)?, peak.moved_minor)?;
        Ok(Some(Limit {
            rule: RuleName::MaxLoss,
            level_minor: peak.locked_floor_minor.unwrap_or(free),
            anchor_minor: self.initial_minor()?,
            anchor: AnchorSource::Opening,
            taken_at: peak.taken_at,
            is_provisional: false,
            amount_minor,
            peak_minor: if rule.mode.trails() {
                Some(add(peak.minor, peak.moved_minor)?)
            } else {
                None
            },
            is_locked: peak.locked_floor_minor.is_some(),
            measure: Measure::Equity,
        }))
    }

    pub(crate) fn max_amount(&self, rule: &MaxLoss, peak_minor: i64) -> Result<i64, RulesError> {
        match rule.amount {
            MaxLossAmount::FixedMinor(minor) => Ok(minor),
            MaxLossAmount::PercentOfInitial(share) => fits(share.of(self.initial_minor()?)),
            MaxLossAmount::PercentOfPeak(share) => fits(share.of(peak_minor)),
        }
    }

    /// New highs of this instant: before any floor is tested.
    pub(crate) fn raise_peaks(&mut self) -> Result<(), RulesError> {
        if let Some(rule) = self.rules.daily_loss
            && rule.follows_intraday_peak
        {
            let measured = self.measured_minor(rule.measure)?;
            let day = &mut self.state.day;
            day.peak_minor = day.peak_minor.max(measured);
        }
        match self.rules.max_loss.map(|rule| rule.mode) {
            Some(MaxLossMode::TrailingIntradayEquity) => self.raise_max(self.equity_minor()?),
            Some(MaxLossMode::TrailingClosedBalance) => {
                self.raise_max(self.state.reading.balance_minor)
            }
            _ => Ok(()),
        }
    }

    /// A value that the maximum loss trails behind; locks the floor where that is reached.
    pub(crate) fn raise_max(&mut self, value_minor: i64) -> Result<(), RulesError> {
        let Some(rule) = self.rules.max_loss else {
            return Ok(());
        };
        let now = self.state.now;
        let peak = &mut self.state.max;
        let own = sub(value_minor, peak.moved_minor)?;
        if own > peak.minor && peak.locked_floor_minor.is_none() {
            peak.minor = own;
            peak.taken_at = now;
        }
        let peak = self.state.max;
        if rule.mode.trails() && peak.locked_floor_minor.is_none() {
            self.state.max.locked_floor_minor = self.lock_floor(&rule, &peak)?;
        }
        Ok(())
    }

    fn lock_floor(&self, rule: &MaxLoss, peak: &Peak) -> Result<Option<i64>, RulesError> {
        let initial = self.initial_minor()?;
        let level = match rule.lock {
            Lock::Never => return Ok(None),
            Lock::AtInitial => initial,
            Lock::AtInitialPlus(lock) => add(initial, fits(lock.offset.minor(initial))?)?,
            Lock::AtTargetBalance => {
                let target = add(initial, fits(self.rules.target_profit_minor(initial))?)?;
                if peak.minor < target {
                    return Ok(None);
                }
                let floor = sub(target, self.max_amount(rule, target)?)?;
                return add(floor, peak.moved_minor).map(Some);
            }
        };
        let free = sub(peak.minor, self.max_amount(rule, peak.minor)?)?;
        let reached = add(free, peak.moved_minor)? >= level;
        Ok(reached.then_some(level))
    }

    /// Whether a limit is crossed by what is measured now.
    pub(crate) fn is_crossed(&self, limit: &Limit, measured_minor: i64) -> bool {
        let level = limit.level_minor;
        match limit.rule {
            RuleName::DailyLoss => {
                let how = self
                    .rules
                    .daily_loss
                    .map_or(Comparator::AtOrBelow, |r| r.comparator);
                how.is_crossed(measured_minor, level)
            }
            RuleName::MaxLoss => {
                let how = self
                    .rules
                    .max_loss
                    .map_or(Comparator::AtOrBelow, |r| r.comparator);
                how.is_crossed(measured_minor, level)
            }
            RuleName::DailyProfitCap => {
                let cap = self.rules.daily_profit_cap;
                let how = cap.map_or(CapComparator::AtOrAbove, |r| r.comparator);
                how.is_crossed(measured_minor, level)
            }
        }
    }

    pub(crate) fn effect_of(&self, rule: RuleName) -> Effect {
        match rule {
            RuleName::DailyLoss => self.rules.daily_loss.map(|rule| rule.effect),
            RuleName::DailyProfitCap => self.rules.daily_profit_cap.map(|rule| rule.effect),
            RuleName::MaxLoss => self.rules.max_loss.map(|rule| rule.effect),
        }
        .unwrap_or_default()
    }

    /// Limits that were crossed when a breach was taken back: each is left alone until the measure is on its good side
    /// again.
    pub fn resting(&self) -> impl Iterator<Item = RuleName> {
        let marks = &self.state.marks;
        let all = [
            (RuleName::DailyLoss, marks.loss),
            (RuleName::DailyProfitCap, marks.cap),
            (RuleName::MaxLoss, marks.max),
        ];
        let resting = all.into_iter().filter(|(_, mark)| mark.suspended);
        resting.map(|(rule, _)| rule)
    }

    pub(crate) fn mark(&mut self, rule: RuleName) -> &mut Mark {
        match rule {
            RuleName::DailyLoss => &mut self.state.marks.loss,
            RuleName::DailyProfitCap => &mut self.state.marks.cap,
            RuleName::MaxLoss => &mut self.state.marks.max,
        }
    }
}
