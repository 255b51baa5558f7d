//! Passing and consistency.

use super::Amount;
use crate::BasisPoints;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What must be reached, in how many days, and within which time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Passing {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profit_target: Option<ProfitTarget>,
    /// 0: no day is asked for.
    pub min_trading_days: u32,
    pub counts_as_day: CountsAsDay,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_profitable_days: Option<ProfitableDays>,
    /// The phase has failed when one of them ends unpassed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub time_limits: Vec<TimeLimit>,
    /// No position may be open at the pass.
    pub flat_to_pass: bool,
}

impl Passing {
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfitTarget {
    pub amount: Amount,
    pub judged_on: JudgedOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgedOn {
    Equity,
    /// The balance, while no position is open.
    ClosedBalance,
}

/// What makes a day a trading day. Days that are told by their result count when they are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountsAsDay {
    #[default]
    PositionOpened,
    OpenedOrClosed,
    Closed,
    ProfitAtLeast(Amount),
    /// A profit or a loss of at least so much.
    ChangeAtLeast(Amount),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfitableDays {
    pub days: u32,
    /// The profit that a day needs, on closed balance.
    pub at_least: Amount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    pub days: u32,
    pub from: TimeFrom,
    #[serde(default)]
    pub counted_in: CountedIn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeFrom {
    Purchase,
    Activation,
    FirstTrade,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountedIn {
    /// Until the same local time so many dates later.
    #[default]
    CalendarDays,
    /// Until the end of the day that is the trader's so many-th trading day.
    TradingDays,
}

/// How much of the profit may come from one day or one trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    pub share: BasisPoints,
    pub of: ConsistencyOf,
    pub enforced: ConsistencyAt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsistencyOf {
    /// The best day, of the total profit.
    TotalProfit,
    /// The best day, of the sum of the days with a profit.
    PositiveDays,
    /// The best trade, of the total profit.
    BestTradeOfTotal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsistencyAt {
    Pass,
    Payout,
    /// At each payout, for the days since the one before.
    PayoutWindow,
    Warning,
}
