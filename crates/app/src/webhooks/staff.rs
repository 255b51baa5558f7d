//! What staff make of the endpoints of their brand.

use super::follow;
use super::payload::is_known;
use super::secret::{DRAWN_BYTES, Secret};
use super::{ENDPOINTS_MAX, WebhookError};
use crate::App;
use crate::events::{KINDS, Kind};
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::webhook::{DisabledBy, EventFilter};
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::repo::{self, counters, webhook_deliveries};
use touchstone_store::{StoreError, Tx};

/// An endpoint to be made.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    pub url: String,
    /// Kinds and beginnings; none of them is every kind.
    pub events: Vec<String>,
    pub description: String,
    /// `None`: one is drawn.
    pub secret: Option<String>,
}

/// Only what is given is written.
#[derive(Clone, Debug, Default)]
pub struct WebhookPatch {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
}

impl App {
    /// Makes an endpoint, which is told of what happens from now on. Its secret is shown by this answer and never again.
    ///
    /// # Errors
    /// See [`WebhookError`]; nothing was made.
    pub async fn make_webhook(
        &self,
        caller: StaffCaller,
        new: NewWebhook,
    ) -> Result<(Endpoint, Secret), WebhookError> {
        let (app, now) = (self.clone(), self.now());
        let url = self.webhook_url(&new.url)?;
        let events = filter(new.events)?;
        let secret = self.secret(new.secret)?;
        let nonce = self.ports.random.bytes();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::ManageWebhooks, now)?;
                if webhooks::count(tx, caller.brand_id)? >= ENDPOINTS_MAX {
                    return Err(WebhookError::TooMany);
                }
                let id = WebhookId(tx.next_id(counters::WEBHOOK)?);
                let endpoint = Endpoint {
                    id,
                    brand_id: caller.brand_id,
                    url: url.clone(),
                    events: events.clone(),
                    description: new.description.clone(),
                    disabled_by: None,
                    sealed_secret: app.keys.seal_webhook(id, secret.bytes(), &nonce),
                    old_secret: None,
                    failing_since: None,
                    after_seq: tx.newest_event()?,
                    replay: None,
                    created_by: caller.staff_id,
                    created_at: now,
                    updated_at: now,
                };
                webhooks::insert(tx, &endpoint)?;
                let pictures = (None, Some(&endpoint));
                write_down(tx, &caller, "webhook.create", pictures, now)?;
                Ok((endpoint, secret.clone()))
            })
            .await
    }

    /// The brand's endpoints, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn webhooks(&self, caller: StaffCaller) -> Result<Vec<Endpoint>, WebhookError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewWebhooks, now)?;
                Ok(webhooks::of_brand(tx, caller.brand_id)?)
            })
            .await
    }

    /// What an endpoint can be told of.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn webhook_event_types(
        &self,
        caller: StaffCaller,
    ) -> Result<&'static [Kind], WebhookError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewWebhooks, now)?;
                Ok(KINDS)
            })
            .await
    }

    /// # Errors
    /// See [`WebhookError`].
    pub async fn webhook(
        &self,
        caller: StaffCaller,
        id: WebhookId,
    ) -> Result<Endpoint, WebhookError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewWebhooks, now)?;
                let found = webhooks::get(tx, caller.brand_id, id)?;
                found.ok_or(WebhookError::NotFound)
            })
            .await
    }

    /// Changes what is given. One that is switched on again is told at once of what still waits for it, and of what happens
    /// from now on; what happened meanwhile can be replayed.
    ///
    /// # Errors
    /// See [`WebhookError`]; nothing was changed.
    pub async fn change_webhook(
        &self,
        caller: StaffCaller,
        id: WebhookId,
        patch: WebhookPatch,
    ) -> Result<Endpoint, WebhookError> {
        let now = self.now();
        let url = patch.url.map(|url| self.webhook_url(&url)).transpose()?;
        let events = patch.events.map(filter).transpose()?;
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::ManageWebhooks, now)?;
                let before = own(tx, &caller, id)?;
                if before.disabled_by.is_none() {
                    // By the filter that it had, and while it is on.
                    follow::catch_up(tx, &before, now)?;
                }
                let mut after = before.clone();
                if let Some(url) = &url {
                    after.url.clone_from(url);
                }
                if after.url != before.url {
                    // The failures were of another address.
                    after.failing_since = None;
                }
                if let Some(events) = &events {
                    after.events = events.clone();
                }
                if let Some(description) = &patch.description {
                    after.description.clone_from(description);
                }
                match (patch.enabled, before.disabled_by) {
                    (Some(true), Some(_)) => {
                        (after.disabled_by, after.failing_since) = (None, None);
                        after.after_seq = tx.newest_event()?;
                    }
                    (Some(false), None) => after.disabled_by = Some(DisabledBy::Staff),
                    _ => {}
                }
                if after == before {
                    return Ok(before);
                }
                after.updated_at = now;
                webhooks::update(tx, &after)?;
                let is_moved = after.url != before.url || before.disabled_by.is_some();
                if after.disabled_by.is_none() && is_moved {
                    // Another address is tried at once, as is one that is there again.
                    webhook_deliveries::all_due(tx, id, now)?;
                }
                let pictures = (Some(&before), Some(&after));
                write_down(tx, &caller, "webhook.update", pictures, now)?;
                Ok(after)
            })
            .await
    }

    /// Ends an endpoint for good; what still waits for it is not sent.
    ///
    /// # Errors
    /// See [`WebhookError`].
    pub async fn delete_webhook(
        &self,
        caller: StaffCaller,
        id: WebhookId,
    ) -> Result<(), WebhookError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::ManageWebhooks, now)?;
                let before = own(tx, &caller, id)?;
                webhooks::delete(tx, id, now)?;
                webhook_deliveries::cancel_all(tx, id, now)?;
                write_down(tx, &caller, "webhook.delete", (Some(&before), None), now)?;
                Ok(())
            })
            .await
    }

    /// Another secret. The one before signs along for so many seconds, so that a receiver can take over the new one when it
    /// suits him.
    ///
    /// # Errors
    /// See [`WebhookError`]; nothing was changed.
    pub async fn rotate_webhook_secret(
        &self,
        caller: StaffCaller,
        id: WebhookId,
        secret: Option<String>,
        overlap_seconds: i64,
    ) -> Result<(Endpoint, Secret), WebhookError> {
        let (app, now) = (self.clone(), self.now());
        let secret = self.secret(secret)?;
        let nonce = self.ports.random.bytes();
        self.store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::ManageWebhooks, now)?;
                let before = own(tx, &caller, id)?;
                let is_good = before
                    .old_secret
                    .as_ref()
                    .is_some_and(|(_, until)| *until > now);
                if is_good && overlap_seconds > 0 {
                    // A receiver may still hold the one before: a repeat would take it from him.
                    return Err(WebhookError::RotationUnderWay);
                }
                let until = now.plus_seconds(overlap_seconds);
                let after = Endpoint {
                    sealed_secret: app.keys.seal_webhook(id, secret.bytes(), &nonce),
                    old_secret: (until > now).then(|| (before.sealed_secret.clone(), until)),
                    updated_at: now,
                    ..before.clone()
                };
                webhooks::update(tx, &after)?;
                let pictures = (Some(&before), Some(&after));
                write_down(tx, &caller, "webhook.rotate_secret", pictures, now)?;
                Ok((after, secret.clone()))
            })
            .await
    }

    fn webhook_url(&self, text: &str) -> Result<String, WebhookError> {
        let guard = &self.settings.webhook_guard;
        let url = guard.read(text).map_err(WebhookError::Url)?;
        Ok(url.into())
    }

    fn secret(&self, given: Option<String>) -> Result<Secret, WebhookError> {
        Ok(match given {
            Some(text) => Secret::parse(&text)?,
            None => {
                let drawn = self.ports.random.bytes::<DRAWN_BYTES>();
                Secret::from_bytes(drawn.to_vec())
            }
        })
    }
}

