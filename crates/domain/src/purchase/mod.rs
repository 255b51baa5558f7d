//! The paying for a program, or for another attempt at it: one model, whatever pays.

mod checks;
mod lifecycle;
mod state;

pub use checks::{Block, PayerFacts, ProgramFacts, check_enrolment, check_payer, check_program};
pub use lifecycle::{Lifecycle, NextAction, PaymentStatus};
pub use state::{Event, Facts, Refused, State, Step, transition};

use crate::claim::FeeState;
use crate::conversion::Converted;
use crate::{
    BrandId, ChallengeId, CustomerId, Login, Money, OrderNo, ProgramId, ProgramVersionId,
    PurchaseId, StaffId, TransactionId, UnixMicros,
};
use serde::{Deserialize, Serialize};

/// Where the fee comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// Bought: the fee is taken from a REAL account of the customer.
    Wallet = 0,
    /// Enrolled by the customer: the fee is paid at a cashier.
    Cashier = 1,
    /// Granted by staff: as enrolled, but started by the firm.
    Grant = 2,
    /// A reset: another attempt at the phase that a challenge has failed in, paid at a cashier.
    Reset = 3,
}

impl Funding {
    pub const ALL: [Self; 4] = [Self::Wallet, Self::Cashier, Self::Grant, Self::Reset];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Wallet),
            1 => Some(Self::Cashier),
            2 => Some(Self::Grant),
            3 => Some(Self::Reset),
            _ => None,
        }
    }
}

/// Why a purchase did not become an active challenge. The texts are ScaleTrade's
/// `failure_reason`, stable for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureReason {
    PaymentFailed,
    AccountCreationFailed,
    InitialBalanceFailed,
    ChallengeCreationFailed,
    /// The customer or staff ended it.
    Cancelled,
    /// The cashier or staff refused the payment.
    PaymentDeclined,
    /// Nobody paid in time.
    PaymentExpired,
    /// Nothing runs any more that what was bought later could be applied to.
    AddonNotApplied,
}

impl FailureReason {
    pub const ALL: [Self; 8] = [
        Self::PaymentFailed,
        Self::AccountCreationFailed,
        Self::InitialBalanceFailed,
        Self::ChallengeCreationFailed,
        Self::Cancelled,
        Self::PaymentDeclined,
        Self::PaymentExpired,
        Self::AddonNotApplied,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentFailed => "PAYMENT_FAILED",
            Self::AccountCreationFailed => "ACCOUNT_CREATION_FAILED",
            Self::InitialBalanceFailed => "INITIAL_BALANCE_FAILED",
            Self::ChallengeCreationFailed => "CHALLENGE_CREATION_FAILED",
            Self::Cancelled => "CANCELLED",
            Self::PaymentDeclined => "PAYMENT_DECLINED",
            Self::PaymentExpired => "PAYMENT_EXPIRED",
            Self::AddonNotApplied => "ADDON_NOT_APPLIED",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// A promotion code that a purchase has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub code: String,
    /// In minor units of the price's currency; above 0.
    pub off_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    pub id: PurchaseId,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub program_id: ProgramId,
    pub version_id: ProgramVersionId,
    pub funding: Funding,
    pub state: State,
    /// What is paid: the price with add-ons, pinned, less what a promotion code takes off.
    pub price: Money,
    /// What the payer's wallet pays for it, where that is of another currency.
    pub conversion: Option<Converted>,
    pub promotion: Option<Applied>,
    pub addon_codes: Vec<String>,
    pub payer_login: Option<Login>,
    pub account_login: Option<Login>,
    /// The challenge that it makes; `None` for a reset, and for what is bought later.
    pub challenge_id: Option<ChallengeId>,
    /// Of a reset: the challenge whose phase begins anew.
    pub resets: Option<ChallengeId>,
    /// Of add-ons that are bought later: the challenge that they are for.
    pub adds_to: Option<ChallengeId>,
    /// Of a purchase that has made a challenge: codes of what was bought for it later, in the order in which that was
    /// applied.
    pub late_addon_codes: Vec<String>,
    pub transaction_id: Option<TransactionId>,
    pub granted_by: Option<StaffId>,
    pub idempotency_key: Option<String>,
    pub failure_reason: Option<FailureReason>,
    /// What a person has to know, in words; empty when nobody is needed.
    pub note: String,
    pub fee_order: Option<OrderNo>,
    /// What has become of the fee since.
    pub fee_state: FeeState,
    pub initial_balance_order: Option<OrderNo>,
    /// 1 for the first try; a retry counts up, so that every remote reference is used once.
    pub attempt: i64,
    /// Calls of the current step whose outcome is unknown.
    pub step_calls: i64,
    /// When the runner looks at it next; `None` when nothing is to be done.
    pub due_at: Option<UnixMicros>,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}

impl Purchase {
    /// What decides a transition besides the state.
    pub fn facts(&self) -> Facts {
        Facts {
            funding: self.funding,
            adds: self.adds_to.is_some(),
            free: self.price.is_zero(),
            reason: self.failure_reason,
            fee_taken: self.fee_order.is_some(),
            balance_given: self.initial_balance_order.is_some(),
        }
    }

    /// The challenge that it makes or is for.
    pub fn about(&self) -> Option<ChallengeId> {
        self.challenge_id.or(self.resets).or(self.adds_to)
    }

    /// Every add-on that its challenge has by now.
    pub fn all_addon_codes(&self) -> Vec<String> {
        [self.addon_codes.as_slice(), &self.late_addon_codes].concat()
    }

    /// The price with add-ons, whatever a promotion code takes off.
    pub fn full_price(&self) -> Money {
        let off = self.promotion.as_ref().map_or(0, |code| code.off_minor);
        Money::new(self.price.minor.saturating_add(off), self.price.currency)
    }

    /// What leaves the payer's wallet, or is paid at a cashier.
    pub fn paid(&self) -> Money {
        self.conversion.map_or(self.price, |paid| paid.amount)
    }

    /// What of it goes back with so much of the price.
    pub fn paid_part(&self, part_minor: i64) -> Money {
        match self.conversion {
            Some(paid) => paid.part(self.price, part_minor),
            None => Money::new(part_minor, self.price.currency),
        }
    }

    /// Whether what is paid is held back on the payer's account: it is not known yet whether the fee
    /// was taken.
    pub fn fee_is_held(&self) -> bool {
        self.funding == Funding::Wallet
            && !self.price.is_zero()
            && self.fee_order.is_none()
            && matches!(
                self.state,
                State::Doing(Step::Withdraw | Step::Refund)
                    | State::Stuck(Step::Withdraw | Step::Refund)
            )
    }

    pub fn lifecycle(&self) -> Lifecycle {
        Lifecycle::of(self.state, self.facts()).with_fee(self.fee_state)
    }
}
