//! Tokens of programs that act for a person of the firm.

use super::sessions::{LiveStaff, factor_wanted, live_columns};
use super::{known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::access::{Permission, Permissions};
use touchstone_domain::{ApiTokenId, BrandId, StaffId, UnixMicros};

#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub brand_id: BrandId,
    pub created_by: StaffId,
    pub name: String,
    /// The first letters, by which people know it.
    pub prefix: String,
    pub last4: String,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    pub scopes: Permissions,
    /// Networks with commas between them; empty for every address.
    pub ip_allowlist: String,
    /// Requests a minute; `None` for as many as a person may send.
    pub rate_limit: Option<i64>,
    /// `None`: it does not end by itself.
    pub expires_at: Option<UnixMicros>,
    pub enabled: bool,
    pub revoked_at: Option<UnixMicros>,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
    pub last_used_at: Option<UnixMicros>,
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiToken")
            .field("id", &self.id)
            .field("brand_id", &self.brand_id)
            .finish_non_exhaustive()
    }
}

fn scopes(text: &str, index: usize) -> Result<Permissions, StoreError> {
    let names = text.split(',').filter(|name| !name.is_empty());
    names
        .map(|name| known(Permission::from_name(name), index, "names of permissions"))
        .collect()
}

fn scopes_text(scopes: Permissions) -> String {
    let names: Vec<_> = scopes.iter().map(Permission::name).collect();
    names.join(",")
}

fn token(row: &Row<'_>) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: ApiTokenId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        created_by: StaffId(row.int(2)?),
        name: row.string(3)?,
        prefix: row.string(4)?,
        last4: row.string(5)?,
        secret_hash: row.blob(6)?.to_vec(),
        scopes: scopes(row.text(7)?, 7)?,
        ip_allowlist: row.string(8)?,
        rate_limit: row.opt_int(9)?,
        expires_at: opt_micros(row.opt_int(10)?),
        enabled: row.bool(11)?,
        revoked_at: opt_micros(row.opt_int(12)?),
        created_at: UnixMicros(row.int(13)?),
        updated_at: UnixMicros(row.int(14)?),
        last_used_at: opt_micros(row.opt_int(15)?),
    })
}

macro_rules! token_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, brand_id, created_by, name, prefix, last4, secret_hash, scopes, ip_allowlist, rate_limit,
                expires_at, enabled, revoked_at, created_at, updated_at, last_used_at
             FROM api_token ",
            $rest
        )
    };
}

pub fn get(tx: &mut Tx<'_>, id: ApiTokenId) -> Result<Option<ApiToken>, StoreError> {
    tx.query_opt(token_sql!("WHERE id = $1"), params![id.0], token)
}

/// One of a brand's; nobody else changes it until the commit.
pub fn lock(
    tx: &mut Tx<'_>,
    brand: BrandId,
    id: ApiTokenId,
) -> Result<Option<ApiToken>, StoreError> {
    tx.query_opt(
        token_sql!("WHERE id = $1 AND brand_id = $2 FOR UPDATE"),
        params![id.0, brand.0],
        token,
    )
}

/// A brand's, newest first.
pub fn of_brand(
    tx: &mut Tx<'_>,
    brand: BrandId,
    limit: i64,
    offset: i64,
) -> Result<Vec<ApiToken>, StoreError> {
    tx.query(
        token_sql!("WHERE brand_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3"),
        params![brand.0, limit, offset],
        token,
    )
}

/// How many of a brand were not revoked.
pub fn count_kept(tx: &mut Tx<'_>, brand: BrandId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM api_token WHERE brand_id = $1 AND revoked_at IS NULL",
        params![brand.0],
        |row| row.int(0),
    )
}

/// What its maker may do and what the token is for, if both may be used now.
pub fn live(
    tx: &mut Tx<'_>,
    id: ApiTokenId,
    staff: StaffId,
    now: UnixMicros,
) -> Result<Option<(LiveStaff, Permissions)>, StoreError> {
    tx.query_opt(
        concat!(
            "SELECT p.role, p.view_scope, ",
            factor_wanted!(),
            ", t.scopes FROM api_token t JOIN staff p ON p.id = t.created_by
             WHERE t.id = $1 AND t.created_by = $2 AND t.revoked_at IS NULL AND t.enabled = 1
               AND (t.expires_at IS NULL OR t.expires_at > $3) AND p.enabled = 1"
        ),
        params![id.0, staff.0, now.0],
        |row| Ok((live_columns(row)?, scopes(row.text(3)?, 3)?)),
    )
}

pub fn insert(tx: &mut Tx<'_>, t: &ApiToken) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO api_token (id, brand_id, created_by, name, prefix, last4, secret_hash, scopes, ip_allowlist,
                rate_limit, expires_at, enabled, revoked_at, created_at, updated_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        params![
            t.id.0,
            t.brand_id.0,
            t.created_by.0,
            &t.name,
            &t.prefix,
            &t.last4,
            &t.secret_hash,
            &scopes_text(t.scopes),
            &t.ip_allowlist,
            t.rate_limit,
            t.expires_at.map(|at| at.0),
            t.enabled,
            t.revoked_at.map(|at| at.0),
            t.created_at.0,
            t.updated_at.0,
            t.last_used_at.map(|at| at.0)
        ],
    )
}

/// Everything but who made it and when it was used.
pub fn update(tx: &mut Tx<'_>, t: &ApiToken) -> Result<(), StoreError> {
    tx.put(
        "UPDATE api_token SET name = $2, prefix = $3, last4 = $4, secret_hash = $5, scopes = $6, ip_allowlist = $7,
                rate_limit = $8, expires_at = $9, enabled = $10, revoked_at = $11, updated_at = $12
         WHERE id = $1",
        params![
            t.id.0,
            &t.name,
            &t.prefix,
            &t.last4,
            &t.secret_hash,
            &scopes_text(t.scopes),
            &t.ip_allowlist,
            t.rate_limit,
            t.expires_at.map(|at| at.0),
            t.enabled,
            t.revoked_at.map(|at| at.0),
            t.updated_at.0
        ],
    )
}

/// Every token of a person sleeps: an owner wakes those that are still wanted.
pub fn switch_off_all(tx: &mut Tx<'_>, maker: StaffId, now: UnixMicros) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE api_token SET enabled = 0, updated_at = $2
         WHERE created_by = $1 AND enabled = 1 AND revoked_at IS NULL",
        params![maker.0, now.0],
    )
    .map(drop)
}

/// Notes a use, unless a later one than `before` was noted already.
pub fn note_use(
    tx: &mut Tx<'_>,
    id: ApiTokenId,
    at: UnixMicros,
    before: UnixMicros,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE api_token SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)",
        params![id.0, at.0, before.0],
    )?;
    Ok(())
}
