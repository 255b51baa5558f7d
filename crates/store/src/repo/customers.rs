//! Customers: people who trade.

use super::{known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::kyc::Kyc;
use touchstone_domain::{BrandId, CustomerId, StaffId, UnixMicros};

#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub brand_id: BrandId,
    /// Lower case; unique within the brand.
    pub email: String,
    /// Argon2id in PHC form; `None` until a password is set.
    pub password_hash: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub phone: String,
    /// ISO 3166 alpha-2, or empty.
    pub country: String,
    pub registration_source: String,
    pub enabled: bool,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
    pub last_login_at: Option<UnixMicros>,
    /// Who of the firm looks after him.
    pub owner_id: Option<StaffId>,
    /// When his personal data were overwritten: the fields above say nothing of him any more.
    pub erased_at: Option<UnixMicros>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("brand_id", &self.brand_id)
            .finish_non_exhaustive()
    }
}

impl Customer {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
            .trim()
            .to_owned()
    }
}

fn customer(row: &Row<'_>) -> Result<Customer, StoreError> {
    Ok(Customer {
        id: CustomerId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        email: row.string(2)?,
        password_hash: row.opt_string(3)?,
        first_name: row.string(4)?,
        last_name: row.string(5)?,
        phone: row.string(6)?,
        country: row.string(7)?,
        registration_source: row.string(8)?,
        enabled: row.bool(9)?,
        created_at: UnixMicros(row.int(10)?),
        updated_at: UnixMicros(row.int(11)?),
        last_login_at: opt_micros(row.opt_int(12)?),
        owner_id: row.opt_int(13)?.map(StaffId),
        erased_at: opt_micros(row.opt_int(14)?),
    })
}

pub fn get(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, email, password_hash, first_name, last_name, phone, country,
                registration_source, enabled, created_at, updated_at, last_login_at, owner_id, erased_at
         FROM customer WHERE id = $1",
        params![id.0],
        customer,
    )
}

/// Takes the customer's row: commands of one customer that must see each other wait here.
pub fn lock(tx: &mut Tx<'_>, id: CustomerId) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT id FROM customer WHERE id = $1 FOR UPDATE",
        params![id.0],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

/// Whether his personal data were overwritten.
pub fn is_erased(tx: &mut Tx<'_>, id: CustomerId) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT id FROM customer WHERE id = $1 AND erased_at IS NOT NULL",
        params![id.0],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

pub fn by_email(
    tx: &mut Tx<'_>,
    brand: BrandId,
    email: &str,
) -> Result<Option<Customer>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, email, password_hash, first_name, last_name, phone, country,
                registration_source, enabled, created_at, updated_at, last_login_at, owner_id, erased_at
         FROM customer WHERE brand_id = $1 AND email = $2",
        params![brand.0, email],
        customer,
    )
}

/// The customers of any brand with this address, in the order of their brands.
pub fn of_any_brand(tx: &mut Tx<'_>, email: &str) -> Result<Vec<Customer>, StoreError> {
    tx.query(
        "SELECT c.id, c.brand_id, c.email, c.password_hash, c.first_name, c.last_name, c.phone, c.country,
                c.registration_source, c.enabled, c.created_at, c.updated_at, c.last_login_at, c.owner_id, c.erased_at
         FROM brand b JOIN customer c ON c.brand_id = b.id AND c.email = $1 ORDER BY b.id",
        params![email],
        customer,
    )
}

pub fn insert(tx: &mut Tx<'_>, c: &Customer) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO customer (id, brand_id, email, password_hash, first_name, last_name, phone, country,
                registration_source, enabled, created_at, updated_at, last_login_at, owner_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            c.id.0,
            c.brand_id.0,
            &c.email,
            c.password_hash.as_deref(),
            &c.first_name,
            &c.last_name,
            &c.phone,
            &c.country,
            &c.registration_source,
            c.enabled,
            c.created_at.0,
            c.updated_at.0,
            c.last_login_at.map(|at| at.0),
            c.owner_id.map(|id| id.0)
        ],
    )
}

/// What is known of the customer's identity, and since when.
pub fn kyc(tx: &mut Tx<'_>, id: CustomerId) -> Result<(Kyc, Option<UnixMicros>), StoreError> {
    tx.query_one(
        "SELECT kyc, kyc_at FROM customer WHERE id = $1",
        params![id.0],
        |row| {
            let kyc = known(Kyc::from_code(row.int(0)?), 0, "a status of an identity")?;
            Ok((kyc, opt_micros(row.opt_int(1)?)))
        },
    )
}

/// `provider` is empty where staff say it.
pub fn set_kyc(
    tx: &mut Tx<'_>,
    id: CustomerId,
    kyc: Kyc,
    provider: &str,
    at: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE customer SET kyc = $2, kyc_at = $3, kyc_provider = $4, updated_at = $3 WHERE id = $1",
        params![id.0, kyc.code(), at.0, provider],
    )
}

pub fn set_password(
    tx: &mut Tx<'_>,
    id: CustomerId,
    hash: &str,
    at: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE customer SET password_hash = $2, updated_at = $3 WHERE id = $1",
        params![id.0, hash, at.0],
    )
}

pub fn set_last_login(tx: &mut Tx<'_>, id: CustomerId, at: UnixMicros) -> Result<(), StoreError> {
    tx.put(
        "UPDATE customer SET last_login_at = $2 WHERE id = $1",
        params![id.0, at.0],
    )
}

/// Whether the customer is the brand's and, where an owner is named, assigned to him.
pub fn is_seen(
    tx: &mut Tx<'_>,
    id: CustomerId,
    brand: BrandId,
    owner: Option<StaffId>,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(
        "SELECT id FROM customer WHERE id = $1 AND brand_id = $2
           AND (CAST($3 AS BIGINT) = 0 OR owner_id = $3)",
        params![id.0, brand.0, owner.map_or(0, |id| id.0)],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}

pub fn set_owner(
    tx: &mut Tx<'_>,
    id: CustomerId,
    owner: Option<StaffId>,
    at: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE customer SET owner_id = $2, updated_at = $3 WHERE id = $1",
        params![id.0, owner.map(|id| id.0), at.0],
    )
}
