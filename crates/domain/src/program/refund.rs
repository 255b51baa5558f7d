//! When a fee is given back to whoever asks, as a program promises it.

use super::{Terms, TermsFault};
use crate::{BasisPoints, Money, UnixMicros};
use serde::{Deserialize, Serialize};

/// Longest time in which a fee can be asked back, in days.
pub const REFUND_DAYS_MAX: u32 = 365;
const SECONDS_PER_DAY: i64 = 86_400;

/// As long as nothing was traded, the fee goes back within so many days. A program without one gives nothing back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPolicy {
    /// Days of 24 hours since the fee was paid, from 1.
    pub within_days: u32,
    /// What the firm keeps of the fee; rounded half away from zero.
    #[serde(default)]
    pub kept: BasisPoints,
}

/// What the decision depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundFacts {
    pub paid_at: UnixMicros,
    pub now: UnixMicros,
    /// A deal was made on an account of the challenge.
    pub has_traded: bool,
    /// The challenge runs.
    pub is_running: bool,
}

/// Why the policy gives nothing back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RefundRefusal {
    #[error("this program gives no fees back")]
    Never,
    #[error("the fee could be asked back until {}", .until.rfc3339())]
    TooLate { until: UnixMicros },
    #[error("the challenge was traded on")]
    Traded,
    #[error("the challenge is over")]
    NotRunning,
}

impl RefundPolicy {
    /// The last instant at which the fee can be asked back.
    pub const fn until(&self, paid_at: UnixMicros) -> UnixMicros {
        paid_at.plus_seconds(self.within_days as i64 * SECONDS_PER_DAY)
    }

    /// What goes back of a fee whatever the circumstances; the rest is kept.
    pub fn share_of(&self, fee: Money) -> Money {
        let kept = self.kept.of(fee.minor).unwrap_or(fee.minor);
        Money::new(fee.minor - kept.clamp(0, fee.minor), fee.currency)
    }

    /// In the words that a customer reads.
    pub fn text(&self) -> String {
        let days = match self.within_days {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        let kept = match self.kept {
            BasisPoints::ZERO => String::new(),
            kept => format!(", less {} %", kept.percent()),
        };
        format!(
            "Within {days} of the payment the fee is given back{kept}, as long as nothing was traded."
        )
    }
}

/// What goes back by the policy of a program.
///
/// # Errors
/// The first thing that stands against it.
pub fn refund(
    policy: Option<&RefundPolicy>,
    fee: Money,
    facts: RefundFacts,
) -> Result<Money, RefundRefusal> {
    let policy = policy.ok_or(RefundRefusal::Never)?;
    let until = policy.until(facts.paid_at);
    if !facts.is_running {
        return Err(RefundRefusal::NotRunning);
    }
    if facts.has_traded {
        return Err(RefundRefusal::Traded);
    }
    if facts.now > until {
        return Err(RefundRefusal::TooLate { until });
    }
    Ok(policy.share_of(fee))
}

impl Terms {
    /// Everything that the policy cannot promise.
    pub(super) fn refund_faults(&self, faults: &mut Vec<TermsFault>) {
        let Some(policy) = self.refund else { return };
        if !(1..=REFUND_DAYS_MAX).contains(&policy.within_days) {
            let (field, wanted) = ("refund.within_days", "from 1 to 365");
            faults.push(TermsFault::Refund { field, wanted });
        }
        // Who keeps all of it gives nothing back.
        if !(0..BasisPoints::WHOLE.0).contains(&policy.kept.0) {
            let (field, wanted) = ("refund.kept_pct", "from 0 to 99.99");
            faults.push(TermsFault::Refund { field, wanted });
        }
    }
}
