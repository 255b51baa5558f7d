//! What makes a rule set nonsense, all of it at once.

use super::{
    Amount, CountsAsDay, DailyAmount, DailyCheck, Effect, JudgedOn, Lock, MaxLossAmount,
    NewsAction, RuleSet,
};
use crate::BasisPoints;

/// Largest number of days that a limit may have.
pub(super) const DAYS_MAX: u32 = 3_650;
/// Largest number of limits in time.
const TIME_LIMITS_MAX: usize = 4;

/// One fault, with its place in the JSON form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}", code.reason())]
pub struct RuleFault {
    pub code: FaultCode,
    pub place: String,
}

macro_rules! fault_codes {
    ($($code:ident $name:literal $reason:literal,)+) => {
        /// Why a rule set is refused; the names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FaultCode {
            $($code,)+
        }

        impl FaultCode {
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)+
                }
            }

            pub const fn reason(self) -> &'static str {
                match self {
                    $(Self::$code => $reason,)+
                }
            }
        }
    };
}

fault_codes! {
    AmountNotPositive "amount_not_positive" "the amount must be above 0: one of 0 is crossed before anything was traded",
    ShareAboveWhole "share_above_whole" "the share must not be above 100 %",
    AmountAboveInitial "amount_above_initial" "the amount is as large as the initial balance or larger, so the floor could never be reached",
    PeakAmountWithoutPeak "peak_amount_without_peak" "an amount of the intraday peak needs `follows_intraday_peak`: under a fixed anchor the floor would fall as the account gains",
    PeakAmountOnCap "peak_amount_on_cap" "a ceiling cannot depend on the day's peak, which it moves away from",
    PeakAtDayClose "peak_at_day_close" "a floor that follows the intraday peak must be checked on every touch",
    PauseAtDayClose "pause_at_day_close" "a check at the day's close cannot pause until the reset: it is the reset",
    StrikesOutOfRange "strikes_out_of_range" "`fails_at` must be from 1 to 100",
    LockWithoutTrailing "lock_without_trailing" "a static floor does not move, so it cannot be locked",
    LockWithoutTarget "lock_without_target" "there is no profit target whose balance the peak could reach",
    LockBelowStart "lock_below_start" "the floor begins above the level that it is to be locked at",
    TargetNotPositive "target_not_positive" "the target must be above 0: one of 0 is passed before anything was traded",
    TargetAboveDailyCap "target_above_daily_cap" "the profit target cannot be reached: the daily profit cap fails the phase before it, and fewer than two days are allowed",
    FlatTwice "flat_twice" "a target on closed balance already asks for no open positions",
    DaysOutOfRange "days_out_of_range" "the number of days must be from 1 to 3650",
    DaysAboveLimit "days_above_limit" "more days are asked for than the time limit leaves",
    DaysWithoutTarget "days_without_target" "days are asked for, and nothing is to be passed: a target is missing",
    LimitTwice "limit_twice" "two time limits count the same days from the same moment",
    TooManyLimits "too_many_limits" "at most 4 time limits can be set",
    TradingDaysFrom "trading_days_from" "trading days begin with the first trade: `from` must be \"first_trade\"",
    ShareOutOfRange "share_out_of_range" "the share must be above 0 and below 100 %",
    ConsistencyWithoutTarget "consistency_without_target" "consistency at the pass needs a profit target",
    LimitNotPositive "limit_not_positive" "the limit must be above 0",
    EffectDoesNotFit "effect_does_not_fit" "this rule cannot have this effect",
    StrikesMissing "strikes_missing" "a rule strikes, so `strikes_fail_at` must be from 1 to 100",
    StrikesUnused "strikes_unused" "no rule strikes, so `strikes_fail_at` must be 0",
    NewsWindowEmpty "news_window_empty" "the window needs a length and at least one action",
    NewsActionTwice "news_action_twice" "an action stands twice",
    RejectHolding "reject_holding" "holding a position is no order that could be rejected",
    CloseForNoPosition "close_for_no_position" "a position is closed only for opening or holding it: closing and changing are rejected, or strike",
    AmountTooLarge "amount_too_large" "the amount must be at most 100 times the initial balance",
    LimitTooLarge "limit_too_large" "the limit is larger than anything that an account could do",
    NewsWindowTooLong "news_window_too_long" "at most 86400 seconds, which is a day, can be set before and after the news",
    LifetimeBelowDays "lifetime_below_days" "the account's lifetime is over before the days that are asked for",
    DayAboveDailyCap "day_above_daily_cap" "a day must end with a profit that crosses the daily profit cap, which fails the phase",
    ConsistencyOutOfReach "consistency_out_of_reach" "a best day of so small a share needs more days with a profit than the time limits leave",
    PayoutOnEvaluation "payout_on_evaluation" "payouts belong to the funded step",
    TiersUnordered "tiers_unordered" "at most 10 tiers, each from a later payout on than the one before it and with no smaller share",
    PayoutOutOfRange "payout_out_of_range" "the payout must be from 1 to 1000",
    PayoutOnFloor "payout_on_floor" "all profit is taken and the floor is locked at the initial balance, on which it would lie: a buffer is needed",
    ScalingOutOfRange "scaling_out_of_range" "each step of a scaling plan asks for 1 to 1000 payouts, at most 3650 days and a profit of at most 1000 %, and grows the account by more than 0, 1 to 50 times",
    ScalingTooLarge "scaling_too_large" "a scaling plan has at most 20 steps, and an account grows to at most ten times its size",
    BufferNegative "buffer_negative" "the amount must not be below 0",
    DaysBetweenOnSchedule "days_between_on_schedule" "days from one payout to the next belong to payouts on demand: a schedule has its own",
    OvernightTooLong "overnight_too_long" "the account would be flat for 12 hours or more of each day",
}

