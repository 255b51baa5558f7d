//! What comes out.

use crate::{ConsistencyView, DayRecord, Limit, Progress};
use serde::{Deserialize, Serialize};
use touchstone_domain::rule_set::{ConductEffect, ConductRule};
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
