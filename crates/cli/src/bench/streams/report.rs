//! What was seen, for people and for programs.

use super::{buyer::Times, market::PRICES};
use crate::bench::figures::Rate;
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
    pub traded: Traded,
    pub window: Duration,
    /// From the signal until the last stream had ended.
    pub ended: Duration,
}

/// Prices for accounts that hold a position each.
pub struct Traded {
    pub accounts: usize,
    /// Shares of one core, without and with a stream of each account.
    pub unwatched: f64,
    pub watched: f64,
    /// How long a price takes until it is durable, without and with the streams.
    pub alone: Rate,
    pub beside: Rate,
    pub states_per_second: f64,
}

impl Traded {
    /// How much later a price is durable beside the streams.
    fn ratio(&self) -> f64 {
        self.beside.p50_ms / self.alone.p50_ms
    }
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
            "positions": self.traded.accounts,
            "cores_with_prices": self.traded.unwatched,
            "cores_with_prices_and_streams": self.traded.watched,
            "states_per_second": self.traded.states_per_second,
            "price_p50_ms": self.traded.beside.p50_ms,
            "price_p99_ms": self.traded.beside.p99_ms,
            "price_to_unwatched": self.traded.ratio(),
            "ended_s": self.ended.as_secs_f64(),
        })
        .to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let Times { answer, event, .. } = &self.times;
        let traded = &self.traded;
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
            "watching   {} accounts with a position, {PRICES} prices a second: {:.1} % of a core unwatched, {:.1} % with {:.0} states a second",
            traded.accounts,
            traded.unwatched * 100.0,
            traded.watched * 100.0,
            traded.states_per_second
        )?;
        writeln!(
            f,
            "price      p50 {:.2} ms, p99 {:.2} ms until it is durable: {:.2} times unwatched",
            traded.beside.p50_ms,
            traded.beside.p99_ms,
            traded.ratio()
        )?;
        writeln!(
            f,
            "shutdown   every stream had ended after {:.2} s",
            self.ended.as_secs_f64()
        )
    }
}
