//! What becomes of a fee once its challenge was delivered: the firm gives it back, or a bank takes it back.

use crate::{
    BrandId, ChallengeId, CustomerId, FeeClaimId, Money, OrderNo, PurchaseId, TransactionId,
    UnixMicros,
};
use serde::{Deserialize, Serialize};

/// How the fee of a delivered purchase stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeeState {
    /// Nothing has become of it; of a purchase that is not delivered, nothing yet.
    #[default]
    Earned = 0,
    /// It is owed to the customer, and staff have to pay it outside.
    RefundDue = 1,
    Refunded = 2,
    ChargedBack = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeEvent {
    /// Given back to the wallet that has paid.
    Refund,
    /// Given back, and to be paid outside.
    RefundOutside,
    /// What was owed outside is paid.
    RefundPaid,
    ChargeBack,
    /// The dispute was won.
    Reverse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the fee is {}", .state.name())]
pub struct FeeRefused {
    pub state: FeeState,
    pub event: FeeEvent,
}

impl FeeState {
    pub const ALL: [Self; 4] = [
        Self::Earned,
        Self::RefundDue,
        Self::Refunded,
        Self::ChargedBack,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::RefundDue => "refund_due",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged_back",
        }
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`FeeRefused`] where the table has no arrow.
    pub const fn after(self, event: FeeEvent) -> Result<Self, FeeRefused> {
        match (self, event) {
            (Self::Earned, FeeEvent::Refund) | (Self::RefundDue, FeeEvent::RefundPaid) => {
                Ok(Self::Refunded)
            }
            (Self::Earned, FeeEvent::RefundOutside) => Ok(Self::RefundDue),
            (Self::Earned, FeeEvent::ChargeBack) => Ok(Self::ChargedBack),
            (Self::ChargedBack, FeeEvent::Reverse) => Ok(Self::Earned),
            (state, event) => Err(FeeRefused { state, event }),
        }
    }
}

impl FeeEvent {
    pub const ALL: [Self; 5] = [
        Self::Refund,
        Self::RefundOutside,
        Self::RefundPaid,
        Self::ChargeBack,
        Self::Reverse,
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    Refund = 0,
    Chargeback = 1,
}

impl ClaimKind {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Refund),
            1 => Some(Self::Chargeback),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Chargeback => "chargeback",
        }
    }
}

/// What a claim does to its challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimEffect {
    /// It is over, for good.
    End = 0,
    /// It rests as long as the claim is in force: its owner can do nothing, and nothing is paid out.
    Suspend = 1,
}

impl ClaimEffect {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::End),
            1 => Some(Self::Suspend),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Suspend => "suspend",
        }
    }
}

/// One time that an earned fee went away again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeClaim {
    pub id: FeeClaimId,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub challenge_id: ChallengeId,
    /// Whose fee it is; of a reset, the reset's.
    pub purchase_id: PurchaseId,
    pub kind: ClaimKind,
    pub effect: ClaimEffect,
    /// What goes back. Of a refund it may be less than the fee.
    pub amount: Money,
    /// Staff have given it back against the program's policy.
    pub is_override: bool,
    /// Its own payment record; `None` for a refund to a wallet.
    pub transaction_id: Option<TransactionId>,
    /// The entry that takes the fee away.
    pub order: OrderNo,
    pub reason: String,
    pub made_at: UnixMicros,
    /// Of a dispute that was won: its mirror.
    pub reversal: Option<Reversal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversal {
    pub transaction_id: TransactionId,
    pub order: OrderNo,
    pub at: UnixMicros,
}
