//! A database that is only looked at: for proofs over the whole of it, beside a server or without.

use std::sync::Arc;

use tokio::sync::watch;

use super::queue::Queue;
use super::stats::Meter;
use super::{Engine, Parts, Store, postgres, spawn, sqlite};
use crate::migrate::MIGRATIONS;
use crate::{DatabaseUrl, OpenError, StoreError, StoreOptions, Tx};

/// A handle that cannot write, not even to prove that it could; it has one connection, and what a
/// statement has to sort may go to temporary files.
pub struct ReadOnlyStore(Store);

impl ReadOnlyStore {
    /// Opens a database whose schema is exactly the one of this program. Of the options, those
    /// about reading count.
    pub fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self, OpenError> {
        let reads = Arc::new(Queue::new(options.queue_limit));
        let queue = reads.clone();
        let (engine, thread) = match url {
            DatabaseUrl::Sqlite(path) => {
                let held = sqlite::look_at(path, options, MIGRATIONS)?;
                let run = move || sqlite::reader::run(held, &queue);
                (Engine::Sqlite, spawn("store-read", run)?)
            }
            DatabaseUrl::Postgres(text) => {
                let (connector, runtime) = postgres::look_at(text, options, MIGRATIONS)?;
                let run = move || postgres::worker::read(&runtime, &connector, &queue);
                (Engine::Postgres, spawn("store-read", run)?)
            }
        };
        let writes = Arc::new(Queue::new(0));
        writes.close();
        let parts = Parts {
            writes,
            reads,
            meter: Meter::new(),
            events: watch::channel(0).1,
            threads: vec![thread].into(),
        };
        Ok(Self(Store {
            engine,
            parts: Arc::new(parts),
        }))
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
