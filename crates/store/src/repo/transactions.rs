//! Payment records, what payment providers told of them, and the cashier's sessions.

use super::{currency, known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::transaction::{Transaction, TransactionKind, TransactionState};
use touchstone_domain::{
    BrandId, CustomerId, Login, Money, OrderNo, PurchaseId, StaffId, TransactionId, UnixMicros,
};

/// Columns that [`transaction`] reads, from the first on.
pub(super) const TRANSACTION_COLUMNS: usize = 20;

pub(super) fn transaction(row: &Row<'_>) -> Result<Transaction, StoreError> {
    Ok(Transaction {
        id: TransactionId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        customer_id: CustomerId(row.int(2)?),
        kind: known(
            TransactionKind::from_code(row.int(3)?),
            3,
            "a kind of transaction",
        )?,
        state: known(
            TransactionState::from_code(row.int(4)?),
            4,
            "a state of a transaction",
        )?,
        amount: Money::new(row.int(5)?, currency(row.text(6)?, 6)?),
        received_minor: row.int(7)?,
        login: row.opt_int(8)?.map(Login),
        purchase_id: row.opt_int(9)?.map(PurchaseId),
        related_id: row.opt_int(10)?.map(TransactionId),
        source: row.string(11)?,
        comment: row.string(12)?,
        cashier_id: row.opt_string(13)?,
        approved_by: row.opt_int(14)?.map(StaffId),
        order: row.opt_int(15)?.map(OrderNo),
        created_at: UnixMicros(row.int(16)?),
        updated_at: UnixMicros(row.int(17)?),
        approved_at: opt_micros(row.opt_int(18)?),
        declined_at: opt_micros(row.opt_int(19)?),
    })
}

pub fn get(tx: &mut Tx<'_>, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, customer_id, kind, state, amount_minor, currency, received_minor, login,
                purchase_id, related_id, source, comment, cashier_id, approved_by, order_no, created_at,
                updated_at, approved_at, declined_at
         FROM payment_transaction WHERE id = $1",
        params![id.0],
        transaction,
    )
}

/// As [`get`], and keeps others from changing it until the commit. Lock it before its purchase.
pub fn lock(tx: &mut Tx<'_>, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, customer_id, kind, state, amount_minor, currency, received_minor, login,
                purchase_id, related_id, source, comment, cashier_id, approved_by, order_no, created_at,
                updated_at, approved_at, declined_at
         FROM payment_transaction WHERE id = $1 FOR UPDATE",
        params![id.0],
        transaction,
    )
}

/// Everything that was paid, or has to be, for one purchase, oldest first.
pub fn of_purchase(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    purchase: PurchaseId,
) -> Result<Vec<Transaction>, StoreError> {
    tx.query(
        "SELECT id, brand_id, customer_id, kind, state, amount_minor, currency, received_minor, login,
                purchase_id, related_id, source, comment, cashier_id, approved_by, order_no, created_at,
                updated_at, approved_at, declined_at
         FROM payment_transaction WHERE customer_id = $1 AND purchase_id = $2 ORDER BY id",
        params![customer.0, purchase.0],
        transaction,
    )
}

/// Whether a refund of the purchase waits to be paid, apart from transaction `but`.
pub fn refunds_wait(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    purchase: PurchaseId,
    but: TransactionId,
) -> Result<bool, StoreError> {
    let waiting = tx.query_one(
        "SELECT COUNT(*) FROM payment_transaction
         WHERE customer_id = $1 AND purchase_id = $2 AND kind = $3 AND state = $4 AND id <> $5",
        params![
            customer.0,
            purchase.0,
            TransactionKind::ChallengeFeeRefund.code(),
            TransactionState::Pending.code(),
            but.0
        ],
        |row| row.int(0),
    )?;
    Ok(waiting > 0)
}

