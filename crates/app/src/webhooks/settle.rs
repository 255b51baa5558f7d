//! What an attempt has made of a delivery and of its endpoint.

use super::claim::Claimed;
use super::follow;
use super::staff::picture;
use super::{Answer, RESPONSE_BYTES_KEPT};
use crate::App;
use touchstone_domain::UnixMicros;
use touchstone_domain::webhook::{
    DeliveryEvent, DeliveryState, DisabledBy, GIVEN_UP_AFTER_SECONDS, is_given_up, next_attempt,
};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::webhook_deliveries::{self, Delivery};
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::{NewEvent, StoreError, Tx, repo};

/// "Gone": the receiver wants nothing any more.
const GONE: u16 = 410;

/// Lets a delivery be made again from its first attempt; one that is being made just now is left alone.
pub(super) fn once_more(
    tx: &mut Tx<'_>,
    mut delivery: Delivery,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let Some(state) = delivery.state.after(DeliveryEvent::Replay) else {
        return Ok(());
    };
    if delivery.claimed_until.is_some_and(|until| until > now) {
        return Ok(());
    }
    (delivery.state, delivery.attempts) = (state, 0);
    (delivery.claimed_until, delivery.ended_at) = (None, None);
    // Its turn is told by its lane.
    delivery.due_at = None;
    webhook_deliveries::update(tx, &delivery)?;
    webhook_deliveries::move_on(tx, delivery.endpoint_id, &delivery.lane, now)
}

impl App {
    /// Writes down what has come of an attempt; `chance` spreads the next one.
    pub(super) fn settle_webhook(
        &self,
        tx: &mut Tx<'_>,
        claimed: &Claimed,
        answer: &Answer,
        chance: u8,
        now: UnixMicros,
    ) -> Result<(), StoreError> {
        let Some(endpoint) = webhooks::lock(tx, claimed.endpoint.id)? else {
            return Ok(());
        };
        let found = webhook_deliveries::get(tx, endpoint.id, claimed.delivery.id)?;
        let Some(mut delivery) = found.filter(|found| found.state == DeliveryState::Pending) else {
            return Ok(());
        };
        let succeeded = answer.is_success();
        // What a later attempt comes to is told by whoever makes it.
        if !succeeded && delivery.attempts != claimed.delivery.attempts {
            return Ok(());
        }
        let event = answer.write_into(&mut delivery, now);
        let next = match event {
            DeliveryEvent::Fail if claimed.body.is_some() => {
                next_attempt(now, delivery.attempts, chance)
            }
            _ => None,
        };
        let event = match (event, next) {
            (DeliveryEvent::Fail, None) => DeliveryEvent::RunOut,
            (event, _) => event,
        };
        if let Some(state) = delivery.state.after(event) {
            delivery.state = state;
        }
        (delivery.due_at, delivery.claimed_until) = (next, None);
        delivery.ended_at = next.is_none().then_some(now);
        webhook_deliveries::update(tx, &delivery)?;
        webhook_deliveries::move_on(tx, endpoint.id, &delivery.lane, now)?;
        match answer {
            _ if succeeded => well(tx, endpoint),
            // Nobody was asked.
            _ if claimed.body.is_none() => Ok(()),
            Answer::Answered { status: GONE, .. } => {
                self.give_up(tx, endpoint, DisabledBy::Gone, now)
            }
            _ => self.badly(tx, endpoint, now),
        }
    }

    fn badly(
        &self,
        tx: &mut Tx<'_>,
        mut endpoint: Endpoint,
        now: UnixMicros,
    ) -> Result<(), StoreError> {
        match endpoint.failing_since {
            Some(since) if is_given_up(since, now) => {
                self.give_up(tx, endpoint, DisabledBy::Failures, now)
            }
            Some(_) => Ok(()),
            None => {
                endpoint.failing_since = Some(now);
                webhooks::update(tx, &endpoint)
            }
        }
    }

