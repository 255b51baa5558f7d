//! Earned fees that went away again: refunds and chargebacks.

use super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::claim::{ClaimEffect, ClaimKind, FeeClaim, Reversal};
use touchstone_domain::{
    BrandId, ChallengeId, CustomerId, FeeClaimId, Login, Money, OrderNo, PurchaseId, TransactionId,
    UnixMicros,
};

macro_rules! claim_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, brand_id, customer_id, challenge_id, purchase_id, kind, effect, amount_minor, currency,
                is_override, transaction_id, order_no, reason, made_at, reversal, reversal_order, reversed_at
             FROM fee_claim ",
            $rest
        )
    };
}

fn claim(row: &Row<'_>) -> Result<FeeClaim, StoreError> {
    let reversed = (row.opt_int(14)?, row.opt_int(15)?, row.opt_int(16)?);
    Ok(FeeClaim {
        id: FeeClaimId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        customer_id: CustomerId(row.int(2)?),
        challenge_id: ChallengeId(row.int(3)?),
        purchase_id: PurchaseId(row.int(4)?),
        kind: known(ClaimKind::from_code(row.int(5)?), 5, "a kind of a claim")?,
        effect: known(
            ClaimEffect::from_code(row.int(6)?),
            6,
            "an effect of a claim",
        )?,
        amount: Money::new(row.int(7)?, currency(row.text(8)?, 8)?),
        is_override: row.bool(9)?,
        transaction_id: row.opt_int(10)?.map(TransactionId),
        order: OrderNo(row.int(11)?),
        reason: row.string(12)?,
        made_at: UnixMicros(row.int(13)?),
        reversal: match reversed {
            (Some(transaction), Some(order), Some(at)) => Some(Reversal {
                transaction_id: TransactionId(transaction),
                order: OrderNo(order),
                at: UnixMicros(at),
            }),
            _ => None,
        },
    })
}

/// The claim on the fee of a purchase that is in force. Its purchase's lock keeps others from making or ending one.
pub fn in_force(tx: &mut Tx<'_>, purchase: PurchaseId) -> Result<Option<FeeClaim>, StoreError> {
    tx.query_opt(
        claim_sql!("WHERE purchase_id = $1 AND reversed_at IS NULL"),
        params![purchase.0],
        claim,
    )
}

/// Every claim on fees of a challenge, resets too, oldest first.
pub fn of_challenge(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<Vec<FeeClaim>, StoreError> {
    tx.query(
        claim_sql!("WHERE challenge_id = $1 ORDER BY id"),
        params![challenge.0],
        claim,
    )
}

/// Every claim on fees of a customer, oldest first.
pub fn of_customer(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<FeeClaim>, StoreError> {
    tx.query(
        claim_sql!(
            "WHERE purchase_id IN (SELECT id FROM purchase WHERE customer_id = $1) ORDER BY id"
        ),
        params![customer.0],
        claim,
    )
}

/// Whether a chargeback keeps the challenge from going on.
pub fn suspends(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<bool, StoreError> {
    let count = tx.query_one(
        "SELECT COUNT(*) FROM fee_claim WHERE challenge_id = $1 AND effect = $2 AND reversed_at IS NULL",
        params![challenge.0, ClaimEffect::Suspend.code()],
        |row| row.int(0),
    )?;
    Ok(count > 0)
}

pub fn insert(tx: &mut Tx<'_>, c: &FeeClaim) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO fee_claim (id, brand_id, customer_id, challenge_id, purchase_id, kind, effect, amount_minor,
                currency, is_override, transaction_id, order_no, reason, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            c.id.0,
            c.brand_id.0,
            c.customer_id.0,
            c.challenge_id.0,
            c.purchase_id.0,
            c.kind.code(),
            c.effect.code(),
            c.amount.minor,
            c.amount.currency.code(),
            c.is_override,
            c.transaction_id.map(|id| id.0),
            c.order.0,
            &c.reason,
            c.made_at.0
        ],
    )
}

/// Writes the mirror of a claim; the caller holds the lock of its purchase.
pub fn reverse(tx: &mut Tx<'_>, id: FeeClaimId, by: &Reversal) -> Result<(), StoreError> {
    tx.put(
        "UPDATE fee_claim SET reversal = $2, reversal_order = $3, reversed_at = $4 WHERE id = $1",
        params![id.0, by.transaction_id.0, by.order.0, by.at.0],
    )
}

/// Whether anything was bought or sold on accounts of the challenge.
pub fn has_traded(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<bool, StoreError> {
    let count = tx.query_one(
        "SELECT COUNT(*) FROM phase f JOIN deal d ON d.login = f.account_login
         WHERE f.challenge_id = $1 AND d.kind IN ('in', 'out')",
        params![challenge.0],
        |row| row.int(0),
    )?;
    Ok(count > 0)
}

/// The accounts of a challenge that have not been closed yet.
pub fn open_accounts(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<Vec<Login>, StoreError> {
    tx.query(
        "SELECT DISTINCT a.login FROM phase f JOIN account a ON a.login = f.account_login
         WHERE f.challenge_id = $1 AND a.closed_at IS NULL ORDER BY a.login",
        params![challenge.0],
        |row| row.int(0).map(Login),
    )
}
