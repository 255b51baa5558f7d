//! Snapshots of how an account stands.

use super::settings::{SNAPSHOT_EVERY_SECONDS, SNAPSHOTS_PER_COMMIT, SNAPSHOTS_PER_SECOND};
use super::shard::{AtVerdict, Owner, Shard};
use std::collections::VecDeque;
use touchstone_domain::{Login, PhaseId, UnixMicros};
use touchstone_rules::{DayRecord, Limit, RuleName};
use touchstone_store::repo::desk::curves::{Day, Metric};

/// Now and then a point of each account's curve, as long as it holds something.
#[derive(Debug, Default)]
pub struct Snapshots {
    due_at: Option<UnixMicros>,
    waiting: VecDeque<Login>,
    /// How many waited when it was due.
    round: usize,
    taken_at: Option<UnixMicros>,
}

impl Snapshots {
    /// The points that are due; the rest comes with the next commits, evenly, so that no commit is much longer for it.
    pub fn take(&mut self, shard: &Shard) -> Vec<Metric> {
        let now = shard.at();
        let before = self.taken_at.replace(now).unwrap_or(now);
        if self.due_at.is_none_or(|due| due <= now) {
            let is_first = self.due_at.is_none();
            self.due_at = Some(now.plus_seconds(SNAPSHOT_EVERY_SECONDS));
            if !is_first && self.waiting.is_empty() {
                self.waiting.extend(shard.holding());
                self.round = self.waiting.len();
            }
        }
        let count = share(self.round, now.micros_since(before));
        let count = count.min(self.waiting.len());
        let due = self.waiting.drain(..count);
        due.filter_map(|login| of(shard, login, 0)).collect()
    }
}

/// How many of a round's points belong to a span of time.
fn share(round: usize, span_us: i64) -> usize {
    let a_second = round
        .div_ceil(usize::try_from(SNAPSHOT_EVERY_SECONDS).unwrap_or(1))
        .min(SNAPSHOTS_PER_SECOND);
    let span_us = usize::try_from(span_us).unwrap_or(0);
    let share = a_second.saturating_mul(span_us).div_ceil(1_000_000);
    share.clamp(1, SNAPSHOTS_PER_COMMIT)
}

/// How the account stands now; `None` for one whose phase is over.
pub fn of(shard: &Shard, login: Login, no: i64) -> Option<Metric> {
    let live = shard.live(login)?;
    let judged = shard.judged(login).ok().flatten()?;
    let phase = judged.phase();
    let limits = phase.limits().ok()?;
    let progress = phase.progress().ok()?;
    Some(Metric {
        login,
        at: shard.at(),
        no,
        phase_id: live.owner.phase_id,
        balance_minor: phase.state().reading.balance_minor,
        equity_minor: phase.equity_minor().ok()?,
        daily_floor_minor: level(&limits, RuleName::DailyLoss),
        max_floor_minor: level(&limits, RuleName::MaxLoss),
        day_start_minor: phase.day_start_minor(),
        trading_days: i64::from(progress.trading_days),
        open_positions: i64::from(progress.open_positions),
    })
}

/// The last point of a phase: what its verdict was found by.
pub fn of_verdict(login: Login, owner: &Owner, no: i64, verdict: &AtVerdict) -> Metric {
    Metric {
        login,
        at: verdict.at,
        no,
        phase_id: owner.phase_id,
        balance_minor: verdict.balance_minor,
        equity_minor: verdict.equity_minor,
        daily_floor_minor: level(&verdict.limits, RuleName::DailyLoss),
        max_floor_minor: level(&verdict.limits, RuleName::MaxLoss),
        day_start_minor: verdict.day_start_minor,
        trading_days: i64::from(verdict.progress.trading_days),
        open_positions: i64::from(verdict.progress.open_positions),
    }
}

fn level(limits: &[Limit], rule: RuleName) -> Option<i64> {
    let mut limits = limits.iter();
    limits
        .find(|limit| limit.rule == rule)
        .map(|limit| limit.level_minor)
}

pub fn day_row(login: Login, phase_id: PhaseId, day: &DayRecord) -> Day {
    Day {
        login,
        phase_id,
        day: day.number.0,
        closed_at: day.ended_at,
        balance_minor: day.balance_minor,
        equity_minor: day.equity_minor,
        profit_minor: day.profit_minor,
        is_trading_day: day.is_trading_day,
        is_profitable_day: day.is_profitable_day,
        is_firm: day.is_firm,
        day_start_minor: Some(day.day_start_minor),
        daily_floor_minor: day.daily_floor_minor,
        max_floor_minor: day.max_floor_minor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_a_round_come_evenly() {
        for (round, span_us, expect) in [
            // Every account has its point within the minute, a few with each commit.
            (6_000, 10_000, 1),
            (6_000, 1_000_000, 100),
            (6_000, 100, 1),
            // No more in a second than can be written beside the ticks.
            (1_000_000, 2_000, 1),
            (1_000_000, 100_000, 50),
            (1_000_000, 3_600_000_000, SNAPSHOTS_PER_COMMIT),
            (3, 60_000_000, 60),
            (0, 0, 1),
        ] {
            assert_eq!(share(round, span_us), expect, "{round} in {span_us} us");
        }
    }
}
