//! Keys that the firm's master secret is stretched into, one for each purpose.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, Payload};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use touchstone_domain::{Login, SessionId, WebhookId};
use touchstone_store::repo::sessions::{Session, SubjectKind};

/// Derived keys; none of them is ever printed.
pub struct Keys {
    access_token: SecretBox<[u8; 32]>,
    refresh_token: SecretBox<[u8; 32]>,
    temporary_password: SecretBox<[u8; 32]>,
    totp_seal: SecretBox<[u8; 32]>,
    webhook_seal: SecretBox<[u8; 32]>,
    backup_code: SecretBox<[u8; 32]>,
    console_forgery: SecretBox<[u8; 32]>,
}

/// Sealed with another key, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed secret cannot be opened with this installation's key")]
pub struct SealError;

const NONCE_BYTES: usize = 24;

impl Keys {
    pub fn new(master: &SecretBox<[u8; 32]>) -> Self {
        let derive = |purpose: &str| {
            SecretBox::new(Box::new(mac(
                master.expose_secret(),
                &[b"touchstone/v1/", purpose.as_bytes()],
            )))
        };
        Self {
            access_token: derive("access-token"),
            refresh_token: derive("refresh-token"),
            temporary_password: derive("temporary-password"),
            totp_seal: derive("totp-seal"),
            webhook_seal: derive("webhook-seal"),
            backup_code: derive("backup-code"),
            console_forgery: derive("console-forgery"),
        }
    }

    pub fn access_token(&self) -> &[u8; 32] {
        self.access_token.expose_secret()
    }

    /// Proves that a refresh token was issued here, for this session and this generation, long after
    /// its hash has made room for the next one's.
    pub fn refresh_token_seal(&self, session: &Session, generation: i64, nonce: &str) -> [u8; 32] {
        mac(
            self.refresh_token.expose_secret(),
            &[
                &session.id.0.to_be_bytes(),
                // A database that was put back from a copy gives numbers out again.
                &session.created_at.0.to_be_bytes(),
                &session.subject_kind.code().to_be_bytes(),
                &session.subject_id.to_be_bytes(),
                &generation.to_be_bytes(),
                nonce.as_bytes(),
            ],
        )
    }

    /// The secret of a second factor as it is stored: nobody reads it without the key, nor puts it at somebody else's.
    pub fn seal_totp(
        &self,
        of: (SubjectKind, i64),
        secret: &[u8],
        nonce: &[u8; NONCE_BYTES],
    ) -> Vec<u8> {
        seal(&self.totp_seal, &whose(of), secret, nonce)
    }

    /// # Errors
    /// [`SealError`].
    pub fn open_totp(&self, of: (SubjectKind, i64), sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open(&self.totp_seal, &whose(of), sealed)
    }

    /// The secret that messages to an endpoint are signed with, as it is stored.
    pub fn seal_webhook(&self, id: WebhookId, secret: &[u8], nonce: &[u8; NONCE_BYTES]) -> Vec<u8> {
        seal(&self.webhook_seal, &id.0.to_be_bytes(), secret, nonce)
    }

    /// # Errors
    /// [`SealError`].
    pub fn open_webhook(&self, id: WebhookId, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open(&self.webhook_seal, &id.0.to_be_bytes(), sealed)
    }

    /// What is stored of a code for who has lost the device.
    pub fn backup_code_hash(&self, of: (SubjectKind, i64), code: &str) -> [u8; 32] {
        let key = self.backup_code.expose_secret();
        mac(key, &[&whose(of), code.as_bytes()])
    }

    /// What a page of the console shows with each change, so that no other site's page can make one: known only to
    /// whoever reads the answers of this session.
    pub fn forgery_token(&self, session: SessionId) -> String {
        let key = self.console_forgery.expose_secret();
        hex::encode(mac(key, &[&session.0.to_be_bytes()]))
    }

    pub fn is_forgery_token(&self, session: SessionId, token: &str) -> bool {
        let own = self.forgery_token(session);
        own.as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// What is stored of a generated password: worth nothing without the key, and cheap enough to
    /// be made for each purchase.
    pub fn temporary_password_hash(&self, login: Login, password: &str) -> [u8; 32] {
        mac(
            self.temporary_password.expose_secret(),
            &[&login.0.to_be_bytes(), password.as_bytes()],
        )
    }

    pub fn is_temporary_password(&self, login: Login, password: &str, hash: &[u8]) -> bool {
        self.temporary_password_hash(login, password)
            .ct_eq(hash)
            .into()
    }
}

fn seal(
    key: &SecretBox<[u8; 32]>,
    whose: &[u8],
    secret: &[u8],
    nonce: &[u8; NONCE_BYTES],
) -> Vec<u8> {
    let payload = Payload {
        msg: secret,
        aad: whose,
    };
    let cipher = XChaCha20Poly1305::new(key.expose_secret().into());
    let sealed = cipher.encrypt(nonce.into(), payload);
    let sealed = sealed.expect("a secret of a few bytes can be sealed");
    [nonce.as_slice(), &sealed].concat()
}

fn open(key: &SecretBox<[u8; 32]>, whose: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError)?;
    let payload = Payload {
        msg: sealed,
        aad: whose,
    };
    let cipher = XChaCha20Poly1305::new(key.expose_secret().into());
    cipher.decrypt(nonce.into(), payload).map_err(|_| SealError)
}

fn whose((kind, key): (SubjectKind, i64)) -> Vec<u8> {
    [kind.code().to_be_bytes(), key.to_be_bytes()].concat()
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// What is stored of a random token: enough to find it, useless to whoever reads the database.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_is_opened_for_whom_it_was_sealed_and_by_nobody_else() {
        let keys = |byte| Keys::new(&SecretBox::new(Box::new([byte; 32])));
        let (own, secret) = ((SubjectKind::Staff, 3), [5; 20]);
        let sealed = keys(7).seal_totp(own, &secret, &[1; NONCE_BYTES]);
        assert_eq!(keys(7).open_totp(own, &sealed), Ok(secret.to_vec()));
        assert!(!sealed.windows(secret.len()).any(|part| part == secret));
        for other in [(SubjectKind::Customer, 3), (SubjectKind::Staff, 4)] {
            assert_eq!(keys(7).open_totp(other, &sealed), Err(SealError));
        }
        assert_eq!(keys(8).open_totp(own, &sealed), Err(SealError));
        for length in 0..sealed.len() {
            assert_eq!(keys(7).open_totp(own, &sealed[..length]), Err(SealError));
        }
    }
}
