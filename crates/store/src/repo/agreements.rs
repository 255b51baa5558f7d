//! Texts that customers agree to before they buy, and who has.

use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{AgreementId, BrandId, CustomerId, StaffId, UnixMicros};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub id: AgreementId,
    pub brand_id: BrandId,
    /// What it is: `terms`, `risk`.
    pub kind: String,
    /// Version of its kind, from 1.
    pub number: i64,
    pub title: String,
    /// The text, or empty where only the address tells it.
    pub body: String,
    pub url: String,
    /// Whether it is asked for; at most one of a kind is.
    pub is_current: bool,
    pub published_by: StaffId,
    pub published_at: UnixMicros,
}

fn agreement(row: &Row<'_>) -> Result<Agreement, StoreError> {
    Ok(Agreement {
        id: AgreementId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        kind: row.string(2)?,
        number: row.int(3)?,
        title: row.string(4)?,
        body: row.string(5)?,
        url: row.string(6)?,
        is_current: row.bool(7)?,
        published_by: StaffId(row.int(8)?),
        published_at: UnixMicros(row.int(9)?),
    })
}

pub fn insert(tx: &mut Tx<'_>, a: &Agreement) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO agreement (id, brand_id, kind, number, title, body, url, is_current, published_by, published_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            a.id.0,
            a.brand_id.0,
            &a.kind,
            a.number,
            &a.title,
            &a.body,
            &a.url,
            a.is_current,
            a.published_by.0,
            a.published_at.0
        ],
    )
}

/// It is not asked for any more.
pub fn retire(tx: &mut Tx<'_>, id: AgreementId) -> Result<(), StoreError> {
    tx.put(
        "UPDATE agreement SET is_current = 0 WHERE id = $1",
        params![id.0],
    )
}

pub fn get(
    tx: &mut Tx<'_>,
    brand: BrandId,
    id: AgreementId,
) -> Result<Option<Agreement>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, kind, number, title, body, url, is_current, published_by, published_at
         FROM agreement WHERE id = $1 AND brand_id = $2",
        params![id.0, brand.0],
        agreement,
    )
}

/// The newest version of a kind, asked for or not.
pub fn newest(
    tx: &mut Tx<'_>,
    brand: BrandId,
    kind: &str,
) -> Result<Option<Agreement>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, kind, number, title, body, url, is_current, published_by, published_at
         FROM agreement WHERE brand_id = $1 AND kind = $2 ORDER BY number DESC LIMIT 1",
        params![brand.0, kind],
        agreement,
    )
}

/// Every version with how many have agreed to it, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    limit: i64,
    offset: i64,
) -> Result<Vec<(Agreement, i64)>, StoreError> {
    tx.query(
        "SELECT a.id, a.brand_id, a.kind, a.number, a.title, a.body, a.url, a.is_current, a.published_by,
                a.published_at, (SELECT COUNT(*) FROM acceptance c WHERE c.agreement_id = a.id)
         FROM agreement a WHERE a.brand_id = $1 ORDER BY a.id DESC LIMIT $2 OFFSET $3",
        params![brand.0, limit, offset],
        |row| Ok((agreement(row)?, row.int(10)?)),
    )
}

pub fn count(tx: &mut Tx<'_>, brand: BrandId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM agreement WHERE brand_id = $1",
        params![brand.0],
        |row| row.int(0),
    )
}

pub fn accepted_count(tx: &mut Tx<'_>, id: AgreementId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM acceptance WHERE agreement_id = $1",
        params![id.0],
        |row| row.int(0),
    )
}

/// What is asked for, each with when the customer has agreed to it.
pub fn asked_of(
    tx: &mut Tx<'_>,
    brand: BrandId,
    customer: CustomerId,
) -> Result<Vec<(Agreement, Option<UnixMicros>)>, StoreError> {
    tx.query(
        "SELECT a.id, a.brand_id, a.kind, a.number, a.title, a.body, a.url, a.is_current, a.published_by,
                a.published_at, c.accepted_at
         FROM agreement a LEFT JOIN acceptance c ON c.agreement_id = a.id AND c.customer_id = $2
         WHERE a.brand_id = $1 AND a.is_current = 1 ORDER BY a.kind",
        params![brand.0, customer.0],
        |row| Ok((agreement(row)?, row.opt_int(10)?.map(UnixMicros))),
    )
}

/// Whether the customer has agreed to everything that is asked for.
pub fn has_accepted_all(
    tx: &mut Tx<'_>,
    brand: BrandId,
    customer: CustomerId,
) -> Result<bool, StoreError> {
    let missing: i64 = tx.query_one(
        "SELECT COUNT(*) FROM agreement a
         WHERE a.brand_id = $1 AND a.is_current = 1
           AND NOT EXISTS (SELECT 1 FROM acceptance c WHERE c.customer_id = $2 AND c.agreement_id = a.id)",
        params![brand.0, customer.0],
        |row| row.int(0),
    )?;
    Ok(missing == 0)
}

/// `false` when he has agreed to it before.
pub fn accept(
    tx: &mut Tx<'_>,
    id: AgreementId,
    customer: CustomerId,
    address: &str,
    now: UnixMicros,
) -> Result<bool, StoreError> {
    let written = tx.execute(
        "INSERT INTO acceptance (customer_id, agreement_id, accepted_at, address) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        params![customer.0, id.0, now.0, address],
    )?;
    Ok(written == 1)
}
