//! Staff: people of the firm.

use super::known;
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::access::{Role, ViewScope};
use touchstone_domain::{BrandId, StaffId, UnixMicros};

#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub brand_id: BrandId,
    /// Lower case; unique within the brand.
    pub email: String,
    pub full_name: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    pub enabled: bool,
    pub role: Role,
    pub view_scope: ViewScope,
    pub created_at: UnixMicros,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staff")
            .field("id", &self.id)
            .field("brand_id", &self.brand_id)
            .finish_non_exhaustive()
    }
}

fn staff(row: &Row<'_>) -> Result<Staff, StoreError> {
    Ok(Staff {
        id: StaffId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        email: row.string(2)?,
        full_name: row.string(3)?,
        password_hash: row.string(4)?,
        enabled: row.bool(5)?,
        created_at: UnixMicros(row.int(6)?),
        role: known(Role::from_code(row.int(7)?), 7, "a role")?,
        view_scope: known(ViewScope::from_code(row.int(8)?), 8, "a view scope")?,
    })
}

pub fn get(tx: &mut Tx<'_>, id: StaffId) -> Result<Option<Staff>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, email, full_name, password_hash, enabled, created_at, role, view_scope
         FROM staff WHERE id = $1",
        params![id.0],
        staff,
    )
}

/// Takes the row of a staff member until the commit.
pub fn lock(tx: &mut Tx<'_>, id: StaffId) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT id FROM staff WHERE id = $1 FOR UPDATE",
        params![id.0],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

pub fn set_password(tx: &mut Tx<'_>, id: StaffId, hash: &str) -> Result<(), StoreError> {
    tx.put(
        "UPDATE staff SET password_hash = $2 WHERE id = $1",
        params![id.0, hash],
    )
}

pub fn by_email(tx: &mut Tx<'_>, brand: BrandId, email: &str) -> Result<Option<Staff>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, email, full_name, password_hash, enabled, created_at, role, view_scope
         FROM staff WHERE brand_id = $1 AND email = $2",
        params![brand.0, email],
        staff,
    )
}

/// Staff of any brand with this address, in the order of their brands.
pub fn of_any_brand(tx: &mut Tx<'_>, email: &str) -> Result<Vec<Staff>, StoreError> {
    tx.query(
        "SELECT s.id, s.brand_id, s.email, s.full_name, s.password_hash, s.enabled, s.created_at, s.role,
                s.view_scope
         FROM brand b JOIN staff s ON s.brand_id = b.id AND s.email = $1 ORDER BY b.id",
        params![email],
        staff,
    )
}

pub fn insert(tx: &mut Tx<'_>, s: &Staff) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO staff (id, brand_id, email, full_name, password_hash, enabled, created_at, role, view_scope)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            s.id.0,
            s.brand_id.0,
            &s.email,
            &s.full_name,
            &s.password_hash,
            s.enabled,
            s.created_at.0,
            s.role.code(),
            s.view_scope.code()
        ],
    )
}

/// Writes the name, what the person may do, and whether he may sign in.
pub fn update(tx: &mut Tx<'_>, s: &Staff) -> Result<(), StoreError> {
    tx.put(
        "UPDATE staff SET full_name = $2, enabled = $3, role = $4, view_scope = $5 WHERE id = $1",
        params![
            s.id.0,
            &s.full_name,
            s.enabled,
            s.role.code(),
            s.view_scope.code()
        ],
    )
}

/// Every owner of a brand who may sign in; none of them changes until the commit.
pub fn lock_owners(tx: &mut Tx<'_>, brand: BrandId) -> Result<Vec<StaffId>, StoreError> {
    tx.query(
        "SELECT id FROM staff WHERE brand_id = $1 AND role = 0 AND enabled = 1 ORDER BY id FOR UPDATE",
        params![brand.0],
        |row| Ok(StaffId(row.int(0)?)),
    )
}

/// A brand's staff in the order in which they came.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Staff>, StoreError> {
    tx.query(
        "SELECT id, brand_id, email, full_name, password_hash, enabled, created_at, role, view_scope
         FROM staff WHERE brand_id = $1 ORDER BY id LIMIT $2 OFFSET $3",
        params![brand.0, limit, offset],
        staff,
    )
}

pub fn count(tx: &mut Tx<'_>, brand: BrandId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM staff WHERE brand_id = $1",
        params![brand.0],
        |row| row.int(0),
    )
}
