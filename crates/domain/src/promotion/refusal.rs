//! Why a code takes nothing off.

/// In the order in which they are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such promotion code")]
    Unknown,
    #[error("the promotion code is not in use")]
    Disabled,
    #[error("the promotion code is not valid yet")]
    NotYetValid,
    #[error("the promotion code is not valid any more")]
    Expired,
    #[error("the promotion code is not for this program")]
    NotForProgram,
    #[error("you have used the promotion code as often as one may")]
    UsedByCustomer,
    #[error("the promotion code is for a first purchase only")]
    FirstPurchaseOnly,
    #[error("the promotion code is used up")]
    UsedUp,
    #[error("the promotion code is an amount of another currency than the price")]
    WrongCurrency,
    #[error("there is nothing that the promotion code could take off this price")]
    NothingOff,
}

impl Refusal {
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Disabled,
        Self::NotYetValid,
        Self::Expired,
        Self::NotForProgram,
        Self::UsedByCustomer,
        Self::FirstPurchaseOnly,
        Self::UsedUp,
        Self::WrongCurrency,
        Self::NothingOff,
    ];

    /// Stable, for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "PROMO_CODE_UNKNOWN",
            Self::Disabled => "PROMO_CODE_DISABLED",
            Self::NotYetValid => "PROMO_CODE_NOT_YET_VALID",
            Self::Expired => "PROMO_CODE_EXPIRED",
            Self::NotForProgram => "PROMO_CODE_NOT_FOR_PROGRAM",
            Self::UsedByCustomer => "PROMO_CODE_USED_BY_YOU",
            Self::FirstPurchaseOnly => "PROMO_CODE_FIRST_PURCHASE_ONLY",
            Self::UsedUp => "PROMO_CODE_USED_UP",
            Self::WrongCurrency => "PROMO_CODE_WRONG_CURRENCY",
            Self::NothingOff => "PROMO_CODE_NOTHING_OFF",
        }
    }
}
