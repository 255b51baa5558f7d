//! How much is paid out: pure arithmetic that neither makes nor loses a unit.

use crate::BasisPoints;
use crate::rule_set::PayoutRules;
use serde::{Deserialize, Serialize};

/// What an amount is worked out from, in minor units of the account's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// What the account was opened with.
    pub initial_minor: i64,
    pub balance_minor: i64,
    pub equity_minor: i64,
}

/// A profit and its parts, in minor units of the account's currency. `trader_minor + firm_minor = taken_minor`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// Above the initial balance, by the lower of balance and equity; 0 without a profit.
    pub profit_minor: i64,
    /// What of it stays.
    pub buffer_minor: i64,
    /// What a cap leaves in the account for a later payout.
    pub capped_minor: i64,
    /// What leaves the account.
    pub taken_minor: i64,
    pub share: BasisPoints,
    pub trader_minor: i64,
    pub firm_minor: i64,
}

impl PayoutRules {
    /// What the payout with this number comes to, whether it may be made or not. `None` when an amount does not fit.
    pub fn amounts(&self, basis: Basis, number: u32) -> Option<Amounts> {
        let lower = basis.balance_minor.min(basis.equity_minor);
        let profit_minor = lower.checked_sub(basis.initial_minor)?.max(0);
        let buffer = match self.buffer {
            Some(buffer) => buffer.minor(basis.initial_minor)?.max(0),
            None => 0,
        };
        let buffer_minor = buffer.min(profit_minor);
        let free = profit_minor - buffer_minor;
        let mut taken_minor = free;
        if let Some(most) = self.max_amount {
            taken_minor = taken_minor.min(most.minor(basis.initial_minor)?);
        }
        if let Some(share) = self.max_share_of_balance {
            taken_minor = taken_minor.min(share.of(basis.balance_minor)?);
        }
        let taken_minor = taken_minor.max(0);
        let share = self.share(BasisPoints::ZERO, number);
        let trader_minor = share.of(taken_minor)?;
        Some(Amounts {
            profit_minor,
            buffer_minor,
            capped_minor: free - taken_minor,
            taken_minor,
            share,
            trader_minor,
            firm_minor: taken_minor - trader_minor,
        })
    }
}
