//! What the desk keeps: its shard, the ticks that it took in, and its accounts.

pub mod accounts;
pub mod breaches;
pub mod curves;
pub mod history;
pub mod ticks;

use crate::{StoreError, Tx, params};
use touchstone_domain::UnixMicros;

/// Where a loop that owns live accounts stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    pub id: i64,
    /// Grows with each owner: what an earlier one still wants to write is refused.
    pub token: i64,
    /// When its owner was last heard of.
    pub seen_at: UnixMicros,
    /// The last tick that is durable; 0 before the first.
    pub last_seq: i64,
    /// The last instant that was judged up to.
    pub at: UnixMicros,
    pub next_trade_no: i64,
    /// Of the newest breach; empty before the first.
    pub last_breach_hash: Vec<u8>,
}

pub fn shard(tx: &mut Tx<'_>, id: i64) -> Result<Option<Shard>, StoreError> {
    tx.query_opt(
        "SELECT id, token, seen_at, last_seq, at, next_trade_no, last_breach_hash
         FROM desk_shard WHERE id = $1",
        params![id],
        |row| {
            Ok(Shard {
                id: row.int(0)?,
                token: row.int(1)?,
                seen_at: UnixMicros(row.int(2)?),
                last_seq: row.int(3)?,
                at: UnixMicros(row.int(4)?),
                next_trade_no: row.int(5)?,
                last_breach_hash: row.blob(6)?.to_vec(),
            })
        },
    )
}

/// Makes the caller the owner: every earlier owner's commits fail from now on.
pub fn take_shard(tx: &mut Tx<'_>, id: i64, now: UnixMicros) -> Result<Shard, StoreError> {
    tx.execute(
        "INSERT INTO desk_shard (id, token, seen_at, last_seq, at, next_trade_no, last_breach_hash)
         VALUES ($1, 0, $2, 0, $2, 1, $3) ON CONFLICT (id) DO NOTHING",
        params![id, now.0, &[][..]],
    )?;
    tx.execute(
        "UPDATE desk_shard SET token = token + 1, seen_at = $2 WHERE id = $1",
        params![id, now.0],
    )?;
    shard(tx, id)?.ok_or(StoreError::RowCount {
        found: 0,
        sql: "the shard",
    })
}

/// Moves the shard on; `false` when another has taken it over.
pub fn advance_shard(tx: &mut Tx<'_>, shard: &Shard) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE desk_shard SET seen_at = $3, last_seq = $4, at = $5, next_trade_no = $6, last_breach_hash = $7
         WHERE id = $1 AND token = $2",
        params![
            shard.id,
            shard.token,
            shard.seen_at.0,
            shard.last_seq,
            shard.at.0,
            shard.next_trade_no,
            &shard.last_breach_hash
        ],
    )?;
    Ok(changed == 1)
}
