//! Stored ticks, in blocks.

use crate::{Row, StoreError, Tx, params};
use touchstone_domain::UnixMicros;

/// Ticks `first_seq` to `last_seq`. The body is the desk's own writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub first_seq: i64,
    pub last_seq: i64,
    pub first_at: UnixMicros,
    pub last_at: UnixMicros,
    pub body: Vec<u8>,
}

fn block(row: &Row<'_>) -> Result<Block, StoreError> {
    Ok(Block {
        first_seq: row.int(0)?,
        last_seq: row.int(1)?,
        first_at: UnixMicros(row.int(2)?),
        last_at: UnixMicros(row.int(3)?),
        body: row.blob(4)?.to_vec(),
    })
}

pub fn insert(tx: &mut Tx<'_>, block: &Block) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO tick_block (first_seq, last_seq, first_at, last_at, body) VALUES ($1, $2, $3, $4, $5)",
        params![
            block.first_seq,
            block.last_seq,
            block.first_at.0,
            block.last_at.0,
            &block.body
        ],
    )
}

/// The first sequence number of the block that holds `seq` or, when none does, of the newest one before it.
pub fn first_of(tx: &mut Tx<'_>, seq: i64) -> Result<Option<i64>, StoreError> {
    tx.query_opt(
        "SELECT first_seq FROM tick_block WHERE first_seq <= $1 ORDER BY first_seq DESC LIMIT 1",
        params![seq],
        |row| row.int(0),
    )
}

/// The first sequence number of the newest block that begins before an instant or, when none does, of the first one.
pub fn first_before(tx: &mut Tx<'_>, at: UnixMicros) -> Result<Option<i64>, StoreError> {
    let before = tx.query_opt(
        "SELECT first_seq FROM tick_block WHERE first_at < $1 ORDER BY first_seq DESC LIMIT 1",
        params![at.0],
        |row| row.int(0),
    )?;
    match before {
        Some(first_seq) => Ok(Some(first_seq)),
        None => Ok(from(tx, 0, 1)?.first().map(|block| block.first_seq)),
    }
}

/// Blocks from this sequence number on, in order.
pub fn from(tx: &mut Tx<'_>, first_seq: i64, limit: i64) -> Result<Vec<Block>, StoreError> {
    tx.query(
        "SELECT first_seq, last_seq, first_at, last_at, body FROM tick_block
         WHERE first_seq >= $1 ORDER BY first_seq LIMIT $2",
        params![first_seq, limit],
        block,
    )
}
