//! Every limit of the store, in one place.

use std::time::Duration;

/// Limits and sizes of a [`Store`](crate::Store). `Default` suits two cores and some gigabytes.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Time that has passed since some moment, never less than before: how long a commit took is shown
    /// by the metrics, and told to SQLite's writer, who waits for company where commits are slow. It
    /// stands still by default, so that a run can be repeated.
    pub stopwatch: fn() -> Duration,
    /// Threads that read at the same time, each with a connection of its own (at least 1).
    pub readers: usize,
    /// Commands that may wait; one more is answered with [`Overloaded`](crate::StoreError::Overloaded).
    /// Reads have a queue of the same length.
    pub queue_limit: usize,

    /// SQLite: commands that share one commit.
    pub max_batch: usize,
    /// SQLite: size of the write-ahead log at which it is emptied. It stays below about twice
    /// this, as long as no reader holds one snapshot for long.
    pub wal_limit_bytes: u64,
    /// SQLite: page cache of the writer. It has to hold what one batch changes; more is slower, as a
    /// commit that has moved pages about looks through all of it. Other pages come from the system's
    /// cache.
    pub writer_cache_bytes: u64,
    /// SQLite: page cache of each reader.
    pub reader_cache_bytes: u64,
    /// SQLite: how long to wait for another process that writes to the same file.
    pub busy_timeout: Duration,
    /// SQLite: size that the database file may reach; `None` leaves it to the disk.
    pub max_database_bytes: Option<u64>,

    /// PostgreSQL: connections that write at the same time (at least 1).
    pub pg_connections: usize,
    /// PostgreSQL: numbers that a process takes from a counter at once. Those it does not use
    /// stay unused.
    pub pg_id_block: i64,
    /// PostgreSQL: how often a closure is run again after a deadlock, a duplicate or a stale row.
    pub pg_reruns: u32,
    /// PostgreSQL: time limit for making a connection.
    pub pg_connect_timeout: Duration,
    /// PostgreSQL: time limit for one statement.
    pub pg_statement_timeout: Duration,
    /// PostgreSQL: how often to look for events that other servers have committed.
    pub pg_event_poll: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions {
            stopwatch: || Duration::ZERO,
            readers: 4,
            queue_limit: 4096,
            max_batch: 256,
            wal_limit_bytes: 64 << 20,
            writer_cache_bytes: 32 << 20,
            reader_cache_bytes: 16 << 20,
            busy_timeout: Duration::from_secs(5),
            max_database_bytes: None,
            pg_connections: 16,
            pg_id_block: 64,
            pg_reruns: 12,
            pg_connect_timeout: Duration::from_secs(5),
            pg_statement_timeout: Duration::from_secs(10),
            pg_event_poll: Duration::from_millis(50),
        }
    }
}
