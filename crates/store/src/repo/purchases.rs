//! Purchases, and the log of the steps that were taken between commits.

use super::{counters, currency, known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use std::collections::BTreeMap;
use touchstone_domain::claim::FeeState;
use touchstone_domain::conversion::{Converted, Rate, RateSource};
use touchstone_domain::purchase::{Applied, FailureReason, Funding, Purchase, State};
use touchstone_domain::{
    BrandId, ChallengeId, Currency, CustomerId, Login, Money, OrderNo, ProgramId, ProgramVersionId,
    PurchaseId, StaffId, TransactionId, UnixMicros,
};

macro_rules! purchase_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, brand_id, customer_id, program_id, version_id, funding, state, price_minor, currency,
                addon_codes, payer_login, account_login, challenge_id, transaction_id, granted_by,
                idempotency_key, failure_reason, note, fee_order, initial_balance_order, attempt, step_calls,
                due_at, created_at, updated_at, resets, promo_code, off_minor, adds_to, late_addon_codes, fee_state,
                paid_minor, paid_currency, rate, rate_source, rate_at
             FROM purchase ",
            $rest
        )
    };
}

pub(super) fn addon_codes(row: &Row<'_>, index: usize) -> Result<Vec<String>, StoreError> {
    let text = row.text(index)?;
    // Most have none, and a start may read a million of them.
    if text == "[]" {
        return Ok(Vec::new());
    }
    serde_json::from_str(text).map_err(|_| StoreError::Column {
        index,
        expected: "a list of add-on codes",
    })
}

/// What was bought with a challenge, and in the column behind it what was bought later.
pub(super) fn all_addon_codes(row: &Row<'_>, index: usize) -> Result<Vec<String>, StoreError> {
    let mut codes = addon_codes(row, index)?;
    codes.extend(addon_codes(row, index + 1)?);
    Ok(codes)
}

/// Five columns from this one on: all of them, or none.
pub(super) fn conversion(row: &Row<'_>, index: usize) -> Result<Option<Converted>, StoreError> {
    let Some(minor) = row.opt_int(index)? else {
        return Ok(None);
    };
    let [held, rate, source, at] = [1, 2, 3, 4].map(|next| index + next);
    Ok(Some(Converted {
        amount: Money::new(minor, currency(row.text(held)?, held)?),
        rate: known(Rate::new(row.int(rate)?), rate, "a rate")?,
        source: known(
            RateSource::from_code(row.int(source)?),
            source,
            "a source of rates",
        )?,
        at: UnixMicros(row.int(at)?),
    }))
}

fn purchase(row: &Row<'_>) -> Result<Purchase, StoreError> {
    let reason = row.text(16)?;
    let failure_reason = match reason {
        "" => None,
        name => Some(known(
            FailureReason::from_name(name),
            16,
            "a failure reason",
        )?),
    };
    let promotion = row.opt_string(26)?.map(|code| {
        let off_minor = row.int(27)?;
        Ok::<_, StoreError>(Applied { code, off_minor })
    });
    Ok(Purchase {
        id: PurchaseId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        customer_id: CustomerId(row.int(2)?),
        program_id: ProgramId(row.int(3)?),
        version_id: ProgramVersionId(row.int(4)?),
        funding: known(Funding::from_code(row.int(5)?), 5, "a funding")?,
        state: known(State::from_code(row.int(6)?), 6, "a state of a purchase")?,
        price: Money::new(row.int(7)?, currency(row.text(8)?, 8)?),
        conversion: conversion(row, 31)?,
        promotion: promotion.transpose()?,
        addon_codes: addon_codes(row, 9)?,
        payer_login: row.opt_int(10)?.map(Login),
        account_login: row.opt_int(11)?.map(Login),
        challenge_id: row.opt_int(12)?.map(ChallengeId),
        resets: row.opt_int(25)?.map(ChallengeId),
        adds_to: row.opt_int(28)?.map(ChallengeId),
        late_addon_codes: addon_codes(row, 29)?,
        transaction_id: row.opt_int(13)?.map(TransactionId),
        granted_by: row.opt_int(14)?.map(StaffId),
        idempotency_key: row.opt_string(15)?,
        failure_reason,
        note: row.string(17)?,
        fee_order: row.opt_int(18)?.map(OrderNo),
        fee_state: known(FeeState::from_code(row.int(30)?), 30, "a state of a fee")?,
        initial_balance_order: row.opt_int(19)?.map(OrderNo),
        attempt: row.int(20)?,
        step_calls: row.int(21)?,
        due_at: opt_micros(row.opt_int(22)?),
        created_at: UnixMicros(row.int(23)?),
        updated_at: UnixMicros(row.int(24)?),
    })
}

