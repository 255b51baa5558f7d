//! What is printed: a table for people, or a JSON object for each measurement.

use std::fmt;

use serde::Serialize;

use super::{
    BuyArgs, Kind,
    figures::{Rate, median},
    rounds::{Rounds, Seen},
};

/// One figure, and what it is held against.
#[derive(Debug, Serialize)]
pub struct Measurement {
    name: String,
    value: f64,
    unit: &'static str,
    ratio: Option<f64>,
    against: Option<String>,
}

impl Measurement {
    fn plain(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            ratio: None,
            against: None,
        }
    }

    fn against(name: String, value: f64, other: f64, against: impl Into<String>) -> Self {
        let ratio = (other > 0.0).then(|| value / other);
        Self {
            name,
            value,
            unit: PER_SECOND,
            ratio,
            against: Some(against.into()),
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

const PER_SECOND: &str = "1/s";

/// The medians of all rounds.
pub struct Measured {
    title: String,
    rows: Vec<Row>,
    /// The best number of clients and its rate.
    tpc_b: Option<(usize, f64)>,
    memory_bytes: (u64, u64),
    wal_bytes: Option<u64>,
}

struct Row {
    connections: usize,
    buy: Rate,
    empty: Option<Rate>,
    refused: Rate,
}

impl Measured {
    pub fn new(args: &BuyArgs, seen: Seen) -> Self {
        let filled = match args.prefill {
            0 => "an empty database".to_owned(),
            purchases => format!(
                "a database with {} purchases",
                with_commas(purchases as f64)
            ),
        };
        let kind = match args.database {
            Kind::Embedded => "embedded",
            Kind::Postgres => "PostgreSQL",
        };
        let (rounds, seconds) = (args.rounds, args.seconds);
        let of = |rates: &Rounds<Rate>, n| Rate::median(rates.get(&n)?);
        let row = |connections| {
            Some(Row {
                connections,
                buy: of(&seen.buy, connections)?,
                empty: of(&seen.buy_empty, connections),
                refused: of(&seen.refused, connections)?,
            })
        };
        let best = |(clients, rates): (&usize, &Vec<f64>)| {
            Some((*clients, median(rates.iter().copied())?))
        };
        Self {
            title: format!("{kind}, {filled}; medians of {rounds} rounds of {seconds} s"),
            rows: args.connections.iter().filter_map(|n| row(*n)).collect(),
            tpc_b: seen
                .tpc_b
                .iter()
                .filter_map(best)
                .max_by(|a, b| a.1.total_cmp(&b.1)),
            memory_bytes: (seen.memory.now, seen.memory.most),
            wal_bytes: (args.database == Kind::Embedded).then_some(seen.wal_bytes),
        }
    }

    pub fn measurements(&self) -> Vec<Measurement> {
        let mut all = Vec::new();
        for row in &self.rows {
            let (n, rate) = (row.connections, row.buy.per_second);
            let name = format!("buy_{n}_connections");
            let posts = format!("post_without_store_{n}_connections");
            all.push(Measurement::against(
                name.clone(),
                rate,
                row.refused.per_second,
                posts.clone(),
            ));
            if let Some((clients, tpc_b)) = self.tpc_b {
                let against = format!("pgbench_tpcb_{clients}_clients");
                all.push(Measurement::against(name.clone(), rate, tpc_b, against));
            }
            if let Some(empty) = row.empty {
                let against = format!("buy_empty_{n}_connections");
                all.push(Measurement::against(
                    name.clone(),
                    rate,
                    empty.per_second,
                    against,
                ));
            }
            all.push(Measurement::plain(
                format!("{name}_p50"),
                row.buy.p50_ms,
                "ms",
            ));
            all.push(Measurement::plain(
                format!("{name}_p99"),
                row.buy.p99_ms,
                "ms",
            ));
            all.push(Measurement::plain(
                posts,
                row.refused.per_second,
                PER_SECOND,
            ));
        }
        if let Some((clients, rate)) = self.tpc_b {
            all.push(Measurement::plain(
                format!("pgbench_tpcb_{clients}_clients"),
                rate,
                PER_SECOND,
            ));
        }
        all.push(Measurement::plain(
            "server_memory_most",
            self.memory_bytes.1 as f64,
            "bytes",
        ));
        if let Some(bytes) = self.wal_bytes {
            all.push(Measurement::plain("wal_most", bytes as f64, "bytes"));
        }
        all
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nPurchases over HTTP, {}\n", self.title)?;
        let best = self
            .rows
            .iter()
            .map(|row| row.buy.per_second)
            .fold(0.0, f64::max);
        writeln!(
            f,
            "connections  purchases/s                       p50 ms   p99 ms  of POSTs without store"
        )?;
        for row in &self.rows {
            writeln!(
                f,
                "{:>11}  {:>11}  {:<20} {:>7.2}  {:>7.2}  {:.2} of {}/s",
                row.connections,
                with_commas(row.buy.per_second),
                bar(row.buy.per_second, best),
                row.buy.p50_ms,
                row.buy.p99_ms,
                row.buy.per_second / row.refused.per_second,
                with_commas(row.refused.per_second),
            )?;
        }
        writeln!(f)?;
        for row in &self.rows {
            self.ratios(row, f)?;
        }
        match self.tpc_b {
            Some((clients, rate)) => writeln!(
                f,
                "pgbench TPC-B (-s 50 -M prepared): {}/s at its best, with {clients} clients",
                with_commas(rate)
            )?,
            None => writeln!(f, "pgbench left out: no PostgreSQL")?,
        }
        let (now, most) = self.memory_bytes;
        writeln!(
            f,
            "server memory: {} MiB, at most {} MiB",
            now >> 20,
            most >> 20
        )?;
        if let Some(bytes) = self.wal_bytes {
            writeln!(f, "write-ahead log: at most {} MiB", bytes >> 20)?;
        }
        writeln!(f, "every answer was right; touchstone check is clean")
    }
}

impl Measured {
    fn ratios(&self, row: &Row, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = row.buy.per_second;
        let mut parts = Vec::new();
        if let Some((_, tpc_b)) = self.tpc_b {
            parts.push(format!("{:.2} x TPC-B", rate / tpc_b));
        }
        if let Some(empty) = row.empty {
            let (ratio, empty) = (rate / empty.per_second, with_commas(empty.per_second));
            parts.push(format!("{ratio:.2} of the empty database's {empty}/s"));
        }
        if parts.is_empty() {
            return Ok(());
        }
        writeln!(f, "{} connections: {}", row.connections, parts.join(", "))
    }
}

const BAR_LENGTH: f64 = 20.0;

fn bar(value: f64, longest: f64) -> String {
    let length = if longest > 0.0 {
        (value / longest * BAR_LENGTH).round()
    } else {
        0.0
    };
    "#".repeat(length as usize)
}

/// `12345.6` is `12,346`.
pub fn with_commas(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{bar, with_commas};

    #[test]
    fn figures_are_printed_for_people() {
        assert_eq!(with_commas(12_345.6), "12,346");
        assert_eq!(with_commas(999.4), "999");
        assert_eq!(with_commas(1_000_000.0), "1,000,000");
        assert_eq!(bar(5.0, 10.0), "##########");
        assert_eq!(bar(0.0, 0.0), "");
    }
}
