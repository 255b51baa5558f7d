//! The live rule engine: accounts, prices, boundaries in; verdicts out.
//!
//! Pure: it reads no clock and stores nothing; time comes with every input. [`Plain`] looks at every account at every
//! input. It is the reference that [`Fast`], which looks only where an input can matter, agrees with, verdict for verdict.

mod account;
mod boundary;
mod change;
mod conduct;
mod fast;
mod goals;
mod growth;
mod judge;
mod limits;
mod market;
mod payout;
mod phase;
mod plain;
mod tally;
mod telling;
mod verdict;
mod void;

pub use account::{Account, Event, MoneyKind, Position, PositionId};
pub use conduct::{News, Order, OrderAction, Origin};
pub use fast::{Asleep, Fast, Settings, Sizes, WatchEdges};
pub use goals::{ConsistencyView, Progress};
pub use limits::{AnchorSource, Floor, Limit};
pub use market::{Market, SymbolId, SymbolTerms};
pub use payout::PayoutStanding;
pub use phase::{Opening, Phase, PhaseState, Reading, Status};
pub use plain::{Input, Plain};
pub use tally::DayRecord;
pub use verdict::{ConductFinding, Crossing, Deadline, Finding, RuleName, TimeRule, Unit, Verdict};
pub use void::Void;

use touchstone_domain::{RuleSet, TradingDayError, UnixMicros, rule_set::RuleFault};

/// Why an input could not be taken in. Nothing was judged by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    #[error("a sum does not fit into 64 bits of minor units")]
    Overflow,
    #[error("the input of {at:?} comes after one of {now:?}")]
    OutOfOrder { at: UnixMicros, now: UnixMicros },
    #[error("the account is not known")]
    UnknownAccount,
    #[error("the account is known already")]
    AccountTwice,
    #[error("the symbol is not known")]
    UnknownSymbol,
    #[error("the symbol's terms cannot be valued")]
    BadTerms,
    #[error("position {0} is not open")]
    UnknownPosition(i64),
    #[error("the volume is not above 0, or more is left than was open")]
    BadVolume,
    #[error("the account is valued by its positions: balance and equity cannot be set beside them")]
    MarkedWithPositions,
    #[error("only a phase that has failed can be put back")]
    NotFailed,
    #[error("the trading day of a phase cannot change while it runs")]
    OtherDay,
    #[error("the rule set cannot be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    BadRules(Vec<RuleFault>),
    #[error("the initial balance must be above 0")]
    BadInitial,
    #[error(transparent)]
    Day(#[from] TradingDayError),
}

/// Whether something is as it was in the beginning, and need not be written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn add(a: i64, b: i64) -> Result<i64, RulesError> {
    a.checked_add(b).ok_or(RulesError::Overflow)
}

fn sub(a: i64, b: i64) -> Result<i64, RulesError> {
    a.checked_sub(b).ok_or(RulesError::Overflow)
}

/// A share or an amount that must fit.
fn fits(minor: Option<i64>) -> Result<i64, RulesError> {
    minor.ok_or(RulesError::Overflow)
}

/// A rule set that can be used for accounts that are opened with so much.
fn usable(rules: &RuleSet, initial_minor: i64) -> Result<(), RulesError> {
    if initial_minor <= 0 {
        return Err(RulesError::BadInitial);
    }
    let faults = rules.broken_for(initial_minor);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(RulesError::BadRules(faults))
    }
}
