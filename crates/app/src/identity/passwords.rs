//! Argon2id, off the threads that answer requests, and never more at once than there are cores.

use crate::App;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;
use touchstone_store::StoreError;

/// Longest password, in bytes: argon2 takes more, attackers would send more.
pub const PASSWORD_BYTES_MAX: usize = 128;
/// Shortest password that a person may set, in characters.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;

/// How many may wait for their turn: a few seconds of work. Argon2 is slow on purpose, and a flood of
/// guesses would else keep everybody else waiting until his client gives up.
const HASHING_WAITING_MAX: usize = 256;

/// Places for hashing at once, and in the queue for them.
#[derive(Clone, Debug)]
pub(crate) struct HashingPlaces {
    working: Arc<Semaphore>,
    inside: Arc<Semaphore>,
}

impl Default for HashingPlaces {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            working: Arc::new(Semaphore::new(cores)),
            inside: Arc::new(Semaphore::new(cores + HASHING_WAITING_MAX)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// More wait for their turn than would be served in good time.
    #[error("too many passwords are looked at right now")]
    Busy,
    /// The server is stopping, or a hash could not be made.
    #[error("a password could not be hashed")]
    Failed,
}

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error(
        "a password has at least {PASSWORD_CHARACTERS_MIN} characters and at most {PASSWORD_BYTES_MAX} bytes"
    )]
    Length,
    /// The token that was mailed is unknown, used or too old.
    #[error("the token is not valid any more; ask for a new one")]
    Token,
    #[error(transparent)]
    Hashing(#[from] HashingError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// What is stored of a password.
    pub async fn hash_password(&self, password: SecretString) -> Result<String, HashingError> {
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
    ) -> Result<Vec<usize>, HashingError> {
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
    ) -> Result<T, HashingError> {
        let places = &self.hashing;
        let inside = places.inside.clone();
        let entry = inside.try_acquire_owned().map_err(|_| HashingError::Busy)?;
        let place = places.working.clone().acquire_owned();
        let place = place.await.map_err(|_| HashingError::Failed)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop((place, entry));
            done
        })
        .await
        .map_err(|_| HashingError::Failed)
    }

    pub(crate) async fn hash_new_password(
        &self,
        password: SecretString,
    ) -> Result<String, PasswordError> {
        let text = password.expose_secret();
        if text.chars().count() < PASSWORD_CHARACTERS_MIN || text.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::Length);
        }
        Ok(self.hash_password(password).await?)
    }
}

/// Takes its time: not for a thread that answers requests.
pub(crate) fn hash_password(
    password: &SecretString,
    salt: &[u8; 16],
) -> Result<String, HashingError> {
    Argon2::default()
        .hash_password_with_salt(password.expose_secret().as_bytes(), salt)
        .map(|hash| hash.to_string())
        .map_err(|_| HashingError::Failed)
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
