//! `POST /kyc/webhook/{provider}` and `GET /customers/me/kyc`

use crate::support::demo::{BANK_SECRETS, DemoServer};
use crate::support::{Answer, START};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::cashier::WebhookSecret;
use touchstone_domain::EntityKind::{Account, Customer};

const PATH: &str = "/kyc/webhook/papers";

async fn send_as(server: &DemoServer, path: &str, secret: &str, body: &Value) -> Answer {
    let (body, time) = (body.to_string(), START.seconds());
    let secret = WebhookSecret::new(secret.to_owned()).expect("a long secret");
    let signature = format!("v1={}", secret.sign(time, body.as_bytes()));
    let headers = [
        ("X-Touchstone-Timestamp", &time.to_string()[..]),
        ("X-Touchstone-Signature", &signature),
    ];
    server.post_with_headers("", path, &headers, &body).await
}

async fn send(server: &DemoServer, body: &Value) -> Answer {
    send_as(server, PATH, BANK_SECRETS[0], body).await
}

fn event(server: &DemoServer, id: &str, status: &str) -> Value {
    json!({"event_id": id, "customer_id": server.uuid(Customer, 5), "status": status, "reason": "looked at"})
}

async fn own(server: &DemoServer) -> Value {
    let trader = server.trader().await;
    server.get(&trader, "/customers/me/kyc").await.json()
}

#[tokio::test]
async fn a_provider_tells_and_the_customer_sees_it() {
    let server = DemoServer::new().await;
    let id = server.uuid(Customer, 5);
    let page = format!("https://id.example.com/start?firm=7&customer_id={id}");
    assert_eq!(
        own(&server).await,
        json!({"status": "none", "since": null, "page": page})
    );
    let rows = server.audit_rows().await;
    for (event_id, status, is_repeat) in [
        ("e1", "pending", false),
        ("e1", "pending", true),
        ("e2", "approved", false),
        ("e3", "approved", false),
    ] {
        let told = send(&server, &event(&server, event_id, status)).await;
        assert_eq!(
            told.json(),
            json!({"event_id": event_id, "customer_id": id, "status": status, "is_repeat": is_repeat})
        );
    }
    assert_eq!(own(&server).await["status"], "approved");
    assert_eq!(server.audit_rows().await, rows + 2);
    // An old event once more takes nothing back.
    let late = send(&server, &event(&server, "e1", "pending")).await;
    assert_eq!(late.json()["status"], "approved");
    let other = send(&server, &event(&server, "e1", "rejected")).await;
    assert_eq!(other.error(), (409, "kyc_event_conflict".to_owned()));
    assert_eq!(own(&server).await["status"], "approved");
}

#[tokio::test]
async fn two_at_once_are_one() {
    let server = DemoServer::new().await;
    let body = event(&server, "e1", "approved");
    let rows = server.audit_rows().await;
    let (one, two) = tokio::join!(send(&server, &body), send(&server, &body));
    assert_ne!(one.json()["is_repeat"], two.json()["is_repeat"]);
    assert_eq!(server.audit_rows().await, rows + 1);
}

#[rstest]
#[case::unsigned_by_him(PATH, "another secret of a stranger")]
#[case::unknown_provider("/kyc/webhook/bank", BANK_SECRETS[0])]
#[tokio::test]
async fn what_is_not_signed_is_refused(#[case] path: &str, #[case] secret: &str) {
    let server = DemoServer::new().await;
    let told = send_as(&server, path, secret, &event(&server, "e1", "approved")).await;
    assert_eq!(told.error(), (401, "invalid_signature".to_owned()));
    assert_eq!(own(&server).await["status"], "none");
}

#[tokio::test]
async fn what_is_wrong_changes_nothing() {
    let server = DemoServer::new().await;
    let good = event(&server, "e1", "approved");
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for (body, status) in [
        (with("status", json!("perhaps")), 422),
        (with("event_id", json!("")), 422),
        (with("customer_id", json!("x")), 422),
        (with("customer_id", json!(server.uuid(Customer, 99))), 404),
        (with("customer_id", json!(server.uuid(Account, 5))), 404),
    ] {
        let told = send(&server, &body).await;
        assert_eq!(told.status.as_u16(), status, "{body}: {}", told.body);
    }
    assert_eq!(own(&server).await["status"], "none");
}