/// Fees and deposits, of resets and add-ons too, that wait for a cashier's money since before `before`: what the sweeper ends.
pub fn unpaid(
    tx: &mut Tx<'_>,
    before: UnixMicros,
    limit: i64,
) -> Result<Vec<TransactionId>, StoreError> {
    tx.query(
        "SELECT id FROM payment_transaction WHERE state <= 1 AND kind IN ($1, $2, $3, $4) AND created_at < $5
         ORDER BY id LIMIT $6",
        params![
            TransactionKind::ChallengeFee.code(),
            TransactionKind::ChallengeResetFee.code(),
            TransactionKind::ChallengeAddonFee.code(),
            TransactionKind::Deposit.code(),
            before.0,
            limit
        ],
        |row| row.int(0).map(TransactionId),
    )
}

/// How many transactions of a kind wait, for money or for staff.
pub fn count_open(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    kind: TransactionKind,
) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM payment_transaction WHERE customer_id = $1 AND kind = $2 AND state <= 1",
        params![customer.0, kind.code()],
        |row| row.int(0),
    )
}

/// When a customer's first and newest deposits were approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposits {
    pub first_at: UnixMicros,
    pub last_at: UnixMicros,
}

/// `None` for a customer without an approved deposit.
pub fn deposits(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Option<Deposits>, StoreError> {
    tx.query_one(
        "SELECT MIN(approved_at), MAX(approved_at) FROM payment_transaction
         WHERE customer_id = $1 AND kind = $2",
        params![customer.0, TransactionKind::Deposit.code()],
        |row| {
            let at = row.opt_int(0)?.zip(row.opt_int(1)?);
            Ok(at.map(|(first, last)| Deposits {
                first_at: UnixMicros(first),
                last_at: UnixMicros(last),
            }))
        },
    )
}

/// What a customer said about where his money is to be paid to: a JSON object.
pub fn set_payment_data(tx: &mut Tx<'_>, id: TransactionId, data: &str) -> Result<(), StoreError> {
    tx.put(
        "UPDATE payment_transaction SET payment_data = $2 WHERE id = $1",
        params![id.0, data],
    )
}

/// What its customer's program calls the request that has begun it.
pub fn set_key(tx: &mut Tx<'_>, id: TransactionId, key: &str) -> Result<(), StoreError> {
    tx.put(
        "UPDATE payment_transaction SET idempotency_key = $2 WHERE id = $1",
        params![id.0, key],
    )
}

/// What a request of this name has begun.
pub fn by_key(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    key: &str,
) -> Result<Option<Transaction>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, customer_id, kind, state, amount_minor, currency, received_minor, login,
                purchase_id, related_id, source, comment, cashier_id, approved_by, order_no, created_at,
                updated_at, approved_at, declined_at
         FROM payment_transaction WHERE customer_id = $1 AND idempotency_key = $2",
        params![customer.0, key],
        transaction,
    )
}

pub fn insert(tx: &mut Tx<'_>, t: &Transaction) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO payment_transaction (id, brand_id, customer_id, kind, state, amount_minor, currency,
                received_minor, login, purchase_id, related_id, source, comment, cashier_id, approved_by,
                order_no, created_at, updated_at, approved_at, declined_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        params![
            t.id.0,
            t.brand_id.0,
            t.customer_id.0,
            t.kind.code(),
            t.state.code(),
            t.amount.minor,
            t.amount.currency.code(),
            t.received_minor,
            t.login.map(|l| l.0),
            t.purchase_id.map(|id| id.0),
            t.related_id.map(|id| id.0),
            &t.source,
            &t.comment,
            t.cashier_id.as_deref(),
            t.approved_by.map(|id| id.0),
            t.order.map(|o| o.0),
            t.created_at.0,
            t.updated_at.0,
            t.approved_at.map(|at| at.0),
            t.declined_at.map(|at| at.0)
        ],
    )
}

/// Writes what is to be paid; the caller holds the transaction's lock.
pub fn set_amount(tx: &mut Tx<'_>, t: &Transaction) -> Result<(), StoreError> {
    tx.put(
        "UPDATE payment_transaction SET amount_minor = $2, updated_at = $3 WHERE id = $1",
        params![t.id.0, t.amount.minor, t.updated_at.0],
    )
}

