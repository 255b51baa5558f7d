//! `POST /prop/journeys/{journey_id}/cancel`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use serde_json::json;

#[tokio::test]
async fn a_pending_journey_is_abandoned_once() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let staff = server.staff(1).await;
    let path = format!("/prop/journeys/{}/cancel", journey.id);
    let body = json!({"reason": "asked by mail"});
    let answer = server.post(&staff, &path, &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(
        answer.json(),
        json!({"ok": true, "journey_id": journey.id, "status": "abandoned"})
    );
    let again = server.post(&staff, &path, &body).await;
    assert_eq!(again.status.as_u16(), 409);
    assert_eq!(again.json()["error"], "state_conflict");
}

#[tokio::test]
async fn who_may_not_and_what_does_not_fit() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let path = format!("/prop/journeys/{}/cancel", journey.id);
    let (staff, other, trader) = (
        server.staff(1).await,
        server.staff(2).await,
        server.trader().await,
    );
    let good = json!({"reason": "x"});
    for (token, body, status) in [
        ("", &good, 401),
        (trader.as_str(), &good, 403),
        (&other, &good, 404),
        (&staff, &json!({}), 422),
        (&staff, &json!({"reason": ""}), 422),
        (&staff, &json!({"reason": "x".repeat(501)}), 422),
    ] {
        let answer = server.post(token, &path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
    }
    let answer = server.post(&staff, &path, &good).await;
    assert_eq!(answer.status.as_u16(), 200);
}
