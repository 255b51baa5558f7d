//! Promotion codes and their uses.

use super::{currency, known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::promotion::{Discount, Promotion, PromotionUse, UseState};
use touchstone_domain::{
    BasisPoints, BrandId, CustomerId, Money, ProgramId, PromotionId, PromotionUseId, PurchaseId,
    UnixMicros,
};

macro_rules! promotion_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, brand_id, code, description, percent_bp, amount_minor, currency, valid_from, valid_to,
                total_limit, customer_limit, programs, first_purchase_only, enabled, reserved, used, created_by,
                created_at, updated_at
             FROM promotion ",
            $rest
        )
    };
}

fn promotion(row: &Row<'_>) -> Result<Promotion, StoreError> {
    let discount = match (row.opt_int(4)?, row.opt_int(5)?, row.opt_text(6)?) {
        (Some(share), None, None) => Some(Discount::Percent(BasisPoints(share))),
        (None, Some(minor), Some(code)) => {
            Some(Discount::Fixed(Money::new(minor, currency(code, 6)?)))
        }
        _ => None,
    };
    let programs: Option<Vec<i64>> = serde_json::from_str(row.text(11)?).ok();
    let programs = known(programs, 11, "a list of program numbers")?;
    Ok(Promotion {
        id: PromotionId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        code: row.string(2)?,
        description: row.string(3)?,
        discount: known(discount, 4, "a percentage or an amount")?,
        valid_from: opt_micros(row.opt_int(7)?),
        valid_to: opt_micros(row.opt_int(8)?),
        total_limit: row.opt_int(9)?,
        customer_limit: row.opt_int(10)?,
        programs: programs.into_iter().map(ProgramId).collect(),
        first_purchase_only: row.bool(12)?,
        enabled: row.bool(13)?,
        reserved: row.int(14)?,
        used: row.int(15)?,
        created_by: row.string(16)?,
        created_at: UnixMicros(row.int(17)?),
        updated_at: UnixMicros(row.int(18)?),
    })
}

/// A brand's code.
pub fn by_code(
    tx: &mut Tx<'_>,
    brand: BrandId,
    code: &str,
) -> Result<Option<Promotion>, StoreError> {
    tx.query_opt(
        promotion_sql!("WHERE brand_id = $1 AND code = $2"),
        params![brand.0, code],
        promotion,
    )
}

/// As [`by_code`], and keeps others from using or changing it until the commit.
pub fn lock_by_code(
    tx: &mut Tx<'_>,
    brand: BrandId,
    code: &str,
) -> Result<Option<Promotion>, StoreError> {
    tx.query_opt(
        promotion_sql!("WHERE brand_id = $1 AND code = $2 FOR UPDATE"),
        params![brand.0, code],
        promotion,
    )
}

pub fn get(
    tx: &mut Tx<'_>,
    brand: BrandId,
    id: PromotionId,
) -> Result<Option<Promotion>, StoreError> {
    tx.query_opt(
        promotion_sql!("WHERE id = $1 AND brand_id = $2"),
        params![id.0, brand.0],
        promotion,
    )
}

/// As [`get`], and keeps others from using or changing it until the commit.
pub fn lock(
    tx: &mut Tx<'_>,
    brand: BrandId,
    id: PromotionId,
) -> Result<Option<Promotion>, StoreError> {
    tx.query_opt(
        promotion_sql!("WHERE id = $1 AND brand_id = $2 FOR UPDATE"),
        params![id.0, brand.0],
        promotion,
    )
}

/// A brand's codes, newest first.
pub fn page(
    tx: &mut Tx<'_>,
    brand: BrandId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Promotion>, StoreError> {
    tx.query(
        promotion_sql!("WHERE brand_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3"),
        params![brand.0, limit, offset],
        promotion,
    )
}

/// How many codes a brand has.
pub fn count(tx: &mut Tx<'_>, brand: BrandId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM promotion WHERE brand_id = $1",
        params![brand.0],
        |row| row.int(0),
    )
}

fn programs(p: &Promotion) -> String {
    let numbers: Vec<String> = p.programs.iter().map(ToString::to_string).collect();
    format!("[{}]", numbers.join(","))
}

