//! What the outbox tells others: each kind of event by name, with its text and the form of what it carries. Streams and
//! webhooks send the same words. What only our own programs hear of is not here.

mod bell;
mod catalogue;
mod data;
mod hub;
mod reading;

pub use bell::Bell;
pub use catalogue::{KINDS, Kind, find};
pub use hub::{Audience, BUFFER, Hub, Subscription, Told};
pub use reading::{EventReader, ListenError, Wanted};

use crate::App;
use data::Names;
use touchstone_domain::{EntityKind, PublicIds, UnixMicros};
use touchstone_store::Event;
use uuid::Uuid;

/// An event as others are told of it. Keys are ScaleTrade's numbers (`..._id`) and Slate's UUIDs (`..._uuid`).
#[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct PublicEvent {
    /// 1, 2, 3 ... without a gap over all brands; a reader goes on after the last one that it has seen.
    pub id: i64,
    /// The name of the kind.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it happened, RFC 3339 in UTC.
    pub timestamp: String,
    pub customer_id: Option<i64>,
    #[schemars(with = "Option<String>")]
    pub customer_uuid: Option<Uuid>,
    pub challenge_id: Option<i64>,
    /// The challenge as Slate calls it.
    #[schemars(with = "Option<String>")]
    pub journey_uuid: Option<Uuid>,
    /// What the kind says of itself.
    pub data: serde_json::Value,
}

impl App {
    /// `None` for what is not told to others.
    pub fn public_event(&self, event: &Event) -> Option<PublicEvent> {
        public(event, &self.public_ids)
    }
}

fn public(event: &Event, ids: &PublicIds) -> Option<PublicEvent> {
    let kind = find(&event.kind)?;
    let names = Names { ids };
    let uuid = |kind, key: Option<i64>| key.map(|key| ids.uuid(kind, key));
    let data = kind.shape.read(event, &names);
    Some(PublicEvent {
        id: event.seq,
        kind: kind.name,
        timestamp: UnixMicros(event.at_us).rfc3339(),
        customer_id: event.customer_id,
        customer_uuid: uuid(EntityKind::Customer, event.customer_id),
        challenge_id: event.challenge_id,
        journey_uuid: uuid(EntityKind::Challenge, event.challenge_id),
        data: data.unwrap_or_else(|error| {
            tracing::error!(seq = event.seq, kind = kind.name, %error, "an event carries what its kind does not");
            serde_json::Value::Null
        }),
    })
}
