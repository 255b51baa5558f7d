//! Values that belong to the installation as a whole.

use crate::{StoreError, Tx, params};
use touchstone_domain::UnixMicros;

pub fn get(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    tx.query_opt(
        "SELECT value FROM setting WHERE name = $1",
        params![name],
        |row| row.string(0),
    )
}

/// Writes `value` unless the name has one already; gives the value that stands.
pub fn get_or_insert(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<String, StoreError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        params![name, value],
    )?;
    tx.query_one(
        "SELECT value FROM setting WHERE name = $1",
        params![name],
        |row| row.string(0),
    )
}

/// Writes `value` over what stands.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        params![name, value],
    )
    .map(drop)
}

/// Keeps others that ask for the same name waiting until the commit.
pub fn lock(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.query_opt(
        "SELECT name FROM setting WHERE name = $1 FOR UPDATE",
        params![name],
        |_| Ok(()),
    )
    .map(drop)
}

/// When the newest event of the outbox happened.
pub fn latest_event_at(tx: &mut Tx<'_>) -> Result<Option<UnixMicros>, StoreError> {
    let newest = tx.query_one("SELECT MAX(at_us) FROM event", &[], |row| row.opt_int(0))?;
    Ok(newest.map(UnixMicros))
}
