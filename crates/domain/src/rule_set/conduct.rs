//! How an account may be traded.

use crate::{BasisPoints, LocalTime, Volume};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rules of conduct; each has an effect of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConductRules {
    /// Of all open positions together, in ten-thousandths of a lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lots: Option<Limit<Volume>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_positions: Option<Limit<u32>>,
    /// Longs less shorts of one symbol, in ten-thousandths of a lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_exposure_per_symbol: Option<Limit<Volume>>,
    /// What all positions are worth over equity, at the moment of an order: 300000 is 30 times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_leverage: Option<Limit<BasisPoints>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_loss_required: Option<Rule>,
    /// Shortest life of a position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_seconds_in_trade: Option<Limit<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub news_window: Option<NewsWindow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat_before_weekend: Option<WeekendClose>,
    /// Flat so many seconds before each reset, and until the reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat_overnight: Option<Limit<u32>>,
    /// Longs and shorts of one symbol in one account are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_hedging_in_account: Option<Rule>,
    /// Opposite positions in two accounts of one customer are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_hedging_across_accounts: Option<Rule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_expert_advisors: Option<Rule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_copy_trading: Option<Rule>,
    /// Calendar days without a deal after which the phase has failed; 0 for none.
    pub inactivity_days: u32,
    /// Calendar days from activation after which the phase has failed; 0 for none.
    pub lifetime_days: u32,
    /// Strikes of conduct, all rules together, at which the phase has failed; 0 when no rule strikes.
    pub strikes_fail_at: u32,
}

impl ConductRules {
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

/// A rule with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit<T> {
    pub limit: T,
    pub effect: ConductEffect,
}

/// A rule without a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub effect: ConductEffect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConductEffect {
    RejectOrder,
    ClosePosition,
    /// A profit of the position is taken back; a loss stays.
    VoidProfit,
    Strike,
    Fail,
}

/// The time around a piece of news in which some actions are not allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsWindow {
    pub seconds_before: u32,
    pub seconds_after: u32,
    pub min_impact: Impact,
    /// Actions that are not allowed in it.
    pub actions: Vec<NewsAction>,
    pub effect: ConductEffect,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    Low,
    Medium,
    High,
}

impl Impact {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Low, Self::Medium, Self::High];
        all.into_iter().find(|impact| impact.name() == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewsAction {
    Open,
    Close,
    /// Placing or changing a pending order, a stop loss or a take profit.
    Modify,
    /// Having a position open at all.
    Hold,
}

/// Flat from this local time of the trading day's zone until the next reset after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekendClose {
    pub weekday: Weekday,
    pub time: LocalTime,
    pub effect: ConductEffect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const fn civil(self) -> jiff::civil::Weekday {
        match self {
            Self::Monday => jiff::civil::Weekday::Monday,
            Self::Tuesday => jiff::civil::Weekday::Tuesday,
            Self::Wednesday => jiff::civil::Weekday::Wednesday,
            Self::Thursday => jiff::civil::Weekday::Thursday,
            Self::Friday => jiff::civil::Weekday::Friday,
            Self::Saturday => jiff::civil::Weekday::Saturday,
            Self::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}

impl ConductRules {
    /// Every rule that is on and has an effect: its name, the effect, and the effects that it can have.
    pub fn effects(&self) -> Vec<(ConductRule, ConductEffect)> {
        fn limit<T>(limit: &Option<Limit<T>>) -> Option<ConductEffect> {
            limit.as_ref().map(|limit| limit.effect)
        }
        let rule = |rule: Option<Rule>| rule.map(|rule| rule.effect);
        let all = [
            (ConductRule::MaxLots, limit(&self.max_lots)),
            (ConductRule::MaxPositions, limit(&self.max_positions)),
            (
                ConductRule::MaxExposurePerSymbol,
                limit(&self.max_exposure_per_symbol),
            ),
            (ConductRule::MaxLeverage, limit(&self.max_leverage)),
            (ConductRule::StopLossRequired, rule(self.stop_loss_required)),
            (
                ConductRule::MinSecondsInTrade,
                limit(&self.min_seconds_in_trade),
            ),
            (
                ConductRule::NewsWindow,
                self.news_window.as_ref().map(|window| window.effect),
            ),
            (
                ConductRule::FlatBeforeWeekend,
                self.flat_before_weekend.map(|close| close.effect),
            ),
            (ConductRule::FlatOvernight, limit(&self.flat_overnight)),
            (
                ConductRule::NoHedgingInAccount,
                rule(self.no_hedging_in_account),
            ),
            (
                ConductRule::NoHedgingAcrossAccounts,
                rule(self.no_hedging_across_accounts),
            ),
            (ConductRule::NoExpertAdvisors, rule(self.no_expert_advisors)),
            (ConductRule::NoCopyTrading, rule(self.no_copy_trading)),
        ];
        let on = |(rule, effect): (ConductRule, Option<ConductEffect>)| Some((rule, effect?));
        all.into_iter().filter_map(on).collect()
    }
}

/// The rules of conduct by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConductRule {
    MaxLots,
    MaxPositions,
    MaxExposurePerSymbol,
    MaxLeverage,
    StopLossRequired,
    MinSecondsInTrade,
    NewsWindow,
    FlatBeforeWeekend,
    FlatOvernight,
    NoHedgingInAccount,
    NoHedgingAcrossAccounts,
    NoExpertAdvisors,
    NoCopyTrading,
}

impl ConductRule {
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxLots => "max_lots",
            Self::MaxPositions => "max_positions",
            Self::MaxExposurePerSymbol => "max_exposure_per_symbol",
            Self::MaxLeverage => "max_leverage",
            Self::StopLossRequired => "stop_loss_required",
            Self::MinSecondsInTrade => "min_seconds_in_trade",
            Self::NewsWindow => "news_window",
            Self::FlatBeforeWeekend => "flat_before_weekend",
            Self::FlatOvernight => "flat_overnight",
            Self::NoHedgingInAccount => "no_hedging_in_account",
            Self::NoHedgingAcrossAccounts => "no_hedging_across_accounts",
            Self::NoExpertAdvisors => "no_expert_advisors",
            Self::NoCopyTrading => "no_copy_trading",
        }
    }

    /// What becomes of an order to open a position against it. Where none may be open at this time, it would be closed
    /// at once: the order is not taken.
    pub const fn effect_on_opening(self, effect: ConductEffect) -> ConductEffect {
        match (self, effect) {
            (
                Self::NewsWindow | Self::FlatBeforeWeekend | Self::FlatOvernight,
                ConductEffect::ClosePosition,
            ) => ConductEffect::RejectOrder,
            _ => effect,
        }
    }

    /// Whether a rule can have an effect at all: a position that is closed already cannot be closed, and nothing can
    /// be rejected when it is only the time that passes.
    pub const fn allows(self, effect: ConductEffect) -> bool {
        match effect {
            ConductEffect::Strike | ConductEffect::Fail => true,
            ConductEffect::RejectOrder => !matches!(
                self,
                Self::MinSecondsInTrade | Self::FlatBeforeWeekend | Self::FlatOvernight
            ),
            ConductEffect::ClosePosition => !matches!(self, Self::MinSecondsInTrade),
            ConductEffect::VoidProfit => !matches!(
                self,
                Self::MaxLots
                    | Self::MaxPositions
                    | Self::MaxExposurePerSymbol
                    | Self::MaxLeverage
                    | Self::FlatBeforeWeekend
                    | Self::FlatOvernight
            ),
        }
    }
}
