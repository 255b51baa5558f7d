//! Promotion codes: what is counted is what is used, and what was paid is the price less what the code took off.

use super::{Draft, Finding};
use crate::{StoreError, Tx};
use touchstone_domain::promotion::Discount;
use touchstone_domain::{BasisPoints, Currency, Money};

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "promotion.count",
        rule: "a code counts its uses that are reserved and used, and has no more of them than it may",
        sql: "
SELECT 'promotion', b.id,
    'reserved ' || b.found_reserved || ', used ' || b.found_used || ', at most ' || COALESCE(CAST(b.total_limit AS TEXT), 'any'),
    'reserved ' || b.reserved || ', used ' || b.used
FROM (
    SELECT c.id, c.reserved, c.used, c.total_limit, COALESCE(u.reserved, 0) AS found_reserved, COALESCE(u.used, 0) AS found_used
    FROM promotion c LEFT JOIN (
        SELECT promotion_id, SUM(CASE WHEN state = {use.reserved} THEN 1 ELSE 0 END) AS reserved,
            SUM(CASE WHEN state = {use.used} THEN 1 ELSE 0 END) AS used
        FROM promotion_use GROUP BY promotion_id) u ON u.promotion_id = c.id) b
WHERE b.reserved <> b.found_reserved OR b.used <> b.found_used OR b.reserved + b.used > b.total_limit",
    },
    Draft {
        name: "promotion.customer_limit",
        rule: "no customer has used a code more often than he may",
        sql: "
SELECT 'promotion', c.id, 'at most ' || c.customer_limit || ' of customer ' || u.customer_id, u.uses || ' of them'
FROM promotion c JOIN (
    SELECT promotion_id, customer_id, COUNT(*) AS uses FROM promotion_use
    WHERE state <> {use.freed} GROUP BY promotion_id, customer_id) u ON u.promotion_id = c.id
WHERE u.uses > c.customer_limit",
    },
    Draft {
        name: "promotion.use",
        rule: "a use of a code is that of its purchase: the customer's, as far as the purchase is, at its price",
        sql: "
SELECT 'promotion_use', u.id,
    CASE WHEN p.state = {purchase.active} THEN 'used'
         WHEN p.state IN ({purchase.under_way}) THEN 'reserved, or taken off' ELSE 'freed' END
        || ', ' || COALESCE(p.promo_code, 'no code') || ' takes ' || COALESCE(p.off_minor, 0) || ' off '
        || COALESCE(p.price_minor + p.off_minor, 0),
    'state ' || u.state || ', ' || c.code || ' takes ' || u.off_minor || ' off ' || u.full_minor || ' of purchase ' || u.purchase_id
FROM promotion_use u
JOIN promotion c ON c.id = u.promotion_id
LEFT JOIN purchase p ON p.id = u.purchase_id
WHERE p.id IS NULL OR p.customer_id <> u.customer_id OR p.brand_id <> c.brand_id OR u.off_minor > u.full_minor
    OR u.state NOT IN ({use.reserved}, {use.used}, {use.freed})
    OR (u.state <> {use.freed} AND (COALESCE(p.promo_code, '') <> c.code OR p.off_minor <> u.off_minor
        OR p.price_minor + p.off_minor <> u.full_minor
        OR u.state <> CASE WHEN p.state = {purchase.active} THEN {use.used}
            WHEN p.state IN ({purchase.under_way}) THEN {use.reserved} ELSE {use.freed} END))",
    },
    Draft {
        name: "purchase.promotion",
        rule: "a purchase with a code has one use of it, and no other purchase has a discount",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.promo_code IS NULL THEN 'nothing off'
         WHEN p.state = {purchase.active} OR p.state IN ({purchase.under_way}) THEN 'a use of ' || p.promo_code
         ELSE 'a freed use of ' || p.promo_code END,
    p.off_minor || ' off, ' || COALESCE(u.live, 0) || ' uses and ' || COALESCE(u.freed, 0) || ' freed ones'
FROM purchase p LEFT JOIN (
    SELECT x.purchase_id, c.brand_id, c.code, SUM(CASE WHEN x.state = {use.freed} THEN 0 ELSE 1 END) AS live,
        SUM(CASE WHEN x.state = {use.freed} THEN 1 ELSE 0 END) AS freed
    FROM promotion_use x JOIN promotion c ON c.id = x.promotion_id
    GROUP BY x.purchase_id, c.brand_id, c.code) u ON u.purchase_id = p.id AND u.code = p.promo_code AND u.brand_id = p.brand_id
WHERE (p.promo_code IS NOT NULL) <> (p.off_minor > 0) OR p.off_minor < 0
    OR (p.promo_code IS NOT NULL AND CASE
        WHEN p.state = {purchase.active} OR p.state IN ({purchase.under_way}) THEN CASE WHEN COALESCE(u.live, 0) = 1 THEN 0 ELSE 1 END
        ELSE CASE WHEN COALESCE(u.freed, 0) > 0 THEN 0 ELSE 1 END END = 1)",
    },
];

/// Uses that took something else off than their code gives.
pub(super) fn broken_discounts(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    tx.query(
        "SELECT u.id, u.full_minor, u.off_minor, p.currency, c.percent_bp, c.amount_minor, c.currency
         FROM promotion_use u JOIN purchase p ON p.id = u.purchase_id JOIN promotion c ON c.id = u.promotion_id ORDER BY u.id",
        &[],
        |row| {
            let currency = |index| -> Result<Currency, StoreError> { super::super::currency(row.text(index)?, index) };
            let discount = match row.opt_int(4)? {
                Some(share) => Discount::Percent(BasisPoints(share)),
                None => Discount::Fixed(Money::new(row.int(5)?, currency(6)?)),
            };
            let found = row.int(2)?;
            let wanted = discount.off(Money::new(row.int(1)?, currency(3)?));
            if wanted != Ok(found) && findings.len() < limit {
                findings.push(Finding {
                    subject: "promotion_use".into(),
                    key: row.int(0)?,
                    expected: wanted.map_or_else(|refusal| refusal.to_string(), |off| format!("{off} off")),
                    found: format!("{found} off"),
                });
            }
            Ok(())
        },
    )?;
    Ok(findings)
}