pub fn get(tx: &mut Tx<'_>, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
    tx.query_opt(purchase_sql!("WHERE id = $1"), params![id.0], purchase)
}

/// As [`get`], and keeps others from changing it until the commit.
pub fn lock(tx: &mut Tx<'_>, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
    tx.query_opt(
        purchase_sql!("WHERE id = $1 FOR UPDATE"),
        params![id.0],
        purchase,
    )
}

/// The purchase that a customer's idempotency key is bound to.
pub fn by_key(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    key: &str,
) -> Result<Option<Purchase>, StoreError> {
    tx.query_opt(
        purchase_sql!("WHERE customer_id = $1 AND idempotency_key = $2"),
        params![customer.0, key],
        purchase,
    )
}

/// The resets of a challenge, oldest first, whatever came of them.
pub fn resets_of(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<Vec<Purchase>, StoreError> {
    tx.query(
        purchase_sql!("WHERE resets = $1 ORDER BY id"),
        params![challenge.0],
        purchase,
    )
}

/// What was bought for a challenge later, oldest first, whatever came of it.
pub fn additions_to(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<Vec<Purchase>, StoreError> {
    tx.query(
        purchase_sql!("WHERE adds_to = $1 ORDER BY id"),
        params![challenge.0],
        purchase,
    )
}

/// Its challenge has these too from here on; the caller holds the purchase's lock.
pub fn add_late(tx: &mut Tx<'_>, p: &Purchase, codes: &[String]) -> Result<(), StoreError> {
    let late = [p.late_addon_codes.as_slice(), codes].concat();
    tx.put(
        "UPDATE purchase SET late_addon_codes = $2 WHERE id = $1",
        params![p.id.0, &list(&late)],
    )
}

/// A customer's purchases, newest first, below key `before`; without resets and what was bought for a challenge later.
pub fn of_customer(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    before: PurchaseId,
    limit: i64,
) -> Result<Vec<Purchase>, StoreError> {
    tx.query(
        purchase_sql!(
            "WHERE customer_id = $1 AND id < $2 AND resets IS NULL AND adds_to IS NULL
             ORDER BY id DESC LIMIT $3"
        ),
        params![customer.0, before.0, limit],
        purchase,
    )
}

/// Everything that a customer has bought, resets and add-ons too, newest first.
pub fn all_of_customer(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<Purchase>, StoreError> {
    tx.query(
        purchase_sql!("WHERE customer_id = $1 ORDER BY id DESC LIMIT $2"),
        params![customer.0, limit],
        purchase,
    )
}

/// How many enrolments, grants, resets and add-ons of a customer wait for payment.
pub fn count_awaiting_payment(tx: &mut Tx<'_>, customer: CustomerId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM purchase WHERE customer_id = $1 AND state = $2",
        params![customer.0, State::AwaitingPayment.code()],
        |row| row.int(0),
    )
}

/// Purchases that the runner has to look at, earliest first.
pub fn due(tx: &mut Tx<'_>, now: UnixMicros, limit: i64) -> Result<Vec<PurchaseId>, StoreError> {
    tx.query(
        "SELECT id FROM purchase WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        params![now.0, limit],
        |row| row.int(0).map(PurchaseId),
    )
}

/// When the runner has to look next, if anything waits for it.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<UnixMicros>, StoreError> {
    tx.query_one(
        "SELECT MIN(due_at) FROM purchase WHERE due_at IS NOT NULL",
        &[],
        |row| row.opt_int(0),
    )
    .map(opt_micros)
}

/// Stuck steps and refunds that are due: what a person has to look at, oldest first.
pub fn wanting_staff(
    tx: &mut Tx<'_>,
    brand: BrandId,
    owner: Option<StaffId>,
    limit: i64,
) -> Result<Vec<Purchase>, StoreError> {
    tx.query(
        purchase_sql!(
            "WHERE brand_id = $1 AND (state = 5 OR state >= 30)
               AND (CAST($3 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = purchase.customer_id AND o.owner_id = $3))
             ORDER BY id LIMIT $2"
        ),
        params![brand.0, limit, owner.map_or(0, |id| id.0)],
        purchase,
    )
}

/// The names of the customers of [`wanting_staff`].
pub fn names_of_wanting(
    tx: &mut Tx<'_>,
    brand: BrandId,
    owner: Option<StaffId>,
    limit: i64,
) -> Result<BTreeMap<CustomerId, String>, StoreError> {
    let names = tx.query(
        "SELECT u.id, u.first_name, u.last_name FROM customer u WHERE u.id IN
            (SELECT customer_id FROM purchase WHERE brand_id = $1 AND (state = 5 OR state >= 30)
               AND (CAST($3 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = purchase.customer_id AND o.owner_id = $3))
             ORDER BY id LIMIT $2)",
        params![brand.0, limit, owner.map_or(0, |id| id.0)],
        |row| {
            let name = format!("{} {}", row.text(1)?, row.text(2)?);
            Ok((CustomerId(row.int(0)?), name.trim().to_owned()))
        },
    )?;
    Ok(names.into_iter().collect())
}

pub fn insert(tx: &mut Tx<'_>, p: &Purchase) -> Result<(), StoreError> {
    let codes = list(&p.addon_codes);
    let paid_currency = p.conversion.map(|paid| paid.amount.currency);
    tx.put(
        "INSERT INTO purchase (id, brand_id, customer_id, program_id, version_id, funding, state, price_minor,
                currency, addon_codes, payer_login, account_login, challenge_id, transaction_id, granted_by,
                idempotency_key, failure_reason, note, fee_order, initial_balance_order, attempt, step_calls,
                due_at, created_at, updated_at, resets, promo_code, off_minor, adds_to,
                paid_minor, paid_currency, rate, rate_source, rate_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)",
        params![
            p.id.0,
            p.brand_id.0,
            p.customer_id.0,
            p.program_id.0,
            p.version_id.0,
            p.funding.code(),
            p.state.code(),
            p.price.minor,
            p.price.currency.code(),
            &codes,
            p.payer_login.map(|l| l.0),
            p.account_login.map(|l| l.0),
            p.challenge_id.map(|id| id.0),
            p.transaction_id.map(|id| id.0),
            p.granted_by.map(|id| id.0),
            p.idempotency_key.as_deref(),
            p.failure_reason.map_or("", FailureReason::name),
            &p.note,
            p.fee_order.map(|o| o.0),
            p.initial_balance_order.map(|o| o.0),
            p.attempt,
            p.step_calls,
            p.due_at.map(|at| at.0),
            p.created_at.0,
            p.updated_at.0,
            p.resets.map(|id| id.0),
            p.promotion.as_ref().map(|code| code.code.as_str()),
            p.promotion.as_ref().map_or(0, |code| code.off_minor),
            p.adds_to.map(|id| id.0),
            p.conversion.map(|paid| paid.amount.minor),
            paid_currency.as_ref().map(Currency::code),
            p.conversion.map(|paid| paid.rate.units()),
            p.conversion.map(|paid| paid.source.code()),
            p.conversion.map(|paid| paid.at.0)
        ],
    )
}

