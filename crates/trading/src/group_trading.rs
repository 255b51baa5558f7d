//! What accounts of a group trade by, where it is not the catalogue's way.

use crate::terms::{Conditions, HedgedMargin};
use crate::{Booking, Catalogue, GroupTerms, TermsFault, TermsPatch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use touchstone_domain::{BasisPoints, Currency, Symbol};

/// The trading of a group, as it is stored with it. In JSON; what is left away is as in the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupTrading {
    /// Of the accounts that are opened from now on; an account keeps its own.
    pub booking: Booking,
    /// Equity as a share of the margin at or below which an account is warned.
    pub margin_call: BasisPoints,
    /// The same, at or below which positions are closed; never above `margin_call`.
    pub stop_out: BasisPoints,
    pub hedged_margin: HedgedMargin,
    /// Waiting orders at once, 1 to [`GroupTrading::MAX_ORDERS`].
    pub max_orders: usize,
    pub instruments: BTreeMap<Symbol, TermsPatch>,
}

impl Default for GroupTrading {
    fn default() -> Self {
        let conditions = Conditions::default();
        Self {
            booking: Booking::Hedging,
            margin_call: conditions.margin_call,
            stop_out: conditions.stop_out,
            hedged_margin: conditions.hedged_margin,
            max_orders: conditions.max_orders,
            instruments: BTreeMap::new(),
        }
    }
}

impl GroupTrading {
    pub const MAX_ORDERS: usize = 1_000;
    /// Ten times the margin.
    pub const MAX_LEVEL: BasisPoints = BasisPoints(100_000);

    /// The terms of accounts in `currency`, of which each holds at most `max_positions`, where that is given.
    ///
    /// # Errors
    /// What is out of its range.
    pub fn terms(
        &self,
        catalogue: &Catalogue,
        currency: Currency,
        max_positions: Option<usize>,
    ) -> Result<GroupTerms, TermsFault> {
        if self.margin_call < self.stop_out || self.stop_out.0 < 0 {
            return Err(TermsFault::Levels);
        }
        if self.margin_call > Self::MAX_LEVEL {
            return Err(TermsFault::Levels);
        }
        if !(1..=Self::MAX_ORDERS).contains(&self.max_orders) {
            return Err(TermsFault::Orders);
        }
        let standard = Conditions::default();
        let conditions = Conditions {
            margin_call: self.margin_call,
            stop_out: self.stop_out,
            hedged_margin: self.hedged_margin,
            max_orders: self.max_orders,
            max_positions: max_positions.unwrap_or(standard.max_positions),
        };
        GroupTerms::new(catalogue, currency, conditions, &self.instruments)
    }
}
