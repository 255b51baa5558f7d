//! Goals that no account can reach, and numbers that no account can have.

use super::faults::Faults;
use super::{
    Amount, ConsistencyAt, ConsistencyOf, CountedIn, CountsAsDay, DailyAmount, Effect, FaultCode,
    RuleFault, RuleSet,
};
use crate::BasisPoints;

/// Most that a target may ask for, or a day's result, in times of the initial balance.
const TIMES_MAX: i64 = 100;
/// Longest time before, and after, a piece of news.
const NEWS_SECONDS_MAX: u32 = 86_400;
/// Longest life that a position can be asked for: 30 days.
const IN_TRADE_SECONDS_MAX: i64 = 30 * 86_400;
/// A million lots, in ten-thousandths.
const VOLUME_MAX: i64 = 1_000_000 * 10_000;
const POSITIONS_MAX: i64 = 1_000_000;
/// 10,000 times the equity.
const LEVERAGE_MAX: i64 = 10_000 * BasisPoints::WHOLE.0;

impl FaultCode {
    /// The rules can be judged, but nobody can reach what they ask for.
    const fn is_out_of_reach(self) -> bool {
        matches!(
            self,
            Self::AmountTooLarge
                | Self::LimitTooLarge
                | Self::NewsWindowTooLong
                | Self::LifetimeBelowDays
                | Self::DayAboveDailyCap
                | Self::ConsistencyOutOfReach
        )
    }
}

impl RuleSet {
    /// Faults with which no account can be judged. What is merely out of reach is refused when a program is saved;
    /// who bought it before goes on.
    pub fn broken_for(&self, initial_minor: i64) -> Vec<RuleFault> {
        let mut faults = self.faults_for(initial_minor);
        // Nothing is judged by the terms of payouts.
        faults.retain(|fault| !fault.code.is_out_of_reach() && !fault.place.starts_with("payout"));
        faults
    }

    pub(super) fn reach_faults(&self, initial_minor: Option<i64>, faults: &mut Faults) {
        self.size_faults(initial_minor, faults);
        self.limit_faults(faults);
        self.lifetime_fault(faults);
        self.day_above_cap(initial_minor, faults);
        self.consistency_out_of_reach(faults);
    }

    fn size_faults(&self, initial_minor: Option<i64>, faults: &mut Faults) {
        let passing = &self.passing;
        let counts = match passing.counts_as_day {
            CountsAsDay::ProfitAtLeast(amount) | CountsAsDay::ChangeAtLeast(amount) => Some(amount),
            CountsAsDay::PositionOpened | CountsAsDay::OpenedOrClosed | CountsAsDay::Closed => None,
        };
        let amounts = [
            (
                passing.profit_target.map(|target| target.amount),
                "passing.profit_target.amount",
            ),
            (counts, "passing.counts_as_day"),
            (
                passing.min_profitable_days.map(|wanted| wanted.at_least),
                "passing.min_profitable_days.at_least",
            ),
        ];
        for (amount, place) in amounts {
            let too_large = match amount {
                Some(Amount::PercentOfInitial(share)) => share.0 > BasisPoints::WHOLE.0 * TIMES_MAX,
                Some(Amount::FixedMinor(minor)) => {
                    initial_minor.is_some_and(|initial| minor / TIMES_MAX > initial)
                }
                None => false,
            };
            faults.check(too_large, FaultCode::AmountTooLarge, place);
        }
    }

