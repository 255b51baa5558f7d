//! What keeps a funded account from growing, as a list of named conditions: the same code tells the trader and decides.

use super::eligibility::List;
use super::{Condition, ConditionName, Figure};
use crate::rule_set::{Growth, growth_after, growths};
use crate::{PayoutId, TradingDay, TradingDayError, UnixMicros};

/// What has been since the last growth, or the activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrowthPast {
    /// Growths so far.
    pub taken: u32,
    /// The last growth, or the activation.
    pub since: UnixMicros,
    /// What each payout took from the account that was paid since then, in their order.
    pub payouts: Vec<i64>,
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
    /// How many payouts it takes up; those after them count for the growth that follows.
    pub takes: usize,
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
    let payouts = u32::try_from(past.payouts.len()).unwrap_or(u32::MAX);
    list.at_least(ConditionName::PaidPayouts, payouts, step.payouts);
    let profit = past
        .payouts
        .iter()
        .fold(0_i64, |sum, took| sum.saturating_add(*took));
    if wanted_minor > 0 {
        let is_met = profit >= wanted_minor;
        list.minor(ConditionName::PaidProfit, profit, wanted_minor, is_met);
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
        takes: taken_up(&past.payouts, step.payouts, wanted_minor),
    });
    Ok(Some(look))
}

/// The first payouts that are as many, and have taken as much, as is asked for; all where they are not.
fn taken_up(payouts: &[i64], wanted: u32, wanted_minor: i64) -> usize {
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    let mut profit = 0_i64;
    let enough = payouts.iter().enumerate().find(|(place, took)| {
        profit = profit.saturating_add(**took);
        *place + 1 >= wanted && profit >= wanted_minor
    });
    enough.map_or(payouts.len(), |(place, _)| place + 1)
}
