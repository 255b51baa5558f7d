//! Messages over HTTP, to addresses that were looked at after the name was looked up.

use super::guard::Guard;
use super::{Answer, Message, RESPONSE_BYTES_KEPT, WebhookSender};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use std::{io, net::SocketAddr};

/// From the look-up of the name to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Connections that nobody uses are not kept for long: names move.
const IDLE: Duration = Duration::from_secs(20);

pub struct HttpSender {
    guard: Guard,
    secured: reqwest::Client,
    plain: reqwest::Client,
}

impl HttpSender {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(guard: Guard) -> Result<Self, reqwest::Error> {
        let client = |is_plain| {
            let resolver = GuardedResolver {
                guard: guard.clone(),
                is_plain,
            };
            reqwest::Client::builder()
                .timeout(TIMEOUT)
                .pool_idle_timeout(IDLE)
                .redirect(reqwest::redirect::Policy::none())
                // A proxy would look names up by itself.
                .no_proxy()
                .https_only(!is_plain)
                .dns_resolver(Arc::new(resolver))
                .user_agent("Touchstone-Webhooks/1")
                .build()
        };
        Ok(Self {
            secured: client(false)?,
            plain: client(true)?,
            guard,
        })
    }

    async fn post(&self, message: &Message) -> Answer {
        // The address in a URL is not looked up, so that the resolver does not see it.
        if let Err(refused) = self.guard.read(message.url.as_str()) {
            return unreachable(&refused);
        }
        let client = match message.url.scheme() {
            "http" => &self.plain,
            _ => &self.secured,
        };
        let sent = client
            .post(message.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", &message.signatures)
            .body(message.body.clone())
            .send()
            .await;
        match sent {
            Err(error) => unreachable(&error.without_url()),
            Ok(response) => read(response).await,
        }
    }
}

/// The status counts, and the beginning of the body is kept, whether or not all of it comes.
async fn read(mut response: reqwest::Response) -> Answer {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while body.len() < RESPONSE_BYTES_KEPT {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    body.truncate(RESPONSE_BYTES_KEPT);
    Answer::Answered {
        status,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// With what lies behind it, for an error of a connection says little by itself.
fn unreachable(error: &dyn std::error::Error) -> Answer {
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        reason = format!("{reason}: {error}");
        source = error.source();
    }
    Answer::Unreachable { reason }
}

impl WebhookSender for HttpSender {
    fn send<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(self.post(message))
    }
}

/// Gives only addresses that may be connected to, and none of a name that has another one too.
struct GuardedResolver {
    guard: Guard,
    is_plain: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, is_plain) = (self.guard.clone(), self.is_plain);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            match found.iter().all(|one| guard.may(one.ip(), is_plain)) {
                true => Ok(Box::new(found.into_iter()) as Addrs),
                false => {
                    let refused = super::guard::Refused::Address;
                    Err(io::Error::new(io::ErrorKind::PermissionDenied, refused).into())
                }
            }
        })
    }
}