/// Writes what can change; the caller holds the transaction's lock.
pub fn update(tx: &mut Tx<'_>, t: &Transaction) -> Result<(), StoreError> {
    tx.put(
        "UPDATE payment_transaction SET state = $2, received_minor = $3, comment = $4, cashier_id = $5,
                approved_by = $6, order_no = $7, updated_at = $8, approved_at = $9, declined_at = $10
         WHERE id = $1",
        params![
            t.id.0,
            t.state.code(),
            t.received_minor,
            &t.comment,
            t.cashier_id.as_deref(),
            t.approved_by.map(|id| id.0),
            t.order.map(|o| o.0),
            t.updated_at.0,
            t.approved_at.map(|at| at.0),
            t.declined_at.map(|at| at.0)
        ],
    )
}

/// An authentic message of a payment provider, and what it led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEvent {
    pub provider: String,
    pub event_id: String,
    pub transaction_id: TransactionId,
    pub body_hash: Vec<u8>,
    pub kind: String,
    pub amount: Money,
    pub outcome: String,
    pub received_at: UnixMicros,
}

fn payment_event(row: &Row<'_>) -> Result<PaymentEvent, StoreError> {
    Ok(PaymentEvent {
        provider: row.string(0)?,
        event_id: row.string(1)?,
        transaction_id: TransactionId(row.int(2)?),
        body_hash: row.blob(3)?.to_vec(),
        kind: row.string(4)?,
        amount: Money::new(row.int(5)?, currency(row.text(6)?, 6)?),
        outcome: row.string(7)?,
        received_at: UnixMicros(row.int(8)?),
    })
}

pub fn payment_event_by_id(
    tx: &mut Tx<'_>,
    provider: &str,
    event_id: &str,
) -> Result<Option<PaymentEvent>, StoreError> {
    tx.query_opt(
        "SELECT provider, event_id, transaction_id, body_hash, kind, amount_minor, currency, outcome, received_at
         FROM payment_event WHERE provider = $1 AND event_id = $2",
        params![provider, event_id],
        payment_event,
    )
}

pub fn insert_payment_event(tx: &mut Tx<'_>, e: &PaymentEvent) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO payment_event (provider, event_id, transaction_id, body_hash, kind, amount_minor, currency,
                outcome, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            &e.provider,
            &e.event_id,
            e.transaction_id.0,
            &e.body_hash,
            &e.kind,
            e.amount.minor,
            e.amount.currency.code(),
            &e.outcome,
            e.received_at.0
        ],
    )
}

/// A page of the built-in cashier, opened by a token that only its URL holds.
pub fn insert_cashier_session(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    transaction: TransactionId,
    expires_at: UnixMicros,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO cashier_session (token_hash, transaction_id, expires_at, created_at) VALUES ($1, $2, $3, $4)",
        params![token_hash, transaction.0, expires_at.0, now.0],
    )
}

/// The transaction of a cashier page that is still open.
pub fn cashier_session(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    now: UnixMicros,
) -> Result<Option<TransactionId>, StoreError> {
    tx.query_opt(
        "SELECT transaction_id FROM cashier_session WHERE token_hash = $1 AND expires_at > $2",
        params![token_hash, now.0],
        |row| row.int(0).map(TransactionId),
    )
}

/// Pages that are no longer open; gives how many there were. What was decided there stays, with the
/// payment events.
pub fn forget_cashier_sessions(tx: &mut Tx<'_>, now: UnixMicros) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM cashier_session WHERE expires_at <= $1",
        params![now.0],
    )
}

/// What undid a transaction that staff had made by hand.
pub fn undone_by(tx: &mut Tx<'_>, id: TransactionId) -> Result<Option<TransactionId>, StoreError> {
    tx.query_opt(
        "SELECT id FROM payment_transaction WHERE related_id = $1 AND kind IN (11, 12)",
        params![id.0],
        |row| row.int(0).map(TransactionId),
    )
}
