//! Deliveries go out: claimed in one commit, sent outside of any, settled in another.

use super::payload::test_body;
use super::secret::Secret;
use super::{Answer, Message, WebhookSender};
use crate::App;
use std::sync::Arc;
use tokio::task::JoinSet;
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::repo::webhook_deliveries::{self, Delivery};
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::{Event, StoreError, Tx};

/// How long one attempt may take before another server may make one: longer than the sender's own limit.
const CLAIM_SECONDS: i64 = 60;
/// Messages to one endpoint at once; to one that fails, one.
const AT_ONCE: i64 = 4;

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
    /// Sends everything that is due, to each endpoint by itself; gives how many attempts were made.
    ///
    /// # Errors
    /// Only the store's: what an endpoint refuses is tried again later.
    pub async fn send_due_webhooks(
        &self,
        sender: &Arc<dyn WebhookSender>,
    ) -> Result<usize, StoreError> {
        let now = self.now();
        let due = self
            .store
            .read(move |tx| webhooks::with_due(tx, now))
            .await?;
        let mut sending = JoinSet::new();
        for id in due {
            let (app, sender) = (self.clone(), Arc::clone(sender));
            sending.spawn(async move { app.send_webhooks_to(id, &sender).await });
        }
        let mut attempts = 0;
        while let Some(sent) = sending.join_next().await {
            attempts += sent.unwrap_or(Ok(0))?;
        }
        Ok(attempts)
    }

    /// Sends what is due to one endpoint until nothing is; gives how many attempts were made.
    pub(super) async fn send_webhooks_to(
        &self,
        id: WebhookId,
        sender: &Arc<dyn WebhookSender>,
    ) -> Result<usize, StoreError> {
        let mut attempts = 0;
        loop {
            let (app, now) = (self.clone(), self.now());
            let claimed = self
                .store
                .write(move |tx| app.claim_webhooks(tx, id, now))
                .await?;
            if claimed.is_empty() {
                return Ok(attempts);
            }
            let mut sending = JoinSet::new();
            for one in claimed {
                let (app, sender) = (self.clone(), Arc::clone(sender));
                sending.spawn(async move { app.send_webhook(one, sender.as_ref()).await });
            }
            while let Some(sent) = sending.join_next().await {
                sent.unwrap_or(Ok(()))?;
                attempts += 1;
            }
        }
    }

    /// Takes what is due to an endpoint: nobody else sends it for a while.
    pub(super) fn claim_webhooks(
        &self,
        tx: &mut Tx<'_>,
        id: WebhookId,
        now: UnixMicros,
    ) -> Result<Vec<Claimed>, StoreError> {
        let endpoint = webhooks::lock(tx, id)?.filter(|one| one.disabled_by.is_none());
        let Some(endpoint) = endpoint else {
            return Ok(Vec::new());
        };
        let at_once = match endpoint.failing_since {
            Some(_) => 1,
            None => AT_ONCE,
        };
        let mut claimed = Vec::new();
        for mut delivery in webhook_deliveries::due(tx, id, now, at_once)? {
            let until = now.plus_seconds(CLAIM_SECONDS);
            delivery.attempts += 1;
            (delivery.due_at, delivery.claimed_until) = (Some(until), Some(until));
            webhook_deliveries::update(tx, &delivery)?;
            let body = self.webhook_body(tx, &endpoint, &delivery)?;
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

    async fn send_webhook(
        &self,
        claimed: Claimed,
        sender: &dyn WebhookSender,
    ) -> Result<(), StoreError> {
        let begun = tokio::time::Instant::now();
        let answer = match self.message(&claimed) {
            Ok(message) => sender.send(&message).await,
            Err(reason) => Answer::Unreachable { reason },
        };
        let outcome = match &answer {
            answer if answer.is_success() => "delivered",
            Answer::Answered { .. } => "refused",
            Answer::Unreachable { .. } => "unreachable",
        };
        metrics::counter!("touchstone_webhook_attempts_total", "outcome" => outcome).increment(1);
        metrics::histogram!("touchstone_webhook_attempt_seconds").record(begun.elapsed());
        let (app, now) = (self.clone(), self.now());
        let chance = self.ports.random.bytes::<1>()[0];
        self.store
            .write(move |tx| app.settle_webhook(tx, &claimed, &answer, chance, now))
            .await
    }

    /// Signed for this attempt.
    fn message(&self, claimed: &Claimed) -> Result<Message, String> {
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