impl RuleSet {
    /// Everything that keeps this rule set from being used; empty when it can be.
    pub fn faults(&self) -> Vec<RuleFault> {
        self.all_faults(None).0
    }

    fn all_faults(&self, initial_minor: Option<i64>) -> Faults {
        let mut faults = Faults(Vec::new());
        self.daily_faults(&mut faults);
        self.cap_faults(&mut faults);
        self.max_loss_faults(&mut faults);
        self.passing_faults(&mut faults);
        self.consistency_faults(&mut faults);
        self.conduct_faults(&mut faults);
        self.payout_faults(&mut faults);
        self.reach_faults(initial_minor, &mut faults);
        faults
    }

    fn daily_faults(&self, faults: &mut Faults) {
        let Some(rule) = self.daily_loss else { return };
        faults.daily_amount(rule.amount, "daily_loss.amount");
        faults.effect(rule.effect, "daily_loss.effect");
        let of_peak = matches!(rule.amount, DailyAmount::PercentOfIntradayPeak(_));
        faults.check(
            of_peak && !rule.follows_intraday_peak,
            FaultCode::PeakAmountWithoutPeak,
            "daily_loss.amount",
        );
        let at_close = rule.check == DailyCheck::AtDayClose;
        faults.check(
            at_close && rule.follows_intraday_peak,
            FaultCode::PeakAtDayClose,
            "daily_loss.check",
        );
        faults.check(
            at_close && rule.effect == Effect::PauseUntilReset,
            FaultCode::PauseAtDayClose,
            "daily_loss.effect",
        );
    }

    fn cap_faults(&self, faults: &mut Faults) {
        let Some(cap) = self.daily_profit_cap else {
            return;
        };
        faults.daily_amount(cap.amount, "daily_profit_cap.amount");
        faults.effect(cap.effect, "daily_profit_cap.effect");
        let of_peak = matches!(cap.amount, DailyAmount::PercentOfIntradayPeak(_));
        faults.check(
            of_peak,
            FaultCode::PeakAmountOnCap,
            "daily_profit_cap.amount",
        );
    }

    fn max_loss_faults(&self, faults: &mut Faults) {
        let Some(rule) = self.max_loss else { return };
        let place = "max_loss.amount";
        match rule.amount {
            MaxLossAmount::FixedMinor(minor) => {
                faults.check(minor <= 0, FaultCode::AmountNotPositive, place);
            }
            MaxLossAmount::PercentOfInitial(share) | MaxLossAmount::PercentOfPeak(share) => {
                faults.share(share, place);
            }
        }
        faults.effect(rule.effect, "max_loss.effect");
        faults.check(
            !rule.mode.trails() && rule.lock != Lock::Never,
            FaultCode::LockWithoutTrailing,
            "max_loss.lock",
        );
        faults.check(
            rule.lock == Lock::AtTargetBalance && self.passing.profit_target.is_none(),
            FaultCode::LockWithoutTarget,
            "max_loss.lock",
        );
        if let (Lock::AtInitialPlus(lock), MaxLossAmount::PercentOfInitial(share)) =
            (rule.lock, rule.amount)
            && let Amount::PercentOfInitial(offset) = lock.offset
        {
            faults.check(
                offset.0.saturating_add(share.0) <= 0,
                FaultCode::LockBelowStart,
                "max_loss.lock",
            );
        }
    }

