//! What is sent of an event, made anew for each attempt: nothing of it is kept.

use crate::App;
use crate::events::{KINDS, Kind, PublicEvent, find};
use serde_json::{Value, json};
use touchstone_domain::webhook::fits;
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

/// How others know the kind of an event; `None` for what they are not told.
pub(super) fn public_kind(event: &Event) -> Option<&'static str> {
    find(&event.kind).map(|kind| kind.name)
}

/// Whether a pattern of a filter stands for any kind that there is.
pub(super) fn is_known(pattern: &str) -> bool {
    KINDS.iter().any(|kind| fits(pattern, kind.name))
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
        serde_json::to_string(&self.public_event(event)?).ok()
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

/// JSON Schema of what is sent of a kind.
pub fn schema(kind: &Kind) -> Value {
    let mut whole = schemars::schema_for!(PublicEvent).to_value();
    let mut data = kind.shape.schema().to_value();
    if let Some(data) = data.as_object_mut() {
        data.remove("$schema");
        data.remove("title");
    }
    whole["title"] = kind.name.into();
    whole["description"] = kind.about.into();
    whole["properties"]["type"] = json!({"const": kind.name});
    whole["properties"]["data"] = data;
    whole
}
