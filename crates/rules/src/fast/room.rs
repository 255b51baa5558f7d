//! How far the equity of an account may move before any rule can say anything.

use crate::{Limit, Phase, RuleName, RulesError, add, fits, sub};
use touchstone_domain::rule_set::{
    CapComparator, Comparator, ConsistencyAt, DailyAmount, DailyCheck, JudgedOn, Lock,
    MaxLossAmount, MaxLossMode, Measure,
};

/// `i64::MAX` where nothing stands in the way.
const ENDLESS: i64 = i64::MAX;

/// As long as the equity falls by no more than `down` and rises by no more than `up`, judging the phase at every tick
/// changes nothing but its peaks, and that only where `makes_peaks`: then its peaks are those of all the equity since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub down: i64,
    pub up: i64,
    pub makes_peaks: bool,
    /// A floor follows the equity: where there is little room, there may be more with another split of it.
    pub trails: bool,
}

impl Room {
    const WHOLE: Self = Self {
        down: ENDLESS,
        up: ENDLESS,
        makes_peaks: false,
        trails: false,
    };

    /// Room for a look at each tick.
    pub const NONE: Self = Self {
        down: 0,
        up: 0,
        makes_peaks: true,
        trails: true,
    };
}

/// A floor that follows the highest equity.
struct Trail<'a> {
    phase: &'a Phase,
    rule: RuleName,
    peak_minor: i64,
    /// How far above the floor the equity must stay; `None` while the floor cannot have an effect.
    clear: Option<i64>,
}

impl Trail<'_> {
    /// The floor with another peak; `None` when it does not fit.
    fn floor(&self, peak_minor: i64) -> Option<i64> {
        let phase = self.phase;
        match self.rule {
            RuleName::MaxLoss => {
                let moved = phase.state.max.moved_minor;
                let own = peak_minor.checked_sub(moved)?;
                let rule = phase.rules.max_loss?;
                let amount = phase.max_amount(&rule, own).ok()?;
                own.checked_sub(amount)?.checked_add(moved)
            }
            _ => {
                let amount = match phase.rules.daily_loss?.amount {
                    DailyAmount::PercentOfIntradayPeak(share) => share.of(peak_minor)?,
                    _ => phase.state.day.loss?.amount_minor,
                };
                peak_minor.checked_sub(amount)
            }
        }
    }
}

impl Phase {
    /// The room around what is held now. The phase must have been judged since it last changed.
    pub(super) fn room(&self) -> Result<Room, RulesError> {
        if self.state.status.is_over() || !self.state.reading.is_firm {
            return Ok(Room::WHOLE);
        }
        let equity = self.equity_minor()?;
        let trails: Vec<Trail<'_>> = [self.daily_trail()?, self.max_trail()?]
            .into_iter()
            .flatten()
            .collect();
        let mut fixed = Room {
            trails: !trails.is_empty(),
            ..Room::WHOLE
        };
        for limit in self.limits()? {
            let follows = trails.iter().any(|trail| trail.rule == limit.rule);
            self.narrow_by_limit(&limit, follows, equity, &mut fixed)?;
        }
        self.narrow_by_target(equity, &mut fixed)?;
        self.narrow_by_lock(equity, &mut fixed)?;
        fixed.down = fixed.down.max(0);
        fixed.up = fixed.up.max(0);
        Ok(widest(&trails, equity, fixed))
    }

