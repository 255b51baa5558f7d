//! What has happened and is not durable yet.

use super::super::market::{Known, Step};
use super::evidence::Evidence;
use super::growth::Grown;
use super::payout::{AskedPayout, ReturnedPayout};
use crate::claims::ClaimAsk;
use crate::identity::StaffActor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use touchstone_domain::{BreachId, Login, OrderId, PurchaseId, Symbol, UnixMicros};
use touchstone_rules::{DayRecord, Event, Finding, Limit, Phase, Progress, RulesError};
use touchstone_trading::{ClientId, Command, Deal};

/// Everything since the last commit.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The prices before the first step.
    pub before: BTreeMap<Symbol, Known>,
    pub steps: Vec<Step>,
    pub accounts: BTreeMap<Login, Changes>,
}

impl Batch {
    /// Whether anything but prices waits to be stored.
    pub fn is_urgent(&self) -> bool {
        !self.accounts.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.accounts.is_empty()
    }
}

/// What has happened to one account.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub events: Vec<Journal>,
    pub booked: Vec<Booked>,
    pub orders: BTreeMap<OrderId, OrderChange>,
    pub days: Vec<DayRecord>,
    pub crossings: Vec<Told>,
    /// Profit that is taken back, each of them above 0.
    pub voided_minor: Vec<i64>,
    pub end: Option<End>,
    /// Why it ended, when no rule has ended it.
    pub(crate) called_off: Option<ClaimAsk>,
    pub revived: Option<Revived>,
    pub payout: Option<AskedPayout>,
    pub returned: Option<ReturnedPayout>,
    pub grown: Option<Grown>,
    /// What was bought later and is applied now.
    pub added: Vec<PurchaseId>,
    /// The account has this leverage from here on.
    pub leverage: Option<i64>,
    /// Anchors that staff have set.
    pub anchors: Vec<AnchorSet>,
    /// Findings that only change how the account stands.
    pub notices: Vec<(UnixMicros, &'static str)>,
}

impl Changes {
    /// Whether a curve of the account should have a point here.
    pub fn is_worth_a_point(&self) -> bool {
        !self.booked.is_empty()
            || !self.days.is_empty()
            || !self.crossings.is_empty()
            || self.revived.is_some()
    }
}

/// An event that the rules have judged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    pub no: i64,
    pub after_seq: i64,
    pub in_tick: bool,
    pub at: UnixMicros,
    pub event: Event,
}

/// Money that trading has moved, and the balance after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Booked {
    Deal {
        deal: Deal,
        balance_minor: i64,
    },
    Swap {
        id: i64,
        position: touchstone_trading::Position,
        price: i64,
        amount_minor: i64,
        balance_minor: i64,
        at: UnixMicros,
    },
    /// An entry of the ledger has moved the balance: this is its line in the account's statement.
    Entered {
        id: i64,
        kind: Entered,
        amount_minor: i64,
        balance_minor: i64,
        at: UnixMicros,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// A profit that does not count by a rule of conduct.
    Voided,
    /// What staff have given back with a breach, or taken.
    Correction,
    /// A part of a profit that is paid out.
    Payout,
    /// It is back: the payout was refused.
    PayoutReturned,
    /// What the account has grown by.
    Growth,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderChange {
    /// Set when it was taken in this batch.
    pub placed: Option<Placed>,
    pub state: OrderState,
    pub reason: String,
    pub at: UnixMicros,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub client_id: Option<ClientId>,
    pub command: Command,
    pub at: UnixMicros,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderState {
    /// A command that is no order to buy or sell.
    #[default]
    Done,
    Waiting,
    Filled,
    Cancelled,
    Expired,
}

impl OrderState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Waiting => "waiting",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// A rule that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub at: UnixMicros,
    pub finding: Finding,
    pub evidence: Evidence,
    pub seq: i64,
    pub after_event_no: i64,
}

/// A breach that staff have taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revived {
    pub breach: BreachId,
    pub staff: StaffActor,
    pub reason: String,
    /// What was asked for: "none" or "equity_before".
    pub restore: &'static str,
    /// Money that the breach had cost and that is given back; below 0 when it had brought some.
    pub correction_minor: i64,
}

/// Staff have set what the day's loss is counted from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorSet {
    pub staff: StaffActor,
    pub before_minor: i64,
    pub anchor_minor: i64,
    pub reason: String,
}

/// How a phase stood at the instant of the verdict that ended it, before anything was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtVerdict {
    pub at: UnixMicros,
    pub balance_minor: i64,
    pub equity_minor: i64,
    pub day_start_minor: i64,
    pub limits: Vec<Limit>,
    pub progress: Progress,
}

impl AtVerdict {
    /// # Errors
    /// When a limit does not fit.
    pub fn of(phase: &Phase, at: UnixMicros) -> Result<Self, RulesError> {
        Ok(Self {
            at,
            balance_minor: phase.state().reading.balance_minor,
            equity_minor: phase.equity_minor()?,
            day_start_minor: phase.day_start_minor(),
            limits: phase.limits()?,
            progress: phase.progress()?,
        })
    }
}

/// How a phase ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub at: UnixMicros,
    pub passed: bool,
    pub verdict: AtVerdict,
    pub final_balance_minor: i64,
    pub final_equity_minor: i64,
}
