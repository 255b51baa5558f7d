//! The rules of one step: every switch that a firm can set, as types.
//!
//! A rule set is pinned to a challenge when it is bought. Its JSON form is what programs store and staff write; amounts
//! in it are minor units of the account's currency, shares are basis points (500 is 5 %).

mod conduct;
mod conduct_text;
mod faults;
mod goals;
mod loss;
mod of_step;
mod payout;
mod payout_text;
mod reach;
mod scaling;
mod text;
mod warnings;

pub use conduct::*;
pub use faults::{FaultCode, RuleFault};
pub use goals::*;
pub use loss::*;
pub use of_step::of_step;
pub use payout::*;
pub use scaling::*;
pub use text::RuleText;
pub use warnings::{RuleWarning, WarningCode};

use crate::{BasisPoints, TradingDay};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All rules of one step. What is left out is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    pub version: RuleSetVersion,
    /// When a new day begins.
    pub trading_day: TradingDay,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_loss: Option<DailyLoss>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_profit_cap: Option<DailyProfitCap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_loss: Option<MaxLoss>,
    #[serde(default, skip_serializing_if = "Passing::is_off")]
    pub passing: Passing,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
    #[serde(default, skip_serializing_if = "ConductRules::is_off")]
    pub conduct: ConductRules,
    /// Of a funded step. Without it a payout is on demand, with the step's own split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<PayoutRules>,
}

/// The version of the JSON form. A later form reads the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum RuleSetVersion {
    V1,
}

impl TryFrom<u32> for RuleSetVersion {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        match number {
            1 => Ok(Self::V1),
            other => Err(format!(
                "rule sets of version {other} are not known here: version 1 is"
            )),
        }
    }
}

impl From<RuleSetVersion> for u32 {
    fn from(version: RuleSetVersion) -> Self {
        match version {
            RuleSetVersion::V1 => 1,
        }
    }
}

impl JsonSchema for RuleSetVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuleSetVersion".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "const": 1 })
    }
}

impl RuleSet {
    /// No rule at all, on days of this kind.
    pub fn none(trading_day: TradingDay) -> Self {
        Self {
            version: RuleSetVersion::V1,
            trading_day,
            daily_loss: None,
            daily_profit_cap: None,
            max_loss: None,
            passing: Passing::default(),
            consistency: None,
            conduct: ConductRules::default(),
            payout: None,
        }
    }

    /// The JSON schema of the JSON form.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// What the account gains when the target is reached, for accounts that were opened with `initial_minor`. `None`
    /// without a target, and when it does not fit.
    pub fn target_profit_minor(&self, initial_minor: i64) -> Option<i64> {
        self.passing.profit_target?.amount.minor(initial_minor)
    }
}

/// An amount that depends on nothing but the balance that the account was opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    FixedMinor(i64),
    PercentOfInitial(BasisPoints),
}

impl Amount {
    /// Rounded half away from zero; `None` when it does not fit.
    pub fn minor(self, initial_minor: i64) -> Option<i64> {
        match self {
            Self::FixedMinor(minor) => Some(minor),
            Self::PercentOfInitial(share) => share.of(initial_minor),
        }
    }
}

#[cfg(test)]
mod tests;
