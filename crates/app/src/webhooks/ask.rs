//! The log of an endpoint, and what is sent because staff ask for it: a test, or one delivery once more.

use super::payload::{TEST_KIND, test_lane};
use super::staff::own;
use super::{WebhookError, settle};
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::webhook::DeliveryState;
use touchstone_domain::{UnixMicros, WebhookDeliveryId, WebhookId};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::webhook_deliveries::{self, Delivery};
use touchstone_store::repo::webhooks::{self, Endpoint};
use touchstone_store::{StoreError, Tx, repo};

/// Deliveries, the newest first.
#[derive(Clone, Debug)]
pub struct DeliveryPage {
    pub items: Vec<Delivery>,
    /// To ask on with; `None` at the end.
    pub next: Option<WebhookDeliveryId>,
}

impl App {
    /// # Errors
    /// See [`WebhookError`].
    pub async fn webhook_deliveries(
        &self,
        caller: StaffCaller,
        id: WebhookId,
        state: Option<DeliveryState>,
        before: WebhookDeliveryId,
        limit: i64,
    ) -> Result<DeliveryPage, WebhookError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewWebhooks, now)?;
                webhooks::get(tx, caller.brand_id, id)?.ok_or(WebhookError::NotFound)?;
                let mut items = webhook_deliveries::page(tx, id, state, before, limit + 1)?;
                let goes_on = i64::try_from(items.len()).is_ok_and(|found| found > limit);
                if goes_on {
                    items.pop();
                }
                let next = items.last().filter(|_| goes_on).map(|last| last.id);
                Ok(DeliveryPage { items, next })
            })
            .await
    }

    /// Sends a message of no meaning, by itself and past everything that waits.
    ///
    /// # Errors
    /// [`WebhookError::Disabled`], and the rest of [`WebhookError`].
    pub async fn test_webhook(
        &self,
        caller: StaffCaller,
        id: WebhookId,
    ) -> Result<Delivery, WebhookError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let endpoint = told(tx, &caller, id, now)?;
                let made = webhook_deliveries::next_id(tx)?;
                let (lane, about) = (test_lane(made), (None, TEST_KIND));
                webhook_deliveries::insert(tx, made, id, about, &lane, now)?;
                webhook_deliveries::move_on(tx, id, &lane, now)?;
                let note = format!("delivery {made}");
                write_down(tx, &caller, "webhook.test", &endpoint, &note, now)?;
                let found = webhook_deliveries::get(tx, id, made)?;
                found.ok_or(WebhookError::NotFound)
            })
            .await
    }

    /// Sends one delivery again, or at last: with the same id, and in its place among what waits.
    ///
    /// # Errors
    /// [`WebhookError::Disabled`], and the rest of [`WebhookError`].
    pub async fn replay_webhook_delivery(
        &self,
        caller: StaffCaller,
        id: WebhookId,
        delivery: WebhookDeliveryId,
    ) -> Result<Delivery, WebhookError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let endpoint = told(tx, &caller, id, now)?;
                let found = webhook_deliveries::get(tx, id, delivery)?;
                settle::once_more(tx, found.ok_or(WebhookError::NotFound)?, now)?;
                let note = format!("delivery {delivery}");
                write_down(tx, &caller, "webhook.replay", &endpoint, &note, now)?;
                let found = webhook_deliveries::get(tx, id, delivery)?;
                found.ok_or(WebhookError::NotFound)
            })
            .await
    }
}

/// An endpoint of the caller's brand, locked, that is told of events.
pub(super) fn told(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    id: WebhookId,
    now: UnixMicros,
) -> Result<Endpoint, WebhookError> {
    require_live_staff(tx, caller, Permission::ManageWebhooks, now)?;
    let endpoint = own(tx, caller, id)?;
    match endpoint.disabled_by {
        Some(_) => Err(WebhookError::Disabled),
        None => Ok(endpoint),
    }
}

pub(super) fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &str,
    endpoint: &Endpoint,
    note: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            note,
            ..caller.audited(now, action, ("webhook", endpoint.id.0))
        },
    )
}
