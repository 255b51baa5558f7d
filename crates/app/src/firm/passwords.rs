//! First passwords of the people in a firm file: where they come from, and what is stored of them.

use super::FirmError;
use crate::ports::Random;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, PasswordHasher};
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

/// Shortest password that a file or variable may hold, in characters.
const SHORTEST: usize = 8;

/// Used when the person is made, and never again: what he sets himself stays.
#[derive(Debug)]
pub(super) enum FirstPassword {
    Plain(SecretString),
    /// A file that holds nothing else, found from the firm file's folder.
    File(String),
    Environment(String),
    Hash(String),
}

pub(super) fn is_argon2id(hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|parsed| parsed.algorithm.as_str() == Algorithm::Argon2id.as_str())
}

impl FirstPassword {
    /// The argon2id hash; slow, so call it where waiting is allowed.
    pub(super) fn hash(
        &self,
        email: &str,
        folder: &Path,
        random: &(dyn Random + 'static),
    ) -> Result<String, FirmError> {
        let failed = |detail: String| FirmError::Password {
            email: email.to_owned(),
            detail,
        };
        let password = match self {
            Self::Hash(hash) => return Ok(hash.clone()),
            Self::Plain(password) => password.clone(),
            Self::File(name) => {
                let path = folder.join(name);
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| failed(format!("{}: {error}", path.display())))?;
                SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            Self::Environment(name) => std::env::var(name)
                .map(SecretString::from)
                .map_err(|error| failed(format!("the variable {name}: {error}")))?,
        };
        if password.expose_secret().chars().count() < SHORTEST {
            return Err(failed(format!("it has fewer than {SHORTEST} characters")));
        }
        let salt: [u8; 16] = random.bytes();
        Argon2::default()
            .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| failed(error.to_string()))
    }
}
