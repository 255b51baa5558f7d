//! Secrets that stand in files of their own.

use std::path::Path;

use secrecy::SecretString;

use super::SettingsError;

/// The content of the file without the line end that editors leave.
pub fn read(path: &Path) -> Result<SecretString, SettingsError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).into()),
        Err(error) => Err(SettingsError::Unreadable {
            file: path.display().to_string(),
            detail: error.to_string(),
        }),
    }
}
