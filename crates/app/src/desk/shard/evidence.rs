//! Why a rule was told to be broken, so that nobody has to be asked.

use super::super::market::Taken;
use serde::{Deserialize, Serialize};
use touchstone_domain::{PositionId, Price, Side, Symbol, UnixMicros, Volume};
use touchstone_rules::{Finding, Limit};

/// Everything at the instant of a verdict. What was closed comes afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub finding: Finding,
    /// What made the engine look.
    pub cause: Cause,
    /// The tick at which it was found, or the last one of the account's symbols before it.
    pub tick: Option<Taken>,
    /// The one before it, of the same symbol.
    pub previous_tick: Option<Taken>,
    /// The last tick of every symbol that the account's worth depends on.
    pub prices: Vec<Taken>,
    pub positions: Vec<PositionThen>,
    pub balance_before_minor: i64,
    pub equity_before_minor: i64,
    pub balance_after_minor: i64,
    pub equity_after_minor: i64,
    pub closed: Vec<ClosedThen>,
    pub not_closed: Vec<NotClosed>,
    /// Every limit as it stood.
    pub limits: Vec<Limit>,
    /// The rules that were pinned: the number of the program's version, and the step.
    pub program_version: i64,
    pub phase_index: i64,
    /// How often the rules of the phase had changed by then: each add-on that was bought later changes them once.
    #[serde(default, skip_serializing_if = "unchanged")]
    pub rules_no: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
const fn unchanged(changes: &u32) -> bool {
    *changes == 0
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Tick,
    /// A reset, a timer, or a price that became too old.
    Time,
    /// What the trader asked for, or staff did.
    Event,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionThen {
    pub id: PositionId,
    pub symbol: Symbol,
    pub side: Side,
    pub volume: Volume,
    /// The sum of price times volume that it was opened with.
    pub cost: i64,
    pub opened_at: UnixMicros,
    /// The price that it would have been closed at; `None` when there was none.
    pub price: Option<Price>,
    pub profit_minor: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedThen {
    pub position: PositionId,
    pub deal: i64,
    pub price: Price,
    pub profit_minor: i64,
    pub commission_minor: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotClosed {
    pub position: PositionId,
    /// A stable code.
    pub code: String,
}
