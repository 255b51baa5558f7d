//! `/webhooks`

mod received;

use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

async fn made(server: &DemoServer, body: Value) -> Value {
    let staff = server.staff(1).await;
    let made = server.post(&staff, "/webhooks", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    made.json()
}

#[tokio::test]
async fn a_webhook_is_made_changed_and_deleted() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let url = "https://hooks.example.com/crm";
    let body = json!({"endpoint_url": url, "events": ["payout.*", "breach.terminal"], "description": "CRM"});
    let one = made(&server, body).await;
    assert_eq!(one["endpoint_url"], url);
    assert_eq!(one["events"], json!(["breach.terminal", "payout.*"]));
    assert!(
        one["secret"]
            .as_str()
            .is_some_and(|s| s.starts_with("whsec_"))
    );
    let path = format!("/webhooks/{}", one["id"]);
    // The secret is shown once.
    let shown = server.get(&staff, &path).await.json();
    assert_eq!(shown.get("secret"), None, "{shown}");
    assert_eq!(
        server.get(&staff, "/webhooks").await.json(),
        json!({"items": [shown]})
    );
    let change = json!({"is_active": false, "events": []});
    let off = server.patch(&staff, &path, &change).await.json();
    assert_eq!(
        (&off["is_active"], &off["disabled_by"]),
        (&json!(false), &json!("staff"))
    );
    assert_eq!(off["events"], json!([]));
    let rows = server.audit_rows().await;
    let same = server
        .patch(&staff, &path, &json!({"is_active": false}))
        .await;
    assert_eq!(same.json(), off);
    assert_eq!(server.audit_rows().await, rows, "nothing was changed");
    let refused = server
        .send(Method::POST, &staff, &format!("{path}/test"))
        .await;
    assert_eq!(refused.error(), (409, "state_conflict".to_owned()));
    let on = server
        .patch(&staff, &path, &json!({"is_active": true}))
        .await
        .json();
    assert_eq!(on["disabled_by"], Value::Null);
    let rotated = server
        .post(
            &staff,
            &format!("{path}/rotate-secret"),
            &json!({"overlap_seconds": 60}),
        )
        .await;
    let rotated = rotated.json();
    assert_ne!(rotated["secret"], one["secret"]);
    let until = server.app.now().plus_seconds(60).rfc3339();
    assert_eq!(rotated["previous_secret_until"], until);
    let gone = server.send(Method::DELETE, &staff, &path).await;
    assert_eq!(gone.json(), json!({"ok": true}));
    assert_eq!(
        server.get(&staff, &path).await.error(),
        (404, "not_found".to_owned())
    );
}

#[rstest]
#[case::scheme(json!({"endpoint_url": "ftp://hooks.example.com"}), json!(["endpoint_url"]))]
#[case::plain(json!({"endpoint_url": "http://10.0.0.1/"}), json!(["endpoint_url"]))]
#[case::private(json!({"endpoint_url": "https://192.168.1.1/"}), json!(["endpoint_url"]))]
#[case::metadata(json!({"endpoint_url": "https://169.254.169.254/latest"}), json!(["endpoint_url"]))]
#[case::password(json!({"endpoint_url": "https://a:b@hooks.example.com/"}), json!(["endpoint_url"]))]
#[case::nothing(json!({}), json!(["endpoint_url"]))]
#[case::kind(json!({"endpoint_url": "https://a.example.com", "events": ["payout.paid", "payout.lost"]}), json!(["events", 1]))]
#[case::secret(json!({"endpoint_url": "https://a.example.com", "secret": "hunter2"}), json!(["secret"]))]
#[case::more(json!({"endpoint_url": "https://a.example.com", "affiliate_id": 1}), json!(["affiliate_id"]))]
#[tokio::test]
async fn what_cannot_be_one_is_refused_with_its_place(#[case] body: Value, #[case] at: Value) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let refused = server.post(&staff, "/webhooks", &body).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.body);
    let loc = refused.json()["detail"][0]["loc"].clone();
    let wanted: Vec<_> = std::iter::once(json!("body"))
        .chain(at.as_array().expect("a path").clone())
        .collect();
    assert_eq!(loc, json!(wanted), "{}", refused.body);
}

