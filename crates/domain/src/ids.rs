//! BIGINT keys, one type each, so that a login can never stand where a purchase is meant.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

keys! {
    /// A firm's label.
    BrandId,
    /// A trader.
    CustomerId,
    /// A person of the firm.
    StaffId,
    /// A token with which a program acts for a person of the firm.
    ApiTokenId,
    /// One sign-in of a customer, a staff member or a trading account.
    SessionId,
    /// Trading conditions of an account.
    GroupId,
    /// A trading account's number, as traders see it.
    Login,
    /// What is sold.
    ProgramId,
    /// One immutable version of a program.
    ProgramVersionId,
    /// The paying for a program.
    PurchaseId,
    /// One customer's run through one program version.
    ChallengeId,
    /// One attempt at one step of a challenge.
    PhaseId,
    /// The order number of a finance operation, which is one ledger entry.
    OrderNo,
    /// A payment record with its own life.
    TransactionId,
    /// What a trader asked the trading server for: an order that was filled, waits or is gone.
    OrderId,
    /// What an order opened; it has that order's number.
    PositionId,
    /// A rule that was crossed, with its evidence.
    BreachId,
    /// A promotion code.
    PromotionId,
    /// One purchase with a promotion code.
    PromotionUseId,
    /// Profit on its way to a trader.
    PayoutId,
    /// What has taken an earned fee away again.
    FeeClaimId,
    /// One version of a text that customers agree to.
    AgreementId,
    /// A piece of news in the calendar.
    NewsId,
    /// Where a program of the firm is told what happens.
    WebhookId,
    /// One event on its way to such a place.
    WebhookDeliveryId,
    /// One exchange of volume at one price.
    DealId,
}
