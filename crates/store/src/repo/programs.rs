//! Programs and their immutable versions.

use super::{currency, groups::group_at, known};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::program::{Program, ProgramStatus, ProgramVersion, Terms};
use touchstone_domain::{BrandId, Group, Money, ProgramId, ProgramVersionId, UnixMicros};

/// What a purchase has to know of a program, without reading its terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnSale {
    pub id: ProgramId,
    pub status: ProgramStatus,
    pub version_id: ProgramVersionId,
    pub price: Money,
    pub has_steps: bool,
    /// The group of the first step, if there is one of that name.
    pub first_group: Option<Group>,
}

pub fn on_sale(
    tx: &mut Tx<'_>,
    brand: BrandId,
    id: ProgramId,
) -> Result<Option<OnSale>, StoreError> {
    tx.query_opt(
        "SELECT p.id, p.status, v.id, v.price_minor, v.currency, v.first_group,
                g.id, g.brand_id, g.name, g.mode, g.currency, g.leverage, g.default_deposit_minor, g.enabled,
                g.public_opening, g.max_positions
         FROM program p
         JOIN program_version v ON v.id = p.current_version_id
         LEFT JOIN account_group g ON g.brand_id = p.brand_id AND g.name = v.first_group
         WHERE p.id = $1 AND p.brand_id = $2",
        params![id.0, brand.0],
        |row| {
            Ok(OnSale {
                id: ProgramId(row.int(0)?),
                status: known(ProgramStatus::from_code(row.int(1)?), 1, "a program status")?,
                version_id: ProgramVersionId(row.int(2)?),
                price: Money::new(row.int(3)?, currency(row.text(4)?, 4)?),
                has_steps: row.opt_text(5)?.is_some(),
                first_group: row.opt_int(6)?.map(|_| group_at(row, 6)).transpose()?,
            })
        },
    )
}

fn terms(row: &Row<'_>, index: usize) -> Result<Terms, StoreError> {
    serde_json::from_str(row.text(index)?).map_err(|_| StoreError::Column {
        index,
        expected: "terms of a program",
    })
}

fn program(row: &Row<'_>) -> Result<Program, StoreError> {
    let id = ProgramId(row.int(0)?);
    Ok(Program {
        id,
        brand_id: BrandId(row.int(1)?),
        status: known(ProgramStatus::from_code(row.int(2)?), 2, "a program status")?,
        sort_index: row.int(3)?,
        is_seed: row.bool(4)?,
        created_by: row.string(5)?,
        created_at: UnixMicros(row.int(6)?),
        updated_at: UnixMicros(row.int(7)?),
        current: ProgramVersion {
            id: ProgramVersionId(row.int(8)?),
            program_id: id,
            number: row.int(9)?,
            terms: terms(row, 10)?,
        },
    })
}

pub fn get(tx: &mut Tx<'_>, brand: BrandId, id: ProgramId) -> Result<Option<Program>, StoreError> {
    tx.query_opt(
        "SELECT p.id, p.brand_id, p.status, p.sort_index, p.is_seed, p.created_by, p.created_at, p.updated_at,
                v.id, v.number, v.terms
         FROM program p JOIN program_version v ON v.id = p.current_version_id
         WHERE p.id = $1 AND p.brand_id = $2",
        params![id.0, brand.0],
        program,
    )
}

/// As [`get`], and keeps others from changing the program until the commit.
pub fn lock(tx: &mut Tx<'_>, brand: BrandId, id: ProgramId) -> Result<Option<Program>, StoreError> {
    tx.query_opt(
        "SELECT id FROM program WHERE id = $1 AND brand_id = $2 FOR UPDATE",
        params![id.0, brand.0],
        |row| row.int(0),
    )?;
    get(tx, brand, id)
}

/// The brand that a program is of.
pub fn brand_of(tx: &mut Tx<'_>, id: ProgramId) -> Result<Option<BrandId>, StoreError> {
    tx.query_opt(
        "SELECT brand_id FROM program WHERE id = $1",
        params![id.0],
        |row| row.int(0).map(BrandId),
    )
}

/// All programs of a brand in the order in which they are shown.
pub fn of_brand(tx: &mut Tx<'_>, brand: BrandId) -> Result<Vec<Program>, StoreError> {
    tx.query(
        "SELECT p.id, p.brand_id, p.status, p.sort_index, p.is_seed, p.created_by, p.created_at, p.updated_at,
                v.id, v.number, v.terms
         FROM program p JOIN program_version v ON v.id = p.current_version_id
         WHERE p.brand_id = $1 ORDER BY p.sort_index, p.id",
        params![brand.0],
        program,
    )
}

pub fn version(
    tx: &mut Tx<'_>,
    id: ProgramVersionId,
) -> Result<Option<ProgramVersion>, StoreError> {
    tx.query_opt(
        "SELECT id, program_id, number, terms FROM program_version WHERE id = $1",
        params![id.0],
        |row| {
            Ok(ProgramVersion {
                id: ProgramVersionId(row.int(0)?),
                program_id: ProgramId(row.int(1)?),
                number: row.int(2)?,
                terms: terms(row, 3)?,
            })
        },
    )
}

/// All versions of a program with when they were made, newest first.
pub fn versions(
    tx: &mut Tx<'_>,
    id: ProgramId,
) -> Result<Vec<(ProgramVersion, UnixMicros)>, StoreError> {
    tx.query(
        "SELECT id, program_id, number, terms, created_at FROM program_version
         WHERE program_id = $1 ORDER BY number DESC",
        params![id.0],
        |row| {
            let version = ProgramVersion {
                id: ProgramVersionId(row.int(0)?),
                program_id: ProgramId(row.int(1)?),
                number: row.int(2)?,
                terms: terms(row, 3)?,
            };
            Ok((version, UnixMicros(row.int(4)?)))
        },
    )
}

/// Inserts a program with its first version.
pub fn insert(tx: &mut Tx<'_>, p: &Program) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO program (id, brand_id, status, sort_index, is_seed, current_version_id, created_by,
                created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            p.id.0,
            p.brand_id.0,
            p.status.code(),
            p.sort_index,
            p.is_seed,
            p.current.id.0,
            &p.created_by,
            p.created_at.0,
            p.updated_at.0
        ],
    )?;
    insert_version(tx, &p.current, p.created_at)
}

/// Writes what can change of a program, and its current version if that is new.
pub fn update(tx: &mut Tx<'_>, p: &Program, version_is_new: bool) -> Result<(), StoreError> {
    if version_is_new {
        insert_version(tx, &p.current, p.updated_at)?;
    }
    tx.put(
        "UPDATE program SET status = $2, sort_index = $3, is_seed = $4, current_version_id = $5, updated_at = $6
         WHERE id = $1",
        params![
            p.id.0,
            p.status.code(),
            p.sort_index,
            p.is_seed,
            p.current.id.0,
            p.updated_at.0
        ],
    )
}

fn insert_version(tx: &mut Tx<'_>, v: &ProgramVersion, at: UnixMicros) -> Result<(), StoreError> {
    let terms = serde_json::to_string(&v.terms).map_err(|_| StoreError::Column {
        index: 6,
        expected: "terms of a program",
    })?;
    tx.put(
        "INSERT INTO program_version (id, program_id, number, price_minor, currency, first_group, terms, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            v.id.0,
            v.program_id.0,
            v.number,
            v.terms.price.minor,
            v.terms.price.currency.code(),
            v.terms.first_step().map(|step| step.group.as_str()),
            &terms,
            at.0
        ],
    )
}
