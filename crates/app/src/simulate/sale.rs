//! What has become of one sale.

use std::collections::{BTreeMap, BTreeSet};
use touchstone_domain::UnixMicros;
use touchstone_rules::Finding;

/// One trader's way through the program, from the purchase to his last day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sale {
    /// The place of his kind in the population.
    pub kind: usize,
    /// In the order of the steps; the last of them may not be passed.
    pub phases: Vec<PhaseLived>,
    /// What was paid out to him, in the currency of the accounts.
    pub paid_minor: i64,
    pub payouts: u32,
    /// The fee was given back with one of them.
    pub fee_is_refunded: bool,
    /// Conditions that have kept a payout from being made, at least once.
    pub blocked: BTreeSet<&'static str>,
    pub trades: Trades,
    /// Prices that the desk was told.
    pub prices: u64,
    /// Orders that were not taken, by the code of the refusal.
    pub refused: BTreeMap<String, u32>,
    /// Of the first phase, day by day.
    pub curve: Vec<Point>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trades {
    pub count: u32,
    pub won: u32,
    /// The sum of what each has brought, in thousandths of what it risked.
    pub result_milli: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PhaseLived {
    pub end: PhaseEnd,
    /// Calendar days from its first to its last, both counted.
    pub days: u32,
    pub trading_days: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PhaseEnd {
    Passed,
    /// By this rule.
    Failed(&'static str),
    /// The simulation ended before the phase did.
    Open,
}

/// How an account stood at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Point {
    /// Days since the purchase.
    pub day: u32,
    pub equity_minor: i64,
    /// The highest floor there was; `None` without one.
    pub floor_minor: Option<i64>,
}

/// The rule that has ended a phase.
pub(super) fn cause_of(finding: &Finding) -> &'static str {
    match finding {
        Finding::Breached(crossing) => crossing.limit.rule.name(),
        Finding::TimeUp(rule) => rule.name(),
        Finding::Conduct(found) => found.rule.name(),
        // A limit that only strikes ends the phase with its last strike.
        Finding::Struck { crossing, .. } => crossing.limit.rule.name(),
        _ => "other",
    }
}

/// Calendar days that a span touches.
pub(super) fn days_between(from: UnixMicros, to: UnixMicros) -> u32 {
    const DAY: i64 = super::market::SECONDS_PER_DAY;
    let days = to.seconds().div_euclid(DAY) - from.seconds().div_euclid(DAY);
    u32::try_from(days + 1).unwrap_or(0)
}
