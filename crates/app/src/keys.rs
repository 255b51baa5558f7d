//! Keys that the firm's master secret is stretched into, one for each purpose.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use touchstone_domain::Login;
use touchstone_store::repo::sessions::Session;

/// Derived keys; none of them is ever printed.
pub struct Keys {
    access_token: SecretBox<[u8; 32]>,
    refresh_token: SecretBox<[u8; 32]>,
    temporary_password: SecretBox<[u8; 32]>,
}

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
