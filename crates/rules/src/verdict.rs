//! What comes out.

use crate::{ConsistencyView, DayRecord, Limit, Progress};
use serde::{Deserialize, Serialize};
use touchstone_domain::rule_set::{ConductEffect, ConductRule, RuleSet};
use touchstone_domain::{Login, UnixMicros};

/// One thing that was found out about one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub login: Login,
    /// The exact instant that it is about: of the input, of a boundary, or of a timer.
    pub at: UnixMicros,
    pub finding: Finding,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The phase has failed by a limit.
    Breached(Crossing),
    /// Positions are to be closed, and no order is taken until then.
    Paused {
        crossing: Crossing,
        until: UnixMicros,
    },
    Warned(Crossing),
    Struck {
        crossing: Crossing,
        strikes: u32,
        fails_at: u32,
    },
    /// A pause is over.
    Resumed,
    /// The anchor of the day was taken from prices that cannot be trusted: the daily rules only warn until staff set it.
    AnchorProvisional {
        anchor_minor: i64,
    },
    /// A price that the account depends on is stale: nothing is judged.
    JudgementSuspended,
    JudgementResumed,
    DayClosed(DayRecord),
    /// The target is reached, but one day or trade made too much of it. Told once.
    ConsistencyUnmet(ConsistencyView),
    Passed(Progress),
    /// The phase has failed by time.
    TimeUp(TimeRule),
    Conduct(ConductFinding),
}

impl Finding {
    /// Whether the phase is over by it.
    pub const fn ends_the_phase(&self) -> bool {
        match self {
            Self::Breached(_) | Self::Passed(_) | Self::TimeUp(_) => true,
            Self::Conduct(found) => found.fails,
            _ => false,
        }
    }
}

/// A limit that was crossed, with everything that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    pub limit: Limit,
    pub measured_minor: i64,
    /// Other limits that were crossed at the same instant, the highest first.
    pub beside: Vec<Limit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    DailyLoss,
    DailyProfitCap,
    MaxLoss,
}

impl RuleName {
    pub const fn name(self) -> &'static str {
        match self {
            Self::DailyLoss => "daily_loss",
            Self::DailyProfitCap => "daily_profit_cap",
            Self::MaxLoss => "max_loss",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeRule {
    /// The place of the limit in the rule set.
    TimeLimit(usize),
    Inactivity,
    Lifetime,
}

/// A limit of time, as it holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub rule: TimeRule,
    /// `None` before its clock runs, and where trading days are counted.
    pub ends_at: Option<UnixMicros>,
    /// It had ended when a breach was taken back: it fails the phase no more. A deal starts inactivity anew.
    pub is_resting: bool,
}

impl TimeRule {
    /// As it stands in breaches.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TimeLimit(_) => "time_limit",
            Self::Inactivity => "inactivity",
            Self::Lifetime => "lifetime",
        }
    }

    /// How many days it allows.
    pub fn days(self, rules: &RuleSet) -> Option<u32> {
        match self {
            Self::TimeLimit(place) => {
                let limit = rules.passing.time_limits.get(place);
                limit.map(|limit| limit.days)
            }
            Self::Inactivity => Some(rules.conduct.inactivity_days),
            Self::Lifetime => Some(rules.conduct.lifetime_days),
        }
    }
}

/// What the number of a rule of conduct counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Ten-thousandths of a lot.
    Lots,
    /// Hundredths of a percent of the equity: 10000 is once.
    Times,
    Positions,
    Seconds,
}

impl Unit {
    /// Decimals of a number in it.
    pub const fn scale(self) -> u32 {
        match self {
            Self::Lots | Self::Times => 4,
            Self::Positions | Self::Seconds => 0,
        }
    }
}

impl ConductFinding {
    /// `None` for a rule without a number.
    pub const fn unit(&self) -> Option<Unit> {
        match self.rule {
            ConductRule::MaxLots | ConductRule::MaxExposurePerSymbol => Some(Unit::Lots),
            ConductRule::MaxLeverage => Some(Unit::Times),
            ConductRule::MaxPositions
            | ConductRule::NewsWindow
            | ConductRule::FlatBeforeWeekend
            | ConductRule::FlatOvernight => Some(Unit::Positions),
            ConductRule::MinSecondsInTrade => Some(Unit::Seconds),
            ConductRule::StopLossRequired
            | ConductRule::NoHedgingInAccount
            | ConductRule::NoHedgingAcrossAccounts
            | ConductRule::NoExpertAdvisors
            | ConductRule::NoCopyTrading => None,
        }
    }

    /// What the rule allows, in its unit: at least so much for a time in a trade, at most so much otherwise.
    pub fn limit(&self, rules: &RuleSet) -> Option<i64> {
        let conduct = &rules.conduct;
        match self.rule {
            ConductRule::MaxLots => conduct.max_lots.map(|limit| limit.limit.0),
            ConductRule::MaxExposurePerSymbol => {
                conduct.max_exposure_per_symbol.map(|limit| limit.limit.0)
            }
            ConductRule::MaxLeverage => conduct.max_leverage.map(|limit| limit.limit.0),
            ConductRule::MaxPositions => conduct.max_positions.map(|limit| i64::from(limit.limit)),
            ConductRule::MinSecondsInTrade => {
                let limit = conduct.min_seconds_in_trade;
                limit.map(|limit| i64::from(limit.limit))
            }
            // Nothing may be open then; an order at such a time has no number.
            ConductRule::NewsWindow
            | ConductRule::FlatBeforeWeekend
            | ConductRule::FlatOvernight => self.found.map(|_| 0),
            ConductRule::StopLossRequired
            | ConductRule::NoHedgingInAccount
            | ConductRule::NoHedgingAcrossAccounts
            | ConductRule::NoExpertAdvisors
            | ConductRule::NoCopyTrading => None,
        }
    }
}

/// A rule of conduct that was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConductFinding {
    pub rule: ConductRule,
    pub effect: ConductEffect,
    /// What was found, in the unit of the rule's limit; `None` for a rule without a number.
    pub found: Option<i64>,
    /// The profit to take back; 0 when there was none, or the effect is another one.
    pub void_minor: i64,
    /// Strikes of conduct so far, this one counted.
    pub strikes: u32,
    /// The phase has failed by it.
    pub fails: bool,
}
