//! What is printed.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::{DeskArgs, feed::Fed};
use crate::bench::figures::Rate;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    accounts: usize,
    start_up_s: f64,
    ticks_per_second: f64,
    tick_p50_ms: f64,
    tick_p99_ms: f64,
    breaches: usize,
    breach_p50_ms: f64,
    breach_p99_ms: f64,
    fdatasync_median_ms: f64,
    /// The slowest hundredth of the breaches, in times of one fdatasync.
    breach_p99_in_fdatasyncs: f64,
    /// Of one core.
    processor_percent: f64,
}

impl Report {
    pub fn new(
        args: &DeskArgs,
        start_up: Duration,
        fed: Fed,
        used: Duration,
        fdatasync: Duration,
    ) -> Self {
        let none = Rate {
            per_second: 0.0,
            p50_ms: 0.0,
            p99_ms: 0.0,
        };
        let breaches = fed.breaches_us.len();
        let all = Rate::of(fed.all_us, fed.took).unwrap_or(none);
        let breach = Rate::of(fed.breaches_us, fed.took).unwrap_or(none);
        let fdatasync_ms = fdatasync.as_secs_f64() * 1_000.0;
        Self {
            accounts: args.accounts,
            start_up_s: start_up.as_secs_f64(),
            ticks_per_second: all.per_second,
            tick_p50_ms: all.p50_ms,
            tick_p99_ms: all.p99_ms,
            breaches,
            breach_p50_ms: breach.p50_ms,
            breach_p99_ms: breach.p99_ms,
            fdatasync_median_ms: fdatasync_ms,
            breach_p99_in_fdatasyncs: breach.p99_ms / fdatasync_ms.max(0.001),
            processor_percent: 100.0 * used.as_secs_f64() / fed.took.as_secs_f64(),
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "live accounts             {:>10}", self.accounts)?;
        writeln!(f, "start-up                  {:>10.1} s", self.start_up_s)?;
        writeln!(
            f,
            "ticks                     {:>10.0} /s",
            self.ticks_per_second
        )?;
        writeln!(
            f,
            "tick until durable        {:>10.2} ms p50 {:>8.2} ms p99",
            self.tick_p50_ms, self.tick_p99_ms
        )?;
        writeln!(
            f,
            "breach until durable      {:>10.2} ms p50 {:>8.2} ms p99 ({} of them)",
            self.breach_p50_ms, self.breach_p99_ms, self.breaches
        )?;
        writeln!(
            f,
            "fdatasync of this disk    {:>10.2} ms median; a breach's p99 is {:.1} of it",
            self.fdatasync_median_ms, self.breach_p99_in_fdatasyncs
        )?;
        writeln!(
            f,
            "processor                 {:>10.0} % of one core, feeding included",
            self.processor_percent
        )
    }
}
