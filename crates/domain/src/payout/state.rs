//! The one total transition table of a payout.

/// Where a payout stands. The names are Slate's, with what its document leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutState {
    /// The profit has left the account; staff have to look.
    Pending,
    /// One of two people has approved it.
    AwaitingSecondApproval,
    /// The firm owes it.
    Approved,
    /// On its way outside.
    Disbursing,
    Paid,
    /// Staff have refused it; the profit is back in the account.
    Rejected,
    /// A condition was not met when it was asked for: nothing was taken.
    AutoRejected,
}

impl PayoutState {
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::AwaitingSecondApproval,
        Self::Approved,
        Self::Disbursing,
        Self::Paid,
        Self::Rejected,
        Self::AutoRejected,
    ];

    /// A number for the store; never reused. What is in flight is below 10.
    pub const fn code(self) -> i64 {
        match self {
            Self::Pending => 0,
            Self::AwaitingSecondApproval => 1,
            Self::Approved => 2,
            Self::Disbursing => 3,
            Self::Paid => 10,
            Self::Rejected => 11,
            Self::AutoRejected => 12,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::AwaitingSecondApproval => "awaiting_second_approval",
            Self::Approved => "approved",
            Self::Disbursing => "disbursing",
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::AutoRejected => "auto_rejected",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// No other payout of the account can be asked for.
    pub const fn is_in_flight(self) -> bool {
        self.code() < 10
    }
}

/// What staff do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// By the first of two people, where it takes two.
    ApproveFirst,
    /// By one who may alone, or by the second.
    Approve,
    MarkDisbursing,
    /// The payment outside has failed: it can be tried again, or rejected.
    Return,
    MarkPaid,
    Reject,
}

impl Event {
    pub const ALL: [Self; 6] = [
        Self::ApproveFirst,
        Self::Approve,
        Self::MarkDisbursing,
        Self::Return,
        Self::MarkPaid,
        Self::Reject,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ApproveFirst => "approve_first",
            Self::Approve => "approve",
            Self::MarkDisbursing => "mark_disbursing",
            Self::Return => "return",
            Self::MarkPaid => "mark_paid",
            Self::Reject => "reject",
        }
    }
}

/// What has to be done besides the change of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    None,
    /// From now on the firm owes the trader's part and the fee.
    Owe,
    /// What was owed has been paid.
    Pay,
    /// The profit goes back into the account.
    GiveBack,
    /// As well, and nothing is owed any more.
    GiveBackOwed,
}

impl Work {
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "-",
            Self::Owe => "owe",
            Self::Pay => "pay",
            Self::GiveBack => "give_back",
            Self::GiveBackOwed => "give_back_owed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a payout that is {} cannot take {}", .state.name(), .event.name())]
pub struct PayoutRefused {
    pub state: PayoutState,
    pub event: Event,
}

/// # Errors
/// [`PayoutRefused`] where the table has no arrow.
pub const fn transition(
    state: PayoutState,
    event: Event,
) -> Result<(PayoutState, Work), PayoutRefused> {
    use PayoutState as S;
    match (state, event) {
        (S::Pending, Event::ApproveFirst) => Ok((S::AwaitingSecondApproval, Work::None)),
        (S::Pending | S::AwaitingSecondApproval, Event::Approve) => Ok((S::Approved, Work::Owe)),
        (S::Pending | S::AwaitingSecondApproval, Event::Reject) => {
            Ok((S::Rejected, Work::GiveBack))
        }
        (S::Approved, Event::MarkDisbursing) => Ok((S::Disbursing, Work::None)),
        (S::Approved, Event::Reject) => Ok((S::Rejected, Work::GiveBackOwed)),
        (S::Disbursing, Event::Return) => Ok((S::Approved, Work::None)),
        (S::Disbursing, Event::MarkPaid) => Ok((S::Paid, Work::Pay)),
        (
            S::Pending
            | S::AwaitingSecondApproval
            | S::Approved
            | S::Disbursing
            | S::Paid
            | S::Rejected
            | S::AutoRejected,
            _,
        ) => Err(PayoutRefused { state, event }),
    }
}
