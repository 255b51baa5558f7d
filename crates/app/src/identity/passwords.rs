//! Argon2id, off the threads that answer requests, and never more at once than there are cores.

use crate::App;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Longest password, in bytes: argon2 takes more, attackers would send more.
pub const PASSWORD_BYTES_MAX: usize = 128;
/// Shortest password that a person may set, in characters.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;

/// Places for hashing at once.
#[derive(Clone, Debug)]
pub(crate) struct HashingPlaces(Arc<Semaphore>);

impl Default for HashingPlaces {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Arc::new(Semaphore::new(cores)))
    }
}

/// The server is stopping, or a hash could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashingFailed;

impl App {
    /// What is stored of a password.
    pub async fn hash_password(&self, password: SecretString) -> Result<String, HashingFailed> {
        let salt = self.ports.random.bytes();
        self.in_place(move || hash_password(&password, &salt))
            .await?
    }

    /// Which of `hashes` the password fits; as much work for none as for one, so that time does not
    /// tell who is known.
    pub async fn fitting_password(
        &self,
        password: SecretString,
        hashes: Vec<String>,
    ) -> Result<Vec<usize>, HashingFailed> {
        self.in_place(move || {
            if hashes.is_empty() {
                fits(&password, nobodys_hash());
                return Vec::new();
            }
            let hashes = hashes.iter().enumerate();
            hashes
                .filter(|(_, hash)| fits(&password, hash))
                .map(|(index, _)| index)
                .collect()
        })
        .await
    }

    async fn in_place<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingFailed> {
        let place = self
            .hashing
            .0
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| HashingFailed)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|_| HashingFailed)
    }
}

/// Takes its time: not for a thread that answers requests.
pub(crate) fn hash_password(
    password: &SecretString,
    salt: &[u8; 16],
) -> Result<String, HashingFailed> {
    Argon2::default()
        .hash_password_with_salt(password.expose_secret().as_bytes(), salt)
        .map(|hash| hash.to_string())
        .map_err(|_| HashingFailed)
}

fn fits(password: &SecretString, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.expose_secret().as_bytes(), &hash)
            .is_ok()
    })
}

/// A hash that no password fits, for whoever is not known.
fn nobodys_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        Argon2::default()
            .hash_password_with_salt(b"nobody has this password", b"nobody has it 16")
            .map(|hash| hash.to_string())
            .unwrap_or_default()
    })
}
