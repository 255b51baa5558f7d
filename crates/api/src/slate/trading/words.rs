//! The words of orders: sides, types, and where a command comes from.

use serde::{Deserialize, Serialize};
use touchstone_app::trading_desk::{OrderKind, OrderWords, Origin};
use touchstone_domain::{Price, Side};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideWord {
    Buy,
    Sell,
}

impl From<SideWord> for Side {
    fn from(word: SideWord) -> Self {
        match word {
            SideWord::Buy => Self::Long,
            SideWord::Sell => Self::Short,
        }
    }
}

impl From<Side> for SideWord {
    fn from(side: Side) -> Self {
        match side {
            Side::Long => Self::Buy,
            Side::Short => Self::Sell,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypeWord {
    #[default]
    Market,
    Limit,
    Stop,
    StopLimit,
}

impl From<TypeWord> for OrderWords {
    fn from(word: TypeWord) -> Self {
        match word {
            TypeWord::Market => Self::Market,
            TypeWord::Limit => Self::Limit,
            TypeWord::Stop => Self::Stop,
            TypeWord::StopLimit => Self::StopLimit,
        }
    }
}

impl TypeWord {
    /// The type of an order, its price, and the limit that a stop wakes.
    pub(super) const fn of(kind: OrderKind) -> (Self, Option<Price>, Option<Price>) {
        match kind {
            OrderKind::Market => (Self::Market, None, None),
            OrderKind::Limit { price } => (Self::Limit, Some(price), None),
            OrderKind::Stop { price } => (Self::Stop, Some(price), None),
            OrderKind::StopLimit { stop, limit } => (Self::StopLimit, Some(stop), Some(limit)),
        }
    }
}

/// Who or what has decided on an order, as its sender says. Some programs forbid programs and copies.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OriginWord {
    #[default]
    Manual,
    ExpertAdvisor,
    Copy,
}

impl From<OriginWord> for Origin {
    fn from(word: OriginWord) -> Self {
        match word {
            OriginWord::Manual => Self::Manual,
            OriginWord::ExpertAdvisor => Self::ExpertAdvisor,
            OriginWord::Copy => Self::Copy,
        }
    }
}