#[tokio::test]
async fn every_kind_is_listed_with_its_schema() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let list = server.get(&staff, "/webhooks/event-types").await.json();
    let items = list["items"].as_array().expect("kinds");
    let paid = items.iter().find(|one| one["name"] == "payout.paid");
    let paid = paid.expect("a kind");
    assert_eq!(paid["description"], "A payout was paid");
    assert_eq!(
        paid["schema"]["properties"]["type"],
        json!({"const": "payout.paid"})
    );
    assert!(paid["schema"]["properties"]["data"]["properties"]["amount"].is_object());
}

#[tokio::test]
async fn the_log_has_pages_and_a_filter() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    made(
        &server,
        json!({"endpoint_url": "https://hooks.example.com/"}),
    )
    .await;
    for _ in 0..3 {
        let sent = server.send(Method::POST, &staff, "/webhooks/1/test").await;
        assert_eq!(sent.status.as_u16(), 202, "{}", sent.body);
    }
    let page = |query: &str| {
        let (server, staff) = (&server, &staff);
        let path = format!("/webhooks/1/deliveries?{query}");
        async move {
            let page = server.get(staff, &path).await.json();
            let ids = page["items"].as_array().expect("items").iter();
            let ids: Vec<_> = ids.map(|one| one["id"].as_i64().expect("an id")).collect();
            (ids, page["next_cursor"].as_i64())
        }
    };
    assert_eq!(page("limit=2").await, (vec![3, 2], Some(2)));
    assert_eq!(page("limit=2&before_id=2").await, (vec![1], None));
    assert_eq!(page("status=pending").await, (vec![3, 2, 1], None));
    assert_eq!(page("status=failed").await, (vec![], None));
    let wrong = server
        .get(&staff, "/webhooks/1/deliveries?status=lost")
        .await;
    assert_eq!(wrong.status.as_u16(), 422);
    for path in ["/webhooks/2/deliveries", "/webhooks/999/deliveries"] {
        assert_eq!(server.get(&staff, path).await.status.as_u16(), 404);
    }
}

#[tokio::test]
async fn a_replay_is_a_stretch_of_time() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    server.bought().await;
    made(
        &server,
        json!({"endpoint_url": "https://hooks.example.com/"}),
    )
    .await;
    for (body, at) in [
        (json!({"since": "yesterday"}), "since"),
        (
            json!({"since": "2026-05-01", "until": "2026-05-01"}),
            "until",
        ),
        (json!({}), "since"),
    ] {
        let refused = server.post(&staff, "/webhooks/1/replay", &body).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.body);
        assert_eq!(refused.json()["detail"][0]["loc"], json!(["body", at]));
    }
    let until = server.app.now().plus_seconds(1).rfc3339();
    let body = json!({"since": "2026-05-01T00:00:00Z", "until": until});
    let replayed = server.post(&staff, "/webhooks/1/replay", &body).await;
    assert_eq!(replayed.status.as_u16(), 202, "{}", replayed.body);
    let replay = replayed.json()["replay"].clone();
    assert_eq!(replay["until"], body["until"]);
    assert_eq!(replay["events_done"], 0);
    assert!(replay["events"].as_i64().is_some_and(|events| events > 5));
    let queued = server.app.queue_webhooks().await.expect("a queue");
    assert!(queued.deliveries > 0);
    let log = server.get(&staff, "/webhooks/1/deliveries").await.json();
    let kinds = log["items"].as_array().expect("items").iter();
    let kinds: Vec<_> = kinds.map(|one| &one["event_type"]).collect();
    assert!(kinds.contains(&&json!("challenge.activated")), "{kinds:?}");
}

#[tokio::test]
async fn a_replay_can_be_stopped() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    server.bought().await;
    let url = "https://hooks.example.com/";
    made(&server, json!({"endpoint_url": url})).await;
    let body = json!({"since": "2026-05-01T00:00:00Z"});
    let path = "/webhooks/1/replay";
    let replayed = server.post(&staff, path, &body).await.json();
    assert_ne!(replayed["replay"], Value::Null);
    let stopped = server.send(Method::DELETE, &staff, path).await;
    assert_eq!(stopped.json()["replay"], Value::Null, "{}", stopped.body);
    let rows = server.audit_rows().await;
    let again = server.send(Method::DELETE, &staff, path).await;
    assert_eq!(again.json(), stopped.json());
    assert_eq!(server.audit_rows().await, rows, "nothing was stopped");
    let none = server
        .send(Method::DELETE, &staff, "/webhooks/9/replay")
        .await;
    assert_eq!(none.error(), (404, "not_found".to_owned()));
}
