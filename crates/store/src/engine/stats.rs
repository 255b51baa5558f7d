//! What the store counts about itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A look at a store at work. Counts begin with 0 when it is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreStats {
    /// Commands that wait now.
    pub queue_depth: u64,
    /// Commits, each for one or more commands.
    pub batches: u64,
    /// Commands in these commits; on SQLite with those that were refused in between.
    pub commands: u64,
    /// Time spent in commits, microseconds.
    pub commit_us: u64,
    /// Closures that were run again (PostgreSQL).
    pub reruns: u64,
    /// SQLite: what of the write-ahead log is in use, bytes.
    pub wal_bytes: u64,
    /// SQLite: how often the write-ahead log was emptied.
    pub wal_resets: u64,
}

/// The live counters, also exported through the `metrics` crate.
#[derive(Clone)]
pub(crate) struct Meter(Arc<Counts>);

struct Counts {
    stopwatch: fn() -> Duration,
    batches: AtomicU64,
    commands: AtomicU64,
    commit_us: AtomicU64,
    reruns: AtomicU64,
    wal_bytes: AtomicU64,
    wal_resets: AtomicU64,
    exported: Exported,
}

struct Exported {
    commands: metrics::Counter,
    batches: metrics::Counter,
    commit_seconds: metrics::Histogram,
    reruns: metrics::Counter,
    wal_kibibytes: metrics::Gauge,
    queue_depth: metrics::Gauge,
}

impl Meter {
    pub(crate) fn new(stopwatch: fn() -> Duration) -> Self {
        describe();
        let exported = Exported {
            commands: metrics::counter!("touchstone_store_commands_total"),
            batches: metrics::counter!("touchstone_store_commits_total"),
            commit_seconds: metrics::histogram!("touchstone_store_commit_seconds"),
            reruns: metrics::counter!("touchstone_store_reruns_total"),
            wal_kibibytes: metrics::gauge!("touchstone_store_wal_kibibytes"),
            queue_depth: metrics::gauge!("touchstone_store_queue_depth"),
        };
        Meter(Arc::new(Counts {
            stopwatch,
            batches: AtomicU64::new(0),
            commands: AtomicU64::new(0),
            commit_us: AtomicU64::new(0),
            reruns: AtomicU64::new(0),
            wal_bytes: AtomicU64::new(0),
            wal_resets: AtomicU64::new(0),
            exported,
        }))
    }

    /// Does something, and tells how long it took.
    pub(crate) fn time<T>(&self, what: impl FnOnce() -> T) -> (T, Duration) {
        let begun = (self.0.stopwatch)();
        let outcome = what();
        (outcome, (self.0.stopwatch)().saturating_sub(begun))
    }

    pub(crate) fn committed(&self, commands: usize, took: Duration, queue_depth: usize) {
        let counts = &self.0;
        let commands = u64::try_from(commands).unwrap_or(u64::MAX);
        counts.batches.fetch_add(1, Ordering::Relaxed);
        counts.commands.fetch_add(commands, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        counts.commit_us.fetch_add(micros, Ordering::Relaxed);
        counts.exported.batches.increment(1);
        counts.exported.commands.increment(commands);
        counts.exported.commit_seconds.record(took);
        counts
            .exported
            .queue_depth
            .set(u32::try_from(queue_depth).unwrap_or(u32::MAX));
    }

    pub(crate) fn rerun(&self) {
        self.0.reruns.fetch_add(1, Ordering::Relaxed);
        self.0.exported.reruns.increment(1);
    }

    pub(crate) fn wal(&self, bytes: u64) {
        self.0.wal_bytes.store(bytes, Ordering::Relaxed);
        self.0
            .exported
            .wal_kibibytes
            .set(u32::try_from(bytes >> 10).unwrap_or(u32::MAX));
    }

    pub(crate) fn wal_reset(&self) {
        self.0.wal_resets.fetch_add(1, Ordering::Relaxed);
        self.wal(0);
    }

    pub(crate) fn read(&self, queue_depth: usize) -> StoreStats {
        let counts = &self.0;
        StoreStats {
            queue_depth: u64::try_from(queue_depth).unwrap_or(u64::MAX),
            batches: counts.batches.load(Ordering::Relaxed),
            commands: counts.commands.load(Ordering::Relaxed),
            commit_us: counts.commit_us.load(Ordering::Relaxed),
            reruns: counts.reruns.load(Ordering::Relaxed),
            wal_bytes: counts.wal_bytes.load(Ordering::Relaxed),
            wal_resets: counts.wal_resets.load(Ordering::Relaxed),
        }
    }
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "touchstone_store_commands_total",
        "Commands that were committed"
    );
    describe_counter!(
        "touchstone_store_commits_total",
        "Commits, each of one or more commands"
    );
    describe_histogram!(
        "touchstone_store_commit_seconds",
        Unit::Seconds,
        "Time of one commit"
    );
    describe_counter!(
        "touchstone_store_reruns_total",
        "Closures that were run again"
    );
    describe_gauge!(
        "touchstone_store_wal_kibibytes",
        Unit::Kibibytes,
        "SQLite's write-ahead log: what is in use"
    );
    describe_gauge!(
        "touchstone_store_queue_depth",
        "Commands that wait, as of the last commit"
    );
}