    fn passing_faults(&self, faults: &mut Faults) {
        let passing = &self.passing;
        if let Some(target) = passing.profit_target {
            let (Amount::FixedMinor(size) | Amount::PercentOfInitial(BasisPoints(size))) =
                target.amount;
            let place = "passing.profit_target.amount";
            faults.check(size <= 0, FaultCode::TargetNotPositive, place);
            faults.check(
                target.judged_on == JudgedOn::ClosedBalance && passing.flat_to_pass,
                FaultCode::FlatTwice,
                "passing.flat_to_pass",
            );
        }
        let days = passing
            .min_trading_days
            .max(passing.min_profitable_days.map_or(0, |days| days.days));
        faults.check(
            days > 0 && passing.profit_target.is_none(),
            FaultCode::DaysWithoutTarget,
            "passing.profit_target",
        );
        faults.check(
            passing.min_trading_days > DAYS_MAX,
            FaultCode::DaysOutOfRange,
            "passing.min_trading_days",
        );
        if let CountsAsDay::ProfitAtLeast(amount) | CountsAsDay::ChangeAtLeast(amount) =
            passing.counts_as_day
        {
            faults.amount(amount, "passing.counts_as_day");
        }
        if let Some(wanted) = passing.min_profitable_days {
            faults.days(wanted.days, "passing.min_profitable_days.days");
            faults.amount(wanted.at_least, "passing.min_profitable_days.at_least");
        }
        self.time_limit_faults(days, faults);
    }

    fn time_limit_faults(&self, days_wanted: u32, faults: &mut Faults) {
        let limits = &self.passing.time_limits;
        let too_many = limits.len() > TIME_LIMITS_MAX;
        faults.check(too_many, FaultCode::TooManyLimits, "passing.time_limits");
        for (index, limit) in limits.iter().enumerate() {
            let place = format!("passing.time_limits[{index}]");
            faults.days(limit.days, &format!("{place}.days"));
            faults.check(
                (1..days_wanted).contains(&limit.days),
                FaultCode::DaysAboveLimit,
                &format!("{place}.days"),
            );
            let trading_days = limit.counted_in == super::CountedIn::TradingDays;
            faults.check(
                trading_days && limit.from != super::TimeFrom::FirstTrade,
                FaultCode::TradingDaysFrom,
                &format!("{place}.from"),
            );
            let same = |other: &super::TimeLimit| {
                (other.from, other.counted_in) == (limit.from, limit.counted_in)
            };
            let doubled = limits.iter().take(index).any(same);
            faults.check(doubled, FaultCode::LimitTwice, &place);
        }
        let one_day = limits.iter().any(|limit| limit.days == 1);
        if let (Some(cap), Some(target)) = (self.daily_profit_cap, self.passing.profit_target)
            && let (DailyAmount::PercentOfInitial(most), Amount::PercentOfInitial(wanted)) =
                (cap.amount, target.amount)
        {
            faults.check(
                one_day && cap.effect == Effect::Fail && most <= wanted,
                FaultCode::TargetAboveDailyCap,
                "daily_profit_cap.amount",
            );
        }
    }

    fn consistency_faults(&self, faults: &mut Faults) {
        let Some(rule) = self.consistency else { return };
        let inside = 0 < rule.share.0 && rule.share < BasisPoints::WHOLE;
        faults.check(!inside, FaultCode::ShareOutOfRange, "consistency.share");
        faults.check(
            rule.enforced == super::ConsistencyAt::Pass && self.passing.profit_target.is_none(),
            FaultCode::ConsistencyWithoutTarget,
            "consistency.enforced",
        );
    }

    fn conduct_faults(&self, faults: &mut Faults) {
        let conduct = &self.conduct;
        let limits = [
            ("max_lots", conduct.max_lots.map(|l| l.limit.0)),
            (
                "max_positions",
                conduct.max_positions.map(|l| i64::from(l.limit)),
            ),
            (
                "max_exposure_per_symbol",
                conduct.max_exposure_per_symbol.map(|l| l.limit.0),
            ),
            ("max_leverage", conduct.max_leverage.map(|l| l.limit.0)),
            (
                "min_seconds_in_trade",
                conduct.min_seconds_in_trade.map(|l| i64::from(l.limit)),
            ),
            (
                "flat_overnight",
                conduct.flat_overnight.map(|l| i64::from(l.limit)),
            ),
        ];
        for (name, limit) in limits {
            let place = format!("conduct.{name}.limit");
            let nothing = limit.is_some_and(|limit| limit <= 0);
            faults.check(nothing, FaultCode::LimitNotPositive, &place);
        }
        let half_a_day = 12 * 3_600;
        faults.check(
            conduct
                .flat_overnight
                .is_some_and(|l| l.limit >= half_a_day),
            FaultCode::OvernightTooLong,
            "conduct.flat_overnight.limit",
        );
        let effects = conduct.effects();
        for (rule, effect) in &effects {
            let place = format!("conduct.{}.effect", rule.name());
            faults.check(!rule.allows(*effect), FaultCode::EffectDoesNotFit, &place);
        }
        let strikes = effects
            .iter()
            .any(|(_, effect)| *effect == super::ConductEffect::Strike);
        let place = "conduct.strikes_fail_at";
        let in_range = (1..=100).contains(&conduct.strikes_fail_at);
        faults.check(strikes && !in_range, FaultCode::StrikesMissing, place);
        let unused = !strikes && conduct.strikes_fail_at != 0;
        faults.check(unused, FaultCode::StrikesUnused, place);
        for (days, place) in [
            (conduct.inactivity_days, "conduct.inactivity_days"),
            (conduct.lifetime_days, "conduct.lifetime_days"),
        ] {
            faults.check(days > DAYS_MAX, FaultCode::DaysOutOfRange, place);
        }
        self.news_faults(faults);
    }

