//! What has happened to an account.

use crate::{ClientId, Command, Order, Position, Refusal, Standing};
use serde::{Deserialize, Serialize};
use touchstone_domain::rule_set::ConductRule;
use touchstone_domain::{
    BasisPoints, DayNumber, DealId, OrderId, PositionId, Price, Side, Symbol, UnixMicros, Volume,
};

/// Whether a deal begins a position or ends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    In,
    Out,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DealReason {
    /// The owner's order, at once.
    Order,
    /// A waiting order that found its price.
    Waiting,
    StopLoss,
    TakeProfit,
    StopOut,
    CloseBy,
    /// The firm closed it.
    Liquidation,
}

impl DealReason {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Waiting => "waiting",
            Self::StopLoss => "stop_loss",
            Self::TakeProfit => "take_profit",
            Self::StopOut => "stop_out",
            Self::CloseBy => "close_by",
            Self::Liquidation => "liquidation",
        }
    }
}

/// One exchange at one price. Profit and commission go to the balance; commission is 0 or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    pub id: DealId,
    /// The order that asked for it; `None` for what ends a position by itself.
    pub order: Option<OrderId>,
    pub position: PositionId,
    pub symbol: Symbol,
    /// `Long` bought, `Short` sold.
    pub side: Side,
    pub volume: Volume,
    pub price: Price,
    pub entry: Entry,
    pub reason: DealReason,
    pub profit_minor: i64,
    pub commission_minor: i64,
    pub at: UnixMicros,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    Asked,
    /// Its price came, and it could not be filled.
    NotFilled(Refusal),
    /// The firm took it away.
    Liquidation,
    /// A rule of the program stood against it when its price came.
    AgainstRule(ConductRule),
}

/// One thing that has happened. An account is what its effects have made of it: see [`crate::Account::apply`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The command was not taken, and changed nothing.
    Refused {
        code: Refusal,
    },
    /// The command was taken before, under this number.
    Repeated {
        order: OrderId,
    },
    /// The command was taken, under this number.
    Accepted {
        order: OrderId,
        seen: Option<Box<(ClientId, Command)>>,
    },
    /// An order waits, or waits on other terms.
    Waits(Order),
    /// A waiting order has become a deal.
    Filled {
        order: OrderId,
    },
    Cancelled {
        order: OrderId,
        reason: CancelReason,
    },
    Expired {
        order: OrderId,
    },
    Deal(Deal),
    /// A position is held, or held on other terms.
    Holds(Position),
    Closed {
        position: PositionId,
    },
    /// The position should have been closed, and could not be.
    NotClosed {
        position: PositionId,
        code: Refusal,
    },
    /// What a night has cost (below 0) or brought.
    Swap {
        position: PositionId,
        amount_minor: i64,
    },
    RolledOver {
        day: DayNumber,
    },
    Balance {
        amount_minor: i64,
    },
    Standing(Standing),
    /// The equity is so low a share of the margin that the owner is warned.
    MarginCall {
        equity_minor: i64,
        margin_minor: i64,
        level: BasisPoints,
    },
    MarginCallOver,
    /// The equity is so low a share of the margin that this position is closed next.
    StopOut {
        position: PositionId,
        equity_minor: i64,
        margin_minor: i64,
        level: BasisPoints,
    },
}
