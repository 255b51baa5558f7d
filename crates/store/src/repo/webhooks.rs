//! Endpoints of webhooks.

use super::{known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::webhook::{DisabledBy, EventFilter};
use touchstone_domain::{BrandId, StaffId, UnixMicros, WebhookId};

#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub id: WebhookId,
    pub brand_id: BrandId,
    pub url: String,
    pub events: EventFilter,
    pub description: String,
    /// `None` while it is told of events.
    pub disabled_by: Option<DisabledBy>,
    pub sealed_secret: Vec<u8>,
    /// The secret before, and until when it signs along.
    pub old_secret: Option<(Vec<u8>, UnixMicros)>,
    /// Since when no attempt has succeeded.
    pub failing_since: Option<UnixMicros>,
    /// Events up to this one are not sent by themselves.
    pub after_seq: i64,
    pub replay: Option<Replay>,
    pub created_by: StaffId,
    pub created_at: UnixMicros,
    pub updated_at: UnixMicros,
}

/// A stretch of the outbox that is told once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// It has begun after this one.
    pub from: i64,
    /// Events with a number above this are still to come.
    pub after: i64,
    pub through: i64,
    /// What happened before is left out.
    pub since: UnixMicros,
    /// What happened then or later is left out.
    pub until: UnixMicros,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("id", &self.id)
            .field("brand_id", &self.brand_id)
            .finish_non_exhaustive()
    }
}

fn endpoint(row: &Row<'_>) -> Result<Endpoint, StoreError> {
    let events = row.text(3)?.split(',').filter(|one| !one.is_empty());
    let disabled_by = row.opt_int(6)?.unwrap_or_default();
    let disabled_by = match row.bool(5)? {
        true => None,
        false => Some(known(
            DisabledBy::from_code(disabled_by),
            6,
            "who has disabled a webhook",
        )?),
    };
    let replay = match row.opt_int(12)? {
        None => None,
        Some(after) => Some(Replay {
            from: row.int(19)?,
            after,
            through: row.int(13)?,
            since: UnixMicros(row.int(14)?),
            until: UnixMicros(row.int(15)?),
        }),
    };
    let old_secret = match row.opt_int(9)? {
        None => None,
        Some(until) => Some((row.blob(8)?.to_vec(), UnixMicros(until))),
    };
    Ok(Endpoint {
        id: WebhookId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        url: row.string(2)?,
        events: EventFilter::new(events.map(str::to_owned)),
        description: row.string(4)?,
        disabled_by,
        sealed_secret: row.blob(7)?.to_vec(),
        old_secret,
        failing_since: opt_micros(row.opt_int(10)?),
        after_seq: row.int(11)?,
        replay,
        created_by: StaffId(row.int(16)?),
        created_at: UnixMicros(row.int(17)?),
        updated_at: UnixMicros(row.int(18)?),
    })
}

macro_rules! endpoint_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, brand_id, url, events, description, enabled, disabled_by, sealed_secret, old_secret,
                old_secret_until, failing_since, after_seq, replay_after, replay_through, replay_since, replay_until,
                created_by, created_at, updated_at, replay_from
             FROM webhook_endpoint WHERE deleted_at IS NULL ",
            $rest
        )
    };
}

/// One of a brand's.
pub fn get(tx: &mut Tx<'_>, brand: BrandId, id: WebhookId) -> Result<Option<Endpoint>, StoreError> {
    tx.query_opt(
        endpoint_sql!("AND id = $1 AND brand_id = $2"),
        params![id.0, brand.0],
        endpoint,
    )
}

/// Nobody else changes it, or what waits for it, until the commit.
pub fn lock(tx: &mut Tx<'_>, id: WebhookId) -> Result<Option<Endpoint>, StoreError> {
    tx.query_opt(
        endpoint_sql!("AND id = $1 FOR UPDATE"),
        params![id.0],
        endpoint,
    )
}

/// Every endpoint that is told of events; nobody else changes them until the commit.
pub fn lock_enabled(tx: &mut Tx<'_>) -> Result<Vec<Endpoint>, StoreError> {
    tx.query(
        endpoint_sql!("AND enabled = 1 ORDER BY id FOR UPDATE"),
        &[],
        endpoint,
    )
}

/// As [`lock_enabled`], without keeping anybody waiting.
pub fn enabled(tx: &mut Tx<'_>) -> Result<Vec<Endpoint>, StoreError> {
    tx.query(endpoint_sql!("AND enabled = 1 ORDER BY id"), &[], endpoint)
}

