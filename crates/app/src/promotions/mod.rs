//! Promotion codes: staff keep them, purchases use them.

mod fee;
mod quote;
mod staff;

pub use fee::{FeeCodeError, Promoted};
pub use quote::Quote;
pub use staff::{NewPromotion, PromotionError, PromotionPage, PromotionPatch};

pub(crate) use quote::{Ask, quote, reserve, settle};
