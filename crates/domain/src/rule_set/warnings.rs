//! Rules that can be judged, and that nobody can meet together, or that never matter. The firm is told; nothing is
//! refused for it.

use super::{
    AfterPayout, Amount, ConsistencyAt, ConsistencyOf, CountedIn, CountsAsDay, DailyAmount,
    DailyAnchor, DailyProfitCap, Effect, Lock, MaxLossAmount, RuleSet,
};
use crate::BasisPoints;

/// Seconds that a position can be open for when all are closed before each reset, or before each weekend.
const DAY_SECONDS: i64 = 86_400;
const WEEK_SECONDS: i64 = 5 * DAY_SECONDS;

/// One warning, with its place in the JSON form and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleWarning {
    pub code: WarningCode,
    pub place: &'static str,
    pub text: String,
}

macro_rules! warning_codes {
    ($($(#[$doc:meta])* $code:ident $name:literal,)+) => {
        /// What is odd about a rule set; the names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum WarningCode {
            $($(#[$doc])* $code,)+
        }

        impl WarningCode {
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)+
                }
            }
        }
    };
}

warning_codes! {
    /// As much as the daily cap allows on each day that the limits leave does not reach the target.
    TargetAboveCap "target_above_daily_cap_times_days",
    /// The daily floor lies below the floor of the maximum loss from the first day.
    DailyAboveMax "daily_loss_above_max_loss",
    /// The phase is passed before a trailing floor gets to where it is locked.
    LockBeyondTarget "lock_beyond_target",
    /// Once the floor is locked, taking all of the profit would put the account on it.
    PayoutOnLock "payout_on_locked_floor",
    /// The calendar days of a limit hold fewer weekdays than trading days are asked for.
    DaysNeedWeekends "days_need_weekends",
    /// A best day of so small a share needs more days than there are.
    ConsistencyAboveDays "consistency_needs_more_days",
    /// A day must end with what the daily cap ends the day at.
    DayAboveCap "day_above_daily_cap",
    /// The days with a profit that are asked for come to more than the target.
    DaysOutweighTarget "days_outweigh_target",
    /// A position must be held longer than it may be open.
    HeldTooLong "held_longer_than_allowed",
    /// Nothing ends the phase of an account that loses all.
    NoLossLimit "no_loss_limit",
    /// The account's life is over before a time limit.
    LifetimeBelowLimit "lifetime_below_time_limit",
    /// The phase is over before so many days without a deal can pass.
    InactivityBeyondEnd "inactivity_beyond_end",
}

impl RuleSet {
    /// What is odd about these rules for accounts that are opened with so much; of a rule set without faults.
    pub fn warnings_for(&self, initial_minor: i64) -> Vec<RuleWarning> {
        let mut warnings = Warnings(Vec::new());
        self.target_above_cap(initial_minor, &mut warnings);
        self.floors(initial_minor, &mut warnings);
        self.lock_beyond_target(initial_minor, &mut warnings);
        self.payout_on_lock(initial_minor, &mut warnings);
        self.days(&mut warnings);
        self.consistency(&mut warnings);
        self.lives(&mut warnings);
        self.profitable_days(initial_minor, &mut warnings);
        self.held_too_long(&mut warnings);
        warnings.0
    }

    /// Trading days at most until the first limit ends the phase; `None` without a limit.
    fn days_at_most(&self) -> Option<i64> {
        let limits = self.passing.time_limits.iter().map(|limit| {
            // So many calendar days from a moment touch one trading day more.
            let more = i64::from(limit.counted_in == CountedIn::CalendarDays);
            i64::from(limit.days) + more
        });
        let lifetime = i64::from(self.conduct.lifetime_days);
        limits.chain((lifetime > 0).then_some(lifetime + 1)).min()
    }

    /// The cap, where it ends the day or the phase.
    fn hard_cap(&self) -> Option<DailyProfitCap> {
        let ends =
            |cap: &DailyProfitCap| matches!(cap.effect, Effect::Fail | Effect::PauseUntilReset);
        self.daily_profit_cap.filter(ends)
    }

