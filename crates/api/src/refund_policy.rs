//! When a program gives its fee back, as both dialects say it.

use crate::input::{Decimal, Within};
use crate::number::Number;
use serde::{Deserialize, Serialize};
use touchstone_domain::BasisPoints;
use touchstone_domain::program::RefundPolicy;
use utoipa::ToSchema;

/// The fee goes back to whoever asks within so many days, as long as nothing was traded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundPolicyObject {
    /// Days of 24 hours since the fee was paid.
    within_days: u32,
    /// What the firm keeps of the fee.
    kept_pct: Number,
    /// The same in the words that a customer reads.
    text: String,
}

impl From<&RefundPolicy> for RefundPolicyObject {
    fn from(policy: &RefundPolicy) -> Self {
        Self {
            within_days: policy.within_days,
            kept_pct: Number::percent(policy.kept),
            text: policy.text(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundPolicyRequest {
    /// From 1 to 365 days of 24 hours since the fee was paid.
    #[schema(inline)]
    within_days: Within<0, 1_000_000_000>,
    /// What the firm keeps of the fee, below 100; 0 when it is left out.
    #[schema(inline)]
    kept_pct: Option<Decimal>,
}

impl RefundPolicyRequest {
    /// `None` where `kept_pct` has too many decimals.
    pub(crate) fn read(&self) -> Option<RefundPolicy> {
        let kept = match &self.kept_pct {
            Some(share) => BasisPoints::from_percent(share.as_str())?,
            None => BasisPoints::ZERO,
        };
        Some(RefundPolicy {
            within_days: u32::try_from(self.within_days.get()).unwrap_or(u32::MAX),
            kept,
        })
    }
}