/// Writes what can change; the caller holds the purchase's lock.
pub fn update(tx: &mut Tx<'_>, p: &Purchase) -> Result<(), StoreError> {
    tx.put(
        "UPDATE purchase SET state = $2, account_login = $3, challenge_id = $4, transaction_id = $5,
                failure_reason = $6, note = $7, fee_order = $8, initial_balance_order = $9, attempt = $10,
                step_calls = $11, due_at = $12, updated_at = $13, fee_state = $14
         WHERE id = $1",
        params![
            p.id.0,
            p.state.code(),
            p.account_login.map(|l| l.0),
            p.challenge_id.map(|id| id.0),
            p.transaction_id.map(|id| id.0),
            p.failure_reason.map_or("", FailureReason::name),
            &p.note,
            p.fee_order.map(|o| o.0),
            p.initial_balance_order.map(|o| o.0),
            p.attempt,
            p.step_calls,
            p.due_at.map(|at| at.0),
            p.updated_at.0,
            p.fee_state.code()
        ],
    )
}

/// Writes what is to be paid, and by which code it is less; the caller holds the purchase's lock.
pub fn set_price(tx: &mut Tx<'_>, p: &Purchase) -> Result<(), StoreError> {
    tx.put(
        "UPDATE purchase SET price_minor = $2, promo_code = $3, off_minor = $4, updated_at = $5 WHERE id = $1",
        params![
            p.id.0,
            p.price.minor,
            p.promotion.as_ref().map(|code| code.code.as_str()),
            p.promotion.as_ref().map_or(0, |code| code.off_minor),
            p.updated_at.0
        ],
    )
}

