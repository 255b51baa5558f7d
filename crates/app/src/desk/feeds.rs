//! What came in from each feed, and what became of it, for people.

use super::handle::FeedReport;
use super::shard::QuoteView;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use touchstone_domain::{Symbol, UnixMicros};
use touchstone_trading::{Counts, Verdict};

/// Of each symbol and feed, since this server has a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedCounts(pub BTreeMap<(Symbol, Arc<str>), Counts>);

/// How the market and the desk stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedsView {
    pub at: UnixMicros,
    pub counted_since: UnixMicros,
    pub counts: FeedCounts,
    pub quotes: Vec<QuoteView>,
    /// How long this question has waited for the desk.
    pub lag: Duration,
    /// Requests that wait for the desk, this one not counted.
    pub queue: usize,
    /// Of the brand that asks.
    pub accounts: usize,
    pub last_seq: i64,
    /// How far the desk has read the outbox.
    pub outbox_seen: i64,
}

impl FeedCounts {
    pub(super) fn verdict(
        &mut self,
        source: &Arc<str>,
        symbol: Symbol,
        verdict: Verdict,
        report: &mut FeedReport,
    ) {
        let counts = self.0.entry((symbol, Arc::clone(source))).or_default();
        match verdict {
            Verdict::Accepted(_) => {
                counts.accepted += 1;
                report.accepted += 1;
            }
            Verdict::Flagged(_, fault) => {
                *counts.flagged.entry(fault).or_default() += 1;
                *report.flagged.entry(fault).or_default() += 1;
            }
            Verdict::Refused(fault) => {
                *counts.refused.entry(fault).or_default() += 1;
                *report.refused.entry(fault).or_default() += 1;
            }
        }
    }
}
