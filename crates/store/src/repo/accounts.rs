//! Trading accounts and their balances.

use super::{currency, groups::group_at, known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{
    Account, AccountKind, BrandId, CustomerId, Group, GroupId, Login, UnixMicros,
};

const ACCOUNT_COLUMNS: usize = 13;

fn account(row: &Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        login: Login(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        customer_id: CustomerId(row.int(2)?),
        group_id: GroupId(row.int(3)?),
        kind: known(AccountKind::from_code(row.int(4)?), 4, "a kind of account")?,
        currency: currency(row.text(5)?, 5)?,
        leverage: row.int(6)?,
        enabled: row.bool(7)?,
        balance_minor: row.int(8)?,
        held_minor: row.int(9)?,
        created_at: UnixMicros(row.int(10)?),
        closed_at: opt_micros(row.opt_int(11)?),
        must_change_password: row.opt_text(12)?.is_none(),
    })
}

pub(super) fn with_group(row: &Row<'_>) -> Result<(Account, Group), StoreError> {
    Ok((account(row)?, group_at(row, ACCOUNT_COLUMNS)?))
}

pub fn get(tx: &mut Tx<'_>, login: Login) -> Result<Option<(Account, Group)>, StoreError> {
    tx.query_opt(
        "SELECT a.login, a.brand_id, a.customer_id, a.group_id, a.kind, a.currency, a.leverage, a.enabled,
                a.balance_minor, a.held_minor, a.created_at, a.closed_at, a.password_hash,
                g.id, g.brand_id, g.name, g.mode, g.currency, g.leverage, g.default_deposit_minor, g.enabled,
                g.public_opening, g.max_positions
         FROM account a JOIN account_group g ON g.id = a.group_id WHERE a.login = $1",
        params![login.0],
        with_group,
    )
}

/// A customer's account with its group; keeps others from changing the account (not the group,
/// which many commands read) until the commit.
pub fn lock_own(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    login: Login,
) -> Result<Option<(Account, Group)>, StoreError> {
    tx.query_opt(
        "WITH g AS (SELECT * FROM account_group)
         SELECT a.login, a.brand_id, a.customer_id, a.group_id, a.kind, a.currency, a.leverage, a.enabled,
                a.balance_minor, a.held_minor, a.created_at, a.closed_at, a.password_hash,
                g.id, g.brand_id, g.name, g.mode, g.currency, g.leverage, g.default_deposit_minor, g.enabled,
                g.public_opening, g.max_positions
         FROM account a JOIN g ON g.id = a.group_id WHERE a.login = $1 AND a.customer_id = $2 FOR UPDATE",
        params![login.0, customer.0],
        with_group,
    )
}

/// Keeps others from changing the account until the commit.
pub fn lock(tx: &mut Tx<'_>, login: Login) -> Result<Option<Account>, StoreError> {
    tx.query_opt(
        "SELECT login, brand_id, customer_id, group_id, kind, currency, leverage, enabled,
                balance_minor, held_minor, created_at, closed_at, password_hash
         FROM account WHERE login = $1 FOR UPDATE",
        params![login.0],
        account,
    )
}

/// A customer's accounts in the order in which they were opened: those that he opened himself, and those of his
/// purchases and their phases, which have no index of their own.
pub fn of_customer(
    tx: &mut Tx<'_>,
    customer: CustomerId,
) -> Result<Vec<(Account, Group)>, StoreError> {
    tx.query(
        "SELECT a.login, a.brand_id, a.customer_id, a.group_id, a.kind, a.currency, a.leverage, a.enabled,
                a.balance_minor, a.held_minor, a.created_at, a.closed_at, a.password_hash,
                g.id, g.brand_id, g.name, g.mode, g.currency, g.leverage, g.default_deposit_minor, g.enabled,
                g.public_opening, g.max_positions
         FROM account a JOIN account_group g ON g.id = a.group_id WHERE a.login IN (
            SELECT login FROM account WHERE customer_id = $1 AND kind = 0
            UNION SELECT account_login FROM purchase WHERE customer_id = $1
            UNION SELECT f.account_login FROM purchase p JOIN phase f ON f.challenge_id = p.challenge_id
            WHERE p.customer_id = $1)
         ORDER BY a.login",
        params![customer.0],
        with_group,
    )
}

