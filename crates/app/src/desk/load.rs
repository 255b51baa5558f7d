//! Builds a shard from what is stored: accounts as they were saved, and every tick since.

use super::block::{self, Damaged};
use super::instruments::Instruments;
use super::read::{self, Read, Shared};
use super::settings::{self, DeskSettings};
use super::shard::{Shard, ShardError};
use std::sync::Arc;
use touchstone_domain::UnixMicros;
use touchstone_store::repo::desk::{self, ticks};
use touchstone_store::{Store, StoreError};

const BLOCKS: i64 = 64;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Shard(#[from] ShardError),
    #[error("block {first_seq} of the stored ticks: {damaged}")]
    Block { first_seq: i64, damaged: Damaged },
    #[error("tick {0} is not stored")]
    Gap(i64),
}

/// Takes the shard over and builds it.
///
/// # Errors
/// See [`LoadError`]. Accounts that cannot be traded are left out, with a line in the log.
pub fn load(
    store: &Store,
    instruments: &Arc<Instruments>,
    settings: &DeskSettings,
    shared: &mut Shared,
    now: UnixMicros,
) -> Result<(Shard, desk::Shard), LoadError> {
    let row = store.write_blocking(move |tx| desk::take_shard(tx, settings::SHARD, now))?;
    let mut waiting = read::all(store)?;
    waiting.sort_unstable_by_key(|read| (read.as_of_seq(), read.login()));
    let first = waiting.first().map_or(i64::MAX, Read::as_of_seq);
    let wanted = first.saturating_add(1).min(row.last_seq);
    let first_seq = store.read_blocking(move |tx| ticks::first_of(tx, wanted))?;
    let mut shard = Shard::new(
        Arc::clone(instruments),
        settings.gate,
        row.at,
        0,
        row.next_trade_no,
    )?;
    shard.set_limits(settings.turn);
    shard.reserve(waiting.len());
    let mut waiting = waiting.into_iter().peekable();
    let mut next = first_seq;
    while let Some(from) = next {
        let blocks = store.read_blocking(move |tx| ticks::from(tx, from, BLOCKS))?;
        next = blocks.last().map(|block| block.last_seq + 1);
        if blocks.len() < usize::try_from(BLOCKS).unwrap_or(usize::MAX) {
            next = None;
        }
        for stored in blocks {
            let block = block::read(&stored.body).map_err(|damaged| LoadError::Block {
                first_seq: stored.first_seq,
                damaged,
            })?;
            if shard.seq() == 0 {
                shard.begin(block.before.values(), stored.first_seq - 1)?;
            } else if shard.seq() + 1 != stored.first_seq {
                return Err(LoadError::Gap(shard.seq() + 1));
            }
            for step in &block.steps {
                while let Some(read) = waiting.next_if(|read| read.as_of_seq() < step.seq()) {
                    open(store, instruments, shared, read, &mut shard)?;
                }
                shard.replay(step)?;
            }
        }
    }
    if shard.seq() != row.last_seq && first_seq.is_some() {
        return Err(LoadError::Gap(shard.seq() + 1));
    }
    for read in waiting {
        open(store, instruments, shared, read, &mut shard)?;
    }
    shard.resume(row.at)?;
    Ok((shard, row))
}

fn open(
    store: &Store,
    instruments: &Instruments,
    shared: &mut Shared,
    read: Read,
    shard: &mut Shard,
) -> Result<(), LoadError> {
    if let Some(loaded) = shared.build(store, instruments, read)? {
        loaded.open(shard)?;
    }
    Ok(())
}
