//! What an account can be told.

use crate::{Protection, Standing};
use serde::{Deserialize, Serialize};
use touchstone_domain::rule_set::ConductRule;
use touchstone_domain::{DayNumber, OrderId, PositionId, Price, Side, Symbol, UnixMicros, Volume};

/// The client's own name of a command, so that its repeat does nothing: 1 to 64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err("a client's id has 1 to 64 visible ASCII characters")
        }
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// At the price that stands now.
    Market,
    Limit {
        price: Price,
    },
    Stop {
        price: Price,
    },
    StopLimit {
        stop: Price,
        limit: Price,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRequest {
    pub symbol: Symbol,
    pub side: Side,
    pub volume: Volume,
    pub kind: OrderKind,
    #[serde(default)]
    pub protection: Protection,
    /// Of orders that wait; `None`: until it is cancelled.
    #[serde(default)]
    pub expires_at: Option<UnixMicros>,
}

/// What the owner of an account asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Place(OrderRequest),
    /// New prices, protection and end of a waiting order, all of them; kind and volume stay.
    Modify {
        order: OrderId,
        kind: OrderKind,
        protection: Protection,
        expires_at: Option<UnixMicros>,
    },
    Cancel {
        order: OrderId,
    },
    /// New protection of a position, all of it.
    Protect {
        position: PositionId,
        protection: Protection,
    },
    /// The whole position, or a part of it.
    Close {
        position: PositionId,
        volume: Option<Volume>,
    },
    /// Ends as much of two opposite positions as the smaller one has, each at the opening price of the other.
    CloseBy {
        position: PositionId,
        opposite: PositionId,
    },
    /// Every position, or those of one symbol. What cannot be closed is listed.
    CloseAll {
        symbol: Option<Symbol>,
    },
}

/// Everything that can happen to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Command {
        client_id: Option<ClientId>,
        command: Command,
    },
    /// The price of `symbol` has changed.
    Tick {
        symbol: Symbol,
    },
    /// Margin call and stop-out, after the rules were judged.
    Judge,
    /// Waiting orders that are over expire.
    Timer,
    /// The end of a trading day; the day of the week of this date decides how many nights it counts. It is charged
    /// once: a day that is not after the last one is nothing.
    Rollover {
        day: DayNumber,
    },
    /// Money in, or, below 0, out.
    Balance {
        amount_minor: i64,
    },
    Standing(Standing),
    /// The firm takes a waiting order away: this rule stands against what it would open.
    Revoke {
        order: OrderId,
        rule: ConductRule,
    },
    /// Closes one position or, without its number, all of them, and cancels every waiting order; for what the firm
    /// decides. What cannot be closed is listed.
    Liquidate {
        only: Option<PositionId>,
    },
}
