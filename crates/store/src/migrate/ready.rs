//! Whether an open database still has the schema it was opened with.

use super::{APPLIED, Applied, MIGRATIONS, must_be_current};
use crate::{StoreError, Tx, params};

/// That the database has exactly the schema of this program; another one may have migrated it on.
pub fn is_current(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let applied = tx.query(APPLIED, params![], |row| {
        Ok(Applied {
            version: row.int(0)?,
            name: row.string(1)?,
            checksum: row.string(2)?,
        })
    })?;
    Ok(must_be_current("", &applied, MIGRATIONS).is_ok())
}
