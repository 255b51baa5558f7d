//! Where the database is, for commands that need nothing else.

use std::path::PathBuf;

use secrecy::SecretString;
use touchstone_store::DatabaseUrl;

use super::{SettingsError, database, layer, secret};

#[derive(Debug, clap::Args)]
pub struct Database {
    /// sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "TOUCHSTONE_DATABASE", value_name = "URL", hide_env_values = true, value_parser = layer::secret)]
    database: Option<SecretString>,

    /// A file that holds the database's address
    #[arg(
        long,
        env = "TOUCHSTONE_DATABASE_FILE",
        value_name = "PATH",
        conflicts_with = "database"
    )]
    database_file: Option<PathBuf>,
}

impl Database {
    /// # Errors
    /// When none is named, or what is named is none.
    pub fn url(self) -> Result<DatabaseUrl, SettingsError> {
        match self.database_file {
            Some(path) => database(Some(secret::read(&path)?)),
            None => database(self.database),
        }
    }

    /// As [`Database::url`], but none may be named.
    ///
    /// # Errors
    /// When what is named is none.
    pub fn named(&self) -> Result<Option<DatabaseUrl>, SettingsError> {
        match (&self.database_file, &self.database) {
            (None, None) => Ok(None),
            (Some(path), _) => database(Some(secret::read(path)?)).map(Some),
            (None, Some(named)) => database(Some(named.clone())).map(Some),
        }
    }
}
