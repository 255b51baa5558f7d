//! Promotion codes: what a code takes off a price, for whom and when, and what becomes of each use of one.

mod refusal;
mod usage;

pub use refusal::Refusal;
pub use usage::{UseEvent, UseRefused, UseState};

use crate::{BasisPoints, BrandId, Money, ProgramId, PromotionId, PromotionUseId, PurchaseId};
use crate::{CustomerId, UnixMicros};
use std::collections::BTreeSet;

/// Fewest and most characters of a code.
pub const CODE_LENGTH: std::ops::RangeInclusive<usize> = 3..=40;

/// A code as it is kept: without blanks around it, in capital letters. `None` for what can be no code.
pub fn normalised(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    let fits = CODE_LENGTH.contains(&code.len())
        && code
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    fits.then_some(code)
}

/// What a code takes off the price with add-ons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// A share of the price, rounded half away from zero.
    Percent(BasisPoints),
    /// As much as this, and never more than the price.
    Fixed(Money),
}

impl Discount {
    /// What it takes off `price`: above 0, and at most the price.
    ///
    /// # Errors
    /// [`Refusal::WrongCurrency`] and [`Refusal::NothingOff`].
    pub fn off(self, price: Money) -> Result<i64, Refusal> {
        let minor = match self {
            Self::Percent(share) => share.of(price.minor).unwrap_or(price.minor),
            Self::Fixed(amount) if amount.currency != price.currency => {
                return Err(Refusal::WrongCurrency);
            }
            Self::Fixed(amount) => amount.minor,
        };
        match minor.min(price.minor) {
            ..=0 => Err(Refusal::NothingOff),
            off => Ok(off),
        }
    }
}

/// A code of a brand. Code and discount never change: what was promised stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    pub id: PromotionId,
    pub brand_id: BrandId,
    pub code: String,
    pub description: String,
    pub discount: Discount,
    /// From this instant on; always, without one.
    pub valid_from: Option<UnixMicros>,
    /// Before this instant; for ever, without one.
    pub valid_to: Option<UnixMicros>,
    /// Most purchases of all customers.
    pub total_limit: Option<i64>,
    /// Most purchases of one customer.
    pub customer_limit: Option<i64>,
    /// Empty: every program of the brand.
    pub programs: BTreeSet<ProgramId>,
    /// Only for who has bought nothing yet that has a price.
    pub first_purchase_only: bool,
    pub enabled: bool,
    /// Purchases that are under way with it.
    pub reserved: i64,
    /// Purchases that were delivered with it.
    pub used: i64,
    pub created_by: String,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}

/// What is known of somebody who wants to use a code.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub program: ProgramId,
    /// With add-ons.
    pub price: Money,
    /// How often he uses the code already, purchases under way included.
    pub uses_of_customer: i64,
    /// He has bought something else that has a price, or is about to.
    pub has_bought: bool,
    pub now: UnixMicros,
}

impl Promotion {
    /// What it takes off, in minor units of the price: above 0, and at most the price.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies, in their order.
    pub fn off(&self, wish: &Wish) -> Result<i64, Refusal> {
        let reached = |limit: Option<i64>, count: i64| limit.is_some_and(|limit| count >= limit);
        if !self.enabled {
            Err(Refusal::Disabled)
        } else if self.valid_from.is_some_and(|from| wish.now < from) {
            Err(Refusal::NotYetValid)
        } else if self.valid_to.is_some_and(|to| wish.now >= to) {
            Err(Refusal::Expired)
        } else if !self.programs.is_empty() && !self.programs.contains(&wish.program) {
            Err(Refusal::NotForProgram)
        } else if reached(self.customer_limit, wish.uses_of_customer) {
            Err(Refusal::UsedByCustomer)
        } else if self.first_purchase_only && wish.has_bought {
            Err(Refusal::FirstPurchaseOnly)
        } else if reached(self.total_limit, self.reserved.saturating_add(self.used)) {
            Err(Refusal::UsedUp)
        } else {
            self.discount.off(wish.price)
        }
    }

    /// What is wrong with it as a whole; `most_of_one` is how often the customer who uses it most does.
    ///
    /// # Errors
    /// The first [`PromotionFault`].
    pub fn check(&self, most_of_one: i64) -> Result<(), PromotionFault> {
        let times = self.valid_from.zip(self.valid_to);
        let too_low = |limit: Option<i64>, count: i64| limit.is_some_and(|limit| limit < count);
        let used = self.reserved.saturating_add(self.used);
        if normalised(&self.code).as_deref() != Some(self.code.as_str()) {
            Err(PromotionFault::Code)
        } else if !match self.discount {
            Discount::Percent(share) => (1..=BasisPoints::WHOLE.0).contains(&share.0),
            Discount::Fixed(amount) => amount.minor > 0,
        } {
            Err(PromotionFault::Discount)
        } else if times.is_some_and(|(from, to)| from >= to) {
            Err(PromotionFault::Times)
        } else if too_low(self.total_limit, 1) {
            Err(PromotionFault::TotalLimit)
        } else if too_low(self.customer_limit, 1) {
            Err(PromotionFault::CustomerLimit)
        } else if too_low(self.total_limit, used) {
            Err(PromotionFault::BelowUses { used })
        } else if too_low(self.customer_limit, most_of_one) {
            Err(PromotionFault::BelowUsesOfOne { used: most_of_one })
        } else {
            Ok(())
        }
    }
}

/// Why a code cannot be kept as it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromotionFault {
    #[error("a code has 3 to 40 of the letters A to Z, digits, - and _")]
    Code,
    #[error("a discount is above 0 % and at most 100 %, or an amount above 0")]
    Discount,
    #[error("it would end before it begins")]
    Times,
    #[error("a limit is at least 1")]
    TotalLimit,
    #[error("a limit is at least 1")]
    CustomerLimit,
    #[error("{used} purchases have it already")]
    BelowUses { used: i64 },
    #[error("one customer has used it {used} times already")]
    BelowUsesOfOne { used: i64 },
}

/// One purchase with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionUse {
    pub id: PromotionUseId,
    pub promotion_id: PromotionId,
    pub customer_id: CustomerId,
    pub purchase_id: PurchaseId,
    pub state: UseState,
    /// The price without it, with add-ons, in minor units of the purchase's currency.
    pub full_minor: i64,
    pub off_minor: i64,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}

#[cfg(test)]
mod tests;
