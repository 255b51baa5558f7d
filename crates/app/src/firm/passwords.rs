//! First passwords of the people in a firm file: where they come from, and what is stored of them.

use super::FirmError;
use crate::identity::{PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN, hash_password};
use crate::ports::Random;
use argon2::Algorithm;
use argon2::password_hash::phc::PasswordHash;
use secrecy::{ExposeSecret, SecretString};
use std::path::Path;

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
        let text = password.expose_secret();
        if text.chars().count() < PASSWORD_CHARACTERS_MIN || text.len() > PASSWORD_BYTES_MAX {
            return Err(failed(format!(
                "it needs {PASSWORD_CHARACTERS_MIN} characters or more, and {PASSWORD_BYTES_MAX} bytes or fewer"
            )));
        }
        hash_password(&password, &random.bytes()).map_err(|error| failed(error.to_string()))
    }
}
