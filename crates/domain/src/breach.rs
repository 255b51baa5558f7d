//! A rule that was crossed, and its review.

use crate::{BrandId, BreachId, ChallengeId, CustomerId, Login, PhaseId, StaffId, UnixMicros};

/// Whether a phase has failed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Warning = 0,
    Terminal = 1,
}

impl Severity {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Warning),
            1 => Some(Self::Terminal),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Terminal => "terminal",
        }
    }
}

/// What staff have made of it. The names are Slate's `review_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    Pending = 0,
    Confirmed = 1,
    Reverted = 2,
}

impl Review {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Reverted];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Pending),
            1 => Some(Self::Confirmed),
            2 => Some(Self::Reverted),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Reverted => "reverted",
        }
    }

    /// What a review makes of it; `None` where it cannot be done any more. A repeat changes nothing.
    pub const fn decide(self, wanted: Decision) -> Option<Self> {
        match (self, wanted) {
            (Self::Pending | Self::Confirmed, Decision::Approve) => Some(Self::Confirmed),
            // What was approved by mistake can still be taken back.
            (_, Decision::Revert) => Some(Self::Reverted),
            (Self::Reverted, Decision::Approve) => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Revert,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub id: BreachId,
    pub brand_id: BrandId,
    pub challenge_id: ChallengeId,
    pub phase_id: PhaseId,
    pub login: Login,
    pub customer_id: CustomerId,
    /// The rule's stable name.
    pub rule: String,
    pub severity: Severity,
    pub review: Review,
    pub at: UnixMicros,
    /// The last tick that it was judged with.
    pub seq: i64,
    /// The last of the account's events that it was judged with.
    pub after_event_no: i64,
    /// JSON: everything that answers why.
    pub evidence: String,
    /// Empty for the first of all.
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
    pub reviewed_by: Option<StaffId>,
    pub reviewed_at: Option<UnixMicros>,
    pub review_reason: String,
    pub created_at: UnixMicros,
}
