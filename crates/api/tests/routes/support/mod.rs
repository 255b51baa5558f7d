//! A server without a socket, over a database of its own.

pub mod demo;
pub mod desk;
pub mod funded;
mod journey;

pub use journey::{Journey, enrolled};

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header::CONTENT_TYPE},
};
use futures_util::StreamExt;
use secrecy::SecretBox;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use touchstone_api::{ApiOptions, ApiState, router};
use touchstone_app::{
    App,
    keys::Keys,
    ports::{ManualClock, Ports, SeededRandom},
    settings::Settings,
};
use touchstone_domain::UnixMicros;
use touchstone_store::testing::TestDatabase;
use tower::ServiceExt;

/// The time of the published example.
pub const START: UnixMicros = UnixMicros::from_seconds(1_778_160_000);

pub struct TestServer {
    pub state: ApiState,
    router: Router,
    _database: TestDatabase,
}

impl TestServer {
    /// No rate limit, a clock that stands still, an empty database.
    pub async fn new() -> Self {
        Self::with(ApiOptions {
            rate_limit_per_minute: 0,
            ..ApiOptions::default()
        })
        .await
    }

    pub async fn with(options: ApiOptions) -> Self {
        let database = TestDatabase::sqlite();
        let ports = Ports {
            clock: Arc::new(ManualClock::new(START)),
            random: Arc::new(SeededRandom::new(1)),
            remote_trading: None,
            cashier: None,
        };
        let keys = Keys::new(&SecretBox::new(Box::new([7; 32])));
        let app = App::new(database.store(), ports, Settings::default(), keys)
            .await
            .expect("an app over an empty database");
        let state = ApiState::new(Arc::new(app), options, CancellationToken::new());
        Self {
            router: router(state.clone()),
            state,
            _database: database,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(self.router.clone(), request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }
}

/// An answer, read to its end; of a stream the first piece.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }

    /// Status and code of a refusal.
    pub fn error(&self) -> (u16, String) {
        let code = self.json()["error"].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), code)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub async fn send(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let is_stream = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|t| t == "text/event-stream");
    let bytes = match is_stream {
        true => body.into_data_stream().next().await.unwrap().unwrap(),
        false => to_bytes(body, usize::MAX).await.unwrap(),
    };
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// A request with a JSON body, valid or not.
pub fn json_request(method: Method, path: &str, body: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}
