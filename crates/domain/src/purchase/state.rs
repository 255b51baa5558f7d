//! The one total transition table of the purchase.

use super::{FailureReason, Funding};
use serde::{Deserialize, Serialize};

/// A thing that is done at the trading server, or undone there by its reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Take the fee from the payer.
    Withdraw,
    /// Open the account of the first phase, not yet enabled.
    OpenAccount,
    /// Give it its initial balance.
    GrantBalance,
    /// Enable it; the challenge record becomes active in the same commit.
    Enable,
    /// Undo `GrantBalance`.
    TakeBackBalance,
    /// Undo `OpenAccount`: disable, never delete.
    CloseAccount,
    /// Undo `Withdraw`.
    Refund,
    /// Close the account of the attempt before, for good. It has failed: this is never undone.
    Retire,
    /// Change what the account is judged by, for what was bought later.
    Apply,
}

impl Step {
    pub const ALL: [Self; 9] = [
        Self::Withdraw,
        Self::OpenAccount,
        Self::GrantBalance,
        Self::Enable,
        Self::TakeBackBalance,
        Self::CloseAccount,
        Self::Refund,
        Self::Retire,
        Self::Apply,
    ];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::OpenAccount => "open_account",
            Self::GrantBalance => "grant_balance",
            Self::Enable => "enable",
            Self::TakeBackBalance => "take_back_balance",
            Self::CloseAccount => "close_account",
            Self::Refund => "refund",
            Self::Retire => "retire",
            Self::Apply => "apply",
        }
    }

    /// Whether the step undoes another one.
    pub const fn compensates(self) -> bool {
        matches!(
            self,
            Self::TakeBackBalance | Self::CloseAccount | Self::Refund
        )
    }
}

/// Where a purchase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Enrolled or granted; nothing was taken.
    AwaitingPayment,
    /// The intent to do this step is durable; its outcome is not known yet.
    Doing(Step),
    /// The step cannot be done by machine: a person has to look.
    Stuck(Step),
    /// Paid at a cashier and not delivered: staff have to give the money back.
    RefundDue,
    /// End: exactly one active challenge; of a reset, its new attempt has begun; of an add-on, it is applied.
    Active,
    /// End: everything that was taken was given back.
    Refunded,
    /// End: nothing was taken.
    Failed,
    /// End: an enrolment or a reset that nobody paid.
    Abandoned,
}

impl State {
    /// Every state there is.
    pub fn all() -> Vec<Self> {
        let mut states = vec![Self::AwaitingPayment];
        states.extend(Step::ALL.map(Self::Doing));
        states.extend(Step::ALL.map(Self::Stuck));
        states.extend([
            Self::RefundDue,
            Self::Active,
            Self::Refunded,
            Self::Failed,
            Self::Abandoned,
        ]);
        states
    }

