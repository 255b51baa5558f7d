//! A database that is only looked at: for proofs over the whole of it, beside a server or without.

use super::{Access, Store};
use crate::migrate::MIGRATIONS;
use crate::{DatabaseUrl, OpenError, StoreError, StoreOptions, Tx};

/// A handle that cannot write, not even to prove that it could; it has one connection.
pub struct ReadOnlyStore(Store);

impl ReadOnlyStore {
    /// Opens a database whose schema is exactly the one of this program. Of the options, those
    /// about reading count.
    pub fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self, OpenError> {
        let options = StoreOptions {
            readers: 1,
            ..options.clone()
        };
        Store::open_for(Access::ReadOnly, url, &options, MIGRATIONS).map(Self)
    }

    /// Runs a closure on one snapshot.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.read(work).await
    }

    pub async fn close(self) {
        self.0.close().await;
    }
}