/// One of the caller's brand, locked.
pub(super) fn own(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    id: WebhookId,
) -> Result<Endpoint, WebhookError> {
    let found = webhooks::lock(tx, id)?;
    found
        .filter(|endpoint| endpoint.brand_id == caller.brand_id)
        .ok_or(WebhookError::NotFound)
}

fn filter(events: Vec<String>) -> Result<EventFilter, WebhookError> {
    match events.iter().position(|pattern| !is_known(pattern)) {
        Some(index) => Err(WebhookError::Events(index)),
        None => Ok(EventFilter::new(events)),
    }
}

/// Without its secrets.
pub(super) fn picture(endpoint: &Endpoint) -> String {
    serde_json::json!({
        "endpoint_url": endpoint.url,
        "events": endpoint.events.patterns(),
        "description": endpoint.description,
        "is_active": endpoint.disabled_by.is_none(),
        "disabled_by": endpoint.disabled_by.map(DisabledBy::name),
        "previous_secret_until": endpoint.old_secret.as_ref().map(|(_, until)| until.rfc3339()),
    })
    .to_string()
}

pub(super) fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &str,
    (before, after): (Option<&Endpoint>, Option<&Endpoint>),
    now: UnixMicros,
) -> Result<(), StoreError> {
    let subject = after.or(before).map_or(0, |endpoint| endpoint.id.0);
    repo::audit::insert(
        tx,
        &AuditRow {
            before: before.map(picture).as_deref(),
            after: after.map(picture).as_deref(),
            ..caller.audited(now, action, ("webhook", subject))
        },
    )
}