/// Whether the customer has bought something else that has a price, or is about to; resets and later add-ons do not count.
pub fn has_bought(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    but: PurchaseId,
) -> Result<bool, StoreError> {
    let count = tx.query_one(
        "SELECT COUNT(*) FROM purchase
         WHERE customer_id = $1 AND id <> $2 AND resets IS NULL AND adds_to IS NULL AND price_minor + off_minor > 0
               AND state NOT IN ($3, $4, $5, $6)",
        params![
            customer.0,
            but.0,
            State::RefundDue.code(),
            State::Refunded.code(),
            State::Failed.code(),
            State::Abandoned.code()
        ],
        |row| row.int(0),
    )?;
    Ok(count > 0)
}

fn list(codes: &[String]) -> String {
    serde_json::to_string(codes).unwrap_or_else(|_| "[]".into())
}

/// One line of a purchase's history between commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    pub attempt: i64,
    pub from_state: String,
    pub event: String,
    pub to_state: String,
    pub detail: String,
    pub at: UnixMicros,
}

pub fn log_step(tx: &mut Tx<'_>, purchase: PurchaseId, step: &StepRow) -> Result<(), StoreError> {
    let id = tx.next_id(counters::PURCHASE_STEP)?;
    tx.put(
        "INSERT INTO purchase_step (id, purchase_id, attempt, from_state, event, to_state, detail, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            id,
            purchase.0,
            step.attempt,
            &step.from_state,
            &step.event,
            &step.to_state,
            &step.detail,
            step.at.0
        ],
    )
}

/// The history of a purchase, oldest first.
pub fn steps(tx: &mut Tx<'_>, purchase: PurchaseId) -> Result<Vec<StepRow>, StoreError> {
    tx.query(
        "SELECT attempt, from_state, event, to_state, detail, at FROM purchase_step
         WHERE purchase_id = $1 ORDER BY id",
        params![purchase.0],
        |row| {
            Ok(StepRow {
                attempt: row.int(0)?,
                from_state: row.string(1)?,
                event: row.string(2)?,
                to_state: row.string(3)?,
                detail: row.string(4)?,
                at: UnixMicros(row.int(5)?),
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn where_nothing_waits_nobody_is_named() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let found = store.read(|tx| {
                let all = names_of_wanting(tx, BrandId(1), None, 10)?;
                let own = names_of_wanting(tx, BrandId(1), Some(StaffId(1)), 10)?;
                Ok::<_, StoreError>(all.is_empty() && own.is_empty())
            });
            assert!(found.await.expect("an answer"));
        }
    }
}