    fn narrow_by_limit(
        &self,
        limit: &Limit,
        follows: bool,
        equity: i64,
        room: &mut Room,
    ) -> Result<(), RulesError> {
        let at_close = self
            .rules
            .daily_loss
            .is_some_and(|rule| rule.check == DailyCheck::AtDayClose);
        if limit.measure != Measure::Equity || (limit.rule == RuleName::DailyLoss && at_close) {
            return Ok(());
        }
        let marks = &self.state.marks;
        let (mark, touches) = match limit.rule {
            RuleName::DailyLoss => (marks.loss, self.crossed_at(limit.rule)),
            RuleName::DailyProfitCap => (marks.cap, self.crossed_at(limit.rule)),
            RuleName::MaxLoss => (marks.max, self.crossed_at(limit.rule)),
        };
        let clear = i64::from(touches);
        let above = sub(equity, limit.level_minor)?;
        let below = sub(limit.level_minor, equity)?;
        let is_ceiling = limit.rule == RuleName::DailyProfitCap;
        // A suspended limit is crossed now, and wakes where it is no longer.
        match (is_ceiling, mark.suspended) {
            (false, true) => room.up = room.up.min(sub(below, 1 - clear)?),
            (true, true) => room.down = room.down.min(sub(above, 1 - clear)?),
            _ if mark.tripped || follows => {}
            (false, false) => room.down = room.down.min(sub(above, clear)?),
            (true, false) => room.up = room.up.min(sub(below, clear)?),
        }
        Ok(())
    }

    /// Whether a limit is crossed by a measure that stands at it.
    fn crossed_at(&self, rule: RuleName) -> bool {
        let floor = |how: Comparator| how == Comparator::AtOrBelow;
        match rule {
            RuleName::DailyLoss => self.rules.daily_loss.is_some_and(|r| floor(r.comparator)),
            RuleName::MaxLoss => self.rules.max_loss.is_some_and(|r| floor(r.comparator)),
            RuleName::DailyProfitCap => self
                .rules
                .daily_profit_cap
                .is_some_and(|r| r.comparator == CapComparator::AtOrAbove),
        }
    }

    /// Prices can make the phase pass only where everything else is there.
    fn narrow_by_target(&self, equity: i64, room: &mut Room) -> Result<(), RulesError> {
        let passing = &self.rules.passing;
        let Some(target) = passing.profit_target else {
            return Ok(());
        };
        if target.judged_on != JudgedOn::Equity {
            return Ok(());
        }
        let progress = self.progress()?;
        let Some(target) = progress.target_minor else {
            return Ok(());
        };
        let is_ready = progress.trading_days >= progress.min_trading_days
            && progress.profitable_days >= progress.min_profitable_days
            && !(passing.flat_to_pass && progress.open_positions > 0);
        let missing = sub(target, progress.profit_minor)?;
        let holds_back = self
            .rules
            .consistency
            .is_some_and(|rule| rule.enforced == ConsistencyAt::Pass)
            && progress.consistency.is_some_and(|view| !view.is_met);
        if is_ready && missing > 0 && !(holds_back && self.state.told_consistency) {
            room.up = room.up.min(missing - 1);
        } else if is_ready && missing <= 0 && !holds_back {
            // It would have passed: look again at once.
            (room.up, room.down) = (0, 0);
        }
        debug_assert!(equity == self.equity_minor()?);
        Ok(())
    }

    /// A floor locks where its peak reaches something: that is an edge, so that between two looks a peak only rises.
    fn narrow_by_lock(&self, equity: i64, room: &mut Room) -> Result<(), RulesError> {
        let Some(rule) = self.rules.max_loss else {
            return Ok(());
        };
        let peak = &self.state.max;
        if rule.mode != MaxLossMode::TrailingIntradayEquity || peak.locked_floor_minor.is_some() {
            return Ok(());
        }
        let initial = self.initial_minor()?;
        let level = match rule.lock {
            Lock::Never => return Ok(()),
            Lock::AtTargetBalance => {
                let target = add(initial, fits(self.rules.target_profit_minor(initial))?)?;
                let gap = sub(add(target, peak.moved_minor)?, equity)?;
                room.up = room.up.min(sub(gap, 1)?);
                return Ok(());
            }
            Lock::AtInitial => initial,
            Lock::AtInitialPlus(lock) => add(initial, fits(lock.offset.minor(initial))?)?,
        };
        // The lowest own peak whose floor is at the level.
        let wanted = sub(level, peak.moved_minor)?;
        let lowest = match rule.amount {
            MaxLossAmount::PercentOfPeak(share) => {
                let left = i128::from(10_000 - share.0.clamp(0, 9_999));
                let about = i128::from(wanted) * 10_000 / left;
                // Rounding moves it by a few units at most; a little early does no harm.
                let slack = 2 + 20_000 / left;
                i64::try_from(about - slack).map_err(|_| RulesError::Overflow)?
            }
            _ => add(wanted, self.max_amount(&rule, peak.minor)?)?,
        };
        let gap = sub(add(lowest, peak.moved_minor)?, equity)?;
        room.up = room.up.min(sub(gap, 1)?);
        Ok(())
    }

