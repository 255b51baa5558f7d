//! How a funded account grows with the payouts that were made from it.

use super::faults::{DAYS_MAX, Faults};
use super::payout::PAYOUT_MAX;
use super::{FaultCode, RuleSet};
use crate::BasisPoints;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A step of a scaling plan. Everything that it asks for counts from the growth before it, or from the activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// Payouts that were paid; at least 1.
    pub payouts: u32,
    /// What those payouts took, as a share of the balance that the account was opened with.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub profit: BasisPoints,
    /// Calendar days.
    #[serde(default, skip_serializing_if = "is_none")]
    pub days: u32,
    /// By how much the account grows, as a share of the balance that it was opened with.
    pub by: BasisPoints,
    /// How often in a row; 1 where it is left out.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

const fn is_once(times: &u32) -> bool {
    *times == 1
}

const fn is_none(days: &u32) -> bool {
    *days == 0
}

const fn is_zero(share: &BasisPoints) -> bool {
    share.0 == 0
}

/// The growth after so many have been taken; `None` at the end of the plan.
pub fn growth_after(plan: &[Growth], taken: u32) -> Option<Growth> {
    let mut left = taken;
    for growth in plan {
        if left < growth.times {
            return Some(*growth);
        }
        left -= growth.times;
    }
    None
}

/// How often an account can grow by a plan.
pub fn growths(plan: &[Growth]) -> u32 {
    plan.iter()
        .fold(0, |sum, growth| sum.saturating_add(growth.times))
}

/// Most steps of a plan, and most repetitions of one.
const STEPS_MAX: usize = 20;
const TIMES_MAX: u32 = 50;
/// An account grows to at most ten times its size: what is judged in shares of it still fits then.
const GROWN_MAX: i64 = 90_000;
/// What payouts take can be more than the account was opened with, and not without bound.
const PROFIT_MAX: i64 = 100_000;

impl RuleSet {
    pub(super) fn scaling_faults(&self, faults: &mut Faults) {
        let Some(payout) = &self.payout else { return };
        let place = "payout.scaling";
        let plan = &payout.scaling;
        for growth in plan {
            let inside = (1..=PAYOUT_MAX).contains(&growth.payouts)
                && (1..=TIMES_MAX).contains(&growth.times)
                && (0..=PROFIT_MAX).contains(&growth.profit.0)
                && growth.days <= DAYS_MAX
                && growth.by.0 > 0;
            faults.check(!inside, FaultCode::ScalingOutOfRange, place);
        }
        let grown = plan
            .iter()
            .map(|growth| growth.by.0.saturating_mul(i64::from(growth.times)));
        let is_too_large = grown.fold(0_i64, i64::saturating_add) > GROWN_MAX;
        let is_too_long = plan.len() > STEPS_MAX;
        faults.check(
            is_too_large || is_too_long,
            FaultCode::ScalingTooLarge,
            place,
        );
    }
}
