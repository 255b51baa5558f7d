//! How far behind the desk is: what it has not answered yet, and how old its newest prices are.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use touchstone_domain::UnixMicros;

const QUEUE: &str = "touchstone_desk_queue";
const OLDEST: &str = "touchstone_desk_oldest_waiting_seconds";
const FEED_LAG: &str = "touchstone_desk_feed_lag_seconds";
const TO_VERDICT: &str = "touchstone_desk_tick_to_verdict_seconds";
const TO_DURABLE: &str = "touchstone_desk_tick_to_durable_seconds";

/// Kept beside the queue, so that it can be told also while the loop is busy.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// When each request was made that the loop has not taken yet, the oldest first.
    waiting: VecDeque<Duration>,
    /// When the oldest of those was made that the loop has taken and not answered.
    in_hand: Option<Duration>,
    /// The feed's own time of the newest tick that was taken in from each feed.
    newest: BTreeMap<Arc<str>, UnixMicros>,
}

/// How far behind the desk is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BacklogView {
    /// Requests that the loop has not taken yet.
    pub queue: usize,
    /// How long the oldest request without an answer has been waiting.
    pub oldest: Duration,
    /// How long ago the newest tick of each feed was made, by the feed's own time; never below 0.
    pub feed_lags: BTreeMap<Arc<str>, Duration>,
}

impl Backlog {
    pub fn asked(&mut self, since: Duration) {
        self.waiting.push_back(since);
    }

    /// The loop has taken so many of what waits.
    pub fn taken(&mut self, count: usize) {
        self.in_hand = self.waiting.front().copied().filter(|_| count > 0);
        self.waiting.drain(..count.min(self.waiting.len()));
    }

    /// What the loop had taken is answered.
    pub fn answered(&mut self) {
        self.in_hand = None;
    }

    pub fn fed(&mut self, feed: &Arc<str>, fed_at: UnixMicros) {
        let newest = self.newest.entry(Arc::clone(feed)).or_insert(fed_at);
        *newest = fed_at.max(*newest);
    }

    pub fn queue(&self) -> usize {
        self.waiting.len()
    }

    pub fn view(&self, uptime: Duration, now: UnixMicros) -> BacklogView {
        let oldest = self.in_hand.or(self.waiting.front().copied());
        let lag = |fed_at: UnixMicros| {
            let micros = now.micros_since(fed_at);
            Duration::from_micros(u64::try_from(micros).unwrap_or(0))
        };
        let newest = self.newest.iter();
        BacklogView {
            queue: self.queue(),
            oldest: oldest.map_or(Duration::ZERO, |oldest| uptime.saturating_sub(oldest)),
            feed_lags: newest
                .map(|(feed, fed_at)| (Arc::clone(feed), lag(*fed_at)))
                .collect(),
        }
    }
}

impl BacklogView {
    /// Brings the gauges up to date.
    pub fn export(&self) {
        metrics::gauge!(QUEUE).set(self.queue as f64);
        metrics::gauge!(OLDEST).set(self.oldest.as_secs_f64());
        for (feed, lag) in &self.feed_lags {
            metrics::gauge!(FEED_LAG, "feed" => feed.to_string()).set(lag.as_secs_f64());
        }
    }
}

/// So many ticks were judged so long after they had been handed in.
pub(super) fn judged(took: Duration, ticks: usize) {
    metrics::histogram!(TO_VERDICT).record_many(took, ticks);
}

/// So many ticks, and what followed from them, were durable so long after they had been handed in.
pub(super) fn durable(took: Duration, ticks: usize) {
    metrics::histogram!(TO_DURABLE).record_many(took, ticks);
}

pub(super) fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_gauge!(QUEUE, "Requests that wait for the desk");
    describe_gauge!(
        OLDEST,
        Unit::Seconds,
        "How long the oldest request without an answer of the desk has been waiting"
    );
    describe_gauge!(
        FEED_LAG,
        Unit::Seconds,
        "How long ago the newest tick was made that the desk has taken in, by the feed's own time"
    );
    describe_histogram!(
        TO_VERDICT,
        Unit::Seconds,
        "From a tick's arrival until every account was judged by it"
    );
    describe_histogram!(
        TO_DURABLE,
        Unit::Seconds,
        "From a tick's arrival until it and what followed from it were durable"
    );
    describe_histogram!(
        "touchstone_desk_commit_seconds",
        Unit::Seconds,
        "Time of one commit of the desk"
    );
    describe_gauge!(
        "touchstone_desk_accounts",
        "Accounts that the desk trades and judges"
    );
    describe_gauge!(
        "touchstone_desk_batch_requests",
        "Requests that the desk has taken at once, the last time"
    );
    describe_counter!("touchstone_desk_ticks_total", "Ticks that were taken in");
    describe_counter!(
        "touchstone_desk_ticks_refused_total",
        "Ticks that cannot be prices now, by what is wrong"
    );
    describe_counter!(
        "touchstone_desk_ticks_flagged_total",
        "Ticks that were taken in although something is odd about them, by what it is"
    );
    describe_counter!(
        "touchstone_desk_ticks_unknown_total",
        "Ticks of symbols that nobody trades here"
    );
    describe_counter!(
        "touchstone_desk_rebuilds_total",
        "How often the desk has dropped its memory after a failure, to build it again"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMicros = UnixMicros::from_seconds(1_000);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_oldest_is_counted_until_it_is_answered() {
        let mut backlog = Backlog::default();
        assert_eq!(backlog.view(at(9), NOW).oldest, Duration::ZERO);
        for second in 1..=3 {
            backlog.asked(at(second));
        }
        let view = backlog.view(at(10), NOW);
        assert_eq!((view.queue, view.oldest), (3, at(9)));
        backlog.taken(2);
        let view = backlog.view(at(11), NOW);
        assert_eq!((view.queue, view.oldest), (1, at(10)));
        backlog.answered();
        let view = backlog.view(at(12), NOW);
        assert_eq!((view.queue, view.oldest), (1, at(9)));
        backlog.taken(1);
        backlog.answered();
        backlog.taken(0);
        let view = backlog.view(at(13), NOW);
        assert_eq!((view.queue, view.oldest), (0, Duration::ZERO));
    }

    #[test]
    fn each_feed_lags_by_its_newest_tick() {
        let mut backlog = Backlog::default();
        let (one, two): (Arc<str>, Arc<str>) = ("one".into(), "two".into());
        backlog.fed(&one, NOW.plus_seconds(-4));
        backlog.fed(&one, NOW.plus_seconds(-7));
        backlog.fed(&two, NOW.plus_seconds(1));
        let lags = backlog.view(at(0), NOW).feed_lags;
        assert_eq!(lags, BTreeMap::from([(one, at(4)), (two, at(0))]));
    }
}
