//! A journey that waits for payment.

use super::demo::DemoServer;
use serde_json::json;
use touchstone_domain::EntityKind;

/// Ids as they were answered.
pub struct Journey {
    pub id: String,
    pub transaction: String,
}

/// The trader enrols in program 1, without add-ons.
pub async fn enrolled(server: &DemoServer) -> Journey {
    let trader = server.trader().await;
    let template = server.uuid(EntityKind::Program, 1);
    let path = format!("/challenges/{template}/enroll");
    let answer = server.post(&trader, &path, &json!({})).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let text = |field: &str| answer.json()[field].as_str().expect("an id").to_owned();
    Journey {
        id: text("journey_id"),
        transaction: text("pending_tx_id"),
    }
}
