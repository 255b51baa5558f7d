//! Who changed what: a row for every change that staff or a customer made.

use super::counters;
use crate::{StoreError, Tx, params};
use touchstone_domain::{BrandId, UnixMicros};

#[derive(Clone, Copy, Debug)]
pub struct AuditRow<'a> {
    pub at: UnixMicros,
    pub brand_id: BrandId,
    /// `customer`, `staff`, `account`, `cashier` or `system`.
    pub actor_kind: &'a str,
    pub actor_id: i64,
    pub action: &'a str,
    pub subject_kind: &'a str,
    pub subject_id: i64,
    /// JSON of what was changed, where something was there before.
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    /// The reason that staff gave, or empty.
    pub note: &'a str,
}

/// With the API token that the transaction acts with, if it does.
pub fn insert(tx: &mut Tx<'_>, row: &AuditRow<'_>) -> Result<(), StoreError> {
    let id = tx.next_id(counters::AUDIT)?;
    let token = tx.acting_token();
    tx.put(
        "INSERT INTO audit (id, at, brand_id, actor_kind, actor_id, action, subject_kind, subject_id, before,
                after, note, api_token_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            id,
            row.at.0,
            row.brand_id.0,
            row.actor_kind,
            row.actor_id,
            row.action,
            row.subject_kind,
            row.subject_id,
            row.before,
            row.after,
            row.note,
            token
        ],
    )
}
