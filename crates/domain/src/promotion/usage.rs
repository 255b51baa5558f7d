//! What becomes of a use of a code: its one total transition table.

use crate::purchase::State;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseState {
    /// The purchase is under way: nobody else can have this use.
    Reserved,
    /// End: the purchase was delivered.
    Used,
    /// End: the code was taken off, or the purchase came to nothing. Another may have the use.
    Freed,
}

impl UseState {
    pub const ALL: [Self; 3] = [Self::Reserved, Self::Used, Self::Freed];

    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Used => "used",
            Self::Freed => "freed",
        }
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`UseRefused`] where the table has no arrow.
    pub const fn after(self, event: UseEvent) -> Result<Self, UseRefused> {
        match (self, event) {
            (Self::Reserved, UseEvent::GoesOn) => Ok(Self::Reserved),
            (Self::Reserved | Self::Used, UseEvent::Delivered) => Ok(Self::Used),
            (Self::Reserved | Self::Freed, UseEvent::CameToNothing) => Ok(Self::Freed),
            (Self::Reserved, UseEvent::TakenOff) => Ok(Self::Freed),
            (state, event) => Err(UseRefused { state, event }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseEvent {
    /// The purchase is under way.
    GoesOn,
    /// The purchase is delivered.
    Delivered,
    /// The purchase failed, was abandoned or cancelled, or its money goes back.
    CameToNothing,
    /// The customer takes the code off before he pays.
    TakenOff,
}

impl UseEvent {
    pub const ALL: [Self; 4] = [
        Self::GoesOn,
        Self::Delivered,
        Self::CameToNothing,
        Self::TakenOff,
    ];

    /// What the state of its purchase means for a use.
    pub const fn of(state: State) -> Self {
        match state {
            State::AwaitingPayment | State::Doing(_) | State::Stuck(_) => Self::GoesOn,
            State::Active => Self::Delivered,
            State::RefundDue | State::Refunded | State::Failed | State::Abandoned => {
                Self::CameToNothing
            }
        }
    }
}

/// The event has no place in this state; nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a use of a promotion code that is {} cannot take {event:?}", .state.name())]
pub struct UseRefused {
    pub state: UseState,
    pub event: UseEvent,
}
