//! Words of a brand for its letters; without a row a letter has its standard words.

use crate::{StoreError, Tx, params};
use touchstone_domain::{BrandId, StaffId, UnixMicros};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    pub subject: String,
    pub body: String,
    /// Whether it is sent.
    pub enabled: bool,
    pub updated_by: StaffId,
    pub updated_at: UnixMicros,
}

pub fn get(tx: &mut Tx<'_>, brand: BrandId, kind: &str) -> Result<Option<LetterRow>, StoreError> {
    tx.query_opt(
        "SELECT subject, body, enabled, updated_by, updated_at FROM letter WHERE brand_id = $1 AND kind = $2",
        params![brand.0, kind],
        |row| {
            Ok(LetterRow {
                subject: row.string(0)?,
                body: row.string(1)?,
                enabled: row.bool(2)?,
                updated_by: StaffId(row.int(3)?),
                updated_at: UnixMicros(row.int(4)?),
            })
        },
    )
}

pub fn put(tx: &mut Tx<'_>, brand: BrandId, kind: &str, row: &LetterRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO letter (brand_id, kind, subject, body, enabled, updated_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (brand_id, kind) DO UPDATE SET subject = $3, body = $4, enabled = $5, updated_by = $6,
                updated_at = $7",
        params![
            brand.0,
            kind,
            &row.subject,
            &row.body,
            row.enabled,
            row.updated_by.0,
            row.updated_at.0
        ],
    )
    .map(drop)
}

pub fn remove(tx: &mut Tx<'_>, brand: BrandId, kind: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM letter WHERE brand_id = $1 AND kind = $2",
        params![brand.0, kind],
    )
    .map(drop)
}
