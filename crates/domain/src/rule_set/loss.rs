//! Daily loss, daily profit cap and maximum loss.

use crate::BasisPoints;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far an account may fall within one trading day. The floor is the anchor less the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailyLoss {
    pub amount: DailyAmount,
    pub anchor: DailyAnchor,
    #[serde(default)]
    pub measure: Measure,
    #[serde(default)]
    pub check: DailyCheck,
    #[serde(default)]
    pub comparator: Comparator,
    #[serde(default)]
    pub effect: Effect,
    /// The floor follows the highest measure of the day.
    #[serde(default)]
    pub follows_intraday_peak: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DailyAmount {
    FixedMinor(i64),
    PercentOfInitial(BasisPoints),
    /// Worked out anew at each reset, and kept for the day.
    PercentOfAnchor(BasisPoints),
    PercentOfIntradayPeak(BasisPoints),
}

/// What is taken at the reset. On the first day it is always the initial balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DailyAnchor {
    Balance,
    Equity,
    HigherOfBalanceAndEquity,
    Initial,
}

impl DailyAnchor {
    /// Whether open positions must be priced to know it.
    pub const fn needs_prices(self) -> bool {
        matches!(self, Self::Equity | Self::HigherOfBalanceAndEquity)
    }
}

/// What is held against the floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// With floating profit, swap and commission.
    #[default]
    Equity,
    /// What is closed, with its costs.
    Balance,
    /// The balance at the beginning of the day and the profit of what was closed since, without swap and commission.
    RealisedOnly,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DailyCheck {
    #[default]
    EveryTouch,
    /// Only what the day ends with counts.
    AtDayClose,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparator {
    #[default]
    AtOrBelow,
    Below,
}

impl Comparator {
    pub const fn is_crossed(self, measured: i64, floor: i64) -> bool {
        match self {
            Self::AtOrBelow => measured <= floor,
            Self::Below => measured < floor,
        }
    }
}

/// What follows from crossing a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The phase has failed.
    #[default]
    Fail,
    /// Positions are closed, and no order is taken until the next reset.
    PauseUntilReset,
    Warn,
    /// Counted, once a day; the phase has failed when so many are reached.
    Strike {
        fails_at: u32,
    },
}

/// How much an account may gain within one trading day: the mirror of the daily loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailyProfitCap {
    pub amount: DailyAmount,
    pub anchor: DailyAnchor,
    #[serde(default)]
    pub measure: Measure,
    #[serde(default)]
    pub comparator: CapComparator,
    #[serde(default)]
    pub effect: Effect,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapComparator {
    #[default]
    AtOrAbove,
    Above,
}

impl CapComparator {
    pub const fn is_crossed(self, measured: i64, ceiling: i64) -> bool {
        match self {
            Self::AtOrAbove => measured >= ceiling,
            Self::Above => measured > ceiling,
        }
    }
}

/// How far the equity of an account may ever fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaxLoss {
    pub mode: MaxLossMode,
    pub amount: MaxLossAmount,
    #[serde(default)]
    pub lock: Lock,
    #[serde(default)]
    pub comparator: Comparator,
    #[serde(default)]
    pub effect: Effect,
    #[serde(default)]
    pub after_payout: AfterPayout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaxLossMode {
    /// From the initial balance; it never moves.
    Static,
    /// Behind the highest balance at the end of a day.
    TrailingEndOfDayBalance,
    /// Behind the highest of balance and equity at the end of a day.
    TrailingEndOfDayHigherOfBalanceAndEquity,
    /// Behind every new high of the closed balance.
    TrailingClosedBalance,
    /// Behind every new high of the equity, floating profit included.
    TrailingIntradayEquity,
}

impl MaxLossMode {
    pub const fn trails(self) -> bool {
        !matches!(self, Self::Static)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaxLossAmount {
    FixedMinor(i64),
    PercentOfInitial(BasisPoints),
    PercentOfPeak(BasisPoints),
}

/// Where a trailing floor stops for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    #[default]
    Never,
    /// When the floor reaches the initial balance.
    AtInitial,
    /// When the floor reaches the initial balance and so much more, or, below 0, less.
    AtInitialPlus(LockOffset),
    /// When the peak reaches the balance of the profit target: the floor stays the amount below that balance.
    AtTargetBalance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockOffset {
    pub offset: super::Amount,
}

/// What a payout does to peak and floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterPayout {
    #[default]
    Keep,
    /// Both fall by what was paid, also where the floor was locked.
    MoveByPayout,
    /// The floor begins again behind the balance that is left, and is no longer locked.
    Restart,
    /// The floor is the initial balance from then on, locked.
    LockAtInitial,
}