    /// What can be gained in so many days under the daily cap, or the target when that is less; `None` without a cap
    /// or a limit of the days.
    pub(crate) fn most_by_cap(&self, initial_minor: i64, wanted: i64) -> Option<i64> {
        let (cap, days) = (self.hard_cap()?, self.days_at_most()?);
        let compounds = cap.anchor != DailyAnchor::Initial;
        let mut gained: i64 = 0;
        for _ in 0..days {
            if gained >= wanted {
                break;
            }
            let base = initial_minor.checked_add(gained)?;
            gained = gained.checked_add(match cap.amount {
                DailyAmount::FixedMinor(minor) => minor,
                DailyAmount::PercentOfAnchor(share) if compounds => share.of(base)?,
                DailyAmount::PercentOfInitial(share)
                | DailyAmount::PercentOfAnchor(share)
                | DailyAmount::PercentOfIntradayPeak(share) => share.of(initial_minor)?,
            })?;
        }
        Some(gained)
    }

    fn target_above_cap(&self, initial_minor: i64, warnings: &mut Warnings) {
        let Some(target) = self.target_profit_minor(initial_minor) else {
            return;
        };
        if let (Some(most), Some(days)) =
            (self.most_by_cap(initial_minor, target), self.days_at_most())
        {
            warnings.check(
                most < target,
                WarningCode::TargetAboveCap,
                "passing.profit_target.amount",
                || {
                    format!(
                        "the target is {} of the initial balance, and {days} days under the daily profit cap come to {} at most",
                        share(target, initial_minor),
                        share(most, initial_minor)
                    )
                },
            );
        }
    }

    fn floors(&self, initial_minor: i64, warnings: &mut Warnings) {
        let daily = self.daily_loss.and_then(|rule| match rule.amount {
            DailyAmount::FixedMinor(minor) => Some(minor),
            DailyAmount::PercentOfInitial(part)
            | DailyAmount::PercentOfAnchor(part)
            | DailyAmount::PercentOfIntradayPeak(part) => part.of(initial_minor),
        });
        let max = self
            .max_loss
            .and_then(|rule| max_amount(rule.amount, initial_minor));
        if let (Some(daily), Some(max)) = (daily, max) {
            warnings.check(
                daily > max,
                WarningCode::DailyAboveMax,
                "daily_loss.amount",
                || {
                    format!(
                        "a day's loss of {} of the initial balance is allowed, and {} in all: on the first day the daily loss is never reached",
                        share(daily, initial_minor),
                        share(max, initial_minor)
                    )
                },
            );
        }
        let ends = |effect: Effect| matches!(effect, Effect::Fail | Effect::Strike { .. });
        let daily_ends = self.daily_loss.is_some_and(|rule| ends(rule.effect));
        let max_ends = self.max_loss.is_some_and(|rule| ends(rule.effect));
        warnings.check(
            !daily_ends && !max_ends,
            WarningCode::NoLossLimit,
            "max_loss.amount",
            || "no loss ends the phase: neither a daily nor a maximum loss fails it".to_owned(),
        );
    }

    fn lock_beyond_target(&self, initial_minor: i64, warnings: &mut Warnings) {
        let (Some(rule), Some(target)) = (self.max_loss, self.target_profit_minor(initial_minor))
        else {
            return;
        };
        let offset = match rule.lock {
            Lock::AtInitial => Some(0),
            Lock::AtInitialPlus(lock) => lock.offset.minor(initial_minor),
            Lock::Never | Lock::AtTargetBalance => None,
        };
        let Some((amount, offset)) = max_amount(rule.amount, initial_minor).zip(offset) else {
            return;
        };
        let needed = amount.saturating_add(offset);
        let waits = self.passing.min_trading_days > 0 || self.passing.min_profitable_days.is_some();
        warnings.check(
            needed > target && !waits,
            WarningCode::LockBeyondTarget,
            "max_loss.lock",
            || {
                format!(
                    "the floor is locked at a gain of {} of the initial balance, and the phase is passed at {}: it is never locked",
                    share(needed, initial_minor),
                    share(target, initial_minor)
                )
            },
        );
    }

