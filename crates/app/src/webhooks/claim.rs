//! What is about to be sent: nobody else sends it for a while, and its message is signed for this attempt.

use super::Message;
use super::payload::test_body;
use super::post::AT_ONCE;
use super::secret::Secret;
use crate::App;
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::repo::webhook_deliveries::{self, Delivery};
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::{Event, StoreError, Tx};

/// How long one attempt may take before another server may make one: longer than the sender's own limit.
const CLAIM_SECONDS: i64 = 60;

/// A delivery that nobody else makes for a while.
pub(super) struct Claimed {
    pub endpoint: Endpoint,
    pub delivery: Delivery,
    /// `None`: there is nothing that could be sent, now or ever.
    pub body: Option<String>,
    /// Of the message; the same for each attempt.
    pub id: String,
}

impl App {
    /// Takes events of which an endpoint is to be told: at most so many, with so many under way already.
    pub(super) fn claim_webhooks(
        &self,
        tx: &mut Tx<'_>,
        id: WebhookId,
        (wanted, under_way): (usize, usize),
        now: UnixMicros,
    ) -> Result<Vec<Claimed>, StoreError> {
        let Some(endpoint) = enabled(tx, id)? else {
            return Ok(Vec::new());
        };
        let at_once = match endpoint.failing_since {
            Some(_) => 1,
            None => AT_ONCE,
        };
        let limit = limit(wanted.min(at_once.saturating_sub(under_way)));
        let due = webhook_deliveries::due(tx, id, now, limit)?;
        self.claim_all(tx, &endpoint, due, now)
    }

    /// Takes tests.
    pub(super) fn claim_tests(
        &self,
        tx: &mut Tx<'_>,
        id: WebhookId,
        wanted: usize,
        now: UnixMicros,
    ) -> Result<Vec<Claimed>, StoreError> {
        let Some(endpoint) = enabled(tx, id)? else {
            return Ok(Vec::new());
        };
        let due = webhook_deliveries::due_tests(tx, id, now, limit(wanted))?;
        self.claim_all(tx, &endpoint, due, now)
    }

    fn claim_all(
        &self,
        tx: &mut Tx<'_>,
        endpoint: &Endpoint,
        due: Vec<Delivery>,
        now: UnixMicros,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut claimed = Vec::new();
        for mut delivery in due {
            let until = now.plus_seconds(CLAIM_SECONDS);
            delivery.attempts += 1;
            (delivery.due_at, delivery.claimed_until) = (Some(until), Some(until));
            webhook_deliveries::update(tx, &delivery)?;
            let body = self.webhook_body(tx, endpoint, &delivery)?;
            let id = self.webhook_message_id(&delivery);
            claimed.push(Claimed {
                endpoint: endpoint.clone(),
                delivery,
                body,
                id,
            });
        }
        Ok(claimed)
    }

    /// The body of a message.
    fn webhook_body(
        &self,
        tx: &mut Tx<'_>,
        endpoint: &Endpoint,
        delivery: &Delivery,
    ) -> Result<Option<String>, StoreError> {
        let Some(seq) = delivery.seq else {
            return Ok(Some(test_body(endpoint.id, delivery.created_at)));
        };
        let found: Option<Event> = tx.events_after(seq - 1, 1)?.pop();
        let event = found.filter(|event| event.seq == seq && event.brand_id == endpoint.brand_id.0);
        Ok(event.and_then(|event| self.event_body(&event)))
    }

    /// Signed for this attempt.
    pub(super) fn message(&self, claimed: &Claimed) -> Result<Message, String> {
        let Claimed { endpoint, .. } = claimed;
        let now = self.now();
        let body = claimed.body.clone().ok_or("there is nothing to be told")?;
        let url = endpoint.url.parse().map_err(|_| "the URL cannot be read")?;
        let timestamp = now.seconds();
        let old = endpoint.old_secret.as_ref();
        let old = old.filter(|(_, until)| *until > now);
        let secrets = std::iter::once(&endpoint.sealed_secret).chain(old.map(|(old, _)| old));
        let mut signatures = Vec::new();
        for sealed in secrets {
            let opened = self.keys.open_webhook(endpoint.id, sealed);
            let secret = Secret::from_bytes(opened.map_err(|error| error.to_string())?);
            signatures.push(secret.sign(&claimed.id, timestamp, &body));
        }
        Ok(Message {
            url,
            id: claimed.id.clone(),
            timestamp,
            signatures: signatures.join(" "),
            body,
        })
    }
}

/// One that is told of events, locked.
fn enabled(tx: &mut Tx<'_>, id: WebhookId) -> Result<Option<Endpoint>, StoreError> {
    Ok(webhooks::lock(tx, id)?.filter(|one| one.disabled_by.is_none()))
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
