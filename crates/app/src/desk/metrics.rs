//! Snapshots of how an account stands.

use super::settings::{SNAPSHOT_EVERY_SECONDS, SNAPSHOTS_PER_COMMIT};
use super::shard::{Owner, Shard};
use std::collections::VecDeque;
use touchstone_domain::{Login, UnixMicros};
use touchstone_rules::{DayRecord, RuleName};
use touchstone_store::repo::desk::curves::{Day, Metric};

/// Now and then a point of each account's curve, as long as it holds something.
#[derive(Debug, Default)]
pub struct Snapshots {
    due_at: Option<UnixMicros>,
    waiting: VecDeque<Login>,
}

impl Snapshots {
    /// The points that are due; the rest comes with the next commits.
    pub fn take(&mut self, shard: &Shard) -> Vec<Metric> {
        let now = shard.at();
        if self.due_at.is_none_or(|due| due <= now) {
            let is_first = self.due_at.is_none();
            self.due_at = Some(now.plus_seconds(SNAPSHOT_EVERY_SECONDS));
            if !is_first && self.waiting.is_empty() {
                self.waiting.extend(shard.holding());
            }
        }
        let count = self.waiting.len().min(SNAPSHOTS_PER_COMMIT);
        let due = self.waiting.drain(..count);
        due.filter_map(|login| of(shard, login, 0)).collect()
    }
}

/// How the account stands now; `None` for one whose phase is over.
pub fn of(shard: &Shard, login: Login, no: i64) -> Option<Metric> {
    let live = shard.live(login)?;
    let judged = shard.judged(login).ok().flatten()?;
    let phase = judged.phase();
    let limits = phase.limits().ok()?;
    let level = |rule| {
        let mut limits = limits.iter();
        limits
            .find(|limit| limit.rule == rule)
            .map(|limit| limit.level_minor)
    };
    let progress = phase.progress().ok()?;
    Some(Metric {
        login,
        at: shard.at(),
        no,
        phase_id: live.owner.phase_id,
        balance_minor: phase.state().reading.balance_minor,
        equity_minor: phase.equity_minor().ok()?,
        daily_floor_minor: level(RuleName::DailyLoss),
        max_floor_minor: level(RuleName::MaxLoss),
        day_start_minor: phase.day_start_minor(),
        trading_days: i64::from(progress.trading_days),
        open_positions: i64::from(progress.open_positions),
    })
}

pub fn day_row(login: Login, owner: &Owner, day: &DayRecord) -> Day {
    Day {
        login,
        phase_id: owner.phase_id,
        day: day.number.0,
        closed_at: day.began_at,
        balance_minor: day.balance_minor,
        equity_minor: day.equity_minor,
        profit_minor: day.profit_minor,
        is_trading_day: day.is_trading_day,
        is_profitable_day: day.is_profitable_day,
        is_firm: day.is_firm,
    }
}