    fn payout_on_lock(&self, initial_minor: i64, warnings: &mut Warnings) {
        let (Some(rule), Some(payout)) = (self.max_loss, &self.payout) else {
            return;
        };
        let offset = match rule.lock {
            Lock::AtInitial => Some(0),
            Lock::AtInitialPlus(lock) => lock.offset.minor(initial_minor),
            Lock::Never | Lock::AtTargetBalance => None,
        };
        let stays = payout
            .buffer
            .map_or(Some(0), |buffer| buffer.minor(initial_minor));
        let Some((offset, stays)) = offset.zip(stays) else {
            return;
        };
        let takes_all = payout.max_amount.is_none() && payout.max_share_of_balance.is_none();
        let is_kept = rule.after_payout == AfterPayout::Keep;
        let is_on_it = rule.comparator.is_crossed(stays, offset);
        warnings.check(
            takes_all && is_kept && is_on_it,
            WarningCode::PayoutOnLock,
            "max_loss.lock",
            || {
                format!(
                    "the floor is locked at a gain of {} of the initial balance, and a payout leaves {}: once it is locked there is no payout any more",
                    share(offset, initial_minor),
                    share(stays, initial_minor)
                )
            },
        );
    }

    fn days(&self, warnings: &mut Warnings) {
        let passing = &self.passing;
        let profitable = passing.min_profitable_days.map_or(0, |days| days.days);
        let wanted = i64::from(passing.min_trading_days.max(profitable));
        let calendar = passing.time_limits.iter();
        let calendar = calendar.filter(|limit| limit.counted_in == CountedIn::CalendarDays);
        if let Some(days) = calendar.map(|limit| i64::from(limit.days)).min() {
            // At most so many weekdays, however the days fall: one more than they say is touched.
            let weekdays = (days + 1) / 7 * 5 + ((days + 1) % 7).min(5);
            warnings.check(
                wanted > weekdays,
                WarningCode::DaysNeedWeekends,
                "passing.min_trading_days",
                || {
                    format!(
                        "{wanted} trading days are asked for within {days} calendar days, which hold {weekdays} weekdays at most: only who trades on weekends can pass"
                    )
                },
            );
        }
    }

    fn consistency(&self, warnings: &mut Warnings) {
        let Some(rule) = self.consistency else { return };
        let of_days = rule.of != ConsistencyOf::BestTradeOfTotal && rule.share.0 > 0;
        if let (true, Some(days)) = (
            of_days && rule.enforced != ConsistencyAt::Pass,
            self.days_at_most(),
        ) {
            let wanted = (BasisPoints::WHOLE.0 + rule.share.0 - 1) / rule.share.0;
            warnings.check(
                wanted > days,
                WarningCode::ConsistencyAboveDays,
                "consistency.share",
                || {
                    format!(
                        "with a best day of at most {} %, {wanted} days with a profit are needed, and the time limits leave {days}",
                        rule.share.percent()
                    )
                },
            );
        }
    }

    fn lives(&self, warnings: &mut Warnings) {
        let passing = &self.passing;
        let lifetime = i64::from(self.conduct.lifetime_days);
        let limit = passing
            .time_limits
            .iter()
            .map(|limit| i64::from(limit.days))
            .max();
        let inactive = i64::from(self.conduct.inactivity_days);
        let longest = match lifetime {
            0 => limit,
            days => Some(limit.map_or(days, |limit| limit.min(days))),
        };
        warnings.check(
            longest.is_some_and(|longest| inactive > longest),
            WarningCode::InactivityBeyondEnd,
            "conduct.inactivity_days",
            || format!("{inactive} days without a deal never pass: the phase ends before"),
        );
        warnings.check(
            lifetime > 0 && limit.is_some_and(|limit| limit > lifetime),
            WarningCode::LifetimeBelowLimit,
            "conduct.lifetime_days",
            || format!("the account's life of {lifetime} days is over before the time limit"),
        );
    }