    /// A number for the store; never reused.
    pub const fn code(self) -> i64 {
        match self {
            Self::AwaitingPayment => 0,
            Self::Active => 1,
            Self::Refunded => 2,
            Self::Failed => 3,
            Self::Abandoned => 4,
            Self::RefundDue => 5,
            Self::Doing(step) => 10 + step.code(),
            Self::Stuck(step) => 30 + step.code(),
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::all().into_iter().find(|state| state.code() == code)
    }

    /// A stable name for staff and logs.
    pub fn name(self) -> String {
        match self {
            Self::AwaitingPayment => "awaiting_payment".into(),
            Self::Doing(step) => step.name().into(),
            Self::Stuck(step) => format!("stuck:{}", step.name()),
            Self::RefundDue => "refund_due".into(),
            Self::Active => "active".into(),
            Self::Refunded => "refunded".into(),
            Self::Failed => "failed".into(),
            Self::Abandoned => "abandoned".into(),
        }
    }

    /// A person of the firm has to act before the purchase can go on; meanwhile the customer can
    /// neither cancel nor retry.
    pub const fn needs_staff(self) -> bool {
        matches!(self, Self::Stuck(_) | Self::RefundDue)
    }

    /// It may still come to a delivery, or things are still being undone.
    pub const fn is_under_way(self) -> bool {
        matches!(
            self,
            Self::AwaitingPayment | Self::Doing(_) | Self::Stuck(_)
        )
    }

    /// The step the runner has to do now.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::Doing(step) => Some(step),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The fee of an enrolment was approved, by staff or by the payment webhook.
    PaymentApproved,
    /// Declined, cancelled before payment, or not paid in time.
    PaymentEnded(FailureReason),
    /// The step was done, or found done under our reference.
    Done,
    /// An undo found that the thing had never been done, and never will be under its reference.
    /// A thing that was undone before is `Done`.
    NothingToUndo,
    /// The trading server said no: not done, and never will be under this reference.
    Refused,
    /// No answer: a time-out is not a refusal.
    Unknown,
    /// Too many unknown outcomes.
    GaveUp,
    /// The customer wants out, or staff end a stuck step for him.
    Cancel,
    /// The customer wants another try.
    Retry,
    /// Staff: try the stuck step again.
    StaffRetry,
    /// Staff: the stuck step was settled by hand, outside.
    StaffSettled,
    /// Staff: the refund was paid.
    RefundPaid,
}

impl Event {
    pub const ALL: [Self; 14] = [
        Self::PaymentApproved,
        Self::PaymentEnded(FailureReason::PaymentDeclined),
        Self::PaymentEnded(FailureReason::Cancelled),
        Self::PaymentEnded(FailureReason::PaymentExpired),
        Self::Done,
        Self::NothingToUndo,
        Self::Refused,
        Self::Unknown,
        Self::GaveUp,
        Self::Cancel,
        Self::Retry,
        Self::StaffRetry,
        Self::StaffSettled,
        Self::RefundPaid,
    ];
}

/// What decides besides the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub funding: Funding,
    /// Add-ons for a challenge that runs already.
    pub adds: bool,
    /// The price is 0: nothing is taken, nothing is given back.
    pub free: bool,
    /// Why it went wrong, if it did.
    pub reason: Option<FailureReason>,
    /// The trading server answered that the fee was taken.
    pub fee_taken: bool,
    /// It answered that the initial balance was given.
    pub balance_given: bool,
}

/// The event has no place in this state; nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} has no place in state {state:?}")]
pub struct Refused {
    pub state: State,
    pub event: Event,
}

/// The state after `event`, and the failure reason that the purchase carries from then on.
///
/// # Errors
/// [`Refused`] where the table has no arrow.
pub fn transition(
    state: State,
    event: Event,
    facts: Facts,
) -> Result<(State, Option<FailureReason>), Refused> {
    use State::{Abandoned, AwaitingPayment, Doing, Failed, RefundDue, Refunded, Stuck};
    let kept = |state: State| Ok((state, facts.reason));
    let fails = |state: State, reason: FailureReason| Ok((state, Some(reason)));
    match (state, event) {
        (AwaitingPayment, Event::PaymentApproved) => kept(first_delivery(facts)),
        (AwaitingPayment, Event::PaymentEnded(reason)) => fails(Abandoned, reason),
        (AwaitingPayment, Event::Cancel) => fails(Abandoned, FailureReason::Cancelled),
        // A payment that comes after the end is kept, and has to go back.
        (Abandoned, Event::PaymentApproved) if !facts.free => kept(RefundDue),
        (RefundDue, Event::RefundPaid) => kept(Refunded),

        (Doing(step), Event::Done) => kept(after(step, facts)),
        (Doing(step), Event::Refused) if !step.compensates() => {
            let (state, reason) = undo_after_refusal(step, facts);
            fails(state, reason)
        }
        // What was answered as done cannot have been never done: a person has to look.
        (Doing(step), Event::NothingToUndo) if facts.answered(step) => kept(Stuck(step)),
        (Doing(Step::TakeBackBalance), Event::NothingToUndo) => kept(Doing(Step::CloseAccount)),
        (Doing(Step::CloseAccount), Event::NothingToUndo) => kept(give_back(facts)),
        (Doing(Step::Refund), Event::NothingToUndo) => kept(Failed),
        (Doing(step), Event::Refused | Event::GaveUp) => kept(Stuck(step)),
        (Doing(step), Event::Unknown) => kept(Doing(step)),
        (Doing(step), Event::Cancel) if !step.compensates() => {
            fails(undo_of_unknown(step, facts), FailureReason::Cancelled)
        }

        (Stuck(step), Event::StaffRetry) => kept(Doing(step)),
        (Stuck(step), Event::StaffSettled) if step.compensates() => kept(after(step, facts)),
        (Stuck(step), Event::Cancel) if !step.compensates() => {
            fails(undo_of_unknown(step, facts), FailureReason::Cancelled)
        }

        (Failed, Event::Retry) if retryable(facts) => Ok((first_step(facts), None)),
        _ => Err(Refused { state, event }),
    }
}

