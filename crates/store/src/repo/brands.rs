//! Brands.

use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{BrandId, UnixMicros};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    pub id: BrandId,
    pub name: String,
    pub can_open_demo: bool,
    pub can_open_real: bool,
    pub kyc_required_for_real: bool,
    /// Staff do nothing before they have switched a second factor on.
    pub staff_totp_required: bool,
    pub created_at: UnixMicros,
}

fn brand(row: &Row<'_>) -> Result<Brand, StoreError> {
    Ok(Brand {
        id: BrandId(row.int(0)?),
        name: row.string(1)?,
        can_open_demo: row.bool(2)?,
        can_open_real: row.bool(3)?,
        kyc_required_for_real: row.bool(4)?,
        created_at: UnixMicros(row.int(5)?),
        staff_totp_required: row.bool(6)?,
    })
}

pub fn get(tx: &mut Tx<'_>, id: BrandId) -> Result<Option<Brand>, StoreError> {
    tx.query_opt(
        "SELECT id, name, can_open_demo, can_open_real, kyc_required_for_real, created_at,
                staff_totp_required
         FROM brand WHERE id = $1",
        params![id.0],
        brand,
    )
}

pub fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Brand>, StoreError> {
    tx.query_opt(
        "SELECT id, name, can_open_demo, can_open_real, kyc_required_for_real, created_at,
                staff_totp_required
         FROM brand WHERE name = $1",
        params![name],
        brand,
    )
}

pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Brand>, StoreError> {
    tx.query(
        "SELECT id, name, can_open_demo, can_open_real, kyc_required_for_real, created_at,
                staff_totp_required
         FROM brand ORDER BY id",
        &[],
        brand,
    )
}

pub fn insert(tx: &mut Tx<'_>, brand: &Brand) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO brand (id, name, can_open_demo, can_open_real, kyc_required_for_real, created_at,
                staff_totp_required)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            brand.id.0,
            &brand.name,
            brand.can_open_demo,
            brand.can_open_real,
            brand.kyc_required_for_real,
            brand.created_at.0,
            brand.staff_totp_required
        ],
    )
}

pub fn update(tx: &mut Tx<'_>, brand: &Brand) -> Result<(), StoreError> {
    tx.put(
        "UPDATE brand SET can_open_demo = $2, can_open_real = $3, kyc_required_for_real = $4, staff_totp_required = $5
         WHERE id = $1",
        params![
            brand.id.0,
            brand.can_open_demo,
            brand.can_open_real,
            brand.kyc_required_for_real,
            brand.staff_totp_required
        ],
    )
}

/// How it converts prices, as JSON; `None`: not at all.
pub fn conversion(tx: &mut Tx<'_>, id: BrandId) -> Result<Option<String>, StoreError> {
    let found = tx.query_opt(
        "SELECT conversion FROM brand WHERE id = $1",
        params![id.0],
        |row| row.opt_string(0),
    )?;
    Ok(found.flatten())
}

pub fn set_conversion(tx: &mut Tx<'_>, id: BrandId, body: Option<&str>) -> Result<(), StoreError> {
    tx.put(
        "UPDATE brand SET conversion = $2 WHERE id = $1",
        params![id.0, body],
    )
}
