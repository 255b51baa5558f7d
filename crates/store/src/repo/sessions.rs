//! Sign-ins.

use super::{known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::access::{Role, ViewScope};
use touchstone_domain::{BrandId, CustomerId, SessionId, StaffId, UnixMicros};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    Customer = 0,
    Staff = 1,
    Account = 2,
}

impl SubjectKind {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub(super) const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Customer),
            1 => Some(Self::Staff),
            2 => Some(Self::Account),
            _ => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub brand_id: BrandId,
    pub subject_kind: SubjectKind,
    /// A customer's or staff member's key, or a login.
    pub subject_id: i64,
    /// SHA-256 of the refresh token that is good now; `None` for sessions without refresh.
    pub refresh_hash: Option<Vec<u8>>,
    /// Counts the rotations: an older token that comes again betrays a theft.
    pub refresh_generation: i64,
    pub expires_at: UnixMicros,
    pub revoked_at: Option<UnixMicros>,
    pub created_at: UnixMicros,
}

fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        subject_kind: known(SubjectKind::from_code(row.int(2)?), 2, "a kind of subject")?,
        subject_id: row.int(3)?,
        refresh_hash: row.opt_blob(4)?.map(<[u8]>::to_vec),
        refresh_generation: row.int(5)?,
        expires_at: UnixMicros(row.int(6)?),
        revoked_at: opt_micros(row.opt_int(7)?),
        created_at: UnixMicros(row.int(8)?),
    })
}

pub fn get(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<Session>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, subject_kind, subject_id, refresh_hash, refresh_generation, expires_at,
                revoked_at, created_at
         FROM session WHERE id = $1",
        params![id.0],
        session,
    )
}

/// As [`get`], and keeps others from changing it until the commit.
pub fn lock(tx: &mut Tx<'_>, id: SessionId) -> Result<Option<Session>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, subject_kind, subject_id, refresh_hash, refresh_generation, expires_at,
                revoked_at, created_at
         FROM session WHERE id = $1 FOR UPDATE",
        params![id.0],
        session,
    )
}

/// Whether the session is the customer's, was not revoked, has not ended, and the customer is
/// enabled.
pub fn is_live_customer(
    tx: &mut Tx<'_>,
    id: SessionId,
    customer: CustomerId,
    now: UnixMicros,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT s.id FROM session s JOIN customer c ON c.id = s.subject_id
         WHERE s.id = $1 AND s.subject_kind = 0 AND s.subject_id = $2 AND s.revoked_at IS NULL
           AND s.expires_at > $3 AND c.enabled = 1",
        params![id.0, customer.0, now.0],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Whether the brand of person `p` wants a second factor of him that he has not switched on.
macro_rules! factor_wanted {
    () => {
        "CASE WHEN (SELECT b.staff_totp_required FROM brand b WHERE b.id = p.brand_id) = 1
                AND NOT EXISTS (SELECT 1 FROM totp f
                    WHERE f.subject_kind = 1 AND f.subject_id = p.id AND f.confirmed_at IS NOT NULL)
            THEN CAST(1 AS BIGINT) ELSE 0 END"
    };
}
pub(super) use factor_wanted;

/// What a person of the firm may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveStaff {
    pub role: Role,
    pub view_scope: ViewScope,
    /// His brand wants a second factor of him that he has not switched on.
    pub wants_factor: bool,
}

/// The first three columns.
pub(super) fn live_columns(row: &Row<'_>) -> Result<LiveStaff, StoreError> {
    Ok(LiveStaff {
        role: known(Role::from_code(row.int(0)?), 0, "a role")?,
        view_scope: known(ViewScope::from_code(row.int(1)?), 1, "a view scope")?,
        wants_factor: row.bool(2)?,
    })
}

/// What the person may do, if the session is his, was not revoked and has not ended, and he is enabled.
pub fn live_staff(
    tx: &mut Tx<'_>,
    id: SessionId,
    staff: StaffId,
    now: UnixMicros,
) -> Result<Option<LiveStaff>, StoreError> {
    tx.query_opt(
        concat!(
            "SELECT p.role, p.view_scope, ",
            factor_wanted!(),
            " FROM session s JOIN staff p ON p.id = s.subject_id
             WHERE s.id = $1 AND s.subject_kind = 1 AND s.subject_id = $2 AND s.revoked_at IS NULL
               AND s.expires_at > $3 AND p.enabled = 1"
        ),
        params![id.0, staff.0, now.0],
        live_columns,
    )
}

