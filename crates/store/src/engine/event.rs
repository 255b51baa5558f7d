//! The outbox: what commands say about what they did, numbered without a gap.

use super::tx::Tx;
use crate::{StoreError, params};

/// An event that a command appends. Its number comes later: with the commit on SQLite, from the
/// sequencer on PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEvent<'a> {
    /// Unix microseconds.
    pub at_us: i64,
    pub brand_id: i64,
    pub kind: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: i64,
    /// The challenge within which the order of events is kept. On PostgreSQL the command must
    /// hold a lock on that challenge when it appends.
    pub challenge_id: Option<i64>,
    /// Whose it is; `None` for what concerns no single customer.
    pub customer_id: Option<i64>,
    /// JSON.
    pub body: &'a str,
}

/// A numbered event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// 1, 2, 3 ... without a gap.
    pub seq: i64,
    /// Unix microseconds.
    pub at_us: i64,
    pub brand_id: i64,
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: i64,
    pub challenge_id: Option<i64>,
    pub customer_id: Option<i64>,
    /// JSON.
    pub body: String,
}

const AFTER: &str =
    "SELECT seq, at_us, brand_id, kind, subject_kind, subject_id, challenge_id, customer_id, body
    FROM event WHERE seq > $1 ORDER BY seq LIMIT $2";

impl Tx<'_> {
    /// Number of the newest event; 0 before the first.
    pub fn newest_event(&mut self) -> Result<i64, StoreError> {
        self.query_one("SELECT COALESCE(MAX(seq), 0) FROM event", &[], |row| {
            row.int(0)
        })
    }

    /// The events with a number above `seq`, in order, at most `limit`.
    pub fn events_after(&mut self, seq: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.query(AFTER, params![seq, limit], |row| {
            Ok(Event {
                seq: row.int(0)?,
                at_us: row.int(1)?,
                brand_id: row.int(2)?,
                kind: row.string(3)?,
                subject_kind: row.string(4)?,
                subject_id: row.int(5)?,
                challenge_id: row.opt_int(6)?,
                customer_id: row.opt_int(7)?,
                body: row.string(8)?,
            })
        })
    }
}
