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
