//! What was seen, for people and for programs.

use super::buyer::Times;
use std::{fmt, time::Duration};

pub struct Report {
    pub idle: usize,
    pub busy: usize,
    pub opened: Duration,
    /// Memory of the server without streams, with all of them, and at most; bytes.
    pub before: u64,
    pub after: u64,
    pub most: u64,
    /// Shares of one core.
    pub at_rest: f64,
    pub at_work: f64,
    pub times: Times,
    pub window: Duration,
    /// From the signal until the last stream had ended.
    pub ended: Duration,
}

impl Report {
    fn each_kib(&self) -> f64 {
        let grown = self.after.saturating_sub(self.before) as f64;
        grown / 1_024.0 / (self.idle + self.busy) as f64
    }

    fn each_second(&self) -> f64 {
        self.times.purchases as f64 / self.window.as_secs_f64()
    }

    /// How much later than its answer a purchase is told.
    fn ratio(&self) -> f64 {
        self.times.event.p50_ms / self.times.answer.p50_ms
    }

    pub fn to_json(&self) -> String {
        serde_json::json!({
            "idle": self.idle,
            "busy": self.busy,
            "opened_s": self.opened.as_secs_f64(),
            "memory_before_bytes": self.before,
            "memory_after_bytes": self.after,
            "memory_most_bytes": self.most,
            "stream_kib": self.each_kib(),
            "cores_at_rest": self.at_rest,
            "cores_at_work": self.at_work,
            "purchases": self.times.purchases,
            "purchases_per_second": self.each_second(),
            "answer_p50_ms": self.times.answer.p50_ms,
            "answer_p99_ms": self.times.answer.p99_ms,
            "event_p50_ms": self.times.event.p50_ms,
            "event_p99_ms": self.times.event.p99_ms,
            "event_to_answer": self.ratio(),
            "ended_s": self.ended.as_secs_f64(),
        })
        .to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let Times { answer, event, .. } = &self.times;
        writeln!(
            f,
            "{} idle and {} busy streams, opened in {:.1} s",
            self.idle,
            self.busy,
            self.opened.as_secs_f64()
        )?;
        writeln!(
            f,
            "memory     {:.0} MiB without streams, {:.0} MiB with them ({:.1} KiB each), {:.0} MiB at most",
            mib(self.before),
            mib(self.after),
            self.each_kib(),
            mib(self.most)
        )?;
        writeln!(f, "at rest    {:.1} % of a core", self.at_rest * 100.0)?;
        writeln!(
            f,
            "at work    {:.1} % of a core, {:.0} purchases a second",
            self.at_work * 100.0,
            self.each_second()
        )?;
        writeln!(
            f,
            "answer     p50 {:.2} ms, p99 {:.2} ms after the request",
            answer.p50_ms, answer.p99_ms
        )?;
        writeln!(
            f,
            "event      p50 {:.2} ms, p99 {:.2} ms after the request: {:.2} times the answer; all {} arrived, once",
            event.p50_ms,
            event.p99_ms,
            self.ratio(),
            self.times.purchases
        )?;
        writeln!(
            f,
            "shutdown   every stream had ended after {:.2} s",
            self.ended.as_secs_f64()
        )
    }
}