    fn limit_faults(&self, faults: &mut Faults) {
        let conduct = &self.conduct;
        let limits = [
            ("max_lots", conduct.max_lots.map(|l| l.limit.0), VOLUME_MAX),
            (
                "max_positions",
                conduct.max_positions.map(|l| i64::from(l.limit)),
                POSITIONS_MAX,
            ),
            (
                "max_exposure_per_symbol",
                conduct.max_exposure_per_symbol.map(|l| l.limit.0),
                VOLUME_MAX,
            ),
            (
                "max_leverage",
                conduct.max_leverage.map(|l| l.limit.0),
                LEVERAGE_MAX,
            ),
            (
                "min_seconds_in_trade",
                conduct.min_seconds_in_trade.map(|l| i64::from(l.limit)),
                IN_TRADE_SECONDS_MAX,
            ),
        ];
        for (name, limit, most) in limits {
            let place = format!("conduct.{name}.limit");
            let too_large = limit.is_some_and(|limit| limit > most);
            faults.check(too_large, FaultCode::LimitTooLarge, &place);
        }
        let window = conduct.news_window.as_ref();
        let longest = window.map_or(0, |w| w.seconds_before.max(w.seconds_after));
        faults.check(
            longest > NEWS_SECONDS_MAX,
            FaultCode::NewsWindowTooLong,
            "conduct.news_window",
        );
    }

    /// Days that a pass asks for, one way or another.
    fn days_wanted(&self) -> u32 {
        let profitable = self.passing.min_profitable_days.map_or(0, |days| days.days);
        self.passing.min_trading_days.max(profitable)
    }

    fn lifetime_fault(&self, faults: &mut Faults) {
        let lifetime = self.conduct.lifetime_days;
        faults.check(
            (1..self.days_wanted()).contains(&lifetime),
            FaultCode::LifetimeBelowDays,
            "conduct.lifetime_days",
        );
    }

    /// A day that must end with more than a cap allows, when crossing the cap fails the phase.
    fn day_above_cap(&self, initial_minor: Option<i64>, faults: &mut Faults) {
        let Some(cap) = self
            .daily_profit_cap
            .filter(|cap| cap.effect == Effect::Fail)
        else {
            return;
        };
        let most = match cap.amount {
            DailyAmount::FixedMinor(minor) => Amount::FixedMinor(minor),
            DailyAmount::PercentOfInitial(share)
            | DailyAmount::PercentOfAnchor(share)
            | DailyAmount::PercentOfIntradayPeak(share) => Amount::PercentOfInitial(share),
        };
        let above = |wanted: Amount| match (wanted, most) {
            (Amount::PercentOfInitial(wanted), Amount::PercentOfInitial(most)) => wanted >= most,
            (Amount::FixedMinor(wanted), Amount::FixedMinor(most)) => wanted >= most,
            _ => initial_minor.is_some_and(|initial| {
                let pair = wanted.minor(initial).zip(most.minor(initial));
                pair.is_some_and(|(wanted, most)| wanted >= most)
            }),
        };
        let passing = &self.passing;
        if let Some(wanted) = passing.min_profitable_days {
            faults.check(
                above(wanted.at_least),
                FaultCode::DayAboveDailyCap,
                "passing.min_profitable_days.at_least",
            );
        }
        if let CountsAsDay::ProfitAtLeast(wanted) = passing.counts_as_day {
            faults.check(
                passing.min_trading_days > 0 && above(wanted),
                FaultCode::DayAboveDailyCap,
                "passing.counts_as_day",
            );
        }
    }

    /// With a best day of at most a share, so many days with a profit are needed as the share goes into the whole.
    fn consistency_out_of_reach(&self, faults: &mut Faults) {
        let Some(rule) = self.consistency else { return };
        let of_days = rule.of != ConsistencyOf::BestTradeOfTotal;
        if rule.enforced != ConsistencyAt::Pass || !of_days || rule.share.0 <= 0 {
            return;
        }
        let wanted = (BasisPoints::WHOLE.0 + rule.share.0 - 1) / rule.share.0;
        let limits = self.passing.time_limits.iter().map(|limit| {
            // So many calendar days from a moment touch one trading day more.
            let more = i64::from(limit.counted_in == CountedIn::CalendarDays);
            i64::from(limit.days) + more
        });
        let lifetime = self.conduct.lifetime_days;
        let lifetime = (lifetime > 0).then_some(i64::from(lifetime) + 1);
        let most = limits.chain(lifetime).min();
        faults.check(
            most.is_some_and(|most| wanted > most),
            FaultCode::ConsistencyOutOfReach,
            "consistency.share",
        );
    }
}
