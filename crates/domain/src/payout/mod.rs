//! Profit on its way to a trader: what can be paid out, what keeps it, and the payment's one transition table.

mod amount;
mod eligibility;
mod growth;
mod state;

pub use amount::{Amounts, Basis};
pub use eligibility::{Condition, ConditionName, Eligibility, Figure, Past, Remains, eligibility};
pub use growth::{GrowthLook, GrowthPast, NextGrowth, growth};
pub use state::{Event, PayoutRefused, PayoutState, Work, transition};

use crate::{
    BasisPoints, BrandId, ChallengeId, Currency, CustomerId, Login, Money, PayoutId, PhaseId,
    StaffId, TransactionId, UnixMicros,
};

/// Who asked for a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The trader.
    OnDemand = 0,
    /// The end of a cycle.
    Scheduled = 1,
}

impl Trigger {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::OnDemand),
            1 => Some(Self::Scheduled),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Scheduled => "scheduled",
        }
    }
}

/// One payout. The profit has left the account when it was asked for; `trader_minor` and `firm_minor` are its two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub id: PayoutId,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub challenge_id: ChallengeId,
    pub phase_id: PhaseId,
    pub login: Login,
    pub state: PayoutState,
    pub trigger: Trigger,
    /// Of the challenge's payouts, from 1; those that were rejected are not counted.
    pub number: i64,
    /// What it is for: since the payout before, or the activation.
    pub cycle_from: UnixMicros,
    pub cycle_to: UnixMicros,
    pub currency: Currency,
    /// Profit that was taken from the account; 0 for one that was rejected by itself.
    pub profit_minor: i64,
    /// The trader's share of it.
    pub share: BasisPoints,
    pub trader_minor: i64,
    pub firm_minor: i64,
    /// The fee of the challenge, where it is given back with this payout.
    pub fee_refund: Option<Money>,
    /// JSON: the conditions as they were decided.
    pub conditions: String,
    pub first_approved_by: Option<StaffId>,
    pub approved_by: Option<StaffId>,
    pub rejected_by: Option<StaffId>,
    /// Why it was rejected.
    pub reason: String,
    /// What names the payment outside.
    pub reference: String,
    /// Recorded when it is paid.
    pub transaction_id: Option<TransactionId>,
    pub requested_at: UnixMicros,
    pub approved_at: Option<UnixMicros>,
    pub disbursing_at: Option<UnixMicros>,
    /// When it was paid or rejected.
    pub ended_at: Option<UnixMicros>,
    pub updated_at: UnixMicros,
}

#[cfg(test)]
mod tests;
