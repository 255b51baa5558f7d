//! Which endpoints an event is for: the outbox is read in its order, and what is to be delivered is written in the commit
//! that moves on from it.

use super::payload::{lane, public_kind};
use super::settle;
use crate::App;
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::repo::webhook_deliveries;
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::{Event, StoreError, Tx, repo};

/// Name of the setting that says how far the outbox was read.
const POSITION: &str = "webhooks_position";
/// Events of one commit.
const BATCH: u32 = 100;

impl App {
    /// Writes what endpoints are to be told of what has happened since, and of what is replayed; gives how many deliveries.
    /// Without an endpoint nothing is read, nor written.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn queue_webhooks(&self) -> Result<usize, StoreError> {
        let (behind, replays) = self.store.read(what_waits).await?;
        metrics::gauge!("touchstone_webhook_behind_events").set(behind as f64);
        let mut queued = 0;
        for id in replays {
            queued += self.queue_replay(id).await?;
        }
        let mut goes_on = behind > 0;
        while goes_on {
            let now = self.now();
            let (read, found) = self.store.write(move |tx| queue_some(tx, now)).await?;
            queued += found;
            goes_on = read == BATCH as usize;
        }
        Ok(queued)
    }

    async fn queue_replay(&self, id: WebhookId) -> Result<usize, StoreError> {
        let mut queued = 0;
        loop {
            let now = self.now();
            let found = self.store.write(move |tx| replay_some(tx, id, now)).await?;
            queued += found.unwrap_or(0);
            if found.is_none() {
                return Ok(queued);
            }
        }
    }
}

/// How many events were not read, and for which endpoints something is replayed.
fn what_waits(tx: &mut Tx<'_>) -> Result<(i64, Vec<WebhookId>), StoreError> {
    let endpoints = webhooks::enabled(tx)?;
    let Some(position) = position(tx, &endpoints)? else {
        return Ok((0, Vec::new()));
    };
    let behind = tx.newest_event()? - position;
    let replayed = endpoints.iter().filter(|one| one.replay.is_some());
    Ok((behind, replayed.map(|one| one.id).collect()))
}

/// The number of the last event that was read, or that nobody is to be told of. `None`: there is nobody.
fn position(tx: &mut Tx<'_>, endpoints: &[Endpoint]) -> Result<Option<i64>, StoreError> {
    let Some(start) = endpoints.iter().map(|one| one.after_seq).min() else {
        return Ok(None);
    };
    let read = match repo::settings::get(tx, POSITION)? {
        None => 0,
        Some(text) => text.parse().map_err(|_| StoreError::Column {
            index: 0,
            expected: "a number of an event",
        })?,
    };
    Ok(Some(start.max(read)))
}

/// How many events were read, and what is to be delivered of them.
fn queue_some(tx: &mut Tx<'_>, now: UnixMicros) -> Result<(usize, usize), StoreError> {
    // Whoever holds the endpoints reads the position; two cannot both go on from the same.
    let endpoints = webhooks::lock_enabled(tx)?;
    let Some(position) = position(tx, &endpoints)? else {
        return Ok((0, 0));
    };
    let events = tx.events_after(position, BATCH)?;
    let mut queued = 0;
    for event in &events {
        for endpoint in endpoints.iter().filter(|one| one.after_seq < event.seq) {
            let Some(kind) = wanted(endpoint, event) else {
                continue;
            };
            if webhook_deliveries::of_event(tx, endpoint.id, event.seq)?.is_none() {
                queue(tx, endpoint, (event, kind), now)?;
                queued += 1;
            }
        }
    }
    if let Some(last) = events.last() {
        repo::settings::set(tx, POSITION, &last.seq.to_string())?;
    }
    Ok((events.len(), queued))
}

/// What has happened while the endpoint was told of it, and was not read yet: it is not lost by what becomes of the
/// endpoint in this commit. The caller holds it.
pub(super) fn catch_up(
    tx: &mut Tx<'_>,
    endpoint: &Endpoint,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let Some(mut read) = position(tx, std::slice::from_ref(endpoint))? else {
        return Ok(());
    };
    loop {
        let events = tx.events_after(read, BATCH)?;
        for event in &events {
            let Some(kind) = wanted(endpoint, event) else {
                continue;
            };
            if webhook_deliveries::of_event(tx, endpoint.id, event.seq)?.is_none() {
                queue(tx, endpoint, (event, kind), now)?;
            }
        }
        match events.last() {
            Some(last) if events.len() == BATCH as usize => read = last.seq,
            _ => return Ok(()),
        }
    }
}

/// A stretch of what an endpoint is told once more; `None`: that was all.
fn replay_some(
    tx: &mut Tx<'_>,
    id: WebhookId,
    now: UnixMicros,
) -> Result<Option<usize>, StoreError> {
    let endpoint = webhooks::lock(tx, id)?.filter(|one| one.disabled_by.is_none());
    let Some(mut endpoint) = endpoint else {
        return Ok(None);
    };
    let Some(mut replay) = endpoint.replay else {
        return Ok(None);
    };
    let mut events = tx.events_after(replay.after, BATCH)?;
    events.retain(|event| event.seq <= replay.through);
    let mut queued = 0;
    for event in &events {
        let at = UnixMicros(event.at_us);
        let kind = wanted(&endpoint, event).filter(|_| at >= replay.since && at < replay.until);
        let Some(kind) = kind else { continue };
        match webhook_deliveries::of_event(tx, id, event.seq)? {
            Some(delivery) => settle::once_more(tx, delivery, now)?,
            None => queue(tx, &endpoint, (event, kind), now)?,
        }
        queued += 1;
    }
    replay.after = events.last().map_or(replay.through, |last| last.seq);
    endpoint.replay = (replay.after < replay.through).then_some(replay);
    webhooks::update(tx, &endpoint)?;
    Ok(Some(queued))
}

/// How the event is called, if the endpoint is told of it.
fn wanted(endpoint: &Endpoint, event: &Event) -> Option<&'static str> {
    let kind = public_kind(event).filter(|_| endpoint.brand_id.0 == event.brand_id)?;
    endpoint.events.matches(kind).then_some(kind)
}

fn queue(
    tx: &mut Tx<'_>,
    endpoint: &Endpoint,
    (event, kind): (&Event, &str),
    now: UnixMicros,
) -> Result<(), StoreError> {
    let lane = lane(event);
    let made = webhook_deliveries::next_id(tx)?;
    let about = (Some(event.seq), kind);
    webhook_deliveries::insert(tx, made, endpoint.id, about, &lane, now)?;
    webhook_deliveries::move_on(tx, endpoint.id, &lane, now)
}
