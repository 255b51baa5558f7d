//! Builds a shard from what is stored: accounts as they were saved, and every tick since.

use super::block::{self, Damaged};
use super::instruments::Instruments;
use super::read::{self, Found, Shared};
use super::settings::{self, DeskSettings};
use super::shard::{Seated, Shard, ShardError};
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
    let mut shard = Shard::new(
        Arc::clone(instruments),
        settings.gate,
        row.at,
        0,
        row.next_trade_no,
    )?;
    shard.set_limits(settings.turn);
    let mut waiting = seat_all(store, instruments, shared, &mut shard)?;
    waiting.sort_unstable_by_key(|own| (own.as_of_seq, own.seated.login()));
    let first = waiting.first().map_or(i64::MAX, |own| own.as_of_seq);
    let wanted = first.saturating_add(1).min(row.last_seq);
    let first_seq = store.read_blocking(move |tx| ticks::first_of(tx, wanted))?;
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
                while let Some(own) = waiting.next_if(|own| own.as_of_seq < step.seq()) {
                    shard.wake(own.seated)?;
                }
                shard.replay(step)?;
            }
        }
    }
    if shard.seq() != row.last_seq && first_seq.is_some() {
        return Err(LoadError::Gap(shard.seq() + 1));
    }
    for own in waiting {
        shard.wake(own.seated)?;
    }
    shard.resume(row.at)?;
    Ok((shard, row))
}

/// An account that is there, and sleeps until the ticks come that it was not judged by.
struct Waiting {
    as_of_seq: i64,
    seated: Seated,
}

fn seat_all(
    store: &Store,
    instruments: &Instruments,
    shared: &mut Shared,
    shard: &mut Shard,
) -> Result<Vec<Waiting>, LoadError> {
    let keys = read::running(store)?;
    shard.reserve(keys.len());
    let mut waiting = Vec::with_capacity(keys.len());
    read::each(store, instruments, shared, &keys, |found| {
        for Found { loaded, as_of_seq } in found {
            let seated = loaded.seat(shard)?;
            waiting.push(Waiting { as_of_seq, seated });
        }
        Ok::<_, LoadError>(())
    })?;
    Ok(waiting)
}
