//! The store: queues in front, one of two engines behind.

pub(crate) mod command;
pub(crate) mod counter;
pub(crate) mod event;
pub(crate) mod options;
pub(crate) mod postgres;
pub(crate) mod queue;
pub(crate) mod read_only;
pub(crate) mod row;
pub(crate) mod sqlite;
pub(crate) mod stats;
pub(crate) mod tx;
pub(crate) mod url;
pub(crate) mod value;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

use self::command::{Command, Pending};
use self::queue::Queue;
use self::stats::Meter;
use crate::migrate::{self, MIGRATIONS, Migration, MigrationReport};
use crate::{DatabaseUrl, OpenError, StoreError, StoreOptions, StoreStats, Tx};

/// Which database is behind a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadWrite,
    /// Nothing is written, not even to prove that it could be, and no lock is waited for.
    ReadOnly,
}

/// A handle on an open database. Clones share it.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    parts: Arc<Parts>,
}

/// Commands on their way to the threads that run them.
pub(crate) type Commands = Queue<Box<dyn Command>>;

/// What an engine gives back when it is open.
pub(crate) struct Parts {
    /// `None`: opened for reads alone.
    writes: Option<Arc<Commands>>,
    reads: Arc<Commands>,
    meter: Meter,
    events: watch::Receiver<i64>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Store {
    /// Opens a database whose schema is exactly the one of this program.
    pub fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Store, OpenError> {
        Store::open_schema(url, options, MIGRATIONS)
    }

    /// Opens a database whose schema is exactly `wanted`.
    pub fn open_schema(
        url: &DatabaseUrl,
        options: &StoreOptions,
        wanted: &[Migration],
    ) -> Result<Store, OpenError> {
        Store::open_for(Access::ReadWrite, url, options, wanted)
    }

    fn open_for(
        access: Access,
        url: &DatabaseUrl,
        options: &StoreOptions,
        wanted: &[Migration],
    ) -> Result<Store, OpenError> {
        let (engine, parts) = match url {
            DatabaseUrl::Sqlite(path) => {
                (Engine::Sqlite, sqlite::open(access, path, options, wanted)?)
            }
            DatabaseUrl::Postgres(text) => (
                Engine::Postgres,
                postgres::open(access, text, options, wanted)?,
            ),
        };
        Ok(Store {
            engine,
            parts: Arc::new(parts),
        })
    }

    /// Brings a database to the schema of this program; the SQLite file is made if it is missing.
    /// `now_us` (Unix microseconds) is written beside each migration.
    pub fn migrate(url: &DatabaseUrl, now_us: i64) -> Result<MigrationReport, OpenError> {
        migrate::run(url, MIGRATIONS, now_us)
    }

    /// Runs a closure in a write transaction; answers after the commit is durable.
    ///
    /// The closure may run more than once, of which one run is kept. `Err` undoes what it wrote.
    /// When the returned future is dropped, the command still runs whole.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self.parts.enqueue_write(work) {
            Ok(answer) => answer
                .await
                .unwrap_or_else(|_| Err(StoreError::OutcomeUnknown.into())),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Runs a closure on one read-only snapshot.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match enqueue(&self.parts.reads, work) {
            Ok(answer) => answer
                .await
                .unwrap_or_else(|_| Err(StoreError::Closed.into())),
            Err(refused) => Err(refused.into()),
        }
    }

    /// [`Store::write`] for a thread that is not part of an async runtime.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self.parts.enqueue_write(work) {
            Ok(answer) => answer
                .blocking_recv()
                .unwrap_or_else(|_| Err(StoreError::OutcomeUnknown.into())),
            Err(refused) => Err(refused.into()),
        }
    }

    /// [`Store::read`] for a thread that is not part of an async runtime.
    pub fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match enqueue(&self.parts.reads, work) {
            Ok(answer) => answer
                .blocking_recv()
                .unwrap_or_else(|_| Err(StoreError::Closed.into())),
            Err(refused) => Err(refused.into()),
        }
    }

    /// The highest event number; it changes when more events can be read.
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.parts.events.clone()
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn stats(&self) -> StoreStats {
        let waiting = self.parts.writes.as_ref().map_or(0, |queue| queue.len());
        self.parts.meter.read(waiting)
    }

    /// Refuses new work, answers what was accepted, empties SQLite's log and ends the threads.
    /// Other clones answer [`StoreError::Closed`] from then on.
    pub async fn close(self) {
        // Joining threads takes as long as what they have accepted.
        let joined = tokio::task::spawn_blocking(move || self.close_blocking()).await;
        if let Err(error) = joined {
            tracing::error!(%error, "the store was not closed in order");
        }
    }

    /// [`Store::close`] for a thread that is not part of an async runtime.
    pub fn close_blocking(self) {
        // Readers go first: SQLite removes its log when the connection that is closed last may write.
        self.parts.reads.close();
        let (readers, writers): (Vec<_>, Vec<_>) = std::mem::take(
            &mut *self
                .parts
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
        .into_iter()
        .partition(|thread| thread.thread().name() == Some(READER));
        join(readers);
        self.parts.stop();
        join(writers);
    }
}

/// Name of the threads that read.
pub(crate) const READER: &str = "store-read";

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a thread of the store had panicked");
        }
    }
}

impl Parts {
    fn enqueue_write<T, E, F>(&self, work: F) -> Result<Answer<T, E>, StoreError>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let queue = self.writes.as_ref().ok_or(StoreError::ReadOnly)?;
        enqueue(queue, work)
    }

    fn stop(&self) {
        self.reads.close();
        if let Some(writes) = &self.writes {
            writes.close();
        }
    }
}

impl Drop for Parts {
    /// The threads end by themselves once what was accepted is answered.
    fn drop(&mut self) {
        self.stop();
    }
}

type Answer<T, E> = oneshot::Receiver<Result<T, E>>;

fn enqueue<T, E, F>(queue: &Commands, work: F) -> Result<Answer<T, E>, StoreError>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (pending, answer) = Pending::new(work);
    queue.push(Box::new(pending))?;
    Ok(answer)
}

/// Starts a named thread.
fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, OpenError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|e| OpenError::Threads {
            detail: e.to_string(),
        })
}
