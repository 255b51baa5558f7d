//! What keeps a funded account from growing, as a list of named conditions: the same code tells the trader and decides.

use super::eligibility::List;
use super::{Condition, ConditionName, Figure};
use crate::rule_set::{Growth, growth_after, growths};
use crate::{PayoutId, TradingDay, TradingDayError, UnixMicros};

/// What has been since the last growth, or the activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrowthPast {
    /// Growths so far.
    pub taken: u32,
    /// The last growth, or the activation.
    pub since: UnixMicros,
    /// Payouts that were paid since then.
    pub payouts: u32,
    /// What they took from the account.
    pub profit_minor: i64,
    pub in_flight: Option<PayoutId>,
    /// A bank has taken the challenge's fee back.
    pub is_disputed: bool,
}

/// How an account stands for its next growth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowthLook {
    /// Growths so far, and all that the plan has.
    pub taken: u32,
    pub of: u32,
    pub next: Option<NextGrowth>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextGrowth {
    pub conditions: Vec<Condition>,
    /// By how much the account grows; above 0.
    pub by_minor: i64,
    /// When it has waited long enough.
    pub not_before: UnixMicros,
}

impl NextGrowth {
    pub fn is_met(&self) -> bool {
        self.conditions.iter().all(|condition| condition.is_met)
    }

    /// Whether nothing but time is missing.
    pub fn only_waits(&self) -> bool {
        let mut unmet = self.conditions.iter().filter(|condition| !condition.is_met);
        unmet.all(|condition| condition.name == ConditionName::DaysSinceGrowth)
    }
}

/// How an account that was opened with `opened_minor` stands at `now`. `None` without a plan, and for an amount that does
/// not fit.
///
/// # Errors
/// An instant outside of the calendar.
pub fn growth(
    plan: &[Growth],
    day: &TradingDay,
    opened_minor: i64,
    past: &GrowthPast,
    is_live: bool,
    now: UnixMicros,
) -> Result<Option<GrowthLook>, TradingDayError> {
    if plan.is_empty() {
        return Ok(None);
    }
    let of = growths(plan);
    let mut look = GrowthLook {
        taken: past.taken.min(of),
        of,
        next: None,
    };
    let Some(step) = growth_after(plan, past.taken) else {
        return Ok(Some(look));
    };
    let (Some(by_minor), Some(wanted_minor)) =
        (step.by.of(opened_minor), step.profit.of(opened_minor))
    else {
        return Ok(None);
    };
    if by_minor <= 0 {
        return Ok(None);
    }
    let mut list = List::default();
    list.active(is_live);
    list.undisputed(past.is_disputed);
    list.not_in_flight(past.in_flight);
    list.at_least(ConditionName::PaidPayouts, past.payouts, step.payouts);
    if wanted_minor > 0 {
        let is_met = past.profit_minor >= wanted_minor;
        let name = ConditionName::PaidProfit;
        list.minor(name, past.profit_minor, wanted_minor, is_met);
    }
    let not_before = day.plus_calendar_days(past.since, i64::from(step.days))?;
    if step.days > 0 {
        list.push(
            ConditionName::DaysSinceGrowth,
            now >= not_before,
            Figure::At(now),
            Figure::At(not_before),
        );
    }
    look.next = Some(NextGrowth {
        conditions: list.0,
        by_minor,
        not_before,
    });
    Ok(Some(look))
}
