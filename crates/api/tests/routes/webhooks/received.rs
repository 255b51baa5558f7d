//! Messages that come over HTTP, to a receiver that checks them with the library of Standard Webhooks.

use super::made;
use crate::support::demo::DemoServer;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header::LOCATION};
use axum::response::{IntoResponse, Response};
use rstest::rstest;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use touchstone_app::ports::{Clock, SystemClock};
use touchstone_app::webhooks::{Guard, HttpSender, WebhookSender};

type Got = (String, HeaderMap, Bytes);

/// A receiver on a port of its own; by its path it takes, refuses, talks too much or sends somewhere else.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<Got>>>);

impl Receiver {
    async fn new() -> (Self, SocketAddr) {
        let receiver = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let taking = receiver.clone();
        let take = move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let answer = taking.take(uri.path(), headers, body);
            std::future::ready(answer)
        };
        let router = Router::new().fallback(take);
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, address)
    }

    fn take(&self, path: &str, headers: HeaderMap, body: Bytes) -> Response {
        let mut got = self.0.lock().expect("no panic");
        got.push((path.to_owned(), headers, body));
        match path {
            "/elsewhere" => (StatusCode::FOUND, [(LOCATION, "/taken")]).into_response(),
            "/broken" => (StatusCode::INTERNAL_SERVER_ERROR, "out of order").into_response(),
            "/long" => "x".repeat(100_000).into_response(),
            _ => StatusCode::NO_CONTENT.into_response(),
        }
    }

    fn got(&self) -> Vec<Got> {
        self.0.lock().expect("no panic").clone()
    }
}

async fn send(server: &DemoServer, guard: Guard) {
    let sender = HttpSender::new(guard).expect("a client");
    let sender: Arc<dyn WebhookSender> = Arc::new(sender);
    server.app.queue_webhooks().await.expect("a queue");
    let sent = server.app.send_due_webhooks(&sender).await;
    sent.expect("a store");
}

fn own_machine() -> Guard {
    Guard::new(vec!["127.0.0.0/8".parse().expect("a network")])
}

/// The library looks at the machine's clock: that of the demo stands there too.
async fn today() -> DemoServer {
    let server = DemoServer::new().await;
    let ahead = SystemClock.now().micros_since(server.app.now());
    server.clock.advance_micros(ahead);
    server
}

/// What a receiver written with the library makes of a message.
fn verified(secret: &Value, (_, headers, body): &Got) -> bool {
    let webhook = Webhook::new(secret.as_str().expect("a secret")).expect("a secret");
    webhook.verify(body, headers).is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_verifies_what_comes() {
    let server = today().await;
    let (receiver, address) = Receiver::new().await;
    let url = format!("http://{address}/hook?from=touchstone");
    let hook = made(&server, json!({"endpoint_url": url})).await;
    server.bought().await;
    send(&server, own_machine()).await;
    let got = receiver.got();
    assert!(!got.is_empty());
    let mut kinds = Vec::new();
    for message in &got {
        assert!(verified(&hook["secret"], message));
        let (_, headers, body) = message;
        let timestamp = headers["webhook-timestamp"].to_str().expect("text");
        assert_eq!(timestamp, server.app.now().seconds().to_string());
        assert_eq!(headers["content-type"], "application/json");
        let body: Value = serde_json::from_slice(body).expect("JSON");
        kinds.push(body["type"].as_str().expect("a kind").to_owned());
        // Somebody in between who changes a letter is found out.
        let forged = body.to_string().replace("\"", "'");
        let forged = (message.0.clone(), message.1.clone(), Bytes::from(forged));
        assert!(!verified(&hook["secret"], &forged));
    }
    assert!(
        kinds.contains(&"challenge.activated".to_owned()),
        "{kinds:?}"
    );
    let staff = server.staff(1).await;
    let log = server.get(&staff, "/webhooks/1/deliveries").await.json();
    for one in log["items"].as_array().expect("items") {
        assert_eq!(
            (&one["status"], &one["response_status"]),
            (&json!("delivered"), &json!(204))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_is_replaced_both_verify() {
    let server = today().await;
    let staff = server.staff(1).await;
    let (receiver, address) = Receiver::new().await;
    let url = format!("http://{address}/hook");
    let old = made(
        &server,
        json!({"endpoint_url": url, "events": ["payout.paid"]}),
    )
    .await;
    let rotate = ("/webhooks/1/rotate-secret", json!({"overlap_seconds": 1}));
    let new = server.post(&staff, rotate.0, &rotate.1).await.json();
    server.send(Method::POST, &staff, "/webhooks/1/test").await;
    send(&server, own_machine()).await;
    server.clock.advance_micros(1_000_000);
    server.send(Method::POST, &staff, "/webhooks/1/test").await;
    send(&server, own_machine()).await;
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    assert!(verified(&old["secret"], &got[0]) && verified(&new["secret"], &got[0]));
    assert!(!verified(&old["secret"], &got[1]) && verified(&new["secret"], &got[1]));
}

/// Path, status in the log, beginning of the answer, how often the receiver was asked.
#[rstest]
#[case::taken("taken", json!(204), "", 1)]
#[case::broken("broken", json!(500), "out of order", 1)]
#[case::redirect("elsewhere", json!(302), "", 1)]
#[case::too_long("long", json!(200), "xxxx", 1)]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_and_a_redirect_is_not_followed(
    #[case] path: &str,
    #[case] status: Value,
    #[case] begins: &str,
    #[case] asked: usize,
) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let (receiver, address) = Receiver::new().await;
    made(
        &server,
        json!({"endpoint_url": format!("http://{address}/{path}")}),
    )
    .await;
    server.send(Method::POST, &staff, "/webhooks/1/test").await;
    send(&server, own_machine()).await;
    let log = server.get(&staff, "/webhooks/1/deliveries").await.json();
    let one = &log["items"][0];
    assert_eq!(one["response_status"], status, "{one}");
    let body = one["response_body"].as_str().expect("text");
    assert!(body.starts_with(begins) && body.len() <= 1_024, "{one}");
    assert_eq!(receiver.got().len(), asked);
    let is_well = status.as_i64().is_some_and(|status| status < 300);
    assert_eq!(one["status"] == "delivered", is_well, "{one}");
}

/// A name that was harmless when the webhook was made, and one whose address is.
#[rstest]
#[case::name("localhost")]
#[case::address("127.0.0.1")]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_of_the_internet_is_not_connected_to(#[case] host: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let (receiver, address) = Receiver::new().await;
    let port = address.port();
    for scheme in ["http", "https"] {
        let url = format!("{scheme}://{host}:{port}/hook");
        let hook = made(&server, json!({"endpoint_url": url})).await;
        let path = format!("/webhooks/{}/test", hook["id"]);
        server.send(Method::POST, &staff, &path).await;
    }
    // Another network than the one that was allowed when they were made.
    let elsewhere = Guard::new(vec!["10.0.0.0/8".parse().expect("a network")]);
    send(&server, elsewhere).await;
    assert!(receiver.got().is_empty());
    for id in [1, 2] {
        let path = format!("/webhooks/{id}/deliveries");
        let log = server.get(&staff, &path).await.json();
        let error = log["items"][0]["last_error"].as_str().expect("text");
        assert!(error.contains("not one of the Internet"), "{error}");
        assert_eq!(log["items"][0]["status"], "pending");
    }
}
