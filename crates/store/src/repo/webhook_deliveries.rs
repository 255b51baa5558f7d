//! Events on their way to endpoints of webhooks. The caller has locked the endpoint wherever something is changed.

use super::{counters, known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::webhook::DeliveryState;
use touchstone_domain::{UnixMicros, WebhookDeliveryId, WebhookId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: WebhookDeliveryId,
    pub endpoint_id: WebhookId,
    /// The number of the event; `None` for a test.
    pub seq: Option<i64>,
    pub kind: String,
    /// Within which deliveries are made one after the other.
    pub lane: String,
    pub state: DeliveryState,
    pub attempts: i64,
    /// `None` while another one of its lane is before it, and at its end.
    pub due_at: Option<UnixMicros>,
    /// Until when nobody else sends it.
    pub claimed_until: Option<UnixMicros>,
    pub response_status: Option<i64>,
    pub response_body: String,
    pub last_error: String,
    pub created_at: UnixMicros,
    pub attempted_at: Option<UnixMicros>,
    pub ended_at: Option<UnixMicros>,
}

fn delivery(row: &Row<'_>) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: WebhookDeliveryId(row.int(0)?),
        endpoint_id: WebhookId(row.int(1)?),
        seq: row.opt_int(2)?,
        kind: row.string(3)?,
        lane: row.string(4)?,
        state: known(
            DeliveryState::from_code(row.int(5)?),
            5,
            "a state of a delivery",
        )?,
        attempts: row.int(6)?,
        due_at: opt_micros(row.opt_int(7)?),
        claimed_until: opt_micros(row.opt_int(8)?),
        response_status: row.opt_int(9)?,
        response_body: row.string(10)?,
        last_error: row.string(11)?,
        created_at: UnixMicros(row.int(12)?),
        attempted_at: opt_micros(row.opt_int(13)?),
        ended_at: opt_micros(row.opt_int(14)?),
    })
}

macro_rules! delivery_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, endpoint_id, seq, kind, lane, state, attempts, due_at, claimed_until, response_status,
                response_body, last_error, created_at, attempted_at, ended_at
             FROM webhook_delivery ",
            $rest
        )
    };
}

pub fn get(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    id: WebhookDeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    tx.query_opt(
        delivery_sql!("WHERE id = $1 AND endpoint_id = $2"),
        params![id.0, endpoint.0],
        delivery,
    )
}

/// That of an event.
pub fn of_event(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    seq: i64,
) -> Result<Option<Delivery>, StoreError> {
    tx.query_opt(
        delivery_sql!("WHERE endpoint_id = $1 AND seq = $2"),
        params![endpoint.0, seq],
        delivery,
    )
}

/// Newest first, below an id.
pub fn page(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    state: Option<DeliveryState>,
    before: WebhookDeliveryId,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    match state {
        None => tx.query(
            delivery_sql!("WHERE endpoint_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
            params![endpoint.0, before.0, limit],
            delivery,
        ),
        Some(state) => tx.query(
            delivery_sql!(
                "WHERE endpoint_id = $1 AND id < $2 AND state = $4 ORDER BY id DESC LIMIT $3"
            ),
            params![endpoint.0, before.0, limit, state.code()],
            delivery,
        ),
    }
}

/// Events that an endpoint is to be told now, the longest due first.
pub fn due(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    now: UnixMicros,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    tx.query(
        delivery_sql!(
            "WHERE endpoint_id = $1 AND state = 0 AND due_at <= $2 AND seq IS NOT NULL ORDER BY due_at, id LIMIT $3"
        ),
        params![endpoint.0, now.0, limit],
        delivery,
    )
}

/// Tests that are to be sent to an endpoint now.
pub fn due_tests(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    now: UnixMicros,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    tx.query(
        delivery_sql!(
            "WHERE endpoint_id = $1 AND state = 0 AND due_at <= $2 AND seq IS NULL ORDER BY due_at, id LIMIT $3"
        ),
        params![endpoint.0, now.0, limit],
        delivery,
    )
}

/// How much is to be sent to an endpoint now; counted up to `most`.
pub fn count_due(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    now: UnixMicros,
    most: i64,
) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COUNT(*) FROM (
            SELECT 1 FROM webhook_delivery WHERE endpoint_id = $1 AND state = 0 AND due_at <= $2 LIMIT $3) AS due",
        params![endpoint.0, now.0, most],
        |row| row.int(0),
    )
}

