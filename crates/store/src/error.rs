//! What can go wrong while a store is opened, and while it works.

/// Why a command or a read was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The queue is full. Nothing was done.
    #[error(
        "the store has as many commands waiting as it takes; nothing was done, try again later"
    )]
    Overloaded,
    /// The store is closing or closed. Nothing was done.
    #[error("the store is closing; nothing was done")]
    Closed,
    /// A `put` did not hit exactly one row: what the closure had read is no longer so.
    #[error(
        "a row was changed by someone else, or is not there; nothing was done (statement: {sql})"
    )]
    Stale { sql: &'static str },
    /// A unique value is there already. On PostgreSQL the closure was run again first.
    #[error("a row with the same unique value exists already ({constraint})")]
    Duplicate { constraint: String },
    /// A foreign key, CHECK or NOT NULL of the schema refused a row.
    #[error("a constraint of the database refused a row ({detail})")]
    Constraint { detail: String },
    /// Deadlocks or serialization failures went on although the closure was run again.
    #[error("other commands kept this one from being done; nothing was done, try again later")]
    Contended,
    /// The database cannot work now. Nothing was done.
    #[error("the database is not available ({outage}): {detail}; nothing was done")]
    Unavailable { outage: Outage, detail: String },
    /// The database was lost while it committed: the command was done whole, or not at all.
    #[error(
        "the database was lost during the commit: the command was done whole or not at all; look before you repeat it"
    )]
    OutcomeUnknown,
    /// A closure tried to write in a read.
    #[error("a read cannot write")]
    ReadOnly,
    /// A closure went on after one of its statements had failed. Nothing was done.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    /// `query_one` found no row, or a query that allows one row found more.
    #[error("a statement gave {found} rows where one was expected (statement: {sql})")]
    RowCount { found: usize, sql: &'static str },
    /// A column does not hold what the code reads from it.
    #[error("column {index} of a row is not {expected}")]
    Column {
        index: usize,
        expected: &'static str,
    },
    /// The statement itself is wrong: a bug in the repository that holds it.
    #[error("a statement was refused: {detail} (statement: {sql})")]
    Statement { sql: String, detail: String },
    /// The closure panicked. Nothing was done.
    #[error("a command of the store panicked; nothing was done")]
    Panicked,
}

/// Which kind of trouble makes the database unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// No space is left.
    Full,
    /// Reading or writing failed.
    Io,
    /// The server cannot be reached, or the connection was lost before the commit.
    Lost,
    /// Another process keeps the database locked.
    Locked,
    /// A time limit passed.
    TimedOut,
    /// The database takes no writes.
    ReadOnly,
    /// The file is damaged.
    Damaged,
}

impl std::fmt::Display for Outage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Outage::Full => "no space left",
            Outage::Io => "input/output error",
            Outage::Lost => "connection lost",
            Outage::Locked => "locked by another process",
            Outage::TimedOut => "timed out",
            Outage::ReadOnly => "read-only",
            Outage::Damaged => "damaged",
        })
    }
}

impl StoreError {
    /// Whether the same command may succeed later without any change to it (HTTP 503).
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            StoreError::Overloaded
                | StoreError::Closed
                | StoreError::Contended
                | StoreError::Unavailable { .. }
                | StoreError::OutcomeUnknown
        )
    }

    pub(crate) fn unavailable(outage: Outage, detail: impl ToString) -> Self {
        StoreError::Unavailable {
            outage,
            detail: detail.to_string(),
        }
    }
}

/// Why a database could not be opened or migrated. Each text says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error(
        "there is no Touchstone database at {at}; create it with `touchstone migrate --database {at}`"
    )]
    Missing { at: String },
    #[error(
        "{at} is not a Touchstone database ({detail}); name another one, it was left untouched"
    )]
    NotATouchstoneDatabase { at: String, detail: String },
    #[error(
        "the database {at} has schema {found}, this program needs {wanted}; make a backup, then run `touchstone migrate --database {at}`"
    )]
    NeedsMigration { at: String, found: i64, wanted: i64 },
    #[error(
        "the database {at} has schema {found}, but this program knows only {wanted}; use the newer program that wrote it"
    )]
    TooNew { at: String, found: i64, wanted: i64 },
    #[error(
        "migration {version} ({name}) of the database {at} is not the one of this program; use the program that made it, or restore a backup"
    )]
    ChecksumMismatch {
        at: String,
        version: i64,
        name: String,
    },
    #[error(
        "the database {at} cannot be written to; give this user write permission on the file and its folder, or use the primary server"
    )]
    ReadOnly { at: String },
    #[error(
        "no space is left for the database {at}; free some, or raise its limit, and start again"
    )]
    Full { at: String },
    #[error("another process keeps the database {at} locked; stop it, or wait, and start again")]
    Locked { at: String },
    #[error("PostgreSQL at {at} is version {found}; version 15 or newer is needed")]
    TooOldServer { at: String, found: String },
    #[error(
        "the database {at} cannot be reached: {detail}; check the address, the password and that the server runs"
    )]
    Unreachable { at: String, detail: String },
    #[error(
        "the database file {at} cannot be opened: {detail}; make its folder, and give this user permission"
    )]
    CannotOpenFile { at: String, detail: String },
    #[error("the database {at} is damaged: {detail}; restore a backup")]
    Damaged { at: String, detail: String },
    #[error("migration {version} ({name}) of the database {at} failed and was undone: {detail}")]
    MigrationFailed {
        at: String,
        version: i64,
        name: String,
        detail: String,
    },
    #[error(
        "a thread of the store cannot be started: {detail}; raise the limit of processes of this user"
    )]
    Threads { detail: String },
}
