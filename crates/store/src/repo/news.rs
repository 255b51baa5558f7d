//! The calendar of news.

use super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::rule_set::Impact;
use touchstone_domain::{BrandId, Currency, NewsId, StaffId, UnixMicros};

/// A piece of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsRow {
    pub id: NewsId,
    pub brand_id: BrandId,
    pub at: UnixMicros,
    pub impact: Impact,
    /// It matters to what has this currency on either side; to everything without one.
    pub currency: Option<Currency>,
    pub title: String,
    pub created_by: StaffId,
    pub created_at: UnixMicros,
}

fn news_at(row: &Row<'_>) -> Result<NewsRow, StoreError> {
    let code = row.opt_string(4)?;
    Ok(NewsRow {
        id: NewsId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        at: UnixMicros(row.int(2)?),
        impact: known(Impact::from_name(row.text(3)?), 3, "an impact")?,
        currency: code.map(|code| currency(&code, 4)).transpose()?,
        title: row.string(5)?,
        created_by: StaffId(row.int(6)?),
        created_at: UnixMicros(row.int(7)?),
    })
}

pub fn insert(tx: &mut Tx<'_>, n: &NewsRow) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO news (id, brand_id, at, impact, currency, title, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            n.id.0,
            n.brand_id.0,
            n.at.0,
            n.impact.name(),
            n.currency.as_ref().map(Currency::code),
            &n.title,
            n.created_by.0,
            n.created_at.0,
        ],
    )
}

/// What stands in the calendar under this number.
pub fn get(tx: &mut Tx<'_>, brand: BrandId, id: NewsId) -> Result<Option<NewsRow>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, at, impact, currency, title, created_by, created_at FROM news
         WHERE id = $1 AND brand_id = $2 AND removed_at IS NULL",
        params![id.0, brand.0],
        news_at,
    )
}

/// The same piece of news, if it stands in the calendar.
pub fn same(tx: &mut Tx<'_>, n: &NewsRow) -> Result<Option<NewsRow>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, at, impact, currency, title, created_by, created_at FROM news
         WHERE brand_id = $1 AND at = $2 AND title = $3 AND COALESCE(currency, '') = $4 AND impact = $5
               AND removed_at IS NULL",
        params![
            n.brand_id.0,
            n.at.0,
            &n.title,
            n.currency.as_ref().map_or("", Currency::code),
            n.impact.name(),
        ],
        news_at,
    )
}

/// A brand's calendar from an instant to another, in order; the latter does not belong to it.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    (from, to): (UnixMicros, UnixMicros),
    limit: i64,
    offset: i64,
) -> Result<Vec<NewsRow>, StoreError> {
    tx.query(
        "SELECT id, brand_id, at, impact, currency, title, created_by, created_at FROM news
         WHERE brand_id = $1 AND at >= $2 AND at < $3 AND removed_at IS NULL ORDER BY at, id LIMIT $4 OFFSET $5",
        params![brand.0, from.0, to.0, limit, offset],
        news_at,
    )
}

pub fn count(
    tx: &mut Tx<'_>,
    brand: BrandId,
    (from, to): (UnixMicros, UnixMicros),
) -> Result<i64, StoreError> {
    let count = tx.query_opt(
        "SELECT COUNT(*) FROM news WHERE brand_id = $1 AND at >= $2 AND at < $3 AND removed_at IS NULL",
        params![brand.0, from.0, to.0],
        |row| row.int(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Of every brand, from an instant on.
pub fn since(tx: &mut Tx<'_>, from: UnixMicros) -> Result<Vec<NewsRow>, StoreError> {
    tx.query(
        "SELECT id, brand_id, at, impact, currency, title, created_by, created_at FROM news
         WHERE at >= $1 AND removed_at IS NULL ORDER BY id",
        params![from.0],
        news_at,
    )
}

pub fn remove(
    tx: &mut Tx<'_>,
    id: NewsId,
    staff: StaffId,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE news SET removed_by = $2, removed_at = $3 WHERE id = $1 AND removed_at IS NULL",
        params![id.0, staff.0, now.0],
    )
}
