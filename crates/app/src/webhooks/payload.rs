//! What is sent of an event, made anew for each attempt: nothing of it is kept.

use crate::App;
use serde_json::json;
use touchstone_domain::{EntityKind, UnixMicros, WebhookDeliveryId, WebhookId};
use touchstone_store::Event;
use touchstone_store::repo::webhook_deliveries::Delivery;

/// What a test is called.
pub const TEST_KIND: &str = "webhook.test";

/// Within which deliveries are made one after the other: the challenge, or else what the event is about.
pub(super) fn lane(event: &Event) -> String {
    match event.challenge_id {
        Some(challenge) => format!("challenge/{challenge}"),
        None => format!("{}/{}", event.subject_kind, event.subject_id),
    }
}

pub(super) fn test_lane(id: WebhookDeliveryId) -> String {
    format!("test/{id}")
}

/// Whether anybody outside is told of events of this kind.
pub(super) fn is_public(kind: &str) -> bool {
    !matches!(kind, "news.changed" | "groups.changed")
}

/// Whether a pattern of a filter stands for any kind that there is.
pub(super) fn is_known(pattern: &str) -> bool {
    !pattern.is_empty()
}

impl App {
    /// The same for whoever is told of the event, however often.
    pub fn webhook_message_id(&self, delivery: &Delivery) -> String {
        match delivery.seq {
            Some(seq) => format!("evt_{}", self.public_ids.uuid(EntityKind::Event, seq)),
            None => format!("test_{}", delivery.id),
        }
    }

    /// `None` for what is not told outside.
    pub(super) fn event_body(&self, event: &Event) -> Option<String> {
        let data: serde_json::Value = serde_json::from_str(&event.body).ok()?;
        let told = is_public(&event.kind).then(|| {
            json!({
                "type": event.kind,
                "timestamp": UnixMicros(event.at_us).rfc3339(),
                "data": data,
            })
        });
        told.map(|told| told.to_string())
    }
}

pub(super) fn test_body(endpoint: WebhookId, at: UnixMicros) -> String {
    json!({
        "type": TEST_KIND,
        "timestamp": at.rfc3339(),
        "data": {"webhook_id": endpoint},
    })
    .to_string()
}
