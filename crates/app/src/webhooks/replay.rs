//! A stretch of time that an endpoint is told once more: a part of it at a time, and never far ahead of what was sent.

use super::ask::{told, write_down};
use super::follow::{BATCH, Queued, queue, wanted};
use super::staff::own;
use super::{WebhookError, settle};
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::repo::webhook_deliveries;
use touchstone_store::repo::webhooks::{self, Endpoint, Replay};
use touchstone_store::{StoreError, Tx};

/// Events are written with the time of their commands, and so not quite in the order of their times.
const SLACK_SECONDS: i64 = 3_600;
/// While so many messages to an endpoint are due none is added by a replay: what is new would wait behind them, and nobody
/// could stop them any more.
const DUE_MAX: i64 = 400;

/// What happened from then until before then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayRange {
    pub since: UnixMicros,
    pub until: UnixMicros,
}

impl App {
    /// Sends what happened in a time once more, or what was never sent because the endpoint was off, as far as its filter
    /// wants it now.
    ///
    /// # Errors
    /// [`WebhookError::Disabled`], [`WebhookError::ReplayUnderWay`], and the rest of [`WebhookError`].
    pub async fn replay_webhook(
        &self,
        caller: StaffCaller,
        id: WebhookId,
        range: ReplayRange,
    ) -> Result<Endpoint, WebhookError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let mut endpoint = told(tx, &caller, id, now)?;
                let is_same =
                    |replay: Replay| (replay.since, replay.until) == (range.since, range.until);
                match endpoint.replay {
                    Some(replay) if is_same(replay) => return Ok(endpoint),
                    Some(_) => return Err(WebhookError::ReplayUnderWay),
                    None => {}
                }
                let through = tx.newest_event()?;
                let after = last_before(tx, range.since.plus_seconds(-SLACK_SECONDS), through)?;
                let last = last_before(tx, range.until.plus_seconds(SLACK_SECONDS), through)?;
                endpoint.replay = (last > after).then_some(Replay {
                    from: after,
                    after,
                    through: last,
                    since: range.since,
                    until: range.until,
                });
                endpoint.updated_at = now;
                webhooks::update(tx, &endpoint)?;
                let note = format!("{} to {}", range.since.rfc3339(), range.until.rfc3339());
                write_down(tx, &caller, "webhook.replay", &endpoint, &note, now)?;
                Ok(endpoint)
            })
            .await
    }

    /// Ends a replay before its end, also of an endpoint that is off; one that is over is left as it is. What was queued of it
    /// is sent.
    ///
    /// # Errors
    /// See [`WebhookError`].
    pub async fn stop_webhook_replay(
        &self,
        caller: StaffCaller,
        id: WebhookId,
    ) -> Result<Endpoint, WebhookError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::ManageWebhooks, now)?;
                let mut endpoint = own(tx, &caller, id)?;
                let Some(replay) = endpoint.replay.take() else {
                    return Ok(endpoint);
                };
                endpoint.updated_at = now;
                webhooks::update(tx, &endpoint)?;
                let (done, all) = (replay.after - replay.from, replay.through - replay.from);
                let note = format!("after {done} of {all} events");
                write_down(tx, &caller, "webhook.replay_stop", &endpoint, &note, now)?;
                Ok(endpoint)
            })
            .await
    }
}

/// A part of what an endpoint is told once more.
pub(super) fn queue_some(
    tx: &mut Tx<'_>,
    id: WebhookId,
    now: UnixMicros,
) -> Result<Queued, StoreError> {
    let endpoint = webhooks::lock(tx, id)?.filter(|one| one.disabled_by.is_none());
    let Some(mut endpoint) = endpoint else {
        return Ok(Queued::default());
    };
    let Some(mut replay) = endpoint.replay else {
        return Ok(Queued::default());
    };
    if webhook_deliveries::count_due(tx, id, now, DUE_MAX)? >= DUE_MAX {
        return Ok(Queued::default());
    }
    let mut events = tx.events_after(replay.after, BATCH)?;
    events.retain(|event| event.seq <= replay.through);
    let mut deliveries = 0;
    for event in &events {
        let at = UnixMicros(event.at_us);
        let kind = wanted(&endpoint, event).filter(|_| at >= replay.since && at < replay.until);
        let Some(kind) = kind else { continue };
        match webhook_deliveries::of_event(tx, id, event.seq)? {
            Some(delivery) => settle::once_more(tx, delivery, now)?,
            None => queue(tx, &endpoint, (event, kind), now)?,
        }
        deliveries += 1;
    }
    replay.after = events.last().map_or(replay.through, |last| last.seq);
    endpoint.replay = (replay.after < replay.through).then_some(replay);
    webhooks::update(tx, &endpoint)?;
    Ok(Queued {
        deliveries,
        goes_on: endpoint.replay.is_some(),
    })
}

/// The number of the last event before an instant, found in a few looks, for the outbox has no index by time.
fn last_before(tx: &mut Tx<'_>, instant: UnixMicros, newest: i64) -> Result<i64, StoreError> {
    let (mut before, mut from) = (0, newest + 1);
    while from - before > 1 {
        let middle = before + (from - before) / 2;
        match webhooks::event_at(tx, middle)? {
            Some(at) if at >= instant => from = middle,
            _ => before = middle,
        }
    }
    Ok(before)
}
