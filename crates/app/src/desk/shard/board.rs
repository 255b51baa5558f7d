//! An account among all that run, in a line.

use super::{Owner, Shard, ShardError};
use std::ops::Bound;
use touchstone_domain::basis_points::percent_of;
use touchstone_domain::{Login, UnixMicros};
use touchstone_rules::Floor;

/// How an account that runs stands, in little.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRow {
    pub login: Login,
    pub owner: Owner,
    /// What it began with, and what it has grown by.
    pub size_minor: i64,
    pub balance_minor: i64,
    pub equity_minor: i64,
    /// `None` where no floor holds.
    pub floor: Option<Floor>,
    pub profit_minor: i64,
    pub target_minor: Option<i64>,
    pub open_positions: u32,
    /// Closed today, and open now.
    pub day_profit_minor: i64,
    /// A price is too old: nothing is judged.
    pub is_suspended: bool,
    pub day_ends_at: UnixMicros,
}

impl BoardRow {
    /// How far it is above its nearest floor, in ten-thousandths of a percent of its size.
    pub fn distance(&self) -> Option<i64> {
        let floor = self.floor?;
        Some(percent_of(floor.room_minor, self.size_minor))
    }

    /// How much of what its nearest floor lets it lose is left, in ten-thousandths of a percent.
    pub fn room_left(&self) -> Option<i64> {
        let floor = self.floor?;
        Some(percent_of(floor.room_minor, floor.limit.amount_minor))
    }
}

impl Shard {
    /// Accounts from this one on, in the order of logins, with whose they are.
    pub fn after(&self, login: Option<Login>) -> impl Iterator<Item = (Login, &Owner)> {
        let from = login.map_or(Bound::Unbounded, Bound::Excluded);
        let accounts = self.accounts.range((from, Bound::Unbounded));
        accounts.map(|(login, live)| (*login, &live.owner))
    }

    /// `None` for an account that is judged no more.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn board_row(&self, login: Login) -> Result<Option<BoardRow>, ShardError> {
        let (Some(live), Some(judged)) = (self.accounts.get(&login), self.rules.account(login)?)
        else {
            return Ok(None);
        };
        let phase = judged.phase();
        let reading = &phase.state().reading;
        let progress = phase.progress()?;
        let today_minor = phase.today_minor()?;
        Ok(Some(BoardRow {
            login,
            owner: live.owner.clone(),
            size_minor: phase.initial_minor()?,
            balance_minor: reading.balance_minor,
            equity_minor: phase.equity_minor()?,
            floor: phase.nearest_floor()?,
            profit_minor: progress.profit_minor,
            target_minor: progress.target_minor,
            open_positions: reading.open_positions,
            day_profit_minor: today_minor.saturating_add(reading.floating_minor),
            is_suspended: !reading.is_firm,
            day_ends_at: phase.day_ends_at(),
        }))
    }
}
