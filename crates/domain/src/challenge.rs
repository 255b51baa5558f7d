//! A customer's run through a program version, and its phases.

use crate::{
    BrandId, ChallengeId, CustomerId, Login, PhaseId, ProgramId, ProgramVersionId, PurchaseId,
    UnixMicros,
};

/// Numbers in the store. ScaleTrade's are [`Self::number`], Slate's names [`Self::journey_status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeState {
    /// Enrolled or granted, not paid.
    Pending = 0,
    Active = 1,
    Passed = 2,
    Failed = 3,
    /// Never paid, or paid back; or failed, with a reset that nobody paid.
    Cancelled = 4,
    /// Failed, and another attempt waits for its payment or is being delivered.
    AwaitingReset = 5,
}

impl ChallengeState {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Pending),
            1 => Some(Self::Active),
            2 => Some(Self::Passed),
            3 => Some(Self::Failed),
            4 => Some(Self::Cancelled),
            5 => Some(Self::AwaitingReset),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::AwaitingReset => "awaiting_reset",
        }
    }

    /// What ScaleTrade knows of it: until the next attempt begins, the challenge has failed.
    pub const fn number(self) -> i64 {
        match self {
            Self::AwaitingReset => Self::Failed.code(),
            other => other.code(),
        }
    }

    /// Slate's words: a run that ended, well or not, is `completed`.
    pub const fn journey_status(self) -> &'static str {
        match self {
            Self::Pending | Self::AwaitingReset => "pending_payment",
            Self::Active => "active",
            Self::Passed | Self::Failed => "completed",
            Self::Cancelled => "abandoned",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub id: ChallengeId,
    pub brand_id: BrandId,
    pub purchase_id: PurchaseId,
    pub customer_id: CustomerId,
    pub program_id: ProgramId,
    /// Pinned when it was bought: later versions of the program do not touch this run.
    pub version_id: ProgramVersionId,
    pub state: ChallengeState,
    /// 1-based.
    pub current_phase_index: i64,
    /// The account of the current phase.
    pub account_login: Login,
    pub started_at: Option<UnixMicros>,
    pub ended_at: Option<UnixMicros>,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}

impl Phase {
    /// The balance that losses and profits are counted from.
    pub const fn size_minor(&self) -> i64 {
        self.initial_balance_minor.saturating_add(self.grown_minor)
    }
}

/// One attempt at one step of a challenge, on one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    pub id: PhaseId,
    pub challenge_id: ChallengeId,
    /// When this attempt was bought: of a reset, and of the phases that follow it. `None`: with its challenge.
    pub purchased_at: Option<UnixMicros>,
    /// 1-based; a reset is a new row with the same index.
    pub phase_index: i64,
    pub account_login: Login,
    pub state: ChallengeState,
    /// What the account was opened with.
    pub initial_balance_minor: i64,
    /// What it has grown by since.
    pub grown_minor: i64,
    /// What the account had when the phase ended; `None` while it runs.
    pub final_balance_minor: Option<i64>,
    pub final_equity_minor: Option<i64>,
    pub started_at: UnixMicros,
    pub ended_at: Option<UnixMicros>,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}
