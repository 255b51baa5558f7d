//! Forgotten passwords: who asked for a new one, and the tokens that set it.

use super::sessions::SubjectKind;
use super::{counters, known};
use crate::{StoreError, Tx, params};
use touchstone_domain::{BrandId, UnixMicros};

/// Somebody asked, and was told nothing about whether he is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub id: i64,
    /// `None`: no brand was named.
    pub brand_id: Option<BrandId>,
    pub email: String,
}

/// The same row for a known and an unknown address.
pub fn ask(
    tx: &mut Tx<'_>,
    brand: Option<BrandId>,
    email: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let id = tx.next_id(counters::PASSWORD_RESET_REQUEST)?;
    tx.put(
        "INSERT INTO password_reset_request (id, brand_id, email, asked_at) VALUES ($1, $2, $3, $4)",
        params![id, brand.map(|brand| brand.0), email, now.0],
    )
}

/// What was asked and not looked at yet, oldest first.
pub fn asked(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Request>, StoreError> {
    tx.query(
        "SELECT id, brand_id, email FROM password_reset_request ORDER BY id LIMIT $1",
        params![limit],
        |row| {
            Ok(Request {
                id: row.int(0)?,
                brand_id: row.opt_int(1)?.map(BrandId),
                email: row.string(2)?,
            })
        },
    )
}

/// Takes a request away; `false` when another server was faster.
pub fn take(tx: &mut Tx<'_>, id: i64) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "DELETE FROM password_reset_request WHERE id = $1",
        params![id],
    )?;
    Ok(changed == 1)
}

/// A customer or a staff member: his kind and key.
pub type Owner = (SubjectKind, i64);

pub fn insert(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    (kind, id): Owner,
    expires_at: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO password_reset (token_hash, subject_kind, subject_id, expires_at, used_at)
         VALUES ($1, $2, $3, $4, NULL)",
        params![token_hash, kind.code(), id, expires_at.0],
    )
}

/// Whose token this is; `None` when it is unknown, used or too old.
pub fn owner_of(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    now: UnixMicros,
) -> Result<Option<Owner>, StoreError> {
    tx.query_opt(
        "SELECT subject_kind, subject_id FROM password_reset
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
        params![token_hash, now.0],
        |row| {
            let kind = known(SubjectKind::from_code(row.int(0)?), 0, "a kind of subject")?;
            Ok((kind, row.int(1)?))
        },
    )
}

/// How many tokens of a person are still good. The caller holds the person's lock.
pub fn count_good(tx: &mut Tx<'_>, (kind, id): Owner, now: UnixMicros) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM password_reset
         WHERE subject_kind = $1 AND subject_id = $2 AND used_at IS NULL AND expires_at > $3",
        params![kind.code(), id, now.0],
        |row| row.int(0),
    )
}

/// Uses up every token of a person; gives how many there were. The caller holds the person's lock.
pub fn use_all(tx: &mut Tx<'_>, (kind, id): Owner, now: UnixMicros) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE password_reset SET used_at = $3
         WHERE subject_kind = $1 AND subject_id = $2 AND used_at IS NULL",
        params![kind.code(), id, now.0],
    )
}

/// Forgets a person's tokens that are worth nothing any more; gives how many there were. The caller
/// holds the person's lock.
pub fn forget_old(tx: &mut Tx<'_>, (kind, id): Owner, now: UnixMicros) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM password_reset
         WHERE subject_kind = $1 AND subject_id = $2 AND (used_at IS NOT NULL OR expires_at <= $3)",
        params![kind.code(), id, now.0],
    )
}
