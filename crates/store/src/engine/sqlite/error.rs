//! What SQLite's errors mean to a caller.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::{OpenError, Outage, StoreError};

/// The failure of a statement.
pub(super) fn failed(error: &rusqlite::Error, sql: &str) -> StoreError {
    let Some(code) = error.sqlite_error() else {
        return StoreError::Statement {
            sql: sql.to_owned(),
            detail: error.to_string(),
        };
    };
    let detail = error.to_string();
    match code.code {
        ErrorCode::ConstraintViolation => constraint(code.extended_code, detail),
        ErrorCode::ReadOnly if code.extended_code == ffi::SQLITE_READONLY => StoreError::ReadOnly,
        _ => match outage(code) {
            Some(outage) => StoreError::Unavailable { outage, detail },
            None => StoreError::Statement {
                sql: sql.to_owned(),
                detail,
            },
        },
    }
}

/// The failure of a COMMIT. When the log could not be brought to the disk, what was written to it may
/// yet be found by a start after a crash.
pub(super) fn commit_failed(error: &rusqlite::Error) -> StoreError {
    match error.sqlite_error().map(|code| code.extended_code) {
        Some(ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC) => StoreError::OutcomeUnknown,
        _ => match failed(error, "COMMIT") {
            StoreError::Statement { detail, .. } => StoreError::unavailable(Outage::Io, detail),
            other => other,
        },
    }
}

/// Whether the whole transaction must go, and with it every command of the batch.
pub(super) fn is_fatal(failure: &StoreError) -> bool {
    matches!(
        failure,
        StoreError::Unavailable {
            outage: Outage::Full | Outage::Io | Outage::Damaged | Outage::ReadOnly,
            ..
        }
    )
}

/// Why a file could not be opened.
pub(crate) fn open_failed(error: &rusqlite::Error, at: &str) -> OpenError {
    let at = at.to_owned();
    let Some(code) = error.sqlite_error() else {
        return OpenError::CannotOpenFile {
            at,
            detail: error.to_string(),
        };
    };
    if code.code == ErrorCode::NotADatabase {
        return OpenError::NotATouchstoneDatabase {
            at,
            detail: error.to_string(),
        };
    }
    match outage(code) {
        Some(Outage::Full) => OpenError::Full { at },
        Some(Outage::ReadOnly) => OpenError::ReadOnly { at },
        Some(Outage::Locked) => OpenError::Locked { at },
        Some(Outage::Damaged) => OpenError::Damaged {
            at,
            detail: error.to_string(),
        },
        _ => OpenError::CannotOpenFile {
            at,
            detail: error.to_string(),
        },
    }
}

fn outage(code: &ffi::Error) -> Option<Outage> {
    Some(match code.code {
        ErrorCode::DiskFull => Outage::Full,
        ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory => Outage::Io,
        ErrorCode::CannotOpen => Outage::Lost,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Outage::Locked,
        ErrorCode::OperationInterrupted => Outage::TimedOut,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Outage::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Outage::Damaged,
        _ => return None,
    })
}

fn constraint(extended: i32, detail: String) -> StoreError {
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => StoreError::Duplicate { constraint: detail },
        _ => StoreError::Constraint { detail },
    }
}
