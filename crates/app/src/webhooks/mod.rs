//! Webhooks: programs of the firm are told what happens, signed as Standard Webhooks says, at least once, and of one
//! challenge in the order in which it happened.

mod ask;
mod claim;
mod follow;
mod guard;
mod http;
mod payload;
mod post;
mod replay;
mod rounds;
mod secret;
mod send;
mod settle;
mod staff;

pub use ask::DeliveryPage;
pub use follow::Queued;
pub(crate) use follow::read_up_to;
pub use guard::{Guard, Refused};
pub use http::HttpSender;
pub use payload::{TEST_KIND, schema};
pub use replay::ReplayRange;
pub use secret::{Secret, SecretError};
pub use staff::{NewWebhook, WebhookPatch};
pub use touchstone_store::repo::webhook_deliveries::Delivery;
pub use touchstone_store::repo::webhooks::Endpoint;

use crate::identity::SessionError;
use std::future::Future;
use std::pin::Pin;
use touchstone_store::StoreError;

/// Endpoints of one brand.
pub const ENDPOINTS_MAX: i64 = 20;
/// How much of an answer is kept.
pub const RESPONSE_BYTES_KEPT: usize = 1_024;

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such webhook or delivery")]
    NotFound,
    #[error("{0}")]
    Url(Refused),
    /// The place of the pattern in the list.
    #[error("there is no such kind of event, and none that begins so")]
    Events(usize),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("a firm has at most {ENDPOINTS_MAX} webhooks; delete one first")]
    TooMany,
    #[error("the webhook is switched off; switch it on first")]
    Disabled,
    #[error("a replay is under way; wait for its end")]
    ReplayUnderWay,
    #[error(
        "the secret before still signs along; wait for its end, or rotate with overlap_seconds 0"
    )]
    RotationUnderWay,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One attempt.
pub struct Message {
    pub url: url::Url,
    /// The same for each attempt, and for each endpoint that is told of the event.
    pub id: String,
    /// Unix seconds of the attempt.
    pub timestamp: i64,
    /// One for each secret that is good now, with spaces between them.
    pub signatures: String,
    /// JSON.
    pub body: String,
}

/// What has come of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Answered {
        status: u16,
        /// Its beginning, at most [`RESPONSE_BYTES_KEPT`].
        body: String,
    },
    /// Nobody was asked, or nobody has answered in time.
    Unreachable { reason: String },
}

/// How messages leave.
pub trait WebhookSender: Send + Sync {
    fn send<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
}
