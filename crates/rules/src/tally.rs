//! What the days of a phase came to.

use crate::{RulesError, add, sub};
use serde::{Deserialize, Serialize};
use touchstone_domain::{DayNumber, UnixMicros};

/// A trading day that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRecord {
    pub number: DayNumber,
    pub began_at: UnixMicros,
    pub ended_at: UnixMicros,
    pub balance_minor: i64,
    pub equity_minor: i64,
    /// What the day's loss was counted from.
    pub day_start_minor: i64,
    /// The floors as they stood at its end.
    pub daily_floor_minor: Option<i64>,
    pub max_floor_minor: Option<i64>,
    /// Change of the balance without money that came in or went out.
    pub profit_minor: i64,
    pub is_trading_day: bool,
    pub is_profitable_day: bool,
    /// Whether the prices at its end could be trusted.
    pub is_firm: bool,
}

/// Best day, best trade and sums, of the whole phase or since the last payout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    #[serde(default, skip_serializing_if = "crate::is_default")]
    best_day_minor: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    positive_days_minor: i64,
    #[serde(default, skip_serializing_if = "crate::is_default")]
    pub best_trade_minor: i64,
    /// Profit of the phase when this tally began.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    profit_before_minor: i64,
    /// What had been made on the present day when this tally began.
    #[serde(default, skip_serializing_if = "crate::is_default")]
    today_before_minor: i64,
}

impl Tally {
    /// Best day, days with a profit, best trade: all there is while the tally runs since the phase began.
    pub const fn short(&self) -> [i64; 3] {
        [
            self.best_day_minor,
            self.positive_days_minor,
            self.best_trade_minor,
        ]
    }

    pub fn from_short([best_day_minor, positive_days_minor, best_trade_minor]: [i64; 3]) -> Self {
        Self {
            best_day_minor,
            positive_days_minor,
            best_trade_minor,
            ..Self::default()
        }
    }

    /// Begins in the middle of a day, with a payout.
    pub fn since_payout(profit_minor: i64, today_minor: i64) -> Self {
        Self {
            profit_before_minor: profit_minor,
            today_before_minor: today_minor,
            ..Self::default()
        }
    }

    /// What the day has come to since the tally began.
    pub fn close_day(&mut self, today_minor: i64) -> Result<i64, RulesError> {
        let mine = sub(today_minor, self.today_before_minor)?;
        self.best_day_minor = self.best_day_minor.max(mine);
        self.positive_days_minor = add(self.positive_days_minor, mine.max(0))?;
        self.today_before_minor = 0;
        Ok(mine)
    }

    pub fn trade(&mut self, profit_minor: i64) {
        self.best_trade_minor = self.best_trade_minor.max(profit_minor);
    }

    /// With the day that still runs.
    pub fn best_day(&self, today_minor: i64) -> Result<i64, RulesError> {
        Ok(self
            .best_day_minor
            .max(sub(today_minor, self.today_before_minor)?))
    }

    /// With the day that still runs.
    pub fn positive_days(&self, today_minor: i64) -> Result<i64, RulesError> {
        let mine = sub(today_minor, self.today_before_minor)?;
        add(self.positive_days_minor, mine.max(0))
    }

    pub fn total(&self, profit_minor: i64) -> Result<i64, RulesError> {
        sub(profit_minor, self.profit_before_minor)
    }
}