pub fn next_id(tx: &mut Tx<'_>) -> Result<WebhookDeliveryId, StoreError> {
    Ok(WebhookDeliveryId(tx.next_id(counters::WEBHOOK_DELIVERY)?))
}

/// Puts one into the log, with the number and kind of its event, to be sent when its lane comes to it; see [`move_on`].
pub fn insert(
    tx: &mut Tx<'_>,
    id: WebhookDeliveryId,
    endpoint: WebhookId,
    (seq, kind): (Option<i64>, &str),
    lane: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO webhook_delivery (id, endpoint_id, seq, kind, lane, state, attempts, response_body, last_error,
                created_at)
         VALUES ($1, $2, $3, $4, $5, 0, 0, '', '', $6)",
        params![id.0, endpoint.0, seq, kind, lane, now.0],
    )
}

/// Writes what an attempt, a claim or a replay has made of it.
pub fn update(tx: &mut Tx<'_>, d: &Delivery) -> Result<(), StoreError> {
    tx.put(
        "UPDATE webhook_delivery SET state = $2, attempts = $3, due_at = $4, claimed_until = $5, response_status = $6,
                response_body = $7, last_error = $8, attempted_at = $9, ended_at = $10
         WHERE id = $1",
        params![
            d.id.0,
            d.state.code(),
            d.attempts,
            d.due_at.map(|at| at.0),
            d.claimed_until.map(|at| at.0),
            d.response_status,
            &d.response_body,
            &d.last_error,
            d.attempted_at.map(|at| at.0),
            d.ended_at.map(|at| at.0)
        ],
    )
}

/// Lets the first that waits in a lane be due, if it is not, and no other.
pub fn move_on(
    tx: &mut Tx<'_>,
    endpoint: WebhookId,
    lane: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let first = tx.query_opt(
        "SELECT id, due_at FROM webhook_delivery WHERE endpoint_id = $1 AND lane = $2 AND state = 0
         ORDER BY seq LIMIT 1",
        params![endpoint.0, lane],
        |row| Ok((row.int(0)?, row.opt_int(1)?)),
    )?;
    let Some((first, due_at)) = first else {
        return Ok(());
    };
    if due_at.is_none() {
        tx.put(
            "UPDATE webhook_delivery SET due_at = $2 WHERE id = $1",
            params![first, now.0],
        )?;
    }
    tx.execute(
        "UPDATE webhook_delivery SET due_at = NULL
         WHERE endpoint_id = $1 AND lane = $2 AND state = 0 AND due_at IS NOT NULL AND id <> $3",
        params![endpoint.0, lane, first],
    )
    .map(drop)
}

/// Everything that waits for its next attempt is due now: the endpoint is there again.
pub fn all_due(tx: &mut Tx<'_>, endpoint: WebhookId, now: UnixMicros) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE webhook_delivery SET due_at = $2
         WHERE endpoint_id = $1 AND state = 0 AND due_at > $2 AND (claimed_until IS NULL OR claimed_until <= $2)",
        params![endpoint.0, now.0],
    )
    .map(drop)
}

/// What waits for an endpoint that is deleted is not sent.
pub fn cancel_all(tx: &mut Tx<'_>, endpoint: WebhookId, now: UnixMicros) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE webhook_delivery SET state = 3, due_at = NULL, claimed_until = NULL, ended_at = $2
         WHERE endpoint_id = $1 AND state = 0",
        params![endpoint.0, now.0],
    )
    .map(drop)
}

/// Takes what ended before then out of the log, at most so many; gives how many.
pub fn forget(tx: &mut Tx<'_>, before: UnixMicros, limit: i64) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM webhook_delivery WHERE id IN (
            SELECT id FROM webhook_delivery WHERE ended_at IS NOT NULL AND ended_at < $1 ORDER BY ended_at LIMIT $2)",
        params![before.0, limit],
    )
}