    fn daily_trail(&self) -> Result<Option<Trail<'_>>, RulesError> {
        let rule = self.rules.daily_loss;
        let follows = rule.filter(|r| r.follows_intraday_peak && r.measure == Measure::Equity);
        let mark = self.state.marks.loss;
        Ok(follows.map(|rule| {
            let is_watched = rule.check == DailyCheck::EveryTouch;
            let acts = is_watched && !mark.tripped && !mark.suspended;
            Trail {
                phase: self,
                rule: RuleName::DailyLoss,
                peak_minor: self.state.day.peak_minor,
                clear: acts.then(|| i64::from(self.crossed_at(RuleName::DailyLoss))),
            }
        }))
    }

    fn max_trail(&self) -> Result<Option<Trail<'_>>, RulesError> {
        let peak = &self.state.max;
        let mark = self.state.marks.max;
        let trails = self.rules.max_loss.is_some_and(|rule| {
            rule.mode == MaxLossMode::TrailingIntradayEquity && peak.locked_floor_minor.is_none()
        });
        if !trails {
            return Ok(None);
        }
        let acts = !mark.tripped && !mark.suspended;
        Ok(Some(Trail {
            phase: self,
            rule: RuleName::MaxLoss,
            peak_minor: add(peak.minor, peak.moved_minor)?,
            clear: acts.then(|| i64::from(self.crossed_at(RuleName::MaxLoss))),
        }))
    }
}

/// The widest room among a few: without a new high, with the distance to the floor in two halves, and as far up as
/// fixed limits allow. For a walk without drift the time in a room grows with the product of its two sides.
fn widest(trails: &[Trail<'_>], equity: i64, fixed: Room) -> Room {
    if trails.is_empty() {
        return fixed;
    }
    let mut best = Room {
        trails: true,
        ..Room::NONE
    };
    let mut widest = -1;
    let mut offer = |up: i64| {
        let Some(down) = room_below(trails, equity, fixed.down, up) else {
            return;
        };
        let makes_peaks = trails
            .iter()
            .any(|trail| equity.saturating_add(up) > trail.peak_minor);
        let size = (i128::from(down) + 1) * (i128::from(up) + 1);
        // A room without a new high needs no history: it may be somewhat smaller.
        let size = if makes_peaks {
            size
        } else {
            size.saturating_mul(2)
        };
        if size > widest {
            widest = size;
            best = Room {
                down,
                up,
                makes_peaks,
                trails: true,
            };
        }
    };
    offer(0);
    offer(fixed.up);
    for trail in trails {
        offer(fixed.up.min(trail.peak_minor.saturating_sub(equity).max(0)));
        if let Some(floor) = trail.floor(trail.peak_minor) {
            offer(
                fixed
                    .up
                    .min((trail.peak_minor.saturating_sub(floor) / 2).max(0)),
            );
        }
    }
    best
}

/// How far the equity may fall when it may first rise so far; `None` when it may not rise so far.
fn room_below(trails: &[Trail<'_>], equity: i64, fixed: i64, up: i64) -> Option<i64> {
    let mut down = fixed;
    for trail in trails {
        let Some(clear) = trail.clear else { continue };
        let peak = trail.peak_minor.max(equity.checked_add(up)?);
        let floor = trail.floor(peak)?;
        down = down.min(equity.checked_sub(floor)?.checked_sub(clear)?);
    }
    (down >= 0).then_some(down)
}
