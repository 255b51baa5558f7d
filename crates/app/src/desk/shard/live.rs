//! One account in the desk's memory.

use super::AtVerdict;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use touchstone_domain::rule_set::ConductRule;
use touchstone_domain::{
    BrandId, ChallengeId, CustomerId, Login, OrderId, PhaseId, PositionId, ProgramVersionId,
    Symbol, UnixMicros,
};
use touchstone_rules::{News, PhaseState, Void};
use touchstone_trading::{Account, GroupTerms};

/// Whose account it is, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub challenge_id: ChallengeId,
    pub phase_id: PhaseId,
    pub phase_index: i64,
    pub version_id: ProgramVersionId,
}

/// An account that is traded. Its phase is judged by the rules, which keep it.
#[derive(Clone, Debug)]
pub struct Live {
    pub account: Account,
    pub owner: Owner,
    pub terms: Arc<GroupTerms>,
    /// Of the row that is stored; 0 when there is none.
    pub version: i64,
    /// The last of its events.
    pub event_no: i64,
    /// What the owner's program has called its newest commands was read from the store, since the account was.
    pub knows_client_ids: bool,
    /// Positions that were to be closed and could not be: they are, at the first price there is.
    pub closing: BTreeSet<PositionId>,
    /// Waiting orders that were placed against a rule that takes their profit back.
    pub void_orders: BTreeMap<OrderId, ConductRule>,
    /// The phase as it ended; the rules do not know the account any more.
    pub ended: Option<Box<PhaseState>>,
    /// By what it was judged when it ended.
    pub verdict: Option<Box<AtVerdict>>,
    pub(super) indexed: Indexed,
}

/// Under what the shard finds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Indexed {
    pub symbols: BTreeSet<Symbol>,
    pub expires_at: Option<UnixMicros>,
}

impl Live {
    pub const fn new(account: Account, owner: Owner, terms: Arc<GroupTerms>) -> Self {
        Self {
            account,
            owner,
            terms,
            version: 0,
            event_no: 0,
            knows_client_ids: false,
            closing: BTreeSet::new(),
            void_orders: BTreeMap::new(),
            ended: None,
            verdict: None,
            indexed: Indexed {
                symbols: BTreeSet::new(),
                expires_at: None,
            },
        }
    }

    /// The phase is over, and positions are left that could not be closed.
    pub fn is_winding_up(&self) -> bool {
        self.ended.is_some() && !self.account.positions.is_empty()
    }

    /// Whether the position is closed at the first price there is.
    pub fn is_to_be_closed(&self, position: PositionId) -> bool {
        self.ended.is_some() || self.closing.contains(&position)
    }

    /// The symbols that its worth and its orders depend on.
    pub fn symbols(&self) -> BTreeSet<Symbol> {
        let held = self.account.positions.iter().map(|held| held.symbol);
        let waiting = self.account.orders.iter().map(|order| order.symbol);
        let mut symbols: BTreeSet<Symbol> = held.chain(waiting).collect();
        let rates: Vec<Symbol> = symbols
            .iter()
            .filter_map(|symbol| self.terms.get(*symbol)?.rate_symbol)
            .collect();
        symbols.extend(rates);
        symbols
    }

    /// What was to be closed, and was.
    pub(super) fn forget_closed(&mut self) {
        let Self {
            account, closing, ..
        } = self;
        closing.retain(|position| account.position(*position).is_some());
    }

    /// What the account should be found under.
    pub(super) fn index(&self) -> Indexed {
        let left = self.account.positions.iter();
        let left = left.filter(|held| self.is_to_be_closed(held.id));
        let expiries = self.account.orders.iter();
        Indexed {
            symbols: left.map(|held| held.symbol).collect(),
            expires_at: expiries.filter_map(|order| order.expires_at).min(),
        }
    }
}

/// What is stored of an account beside its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Without what the owner's program has called its commands: these stand with his orders.
    pub account: Account,
    pub phase: PhaseState,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub news: Vec<News>,
    /// See [`Live::closing`].
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub closing: BTreeSet<PositionId>,
    /// Positions whose profits do not count.
    #[serde(default, skip_serializing_if = "Void::is_empty")]
    pub void: Void,
    /// See [`Live::void_orders`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub void_orders: BTreeMap<OrderId, ConductRule>,
    /// Of a phase that is over: by what it was judged then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<AtVerdict>,
}

/// What names an account.
pub type Logins = BTreeSet<Login>;