/// Inserts an account with the keyed hash of its temporary password, if it has one yet.
pub fn insert(
    tx: &mut Tx<'_>,
    a: &Account,
    temporary_password_hash: Option<&[u8]>,
) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO account (login, brand_id, customer_id, group_id, kind, currency, leverage, enabled,
                balance_minor, held_minor, temporary_password_hash, password_hash, created_at, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, $12, $13)",
        params![
            a.login.0,
            a.brand_id.0,
            a.customer_id.0,
            a.group_id.0,
            a.kind.code(),
            a.currency.code(),
            a.leverage,
            a.enabled,
            a.balance_minor,
            a.held_minor,
            temporary_password_hash,
            a.created_at.0,
            a.closed_at.map(|at| at.0)
        ],
    )
}

/// Adds to the balance (a negative amount takes away). Go through `ledger::post`, which writes the
/// entry with it.
pub(super) fn add_balance(
    tx: &mut Tx<'_>,
    login: Login,
    amount_minor: i64,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account SET balance_minor = balance_minor + $2 WHERE login = $1",
        params![login.0, amount_minor],
    )
}

/// Reserves money for something that is not settled yet; a negative amount frees it.
pub fn add_hold(tx: &mut Tx<'_>, login: Login, amount_minor: i64) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account SET held_minor = held_minor + $2 WHERE login = $1",
        params![login.0, amount_minor],
    )
}

/// Writes whether the account is enabled and closed. Closed accounts stay, with their history.
pub fn set_life(tx: &mut Tx<'_>, a: &Account) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account SET enabled = $2, closed_at = $3 WHERE login = $1",
        params![a.login.0, a.enabled, a.closed_at.map(|at| at.0)],
    )
}

/// What is bought for its challenge later may give more.
pub fn set_leverage(tx: &mut Tx<'_>, login: Login, leverage: i64) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account SET leverage = $2 WHERE login = $1",
        params![login.0, leverage],
    )
}

/// The two hashes a sign-in with a login is held against: temporary, and the trader's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Passwords {
    pub temporary_hash: Option<Vec<u8>>,
    pub own_hash: Option<String>,
}

pub fn passwords(tx: &mut Tx<'_>, login: Login) -> Result<Option<Passwords>, StoreError> {
    tx.query_opt(
        "SELECT temporary_password_hash, password_hash FROM account WHERE login = $1",
        params![login.0],
        |row| {
            Ok(Passwords {
                temporary_hash: row.opt_blob(0)?.map(<[u8]>::to_vec),
                own_hash: row.opt_string(1)?,
            })
        },
    )
}

/// The trader's own password; the temporary one is worth nothing from now on.
pub fn set_own_password(tx: &mut Tx<'_>, login: Login, hash: &str) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account SET password_hash = $2, temporary_password_hash = NULL WHERE login = $1",
        params![login.0, hash],
    )
}

/// The first temporary password of an account; `false` when it has a password already.
pub fn set_first_password(tx: &mut Tx<'_>, login: Login, hash: &[u8]) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE account SET temporary_password_hash = $2
         WHERE login = $1 AND temporary_password_hash IS NULL AND password_hash IS NULL",
        params![login.0, hash],
    )?;
    Ok(changed == 1)
}

/// A new temporary password; whatever password there was is worth nothing from now on.
pub fn set_temporary_password(
    tx: &mut Tx<'_>,
    login: Login,
    hash: &[u8],
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account SET password_hash = NULL, temporary_password_hash = $2 WHERE login = $1",
        params![login.0, hash],
    )
}
