//! Why something was not done.

use serde::{Deserialize, Serialize};

macro_rules! refusals {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal,)*) => {
        /// In the order in which they are looked for: the first that holds is answered. The codes are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Refusal {
            $(
                $(#[doc = $doc])*
                #[serde(rename = $code)]
                $name,
            )*
        }

        impl Refusal {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// For people.
            pub const fn reason(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*).trim_ascii(),)*
                }
            }
        }
    };
}

refusals! {
    /// This client id was used for another command.
    ClientIdReused = "CLIENT_ID_REUSED",
    /// The account is disabled.
    AccountDisabled = "ACCOUNT_DISABLED",
    /// There is no such waiting order.
    UnknownOrder = "UNKNOWN_ORDER",
    /// There is no such open position.
    UnknownPosition = "UNKNOWN_POSITION",
    /// The symbol cannot be traded by this account.
    UnknownSymbol = "UNKNOWN_SYMBOL",
    /// The symbol is not traded at present.
    SymbolDisabled = "SYMBOL_DISABLED",
    /// Positions may only be closed.
    CloseOnly = "CLOSE_ONLY",
    /// The market is closed.
    MarketClosed = "MARKET_CLOSED",
    /// There is no price yet.
    NoPrice = "NO_PRICE",
    /// The last price is too old.
    StalePrice = "STALE_PRICE",
    /// The volume is below the minimum, above the maximum, or no whole number of steps.
    BadVolume = "BAD_VOLUME",
    /// The price is on the wrong side of the market or too near to it.
    BadPrice = "BAD_PRICE",
    /// Stop loss, take profit or trailing stop is on the wrong side or too near.
    BadStops = "BAD_STOPS",
    /// The order would end before it begins, or cannot wait.
    BadExpiry = "BAD_EXPIRY",
    /// The two positions are not opposite ones of one symbol of a hedging account.
    NotOpposite = "NOT_OPPOSITE",
    /// There is nothing to close.
    NothingToClose = "NOTHING_TO_CLOSE",
    /// It is so already.
    NothingToChange = "NOTHING_TO_CHANGE",
    /// So many orders wait that no further one may.
    TooManyOrders = "TOO_MANY_ORDERS",
    /// So many positions are open that no further one may be.
    TooManyPositions = "TOO_MANY_POSITIONS",
    /// The free margin does not suffice.
    NoMoney = "NO_MONEY",
    /// An amount would not fit into 64 bits.
    TooLarge = "TOO_LARGE",
}