pub fn insert(tx: &mut Tx<'_>, s: &Session) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO session (id, brand_id, subject_kind, subject_id, refresh_hash, refresh_generation,
                expires_at, revoked_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            s.id.0,
            s.brand_id.0,
            s.subject_kind.code(),
            s.subject_id,
            s.refresh_hash.as_deref(),
            s.refresh_generation,
            s.expires_at.0,
            s.revoked_at.map(|at| at.0),
            s.created_at.0
        ],
    )
}

/// The next refresh token; the one before it is worth nothing from now on.
pub fn rotate(
    tx: &mut Tx<'_>,
    id: SessionId,
    refresh_hash: &[u8],
    generation: i64,
    expires_at: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE session SET refresh_hash = $2, refresh_generation = $3, expires_at = $4 WHERE id = $1",
        params![id.0, refresh_hash, generation, expires_at.0],
    )
}

pub fn revoke(tx: &mut Tx<'_>, id: SessionId, at: UnixMicros) -> Result<(), StoreError> {
    tx.put(
        "UPDATE session SET revoked_at = $2 WHERE id = $1",
        params![id.0, at.0],
    )
}

/// Ends every session of a subject; gives how many there were.
pub fn revoke_all(
    tx: &mut Tx<'_>,
    kind: SubjectKind,
    subject_id: i64,
    at: UnixMicros,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE session SET revoked_at = $3 WHERE subject_kind = $1 AND subject_id = $2 AND revoked_at IS NULL",
        params![kind.code(), subject_id, at.0],
    )
}

/// Ends every session of a subject but one.
pub fn revoke_others(
    tx: &mut Tx<'_>,
    kind: SubjectKind,
    subject_id: i64,
    kept: SessionId,
    at: UnixMicros,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE session SET revoked_at = $4
         WHERE subject_kind = $1 AND subject_id = $2 AND id <> $3 AND revoked_at IS NULL",
        params![kind.code(), subject_id, kept.0, at.0],
    )
}

/// Ended before `$3`, and nobody needs it to know whose session the audit speaks of.
macro_rules! ended_and_forgotten {
    () => {
        " FROM session WHERE id > $1 AND id <= $2 AND (expires_at < $3 OR revoked_at < $3)
            AND NOT EXISTS (SELECT 1 FROM audit a
                WHERE a.subject_id = session.id AND a.subject_kind = 'session' AND a.before IS NULL)"
    };
}

/// Sessions that follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub after: SessionId,
    pub last: SessionId,
}

/// The next `limit` sessions, or as many as there are; `None` when there is no further one.
pub fn stretch(
    tx: &mut Tx<'_>,
    after: SessionId,
    limit: i64,
) -> Result<Option<Stretch>, StoreError> {
    let last = tx.query_one(
        "SELECT MAX(id) FROM (SELECT id FROM session WHERE id > $1 ORDER BY id LIMIT $2) s",
        params![after.0, limit],
        |row| row.opt_int(0),
    )?;
    Ok(last.map(|last| Stretch {
        after,
        last: SessionId(last),
    }))
}

/// How many of them [`forget`] would delete.
pub fn forgettable(
    tx: &mut Tx<'_>,
    of: Stretch,
    ended_before: UnixMicros,
) -> Result<i64, StoreError> {
    tx.query_one(
        concat!("SELECT COUNT(*)", ended_and_forgotten!()),
        params![of.after.0, of.last.0, ended_before.0],
        |row| row.int(0),
    )
}

/// Deletes sessions that ended before that time, unless the audit needs them; gives how many.
pub fn forget(tx: &mut Tx<'_>, of: Stretch, ended_before: UnixMicros) -> Result<u64, StoreError> {
    tx.execute(
        concat!("DELETE", ended_and_forgotten!()),
        params![of.after.0, of.last.0, ended_before.0],
    )
}

/// Those that were ended since then.
pub fn revoked_since(tx: &mut Tx<'_>, since: UnixMicros) -> Result<Vec<SessionId>, StoreError> {
    tx.query(
        "SELECT id FROM session WHERE revoked_at >= $1",
        params![since.0],
        |row| Ok(SessionId(row.int(0)?)),
    )
}
