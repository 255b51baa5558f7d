//! Proves the invariants of any database on one snapshot, also while a server works on it.

mod report;

pub use report::{Broken, Report};

use touchstone_store::repo::check::invariants;
use touchstone_store::{StoreError, Tx};

/// Rows of one invariant that a report names, unless more are asked for.
pub const ROWS_EACH: i64 = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("{invariant} could not be looked at: {cause}")]
    Invariant {
        invariant: &'static str,
        cause: StoreError,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks at every invariant in the snapshot of `tx`; at most `rows_each` broken rows of each are
/// named.
///
/// # Errors
/// When a statement fails: then nothing is proved.
pub fn check(tx: &mut Tx<'_>, rows_each: i64) -> Result<Report, CheckError> {
    let mut report = Report {
        looked_at: invariants().len(),
        broken: Vec::new(),
    };
    for invariant in invariants() {
        let mut rows = invariant
            .broken(tx, rows_each.saturating_add(1))
            .map_err(|cause| CheckError::Invariant {
                invariant: invariant.name,
                cause,
            })?;
        if rows.is_empty() {
            continue;
        }
        let named = usize::try_from(rows_each).unwrap_or(usize::MAX);
        let has_more = rows.len() > named;
        rows.truncate(named);
        report.broken.push(Broken {
            name: invariant.name,
            rule: invariant.rule,
            rows,
            has_more,
        });
    }
    Ok(report)
}
