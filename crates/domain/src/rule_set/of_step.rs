//! The rule set that the fields of a program mean for a step that has none of its own.

use super::{
    Amount, ConductEffect, CountedIn, DailyAmount, DailyAnchor, DailyLoss, DailyProfitCap, Effect,
    JudgedOn, Limit, Lock, MaxLoss, MaxLossAmount, MaxLossMode, Measure, ProfitTarget, RuleSet,
    TimeFrom, TimeLimit,
};
use crate::{
    BasisPoints, TradingDay,
    program::{Conduct, StepTerms},
};

/// The fields of a step as rules: a day's loss and profit are told from the equity at the reset, the total loss from
/// the initial balance, the target is judged on equity, and days with an opened position count. A field of 0 is off;
/// numbers that no limit can have are left at the largest one. What the conduct says takes the place of that, in
/// versions that are judged by it.
pub fn of_step(step: &StepTerms, conduct: &Conduct, trading_day: TradingDay) -> RuleSet {
    let on = |share: BasisPoints| (share.0 > 0).then_some(share);
    let count = |days: i64| u32::try_from(days.max(0)).unwrap_or(u32::MAX);
    let mut rules = RuleSet::none(trading_day);
    rules.daily_loss = on(step.max_daily_loss).map(|share| DailyLoss {
        amount: DailyAmount::PercentOfAnchor(share),
        anchor: DailyAnchor::Equity,
        measure: Measure::Equity,
        check: Default::default(),
        comparator: Default::default(),
        effect: Effect::Fail,
        follows_intraday_peak: false,
    });
    rules.daily_profit_cap = on(step.max_daily_profit).map(|share| DailyProfitCap {
        amount: DailyAmount::PercentOfAnchor(share),
        anchor: DailyAnchor::Equity,
        measure: Measure::Equity,
        comparator: Default::default(),
        effect: Effect::PauseUntilReset,
    });
    rules.max_loss = on(step.max_total_loss).map(|share| MaxLoss {
        mode: MaxLossMode::Static,
        amount: MaxLossAmount::PercentOfInitial(share),
        lock: Lock::Never,
        comparator: Default::default(),
        effect: Effect::Fail,
        after_payout: Default::default(),
    });
    rules.passing.profit_target = on(step.profit_target).map(|share| ProfitTarget {
        amount: Amount::PercentOfInitial(share),
        judged_on: JudgedOn::Equity,
    });
    if rules.passing.profit_target.is_some() {
        rules.passing.min_trading_days = count(step.min_trading_days);
    }
    if step.duration_days > 0 {
        rules.passing.time_limits.push(TimeLimit {
            days: count(step.duration_days),
            from: TimeFrom::Activation,
            counted_in: CountedIn::CalendarDays,
        });
    }
    if step.max_trading_days > 0 {
        rules.passing.time_limits.push(TimeLimit {
            days: count(step.max_trading_days),
            from: TimeFrom::FirstTrade,
            counted_in: CountedIn::TradingDays,
        });
    }
    if step.max_positions > 0 {
        rules.conduct.max_positions = Some(Limit {
            limit: count(step.max_positions),
            effect: ConductEffect::RejectOrder,
        });
    }
    if conduct.is_judged {
        conduct.apply(&mut rules, step.phase_type);
    }
    rules
}
