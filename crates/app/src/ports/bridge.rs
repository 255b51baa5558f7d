//! A remote trading server behind a small HTTP bridge, which the operator writes for the server he
//! has. The contract is in `docs/trading-bridge.md`.

use super::trading_server::{Answer, Call, TradingServer};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::Clock;

pub struct BridgeTradingServer {
    client: reqwest::Client,
    url: url::Url,
    secret: SecretString,
    clock: Arc<dyn Clock>,
}

/// The body of a call. Amounts are minor units of `currency`.
#[derive(Debug, Serialize)]
struct Body<'a> {
    reference: &'a str,
    step: &'static str,
    undoes: Option<&'a str>,
    login: i64,
    group: &'a str,
    leverage: i64,
    amount_minor: i64,
    currency: &'a str,
    comment: &'static str,
}

#[derive(Debug, Deserialize)]
struct Reply {
    result: ReplyKind,
    #[serde(default)]
    detail: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReplyKind {
    Done,
    NothingToUndo,
    Refused,
}

impl BridgeTradingServer {
    /// # Errors
    /// When no HTTP client can be made, or `url` cannot be a base.
    pub fn new(
        url: url::Url,
        secret: SecretString,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            url,
            secret,
            clock,
        })
    }

    async fn send(&self, call: &Call) -> Answer {
        let body = serde_json::to_string(&Body {
            reference: &call.reference,
            step: call.step.name(),
            undoes: call.undoes.as_deref(),
            login: call.login.0,
            group: &call.group,
            leverage: call.leverage,
            amount_minor: call.amount.minor,
            currency: call.amount.currency.code(),
            comment: call.comment,
        })
        .unwrap_or_default();
        let timestamp = self.clock.now().seconds().to_string();
        let signature = sign(self.secret.expose_secret().as_bytes(), &timestamp, &body);
        let sent = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("x-touchstone-timestamp", timestamp)
            .header("x-touchstone-signature", format!("v1={signature}"))
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) => read(response).await,
            // The address is left out: it may hold a secret.
            Err(error) => Answer::Unknown {
                detail: error.without_url().to_string(),
            },
        }
    }
}

/// Only a clear answer counts. Anything else, an error page of a proxy too, tells nothing about
/// what was done.
async fn read(response: reqwest::Response) -> Answer {
    let status = response.status();
    if status != reqwest::StatusCode::OK {
        return Answer::Unknown {
            detail: format!("the bridge answered {status}"),
        };
    }
    match response.json::<Reply>().await {
        Ok(Reply {
            result: ReplyKind::Done,
            ..
        }) => Answer::Done,
        Ok(Reply {
            result: ReplyKind::NothingToUndo,
            ..
        }) => Answer::NothingToUndo,
        Ok(Reply {
            result: ReplyKind::Refused,
            detail,
        }) => Answer::Refused { detail },
        Err(error) => Answer::Unknown {
            detail: format!(
                "the bridge's answer cannot be read: {}",
                error.without_url()
            ),
        },
    }
}

/// Hexadecimal HMAC-SHA256 over `timestamp.body`.
pub fn sign(secret: &[u8], timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

impl TradingServer for BridgeTradingServer {
    fn call<'a>(&'a self, call: &'a Call) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(self.send(call))
    }
}