    /// Switches off what has failed for days, also when nothing is tried any more.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn give_up_webhooks(&self) -> Result<(), StoreError> {
        let now = self.now();
        let is_over = move |one: &Endpoint| {
            one.disabled_by.is_none()
                && one
                    .failing_since
                    .is_some_and(|since| is_given_up(since, now))
        };
        let enabled = self.store.read(webhooks::enabled).await?;
        for id in enabled.into_iter().filter(is_over).map(|one| one.id) {
            let app = self.clone();
            let write = move |tx: &mut Tx<'_>| match webhooks::lock(tx, id)?.filter(is_over) {
                Some(endpoint) => app.give_up(tx, endpoint, DisabledBy::Failures, now),
                None => Ok(()),
            };
            self.store.write(write).await?;
        }
        Ok(())
    }

    /// Switches an endpoint off, and tells who can do something about it.
    fn give_up(
        &self,
        tx: &mut Tx<'_>,
        before: Endpoint,
        why: DisabledBy,
        now: UnixMicros,
    ) -> Result<(), StoreError> {
        if before.disabled_by.is_some() {
            return Ok(());
        }
        follow::catch_up(tx, &before, now)?;
        let after = Endpoint {
            disabled_by: Some(why),
            updated_at: now,
            ..before.clone()
        };
        webhooks::update(tx, &after)?;
        metrics::counter!("touchstone_webhook_disabled_total", "reason" => why.name()).increment(1);
        repo::audit::insert(
            tx,
            &AuditRow {
                at: now,
                brand_id: after.brand_id,
                actor_kind: "system",
                actor_id: 0,
                action: "webhook.disable",
                subject_kind: "webhook",
                subject_id: after.id.0,
                before: Some(&picture(&before)),
                after: Some(&picture(&after)),
                note: why.name(),
            },
        )?;
        let body = serde_json::json!({"reason": why.name()}).to_string();
        tx.append_event(&NewEvent {
            at_us: now.0,
            brand_id: after.brand_id.0,
            kind: "webhook.disabled",
            subject_kind: "webhook",
            subject_id: after.id.0,
            customer_id: None,
            challenge_id: None,
            body: &body,
        })?;
        self.mail_owners(tx, &after, why, now)
    }

    fn mail_owners(
        &self,
        tx: &mut Tx<'_>,
        endpoint: &Endpoint,
        why: DisabledBy,
        now: UnixMicros,
    ) -> Result<(), StoreError> {
        let brand = self.brand_name(tx, endpoint.brand_id)?;
        let because = match why {
            DisabledBy::Gone => "It has answered 410 Gone.".to_owned(),
            DisabledBy::Failures | DisabledBy::Staff => format!(
                "Every message to it has failed for {} days.",
                GIVEN_UP_AFTER_SECONDS / 86_400
            ),
        };
        let (id, url) = (endpoint.id, &endpoint.url);
        let body = format!(
            "Webhook {id} of {brand} was switched off and is told nothing any more.\n\n\
             Endpoint: {url}\n{because}\n\n\
             What waits for it is kept. When it is there again, switch it on (PATCH {}/webhooks/{id} with\n\
             \"is_active\": true), and replay what happened meanwhile (POST {}/webhooks/{id}/replay).",
            self.settings.public_url, self.settings.public_url
        );
        for person in repo::staff::lock_owners(tx, endpoint.brand_id)? {
            let Some(person) = repo::staff::get(tx, person)? else {
                continue;
            };
            let mail = repo::mail::Draft {
                brand: endpoint.brand_id,
                customer: None,
                recipient: &person.email,
                subject: "A webhook was switched off",
                body: &body,
            };
            repo::mail::queue(tx, &mail, now)?;
        }
        Ok(())
    }
}

fn well(tx: &mut Tx<'_>, mut endpoint: Endpoint) -> Result<(), StoreError> {
    if endpoint.failing_since.take().is_none() {
        return Ok(());
    }
    webhooks::update(tx, &endpoint)
}

impl Answer {
    pub(super) const fn is_success(&self) -> bool {
        matches!(
            self,
            Self::Answered {
                status: 200..=299,
                ..
            }
        )
    }

    /// Keeps the answer with its delivery; gives what it means.
    fn write_into(&self, delivery: &mut Delivery, now: UnixMicros) -> DeliveryEvent {
        delivery.attempted_at = Some(now);
        let (status, body, error) = match self {
            Self::Answered { status, body } => {
                let error = match self.is_success() {
                    true => String::new(),
                    false => format!("it answered {status}"),
                };
                (Some(i64::from(*status)), kept(body), error)
            }
            Self::Unreachable { reason } => (None, String::new(), kept(reason)),
        };
        delivery.response_status = status;
        delivery.response_body = body;
        delivery.last_error = error;
        match self.is_success() {
            true => DeliveryEvent::Succeed,
            false => DeliveryEvent::Fail,
        }
    }
}

/// Text that every database takes, and not too much of it.
fn kept(text: &str) -> String {
    let end = text.floor_char_boundary(RESPONSE_BYTES_KEPT);
    text[..end].replace('\0', "\u{fffd}")
}