pub fn insert(tx: &mut Tx<'_>, p: &Promotion) -> Result<(), StoreError> {
    let (share, amount, currency) = match &p.discount {
        Discount::Percent(share) => (Some(share.0), None, None),
        Discount::Fixed(money) => (None, Some(money.minor), Some(money.currency.code())),
    };
    tx.put(
        "INSERT INTO promotion (id, brand_id, code, description, percent_bp, amount_minor, currency, valid_from,
                valid_to, total_limit, customer_limit, programs, first_purchase_only, enabled, reserved, used,
                created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        params![
            p.id.0,
            p.brand_id.0,
            &p.code,
            &p.description,
            share,
            amount,
            currency,
            p.valid_from.map(|at| at.0),
            p.valid_to.map(|at| at.0),
            p.total_limit,
            p.customer_limit,
            &programs(p),
            p.first_purchase_only,
            p.enabled,
            p.reserved,
            p.used,
            &p.created_by,
            p.created_at.0,
            p.updated_at.0
        ],
    )
}

/// Writes what staff can change; the caller holds the code's lock.
pub fn update(tx: &mut Tx<'_>, p: &Promotion) -> Result<(), StoreError> {
    tx.put(
        "UPDATE promotion SET description = $2, valid_from = $3, valid_to = $4, total_limit = $5,
                customer_limit = $6, programs = $7, first_purchase_only = $8, enabled = $9, updated_at = $10
         WHERE id = $1",
        params![
            p.id.0,
            &p.description,
            p.valid_from.map(|at| at.0),
            p.valid_to.map(|at| at.0),
            p.total_limit,
            p.customer_limit,
            &programs(p),
            p.first_purchase_only,
            p.enabled,
            p.updated_at.0
        ],
    )
}

/// Changes the counts of uses, in place.
pub fn count_on(
    tx: &mut Tx<'_>,
    id: PromotionId,
    reserved: i64,
    used: i64,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE promotion SET reserved = reserved + $2, used = used + $3 WHERE id = $1",
        params![id.0, reserved, used],
    )
}

/// How often a customer uses a code, purchases under way included.
pub fn uses_of(tx: &mut Tx<'_>, id: PromotionId, customer: CustomerId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM promotion_use WHERE promotion_id = $1 AND customer_id = $2 AND state <> $3",
        params![id.0, customer.0, UseState::Freed.code()],
        |row| row.int(0),
    )
}

/// How often the customer who uses a code most does; 0 for nobody.
pub fn most_of_one(tx: &mut Tx<'_>, id: PromotionId) -> Result<i64, StoreError> {
    let most = tx.query_opt(
        "SELECT COUNT(*) FROM promotion_use WHERE promotion_id = $1 AND state <> $2
         GROUP BY customer_id ORDER BY 1 DESC LIMIT 1",
        params![id.0, UseState::Freed.code()],
        |row| row.int(0),
    )?;
    Ok(most.unwrap_or(0))
}

/// The use that a purchase has, if it has one that is not freed.
pub fn use_of(tx: &mut Tx<'_>, purchase: PurchaseId) -> Result<Option<PromotionUse>, StoreError> {
    tx.query_opt(
        "SELECT id, promotion_id, customer_id, purchase_id, state, full_minor, off_minor, created_at, updated_at
         FROM promotion_use WHERE purchase_id = $1 AND state <> 2",
        params![purchase.0],
        |row| {
            Ok(PromotionUse {
                id: PromotionUseId(row.int(0)?),
                promotion_id: PromotionId(row.int(1)?),
                customer_id: CustomerId(row.int(2)?),
                purchase_id: PurchaseId(row.int(3)?),
                state: known(UseState::from_code(row.int(4)?), 4, "a state of a use")?,
                full_minor: row.int(5)?,
                off_minor: row.int(6)?,
                created_at: UnixMicros(row.int(7)?),
                updated_at: UnixMicros(row.int(8)?),
            })
        },
    )
}

pub fn insert_use(tx: &mut Tx<'_>, u: &PromotionUse) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO promotion_use (id, promotion_id, customer_id, purchase_id, state, full_minor, off_minor,
                created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            u.id.0,
            u.promotion_id.0,
            u.customer_id.0,
            u.purchase_id.0,
            u.state.code(),
            u.full_minor,
            u.off_minor,
            u.created_at.0,
            u.updated_at.0
        ],
    )
}

pub fn set_use(
    tx: &mut Tx<'_>,
    id: PromotionUseId,
    state: UseState,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE promotion_use SET state = $2, updated_at = $3 WHERE id = $1",
        params![id.0, state.code(), now.0],
    )
}
