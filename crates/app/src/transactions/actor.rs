//! Who makes a change, as the audit names him.

use touchstone_domain::{CustomerId, StaffId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    Customer(CustomerId),
    Staff(StaffId),
    /// A payment provider, or the built-in cashier.
    Cashier,
    /// What runs by itself.
    System,
}

impl Actor {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Customer(_) => "customer",
            Self::Staff(_) => "staff",
            Self::Cashier => "cashier",
            Self::System => "system",
        }
    }

    /// 0 where no person acts.
    pub(crate) const fn id(self) -> i64 {
        match self {
            Self::Customer(id) => id.0,
            Self::Staff(id) => id.0,
            Self::Cashier | Self::System => 0,
        }
    }

    pub(crate) const fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(id),
            _ => None,
        }
    }
}
