//! What a customer is told about a purchase, in every state.

use crate::claim::FeeState;

use super::state::{Event, Facts, State, Step, transition};

/// ScaleTrade's `payment_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    Pending,
    Paid,
    Failed,
    /// Taken, and on its way back.
    RefundPending,
    Refunded,
    /// A bank or a provider has taken it back.
    ChargedBack,
}

impl PaymentStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::RefundPending => "refund_pending",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged_back",
        }
    }
}

/// ScaleTrade's `next_action`: what the client should offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAction {
    OpenChallenge,
    PayFee,
    /// The server is at work.
    Wait,
    WaitForRefund,
    Retry,
    BuyAgain,
    ContactSupport,
}

impl NextAction {
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenChallenge => "OPEN_CHALLENGE",
            Self::PayFee => "PAY_FEE",
            Self::Wait => "WAIT",
            Self::WaitForRefund => "WAIT_FOR_REFUND",
            Self::Retry => "RETRY",
            Self::BuyAgain => "BUY_AGAIN",
            Self::ContactSupport => "CONTACT_SUPPORT",
        }
    }
}

/// The lifecycle fields of a purchase object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// 0 pending, 1 paid, 2 account_created, 3 active, 4 failed, 5 refunded.
    pub status: i64,
    pub status_name: &'static str,
    pub next_action: NextAction,
    pub payment_status: PaymentStatus,
    pub activation_status: &'static str,
    pub comment: &'static str,
    pub can_retry: bool,
    pub can_cancel: bool,
}

const PENDING: (i64, &str) = (0, "pending");
const PAID: (i64, &str) = (1, "paid");
const ACCOUNT_CREATED: (i64, &str) = (2, "account_created");
const ACTIVE: (i64, &str) = (3, "active");
const FAILED: (i64, &str) = (4, "failed");
const REFUNDED: (i64, &str) = (5, "refunded");

impl Lifecycle {
    pub fn of(state: State, facts: Facts) -> Self {
        let takes = |event| transition(state, event, facts).is_ok();
        let can_retry = takes(Event::Retry);
        // What is bought later is applied at once, or given back.
        let can_cancel = !facts.adds && !state.needs_staff() && takes(Event::Cancel);
        let (status, status_name) = status(state);
        Self {
            status,
            status_name,
            next_action: next_action(state, facts, can_retry),
            payment_status: payment_status(state, facts),
            activation_status: activation_status(state),
            comment: comment(status),
            can_retry,
            can_cancel,
        }
    }

    /// What is told of a delivered purchase whose fee has gone away again. What a bank has taken back may still be won.
    #[must_use]
    pub const fn with_fee(self, fee: FeeState) -> Self {
        let (next_action, payment_status) = match fee {
            FeeState::Earned => return self,
            FeeState::RefundDue => (NextAction::WaitForRefund, PaymentStatus::RefundPending),
            FeeState::Refunded => (NextAction::BuyAgain, PaymentStatus::Refunded),
            FeeState::ChargedBack => {
                return Self {
                    next_action: NextAction::ContactSupport,
                    payment_status: PaymentStatus::ChargedBack,
                    ..self
                };
            }
        };
        let (status, status_name) = REFUNDED;
        Self {
            status,
            status_name,
            next_action,
            payment_status,
            activation_status: "failed",
            comment: comment(status),
            can_retry: false,
            can_cancel: false,
        }
    }
}

const fn status(state: State) -> (i64, &'static str) {
    match state {
        State::AwaitingPayment => PENDING,
        State::Doing(step) | State::Stuck(step) => match step {
            Step::Withdraw => PENDING,
            Step::OpenAccount | Step::Retire | Step::Apply => PAID,
            Step::GrantBalance | Step::Enable => ACCOUNT_CREATED,
            Step::TakeBackBalance | Step::CloseAccount | Step::Refund => FAILED,
        },
        State::Active => ACTIVE,
        State::RefundDue | State::Failed | State::Abandoned => FAILED,
        State::Refunded => REFUNDED,
    }
}

const fn next_action(state: State, facts: Facts, can_retry: bool) -> NextAction {
    match state {
        State::AwaitingPayment => NextAction::PayFee,
        State::Doing(step) if step.compensates() && !facts.free => NextAction::WaitForRefund,
        State::Doing(_) => NextAction::Wait,
        State::Stuck(_) => NextAction::ContactSupport,
        State::RefundDue => NextAction::WaitForRefund,
        State::Active => NextAction::OpenChallenge,
        State::Failed if can_retry => NextAction::Retry,
        State::Failed | State::Refunded | State::Abandoned => NextAction::BuyAgain,
    }
}

/// A free program owes nothing, so its payment is `paid` until it fails.
const fn payment_status(state: State, facts: Facts) -> PaymentStatus {
    match state {
        State::AwaitingPayment => PaymentStatus::Pending,
        State::Doing(step) | State::Stuck(step) => match step {
            Step::Withdraw => PaymentStatus::Pending,
            Step::OpenAccount | Step::Retire | Step::Apply | Step::GrantBalance | Step::Enable => {
                PaymentStatus::Paid
            }
            _ if facts.free => PaymentStatus::Failed,
            _ => PaymentStatus::RefundPending,
        },
        State::RefundDue => PaymentStatus::RefundPending,
        State::Active => PaymentStatus::Paid,
        State::Refunded => PaymentStatus::Refunded,
        State::Failed | State::Abandoned => PaymentStatus::Failed,
    }
}

const fn activation_status(state: State) -> &'static str {
    match state {
        State::AwaitingPayment => "pending",
        State::Doing(step) | State::Stuck(step) => match step {
            Step::Withdraw | Step::OpenAccount | Step::Retire | Step::Apply => "pending",
            Step::GrantBalance | Step::Enable => "account_created",
            _ => "failed",
        },
        State::Active => "active",
        State::RefundDue | State::Refunded | State::Failed | State::Abandoned => "failed",
    }
}

const fn comment(status: i64) -> &'static str {
    match status {
        0..=2 => "PROP_CHALLENGE_PURCHASE_PENDING",
        3 => "PROP_CHALLENGE_PURCHASE_ACTIVE",
        5 => "PROP_CHALLENGE_PURCHASE_REFUNDED",
        _ => "PROP_CHALLENGE_PURCHASE_FAILED",
    }
}