    fn profitable_days(&self, initial_minor: i64, warnings: &mut Warnings) {
        let passing = &self.passing;
        let cap = self.hard_cap().filter(|cap| cap.effect != Effect::Fail);
        let cap = cap.and_then(|cap| match cap.amount {
            DailyAmount::FixedMinor(minor) => Some(minor),
            DailyAmount::PercentOfInitial(part)
            | DailyAmount::PercentOfAnchor(part)
            | DailyAmount::PercentOfIntradayPeak(part) => part.of(initial_minor),
        });
        let counted = match passing.counts_as_day {
            CountsAsDay::ProfitAtLeast(amount) if passing.min_trading_days > 0 => Some(amount),
            _ => None,
        };
        let days = [
            (
                passing.min_profitable_days.map(|wanted| wanted.at_least),
                "passing.min_profitable_days.at_least",
            ),
            (counted, "passing.counts_as_day"),
        ];
        for (wanted, place) in days {
            let wanted = wanted.and_then(|amount: Amount| amount.minor(initial_minor));
            if let (Some(wanted), Some(cap)) = (wanted, cap) {
                warnings.check(wanted > cap, WarningCode::DayAboveCap, place, || {
                    format!(
                        "a day must end with {} of the initial balance, and the daily profit cap ends it at {}",
                        share(wanted, initial_minor),
                        share(cap, initial_minor)
                    )
                });
            }
        }
        let target = self.target_profit_minor(initial_minor);
        let wanted = passing.min_profitable_days.and_then(|wanted| {
            let each = wanted.at_least.minor(initial_minor)?;
            each.checked_mul(i64::from(wanted.days))
        });
        if let (Some(target), Some(wanted)) = (target, wanted) {
            warnings.check(
                wanted > target,
                WarningCode::DaysOutweighTarget,
                "passing.min_profitable_days",
                || {
                    format!(
                        "the days with a profit come to {} of the initial balance, which is more than the target of {}",
                        share(wanted, initial_minor),
                        share(target, initial_minor)
                    )
                },
            );
        }
    }

    fn held_too_long(&self, warnings: &mut Warnings) {
        let conduct = &self.conduct;
        let Some(held) = conduct
            .min_seconds_in_trade
            .map(|limit| i64::from(limit.limit))
        else {
            return;
        };
        let night = conduct
            .flat_overnight
            .map(|limit| DAY_SECONDS - i64::from(limit.limit));
        let week = conduct.flat_before_weekend.map(|_| WEEK_SECONDS);
        let longest = [night, week].into_iter().flatten().min();
        warnings.check(
            longest.is_some_and(|longest| held > longest),
            WarningCode::HeldTooLong,
            "conduct.min_seconds_in_trade",
            || {
                format!(
                    "a position must be held {held} seconds, and all are closed at the latest after {}",
                    longest.unwrap_or(0)
                )
            },
        );
    }
}

fn max_amount(amount: MaxLossAmount, initial_minor: i64) -> Option<i64> {
    match amount {
        MaxLossAmount::FixedMinor(minor) => Some(minor),
        MaxLossAmount::PercentOfInitial(part) | MaxLossAmount::PercentOfPeak(part) => {
            part.of(initial_minor)
        }
    }
}

/// `5.25 %`
fn share(minor: i64, initial_minor: i64) -> String {
    let percent = crate::basis_points::percent_of(minor, initial_minor);
    format!("{} %", crate::basis_points::format_decimal(percent, 4))
}

struct Warnings(Vec<RuleWarning>);

impl Warnings {
    fn check(
        &mut self,
        is_odd: bool,
        code: WarningCode,
        place: &'static str,
        text: impl FnOnce() -> String,
    ) {
        if is_odd {
            let text = text();
            self.0.push(RuleWarning { code, place, text });
        }
    }
}

#[cfg(test)]
mod tests;