impl Facts {
    /// Where a new purchase starts.
    pub fn start(self) -> State {
        match (self.funding, self.free) {
            (Funding::Cashier | Funding::Grant | Funding::Reset, false) => State::AwaitingPayment,
            _ => first_step(self),
        }
    }

    /// Money moved for certain, and this step is the one that moves it back.
    const fn answered(self, undo: Step) -> bool {
        match undo {
            Step::Refund => self.fee_taken,
            Step::TakeBackBalance => self.balance_given,
            _ => false,
        }
    }
}

fn first_step(facts: Facts) -> State {
    match (facts.funding, facts.free) {
        (Funding::Wallet, false) => State::Doing(Step::Withdraw),
        _ => first_delivery(facts),
    }
}

/// A reset closes the account of the attempt before, and then goes the way of every purchase.
const fn first_delivery(facts: Facts) -> State {
    match (facts.adds, facts.funding) {
        (true, _) => State::Doing(Step::Apply),
        (false, Funding::Reset) => State::Doing(Step::Retire),
        (false, Funding::Wallet | Funding::Cashier | Funding::Grant) => {
            State::Doing(Step::OpenAccount)
        }
    }
}

/// The customer may try again what failed before anything was taken, if trying can help.
fn retryable(facts: Facts) -> bool {
    facts.funding == Funding::Wallet
        && matches!(
            facts.reason,
            Some(
                FailureReason::PaymentFailed
                    | FailureReason::AccountCreationFailed
                    | FailureReason::InitialBalanceFailed
                    | FailureReason::ChallengeCreationFailed
            )
        )
}

fn after(step: Step, facts: Facts) -> State {
    match step {
        Step::Withdraw => first_delivery(facts),
        Step::Retire => State::Doing(Step::OpenAccount),
        Step::OpenAccount => State::Doing(Step::GrantBalance),
        Step::GrantBalance => State::Doing(Step::Enable),
        Step::Enable | Step::Apply => State::Active,
        Step::TakeBackBalance => State::Doing(Step::CloseAccount),
        Step::CloseAccount => give_back(facts),
        Step::Refund => State::Refunded,
    }
}

/// How the fee goes back when all else is undone.
fn give_back(facts: Facts) -> State {
    match (facts.free, facts.funding) {
        (true, _) => State::Failed,
        (false, Funding::Wallet) => State::Doing(Step::Refund),
        (false, Funding::Cashier | Funding::Grant | Funding::Reset) => State::RefundDue,
    }
}

/// A refused step was not done: undo what came before it.
fn undo_after_refusal(step: Step, facts: Facts) -> (State, FailureReason) {
    match step {
        Step::Withdraw if facts.adds => (State::Failed, FailureReason::AddonNotApplied),
        Step::Withdraw => (State::Failed, FailureReason::PaymentFailed),
        Step::Apply => (give_back(facts), FailureReason::AddonNotApplied),
        Step::OpenAccount | Step::Retire => {
            (give_back(facts), FailureReason::AccountCreationFailed)
        }
        Step::GrantBalance => (
            State::Doing(Step::CloseAccount),
            FailureReason::InitialBalanceFailed,
        ),
        _ => (
            State::Doing(Step::TakeBackBalance),
            FailureReason::ChallengeCreationFailed,
        ),
    }
}

/// A step with an unknown outcome may have been done: undo it too, by its reference.
fn undo_of_unknown(step: Step, facts: Facts) -> State {
    match step {
        Step::Retire | Step::Apply => give_back(facts),
        Step::Withdraw => State::Doing(Step::Refund),
        Step::OpenAccount => State::Doing(Step::CloseAccount),
        _ => State::Doing(Step::TakeBackBalance),
    }
}
