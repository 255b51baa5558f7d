//! Whether the server can do its work now.

use crate::App;
use touchstone_store::{StoreError, migrate};

#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    #[error("the database has another schema than this program")]
    OtherSchema,
    #[error("the database does not answer: {0}")]
    Store(#[from] StoreError),
}

impl App {
    /// That the database answers and still has the schema of this program.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn check_ready(&self) -> Result<(), NotReady> {
        if self.store.read(migrate::is_current).await? {
            Ok(())
        } else {
            Err(NotReady::OtherSchema)
        }
    }
}
