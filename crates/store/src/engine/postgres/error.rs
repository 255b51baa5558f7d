//! What PostgreSQL's errors mean to a caller.

use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::{OpenError, Outage, StoreError};

/// The failure of a statement before the commit was sent.
pub(super) fn failed(error: &tokio_postgres::Error, sql: &'static str) -> StoreError {
    let detail = text(error);
    let Some(db) = error.as_db_error() else {
        return StoreError::Unavailable {
            outage: Outage::Lost,
            detail,
        };
    };
    if is_fatal(db) {
        return StoreError::Unavailable {
            outage: Outage::Lost,
            detail,
        };
    }
    match db.code() {
        &SqlState::UNIQUE_VIOLATION => StoreError::Duplicate {
            constraint: db.constraint().unwrap_or("unknown").to_owned(),
        },
        &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::T_R_DEADLOCK_DETECTED
        | &SqlState::LOCK_NOT_AVAILABLE => StoreError::Contended,
        &SqlState::QUERY_CANCELED => StoreError::Unavailable {
            outage: Outage::TimedOut,
            detail,
        },
        &SqlState::DISK_FULL => StoreError::Unavailable {
            outage: Outage::Full,
            detail,
        },
        &SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
        &SqlState::IN_FAILED_SQL_TRANSACTION => StoreError::Aborted,
        code => by_class(code.code(), sql, detail),
    }
}

fn by_class(code: &str, sql: &'static str, detail: String) -> StoreError {
    match code.get(..2) {
        Some("23") => StoreError::Constraint { detail },
        Some("08" | "57") => StoreError::Unavailable {
            outage: Outage::Lost,
            detail,
        },
        Some("53" | "58") => StoreError::Unavailable {
            outage: Outage::Io,
            detail,
        },
        Some("XX") => StoreError::Unavailable {
            outage: Outage::Damaged,
            detail,
        },
        _ => StoreError::Statement {
            sql: sql.to_owned(),
            detail,
        },
    }
}

/// The failure of a statement when a COMMIT was sent behind it, or of that COMMIT. Only an ordinary
/// error says that nothing was committed.
pub(super) fn commit_failed(error: &tokio_postgres::Error, sql: &'static str) -> StoreError {
    match error.as_db_error() {
        Some(db) if !is_fatal(db) => failed(error, sql),
        _ => StoreError::OutcomeUnknown,
    }
}

/// The division by zero with which a guarded `put` ends when it did not hit one row.
pub(super) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::DIVISION_BY_ZERO)
}

/// Why a database cannot be opened.
pub(crate) fn open_failed(error: &tokio_postgres::Error, at: &str) -> OpenError {
    let (at, detail) = (at.to_owned(), text(error));
    match error.code() {
        Some(&SqlState::DISK_FULL) => OpenError::Full { at },
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => OpenError::ReadOnly { at },
        Some(&SqlState::LOCK_NOT_AVAILABLE) => OpenError::Locked { at },
        Some(&SqlState::UNDEFINED_TABLE) => OpenError::Missing { at },
        Some(&SqlState::UNDEFINED_COLUMN) => OpenError::NotATouchstoneDatabase { at, detail },
        Some(&SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED) => {
            OpenError::Damaged { at, detail }
        }
        _ => OpenError::Unreachable { at, detail },
    }
}

/// The error with its cause, which the library's own text leaves out.
pub(crate) fn text(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The server ends the connection with this message.
fn is_fatal(db: &DbError) -> bool {
    matches!(
        db.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    )
}
