//! Second factors of customers and staff, and the codes for who has lost his device.

use super::opt_micros;
use super::sessions::SubjectKind;
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::UnixMicros;

/// A customer or a staff member: his kind and key.
pub type Subject = (SubjectKind, i64);

#[derive(Clone, PartialEq, Eq)]
pub struct Totp {
    pub sealed_secret: Vec<u8>,
    /// `None` until a code has confirmed it.
    pub confirmed_at: Option<UnixMicros>,
    /// Of the newest code that was taken.
    pub last_step: i64,
    pub created_at: UnixMicros,
    /// In a row, up to now.
    pub wrong_codes: i64,
    /// Of the last wrong code.
    pub wrong_at: Option<UnixMicros>,
}

fn totp(row: &Row<'_>) -> Result<Totp, StoreError> {
    Ok(Totp {
        sealed_secret: row.blob(0)?.to_vec(),
        confirmed_at: opt_micros(row.opt_int(1)?),
        last_step: row.int(2)?,
        created_at: UnixMicros(row.int(3)?),
        wrong_codes: row.int(4)?,
        wrong_at: opt_micros(row.opt_int(5)?),
    })
}

pub fn get(tx: &mut Tx<'_>, of: Subject) -> Result<Option<Totp>, StoreError> {
    tx.query_opt(
        "SELECT sealed_secret, confirmed_at, last_step, created_at, wrong_codes, wrong_at FROM totp
         WHERE subject_kind = $1 AND subject_id = $2",
        params![of.0.code(), of.1],
        totp,
    )
}

/// As [`get`], and keeps others from changing it until the commit.
pub fn lock(tx: &mut Tx<'_>, of: Subject) -> Result<Option<Totp>, StoreError> {
    tx.query_opt(
        "SELECT sealed_secret, confirmed_at, last_step, created_at, wrong_codes, wrong_at FROM totp
         WHERE subject_kind = $1 AND subject_id = $2 FOR UPDATE",
        params![of.0.code(), of.1],
        totp,
    )
}

/// Takes the place of what was there.
pub fn put(tx: &mut Tx<'_>, of: Subject, t: &Totp) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO totp (subject_kind, subject_id, sealed_secret, confirmed_at, last_step, created_at, wrong_codes,
                           wrong_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (subject_kind, subject_id) DO UPDATE
         SET sealed_secret = $3, confirmed_at = $4, last_step = $5, created_at = $6, wrong_codes = $7, wrong_at = $8",
        params![
            of.0.code(),
            of.1,
            &t.sealed_secret,
            t.confirmed_at.map(|at| at.0),
            t.last_step,
            t.created_at.0,
            t.wrong_codes,
            t.wrong_at.map(|at| at.0)
        ],
    )
}

/// Takes the factor and its codes away.
pub fn remove(tx: &mut Tx<'_>, of: Subject) -> Result<(), StoreError> {
    let values = params![of.0.code(), of.1];
    tx.execute(
        "DELETE FROM totp_backup_code WHERE subject_kind = $1 AND subject_id = $2",
        values,
    )?;
    tx.execute(
        "DELETE FROM totp WHERE subject_kind = $1 AND subject_id = $2",
        values,
    )?;
    Ok(())
}

/// Other codes; the ones before are worth nothing from now on.
pub fn set_backup_codes(
    tx: &mut Tx<'_>,
    of: Subject,
    hashes: &[[u8; 32]],
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM totp_backup_code WHERE subject_kind = $1 AND subject_id = $2",
        params![of.0.code(), of.1],
    )?;
    for hash in hashes {
        tx.put(
            "INSERT INTO totp_backup_code (subject_kind, subject_id, code_hash, used_at) VALUES ($1, $2, $3, NULL)",
            params![of.0.code(), of.1, hash],
        )?;
    }
    Ok(())
}

/// Uses a code up; `false` where there is none that is unused.
pub fn use_backup_code(
    tx: &mut Tx<'_>,
    of: Subject,
    hash: &[u8; 32],
    at: UnixMicros,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE totp_backup_code SET used_at = $4
         WHERE subject_kind = $1 AND subject_id = $2 AND code_hash = $3 AND used_at IS NULL",
        params![of.0.code(), of.1, hash, at.0],
    )?;
    Ok(changed == 1)
}

pub fn count_backup_codes(tx: &mut Tx<'_>, of: Subject) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM totp_backup_code WHERE subject_kind = $1 AND subject_id = $2 AND used_at IS NULL",
        params![of.0.code(), of.1],
        |row| row.int(0),
    )
}
