//! Is a payment message authentic? HMAC-SHA-256 over its time and its bytes, with a secret that the
//! provider and the firm share.

use crate::App;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use touchstone_domain::UnixMicros;

/// How far the clocks of provider and firm may be apart, and how long a message may travel.
const TOLERANCE_SECONDS: i64 = 300;
/// Shortest secret, in bytes.
const SECRET_LENGTH_MIN: usize = 16;

/// A secret that messages are signed with; never printed.
#[derive(Clone)]
pub struct WebhookSecret(SecretString);

impl WebhookSecret {
    /// `None` for a secret that is too short to be one (16 bytes are wanted).
    pub fn new(text: String) -> Option<Self> {
        (text.len() >= SECRET_LENGTH_MIN).then(|| Self(text.into()))
    }

    /// The signature of a message: 64 hexadecimal digits.
    pub fn sign(&self, timestamp: i64, body: &[u8]) -> String {
        hex::encode(self.mac(timestamp, body))
    }

    fn mac(&self, timestamp: i64, body: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(timestamp.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

impl PartialEq for WebhookSecret {
    fn eq(&self, other: &Self) -> bool {
        let (own, other) = (self.0.expose_secret(), other.0.expose_secret());
        own.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl Eq for WebhookSecret {}

/// The two headers of a message, as they were sent.
#[derive(Clone, Copy, Debug)]
pub struct WebhookSignature<'a> {
    /// Unix seconds.
    pub timestamp: &'a str,
    /// `v1=` and hexadecimal digits; several, with commas between them, while a secret is replaced.
    pub signatures: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    #[error("no payment provider of this name is set up here")]
    UnknownProvider,
    #[error("the timestamp is no unix second, or more than {TOLERANCE_SECONDS} seconds from now")]
    Timestamp,
    #[error("the signature is not that of this message")]
    Signature,
}

impl App {
    /// Holds a message of a provider against his secrets.
    ///
    /// # Errors
    /// See [`WebhookRefused`].
    pub fn verify_webhook(
        &self,
        provider: &str,
        signature: WebhookSignature<'_>,
        body: &[u8],
    ) -> Result<(), WebhookRefused> {
        let secrets = self
            .settings
            .payment_webhooks
            .get(provider)
            .ok_or(WebhookRefused::UnknownProvider)?;
        verify(secrets, signature, body, self.now())
    }
}

/// # Errors
/// See [`WebhookRefused`].
pub fn verify(
    secrets: &[WebhookSecret],
    signature: WebhookSignature<'_>,
    body: &[u8],
    now: UnixMicros,
) -> Result<(), WebhookRefused> {
    let timestamp: i64 = signature
        .timestamp
        .parse()
        .map_err(|_| WebhookRefused::Timestamp)?;
    let apart = now.seconds().saturating_sub(timestamp).unsigned_abs();
    if apart > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(WebhookRefused::Timestamp);
    }
    let sent: Vec<Vec<u8>> = signature
        .signatures
        .split(',')
        .filter_map(|part| part.trim().strip_prefix("v1="))
        .filter_map(|digits| hex::decode(digits).ok())
        .collect();
    let known = secrets.iter().any(|secret| {
        let expected = secret.mac(timestamp, body);
        sent.iter()
            .any(|signature| bool::from(signature.ct_eq(expected.as_slice())))
    });
    known.then_some(()).ok_or(WebhookRefused::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const NOW: i64 = 1_778_160_000;

    fn secret(text: &str) -> WebhookSecret {
        WebhookSecret::new(text.into()).expect("a long secret")
    }

    /// `OLD` and `NEW` stand for the signatures with either secret over `{}` at the time.
    #[rstest]
    #[case::old_secret("0", "v1=OLD", Ok(()))]
    #[case::new_secret("0", "v1=NEW", Ok(()))]
    #[case::one_of_two("0", "v1=00, v1=NEW", Ok(()))]
    #[case::late_but_in_time("-300", "v1=OLD", Ok(()))]
    #[case::ahead_but_in_time("300", "v1=OLD", Ok(()))]
    #[case::too_late("-301", "v1=OLD", Err(WebhookRefused::Timestamp))]
    #[case::too_far_ahead("301", "v1=OLD", Err(WebhookRefused::Timestamp))]
    #[case::other_scheme("0", "v0=OLD", Err(WebhookRefused::Signature))]
    #[case::no_scheme("0", "OLD", Err(WebhookRefused::Signature))]
    #[case::other_digits("0", "v1=00", Err(WebhookRefused::Signature))]
    #[case::nothing("0", "", Err(WebhookRefused::Signature))]
    fn holds_a_message_against_the_secrets(
        #[case] offset: &str,
        #[case] signatures: &str,
        #[case] expected: Result<(), WebhookRefused>,
    ) {
        let secrets = [secret("an old long secret"), secret("a new long secret")];
        let time = NOW + offset.parse::<i64>().unwrap();
        let signatures = signatures
            .replace("OLD", &secrets[0].sign(time, b"{}"))
            .replace("NEW", &secrets[1].sign(time, b"{}"));
        let signature = WebhookSignature {
            timestamp: &time.to_string(),
            signatures: &signatures,
        };
        let now = UnixMicros::from_seconds(NOW);
        assert_eq!(verify(&secrets, signature, b"{}", now), expected);
    }

    #[test]
    fn another_body_or_another_time_has_another_signature() {
        let secrets = [secret("an old long secret")];
        let signatures = format!("v1={}", secrets[0].sign(NOW, b"{}"));
        let check = |timestamp: &str, body: &[u8]| {
            let signature = WebhookSignature {
                timestamp,
                signatures: &signatures,
            };
            verify(&secrets, signature, body, UnixMicros::from_seconds(NOW))
        };
        let time = NOW.to_string();
        assert_eq!(check(&time, b"{}"), Ok(()));
        assert_eq!(check(&time, b"{ }"), Err(WebhookRefused::Signature));
        let later = (NOW + 1).to_string();
        assert_eq!(check(&later, b"{}"), Err(WebhookRefused::Signature));
        assert_eq!(check("soon", b"{}"), Err(WebhookRefused::Timestamp));
        let far = i64::MIN.to_string();
        assert_eq!(check(&far, b"{}"), Err(WebhookRefused::Timestamp));
    }

    /// A signature that can be made with `openssl dgst -sha256 -hmac`.
    #[test]
    fn signs_as_documented() {
        let signature = secret("whsec_0123456789").sign(1_700_000_000, br#"{"event_id":"e"}"#);
        assert_eq!(
            signature,
            "d93bcb5ac2aeb89a8b15eec81204d29e6aef3975739764da20df5f7c5017f75a"
        );
        assert!(WebhookSecret::new("short".into()).is_none());
        assert_eq!(
            format!("{:?}", secret("whsec_0123456789")),
            "WebhookSecret(..)"
        );
    }
}