/// Endpoints that are told of events and to which one is due.
pub fn with_due(tx: &mut Tx<'_>, now: UnixMicros) -> Result<Vec<WebhookId>, StoreError> {
    tx.query(
        "SELECT e.id FROM webhook_endpoint e
         WHERE e.enabled = 1 AND e.deleted_at IS NULL AND EXISTS (
            SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 0 AND d.due_at <= $1
                AND d.seq IS NOT NULL)
         ORDER BY e.id",
        params![now.0],
        |row| Ok(WebhookId(row.int(0)?)),
    )
}

/// Endpoints to which a test is due.
pub fn with_due_tests(tx: &mut Tx<'_>, now: UnixMicros) -> Result<Vec<WebhookId>, StoreError> {
    tx.query(
        "SELECT e.id FROM webhook_endpoint e
         WHERE e.enabled = 1 AND e.deleted_at IS NULL AND EXISTS (
            SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = e.id AND d.state = 0 AND d.due_at <= $1
                AND d.seq IS NULL)
         ORDER BY e.id",
        params![now.0],
        |row| Ok(WebhookId(row.int(0)?)),
    )
}

/// A brand's, newest first.
pub fn of_brand(tx: &mut Tx<'_>, brand: BrandId) -> Result<Vec<Endpoint>, StoreError> {
    tx.query(
        endpoint_sql!("AND brand_id = $1 ORDER BY id DESC"),
        params![brand.0],
        endpoint,
    )
}

pub fn count(tx: &mut Tx<'_>, brand: BrandId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM webhook_endpoint WHERE brand_id = $1 AND deleted_at IS NULL",
        params![brand.0],
        |row| row.int(0),
    )
}

pub fn insert(tx: &mut Tx<'_>, e: &Endpoint) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO webhook_endpoint (id, brand_id, url, events, description, enabled, sealed_secret, after_seq,
                created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            e.id.0,
            e.brand_id.0,
            &e.url,
            &e.events.patterns().join(","),
            &e.description,
            e.disabled_by.is_none(),
            &e.sealed_secret,
            e.after_seq,
            e.created_by.0,
            e.created_at.0,
            e.updated_at.0
        ],
    )
}

/// Everything but who made it.
pub fn update(tx: &mut Tx<'_>, e: &Endpoint) -> Result<(), StoreError> {
    tx.put(
        "UPDATE webhook_endpoint SET url = $2, events = $3, description = $4, enabled = $5, disabled_by = $6,
                sealed_secret = $7, old_secret = $8, old_secret_until = $9, failing_since = $10, after_seq = $11,
                replay_after = $12, replay_through = $13, replay_since = $14, replay_until = $15, updated_at = $16,
                replay_from = $17
         WHERE id = $1",
        params![
            e.id.0,
            &e.url,
            &e.events.patterns().join(","),
            &e.description,
            e.disabled_by.is_none(),
            e.disabled_by.map(DisabledBy::code),
            &e.sealed_secret,
            e.old_secret.as_ref().map(|(secret, _)| secret.as_slice()),
            e.old_secret.as_ref().map(|(_, until)| until.0),
            e.failing_since.map(|at| at.0),
            e.after_seq,
            e.replay.map(|r| r.after),
            e.replay.map(|r| r.through),
            e.replay.map(|r| r.since.0),
            e.replay.map(|r| r.until.0),
            e.updated_at.0,
            e.replay.map(|r| r.from)
        ],
    )
}

/// Nothing is sent there any more, and nothing could be signed; what was sent stays in the log until it is old.
pub fn delete(tx: &mut Tx<'_>, id: WebhookId, now: UnixMicros) -> Result<(), StoreError> {
    tx.put(
        "UPDATE webhook_endpoint SET enabled = 0, disabled_by = 0, sealed_secret = $3, old_secret = NULL,
                old_secret_until = NULL, replay_after = NULL, deleted_at = $2, updated_at = $2
         WHERE id = $1",
        params![id.0, now.0, &[] as &[u8]],
    )
}

/// When the event of a number happened; `None` where there is none.
pub fn event_at(tx: &mut Tx<'_>, seq: i64) -> Result<Option<UnixMicros>, StoreError> {
    tx.query_opt(
        "SELECT at_us FROM event WHERE seq = $1",
        params![seq],
        |row| Ok(UnixMicros(row.int(0)?)),
    )
}