    fn news_faults(&self, faults: &mut Faults) {
        let Some(window) = &self.conduct.news_window else {
            return;
        };
        let seconds = u64::from(window.seconds_before) + u64::from(window.seconds_after);
        faults.check(
            seconds == 0 || window.actions.is_empty(),
            FaultCode::NewsWindowEmpty,
            "conduct.news_window",
        );
        let place = "conduct.news_window.actions";
        let doubled = window
            .actions
            .iter()
            .enumerate()
            .any(|(index, action)| window.actions[..index].contains(action));
        faults.check(doubled, FaultCode::NewsActionTwice, place);
        faults.check(
            window.actions.contains(&NewsAction::Hold)
                && window.effect == super::ConductEffect::RejectOrder,
            FaultCode::RejectHolding,
            place,
        );
        let opens = |action: &NewsAction| matches!(action, NewsAction::Open | NewsAction::Hold);
        faults.check(
            window.effect == super::ConductEffect::ClosePosition
                && !window.actions.iter().all(opens),
            FaultCode::CloseForNoPosition,
            place,
        );
    }

    /// Faults that only show for accounts opened with so much: limits of fixed money against the initial balance.
    pub fn faults_for(&self, initial_minor: i64) -> Vec<RuleFault> {
        let mut faults = self.all_faults(Some(initial_minor));
        let code = FaultCode::AmountAboveInitial;
        if let Some(rule) = self.daily_loss
            && let DailyAmount::FixedMinor(minor) = rule.amount
        {
            faults.check(minor >= initial_minor, code, "daily_loss.amount");
        }
        if let Some(rule) = self.max_loss {
            if let MaxLossAmount::FixedMinor(minor) = rule.amount {
                faults.check(minor >= initial_minor, code, "max_loss.amount");
            }
            if let Lock::AtInitialPlus(lock) = rule.lock {
                let start = match rule.amount {
                    MaxLossAmount::FixedMinor(minor) => Some(minor),
                    MaxLossAmount::PercentOfInitial(share)
                    | MaxLossAmount::PercentOfPeak(share) => share.of(initial_minor),
                };
                let offset = lock.offset.minor(initial_minor);
                let below = start
                    .zip(offset)
                    .is_none_or(|(a, b)| a.saturating_add(b) <= 0);
                let place = "max_loss.lock";
                if !faults.0.iter().any(|fault| fault.place == place) {
                    faults.check(below, FaultCode::LockBelowStart, place);
                }
            }
        }
        faults.0
    }
}

pub(super) struct Faults(Vec<RuleFault>);

impl Faults {
    pub(super) fn check(&mut self, is_wrong: bool, code: FaultCode, place: &str) {
        if is_wrong {
            let place = place.to_owned();
            self.0.push(RuleFault { code, place });
        }
    }

    pub(super) fn share(&mut self, share: BasisPoints, place: &str) {
        self.check(share.0 <= 0, FaultCode::AmountNotPositive, place);
        self.check(
            share > BasisPoints::WHOLE,
            FaultCode::ShareAboveWhole,
            place,
        );
    }

    fn daily_amount(&mut self, amount: DailyAmount, place: &str) {
        match amount {
            DailyAmount::FixedMinor(minor) => {
                self.check(minor <= 0, FaultCode::AmountNotPositive, place);
            }
            DailyAmount::PercentOfInitial(share)
            | DailyAmount::PercentOfAnchor(share)
            | DailyAmount::PercentOfIntradayPeak(share) => self.share(share, place),
        }
    }

    pub(super) fn amount(&mut self, amount: Amount, place: &str) {
        let (Amount::FixedMinor(size) | Amount::PercentOfInitial(BasisPoints(size))) = amount;
        self.check(size <= 0, FaultCode::AmountNotPositive, place);
    }

    pub(super) fn days(&mut self, days: u32, place: &str) {
        let inside = (1..=DAYS_MAX).contains(&days);
        self.check(!inside, FaultCode::DaysOutOfRange, place);
    }

    fn effect(&mut self, effect: Effect, place: &str) {
        if let Effect::Strike { fails_at } = effect {
            let inside = (1..=100).contains(&fails_at);
            self.check(!inside, FaultCode::StrikesOutOfRange, place);
        }
    }
}
