//! Ledger entries, written together with the balances that follow from them.

use super::{accounts, currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::ledger::{Entry, HouseAccount, LedgerAccount, Operation};
use touchstone_domain::{BrandId, Login, OrderNo, PurchaseId, TransactionId, UnixMicros};

/// Moves the balance of the trading account in the entry and writes it. The caller holds the
/// account's lock and has checked that the money is there.
pub fn post(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    if let LedgerAccount::Trading(login) = entry.from {
        accounts::add_balance(tx, login, -entry.amount_minor)?;
    }
    if let LedgerAccount::Trading(login) = entry.to {
        accounts::add_balance(tx, login, entry.amount_minor)?;
    }
    record(tx, entry)
}

/// Writes the entry alone: for an account that is inserted in the same transaction with the
/// balance that the entry gives it.
pub fn record(tx: &mut Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO entry (order_no, brand_id, at, operation, book, currency, from_account, to_account,
                amount_minor, login, command, reason, comment, purchase_id, transaction_id, api_data)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        params![
            entry.order.0,
            entry.brand_id.0,
            entry.at.0,
            entry.operation.name(),
            entry.operation.book().code(),
            entry.currency.code(),
            entry.from.code(),
            entry.to.code(),
            entry.amount_minor,
            entry.login().map(|login| login.0),
            entry.operation.command().code(),
            entry.operation.reason().code(),
            entry.operation.comment(),
            entry.purchase_id.map(|id| id.0),
            entry.transaction_id.map(|id| id.0),
            &entry.api_data
        ],
    )
}

fn ledger_account(code: i64, index: usize) -> Result<LedgerAccount, StoreError> {
    if code > 0 {
        return Ok(LedgerAccount::Trading(Login(code)));
    }
    let house = HouseAccount::ALL
        .into_iter()
        .find(|house| house.code() == code);
    known(house, index, "a ledger account").map(LedgerAccount::House)
}

fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        order: OrderNo(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        at: UnixMicros(row.int(2)?),
        operation: known(Operation::from_name(row.text(3)?), 3, "a finance operation")?,
        currency: currency(row.text(4)?, 4)?,
        from: ledger_account(row.int(5)?, 5)?,
        to: ledger_account(row.int(6)?, 6)?,
        amount_minor: row.int(7)?,
        purchase_id: row.opt_int(8)?.map(PurchaseId),
        transaction_id: row.opt_int(9)?.map(TransactionId),
        api_data: row.string(10)?,
    })
}

/// The entry of an order number.
pub fn by_order(tx: &mut Tx<'_>, order: OrderNo) -> Result<Option<Entry>, StoreError> {
    tx.query_opt(
        "SELECT order_no, brand_id, at, operation, currency, from_account, to_account, amount_minor,
                purchase_id, transaction_id, api_data
         FROM entry WHERE order_no = $1",
        params![order.0],
        entry,
    )
}

/// Finance operations of one account, newest first, below order number `before`. Those of purchases are found through
/// the purchases of the account's owner.
pub fn of_account(
    tx: &mut Tx<'_>,
    login: Login,
    before: OrderNo,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT order_no, brand_id, at, operation, currency, from_account, to_account, amount_minor,
                purchase_id, transaction_id, api_data
         FROM entry WHERE order_no < $2 AND order_no IN (
            SELECT order_no FROM entry WHERE login = $1 AND purchase_id IS NULL
            UNION ALL
            SELECT e.order_no FROM account a JOIN purchase p ON p.customer_id = a.customer_id
                JOIN entry e ON e.purchase_id = p.id
            WHERE a.login = $1 AND e.login = $1)
         ORDER BY order_no DESC LIMIT $3",
        params![login.0, before.0, limit],
        entry,
    )
}

/// Every entry of a purchase, in order.
pub fn of_purchase(tx: &mut Tx<'_>, purchase: PurchaseId) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT order_no, brand_id, at, operation, currency, from_account, to_account, amount_minor,
                purchase_id, transaction_id, api_data
         FROM entry WHERE purchase_id = $1 ORDER BY order_no",
        params![purchase.0],
        entry,
    )
}

/// Every entry that belongs to a transaction, in order.
pub fn of_transaction(
    tx: &mut Tx<'_>,
    transaction: TransactionId,
) -> Result<Vec<Entry>, StoreError> {
    tx.query(
        "SELECT order_no, brand_id, at, operation, currency, from_account, to_account, amount_minor,
                purchase_id, transaction_id, api_data
         FROM entry WHERE transaction_id = $1 ORDER BY order_no",
        params![transaction.0],
        entry,
    )
}
