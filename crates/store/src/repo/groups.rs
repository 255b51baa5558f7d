//! Groups of accounts.

use super::{currency, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{AccountMode, BrandId, Group, GroupId};

/// Columns of a group, from `from` on, in this order: id, brand_id, name, mode, currency, leverage,
/// default_deposit_minor, enabled, public_opening, max_positions.
pub(super) fn group_at(row: &Row<'_>, from: usize) -> Result<Group, StoreError> {
    Ok(Group {
        id: GroupId(row.int(from)?),
        brand_id: BrandId(row.int(from + 1)?),
        name: row.string(from + 2)?,
        mode: known(
            AccountMode::from_code(row.int(from + 3)?),
            from + 3,
            "an account mode",
        )?,
        currency: currency(row.text(from + 4)?, from + 4)?,
        leverage: row.int(from + 5)?,
        default_deposit_minor: row.int(from + 6)?,
        enabled: row.bool(from + 7)?,
        public_opening: row.bool(from + 8)?,
        max_positions: row.int(from + 9)?,
    })
}

pub fn get(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<Group>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, name, mode, currency, leverage, default_deposit_minor, enabled, public_opening,
                max_positions
         FROM account_group WHERE id = $1",
        params![id.0],
        |row| group_at(row, 0),
    )
}

pub fn by_name(tx: &mut Tx<'_>, brand: BrandId, name: &str) -> Result<Option<Group>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, name, mode, currency, leverage, default_deposit_minor, enabled, public_opening,
                max_positions
         FROM account_group WHERE brand_id = $1 AND name = $2",
        params![brand.0, name],
        |row| group_at(row, 0),
    )
}

pub fn of_brand(tx: &mut Tx<'_>, brand: BrandId) -> Result<Vec<Group>, StoreError> {
    tx.query(
        "SELECT id, brand_id, name, mode, currency, leverage, default_deposit_minor, enabled, public_opening,
                max_positions
         FROM account_group WHERE brand_id = $1 ORDER BY id",
        params![brand.0],
        |row| group_at(row, 0),
    )
}

/// Of every brand.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Group>, StoreError> {
    tx.query(
        "SELECT id, brand_id, name, mode, currency, leverage, default_deposit_minor, enabled, public_opening,
                max_positions
         FROM account_group ORDER BY id",
        &[],
        |row| group_at(row, 0),
    )
}

pub fn insert(tx: &mut Tx<'_>, g: &Group) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO account_group (id, brand_id, name, mode, currency, leverage, default_deposit_minor, enabled,
                public_opening, max_positions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            g.id.0,
            g.brand_id.0,
            &g.name,
            g.mode.code(),
            g.currency.code(),
            g.leverage,
            g.default_deposit_minor,
            g.enabled,
            g.public_opening,
            g.max_positions
        ],
    )
}

/// What the groups trade by, where it is not as in the catalogue: JSON that the desk can read.
pub fn tradings(tx: &mut Tx<'_>) -> Result<Vec<(GroupId, String)>, StoreError> {
    tx.query(
        "SELECT group_id, body FROM account_group_trading ORDER BY group_id",
        &[],
        |row| Ok((GroupId(row.int(0)?), row.string(1)?)),
    )
}

/// See [`tradings`].
pub fn trading(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<String>, StoreError> {
    tx.query_opt(
        "SELECT body FROM account_group_trading WHERE group_id = $1",
        params![id.0],
        |row| row.string(0),
    )
}

/// See [`tradings`].
pub fn set_trading(tx: &mut Tx<'_>, id: GroupId, body: &str) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO account_group_trading (group_id, body) VALUES ($1, $2)
         ON CONFLICT (group_id) DO UPDATE SET body = excluded.body",
        params![id.0, body],
    )
}

/// Mode and currency never change: accounts and ledger entries lean on them.
pub fn update(tx: &mut Tx<'_>, g: &Group) -> Result<(), StoreError> {
    tx.put(
        "UPDATE account_group SET leverage = $2, default_deposit_minor = $3, enabled = $4, public_opening = $5,
                max_positions = $6
         WHERE id = $1",
        params![g.id.0, g.leverage, g.default_deposit_minor, g.enabled, g.public_opening, g.max_positions],
    )
}
