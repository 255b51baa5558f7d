//! Which endpoints an event is for: the outbox is read in its order, and what is to be delivered is written in the commit
//! that moves on from it.

use super::payload::{lane, public_kind};
use super::replay;
use crate::App;
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::repo::webhook_deliveries;
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::{Event, StoreError, Tx, repo};

/// Name of the setting that says how far the outbox was read.
const POSITION: &str = "webhooks_position";
/// Events of one commit.
pub(super) const BATCH: u32 = 100;

/// What was queued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queued {
    pub deliveries: usize,
    /// More of what is replayed can be queued at once.
    pub goes_on: bool,
}

impl App {
    /// Writes what endpoints are to be told of what has happened since, and then a stretch of what each is told once more, so
    /// that nothing new waits for a long replay. Without an endpoint nothing is read, nor written.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn queue_webhooks(&self) -> Result<Queued, StoreError> {
        let (behind, replays) = self.store.read(what_waits).await?;
        metrics::gauge!("touchstone_webhook_behind_events").set(behind as f64);
        let mut queued = Queued::default();
        let mut has_more = behind > 0;
        while has_more {
            let now = self.now();
            let (read, found) = self.store.write(move |tx| queue_some(tx, now)).await?;
            queued.deliveries += found;
            has_more = read == BATCH as usize;
        }
        for id in replays {
            let now = self.now();
            let write = move |tx: &mut Tx<'_>| replay::queue_some(tx, id, now);
            let stretch = self.store.write(write).await?;
            queued.deliveries += stretch.deliveries;
            queued.goes_on |= stretch.goes_on;
        }
        Ok(queued)
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

/// How far the outbox was read for the endpoints that are on; `None`: there is none.
pub(crate) fn read_up_to(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    let endpoints = webhooks::enabled(tx)?;
    position(tx, &endpoints)
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

/// How the event is called, if the endpoint is told of it.
pub(super) fn wanted(endpoint: &Endpoint, event: &Event) -> Option<&'static str> {
    let kind = public_kind(event).filter(|_| endpoint.brand_id.0 == event.brand_id)?;
    endpoint.events.matches(kind).then_some(kind)
}

pub(super) fn queue(
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
