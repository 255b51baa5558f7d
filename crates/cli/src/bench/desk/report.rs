//! What is printed.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{feed::Fed, parts::Parts};
use crate::bench::figures::Rate;

/// What is wanted of a start with a million accounts.
const START_UP_WANTED_S: f64 = 10.0;
const START_UP_WANTED_WITH: usize = 1_000_000;
/// What is wanted of the slowest hundredth of the breaches.
const BREACH_WANTED_MS: f64 = 10.0;
const BREACH_WANTED_FDATASYNCS: f64 = 20.0;

/// From the first call until the desk is there.
#[derive(Debug, Clone, Copy)]
pub struct StartUp {
    pub accounts: usize,
    pub took: Duration,
}

/// What the measurement was made under.
#[derive(Debug)]
pub struct Under {
    pub processor: Duration,
    pub parts: Parts,
    pub fdatasync: Duration,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    accounts: usize,
    start_up_s: f64,
    /// Of a start with a million accounts.
    start_up_wanted_s: f64,
    #[serde(flatten)]
    fed: Option<OfTicks>,
}

#[derive(Debug, Serialize)]
struct OfTicks {
    ticks_per_second: f64,
    tick_p50_ms: f64,
    tick_p99_ms: f64,
    tick_max_ms: f64,
    breaches: usize,
    breach_p50_ms: f64,
    breach_p99_ms: f64,
    breach_p99_wanted_ms: f64,
    fdatasync_median_ms: f64,
    /// The slowest hundredth of the breaches, in times of one fdatasync.
    breach_p99_in_fdatasyncs: f64,
    breach_p99_in_fdatasyncs_wanted: f64,
    /// Means: until every account was judged; of a commit of the desk; of what the store spends in it on COMMIT.
    tick_to_verdict_ms: f64,
    desk_commit_ms: f64,
    store_commit_ms: f64,
    /// Share of the time in which the desk wrote.
    committing_percent: f64,
    /// Of one core.
    processor_percent: f64,
}

impl Report {
    pub fn of_start(start_up: &StartUp) -> Self {
        Self {
            accounts: start_up.accounts,
            start_up_s: start_up.took.as_secs_f64(),
            start_up_wanted_s: START_UP_WANTED_S,
            fed: None,
        }
    }

    pub fn new(start_up: &StartUp, fed: Fed, under: &Under) -> Self {
        let none = Rate {
            per_second: 0.0,
            p50_ms: 0.0,
            p99_ms: 0.0,
        };
        let breaches = fed.breaches_us.len();
        let slowest_us = fed.all_us.iter().max().copied().unwrap_or(0);
        let all = Rate::of(fed.all_us, fed.took).unwrap_or(none);
        let breach = Rate::of(fed.breaches_us, fed.took).unwrap_or(none);
        let fdatasync_ms = under.fdatasync.as_secs_f64() * 1_000.0;
        let parts = under.parts;
        Self {
            fed: Some(OfTicks {
                ticks_per_second: all.per_second,
                tick_p50_ms: all.p50_ms,
                tick_p99_ms: all.p99_ms,
                tick_max_ms: slowest_us as f64 / 1_000.0,
                breaches,
                breach_p50_ms: breach.p50_ms,
                breach_p99_ms: breach.p99_ms,
                breach_p99_wanted_ms: BREACH_WANTED_MS,
                fdatasync_median_ms: fdatasync_ms,
                breach_p99_in_fdatasyncs: breach.p99_ms / fdatasync_ms.max(0.001),
                breach_p99_in_fdatasyncs_wanted: BREACH_WANTED_FDATASYNCS,
                tick_to_verdict_ms: parts.to_verdict.mean_ms(),
                desk_commit_ms: parts.desk_commit.mean_ms(),
                store_commit_ms: parts.store_commit.mean_ms(),
                committing_percent: parts.desk_commit.percent_of(fed.took),
                processor_percent: 100.0 * under.processor.as_secs_f64() / fed.took.as_secs_f64(),
            }),
            ..Self::of_start(start_up)
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for StartUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = self.took.as_secs_f64();
        write!(
            f,
            "the desk is there after {took:.1} s, with {} accounts",
            self.accounts
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "live accounts             {:>10}", self.accounts)?;
        writeln!(
            f,
            "start-up                  {:>10.1} s (wanted with {START_UP_WANTED_WITH}: below {:.0} s)",
            self.start_up_s, self.start_up_wanted_s
        )?;
        self.fed.as_ref().map_or(Ok(()), |fed| fed.fmt(f))
    }
}

impl fmt::Display for OfTicks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "ticks                     {:>10.0} /s",
            self.ticks_per_second
        )?;
        writeln!(
            f,
            "tick until durable        {:>10.2} ms p50 {:>8.2} ms p99 {:>8.2} ms at most",
            self.tick_p50_ms, self.tick_p99_ms, self.tick_max_ms
        )?;
        writeln!(
            f,
            "breach until durable      {:>10.2} ms p50 {:>8.2} ms p99 ({} of them; wanted: p99 below {:.0} ms)",
            self.breach_p50_ms, self.breach_p99_ms, self.breaches, self.breach_p99_wanted_ms
        )?;
        writeln!(
            f,
            "fdatasync of this disk    {:>10.2} ms median; a breach's p99 is {:.1} of it (wanted: below {:.0})",
            self.fdatasync_median_ms,
            self.breach_p99_in_fdatasyncs,
            self.breach_p99_in_fdatasyncs_wanted
        )?;
        writeln!(
            f,
            "means                     {:>10.3} ms until judged, {:.3} ms a commit, {:.3} ms of it COMMIT; writing {:.0} % of the time",
            self.tick_to_verdict_ms,
            self.desk_commit_ms,
            self.store_commit_ms,
            self.committing_percent
        )?;
        writeln!(
            f,
            "processor                 {:>10.0} % of one core, feeding included",
            self.processor_percent
        )
    }
}
