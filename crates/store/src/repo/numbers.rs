//! Where the counters stand.

use crate::{Counter, StoreError, Tx, params};

/// The stored next number of a counter; `None` before its first use. Numbers below it may be given
/// out already, or lie in the block of a process.
pub fn stored(tx: &mut Tx<'_>, counter: Counter) -> Result<Option<i64>, StoreError> {
    tx.query_opt(
        "SELECT next FROM counter WHERE name = $1",
        params![counter.0],
        |row| row.int(0),
    )
}

/// The next number of `own` where it was begun, or of the `common` counter.
pub fn next_of(tx: &mut Tx<'_>, own: Counter, common: Counter) -> Result<i64, StoreError> {
    match stored(tx, own)? {
        Some(_) => tx.next_id(own),
        None => tx.next_id(common),
    }
}
