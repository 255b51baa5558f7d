//! What a check found, as lines and as JSON.

use serde_json::{Value, json};
use std::fmt;
use touchstone_store::repo::check::Finding;

/// An invariant that does not hold, and where.
#[derive(Clone, Debug)]
pub struct Broken {
    pub name: &'static str,
    pub rule: &'static str,
    pub rows: Vec<Finding>,
    /// More rows break it than are named.
    pub has_more: bool,
}

#[derive(Clone, Debug)]
pub struct Report {
    /// Invariants that were looked at.
    pub looked_at: usize,
    pub broken: Vec<Broken>,
}

impl Report {
    pub const fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }

    pub fn to_json(&self) -> Value {
        let broken: Vec<Value> = self
            .broken
            .iter()
            .map(|broken| {
                let rows: Vec<Value> = broken
                    .rows
                    .iter()
                    .map(|row| {
                        json!({
                            "subject": row.subject,
                            "key": row.key,
                            "expected": row.expected,
                            "found": row.found,
                        })
                    })
                    .collect();
                json!({
                    "name": broken.name,
                    "rule": broken.rule,
                    "rows": rows,
                    "has_more": broken.has_more,
                })
            })
            .collect();
        json!({
            "clean": self.is_clean(),
            "invariants": self.looked_at,
            "broken": broken,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = 0;
        for broken in &self.broken {
            for row in &broken.rows {
                writeln!(
                    f,
                    "{}: {} {}: expected {}; found {}",
                    broken.name, row.subject, row.key, row.expected, row.found
                )?;
            }
            if broken.has_more {
                writeln!(f, "{}: and more rows", broken.name)?;
            }
            rows += broken.rows.len();
        }
        for broken in &self.broken {
            writeln!(f, "{} does not hold: {}", broken.name, broken.rule)?;
        }
        match self.broken.len() {
            0 => write!(f, "all {} invariants hold", self.looked_at),
            broken => write!(
                f,
                "{broken} of {} invariants do not hold, {rows} rows named",
                self.looked_at
            ),
        }
    }
}
