//! The engine over PostgreSQL: many connections, one command for each transaction.

pub(crate) mod error;
pub(crate) mod link;
mod merge;
mod numbers;
mod pipeline;
mod sequencer;
mod session;
mod value;
mod worker;

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

use self::error::open_failed;
use self::link::Connector;
use self::numbers::Numbers;
use self::sequencer::Sequencer;
use self::worker::Writer;
use super::queue::Queue;
use super::stats::Meter;
use super::{Access, Commands, Parts, spawn};
use crate::migrate::{self, Migration};
use crate::{OpenError, StoreOptions};

const OLDEST_SERVER: i32 = 150_000;

pub(super) fn open(
    access: Access,
    url: &str,
    options: &StoreOptions,
    wanted: &[Migration],
) -> Result<Parts, OpenError> {
    let connector = Connector::new(url, options)?;
    off_runtime(|runtime| {
        let last_event = runtime.block_on(examine(&connector, wanted, access))?;
        start(access, &connector, options, last_event)
    })
}

fn start(
    access: Access,
    connector: &Connector,
    options: &StoreOptions,
    last_event: i64,
) -> Result<Parts, OpenError> {
    let (events, subscription) = watch::channel(last_event);
    let reads = Arc::new(Queue::new(options.queue_limit));
    let mut parts = Parts {
        writes: None,
        reads: reads.clone(),
        meter: Meter::new(options.stopwatch),
        events: subscription,
        threads: Mutex::default(),
    };
    let mut threads = Vec::new();
    for _ in 0..options.readers.max(1) {
        let (runtime, connector, queue) = (new_runtime()?, connector.clone(), reads.clone());
        threads.push(spawn(super::READER, move || {
            worker::read(&runtime, &connector, &queue)
        })?);
    }
    if access == Access::ReadWrite {
        let writes = Arc::new(Queue::new(options.queue_limit));
        parts.writes = Some(writes.clone());
        let meter = parts.meter.clone();
        threads.extend(start_writers(connector, options, &writes, events, &meter)?);
    }
    parts.threads = threads.into();
    Ok(parts)
}

/// The threads that write, and the one that numbers the events of what they wrote.
fn start_writers(
    connector: &Connector,
    options: &StoreOptions,
    queue: &Arc<Commands>,
    events: watch::Sender<i64>,
    meter: &Meter,
) -> Result<Vec<JoinHandle<()>>, OpenError> {
    let (appended, appends) = mpsc::channel(1);
    let block = options.pg_id_block;
    let numbers = Arc::new(Numbers::new(connector.clone(), new_runtime()?, block));
    let mut threads = Vec::new();
    for place in 0..u32::try_from(options.pg_connections.max(1)).unwrap_or(u32::MAX) {
        let runtime = new_runtime()?;
        let writer = Writer {
            connector: connector.clone(),
            queue: queue.clone(),
            numbers: numbers.clone(),
            reruns: options.pg_reruns,
            place,
            appended: appended.clone(),
            meter: meter.clone(),
        };
        threads.push(spawn("store-write", move || writer.run(&runtime))?);
    }
    let runtime = new_runtime()?;
    let sequencer = Sequencer {
        connector: connector.clone(),
        poll: options.pg_event_poll,
        appended: appends,
        events,
    };
    threads.push(spawn("store-sequence", move || {
        runtime.block_on(sequencer.run())
    })?);
    Ok(threads)
}

/// That the server and the schema are fit for us, and take writes if there are to be any; gives the
/// highest event number.
async fn examine(
    connector: &Connector,
    wanted: &[Migration],
    access: Access,
) -> Result<i64, OpenError> {
    let at = connector.at();
    let failed = |e: tokio_postgres::Error| open_failed(&e, at);
    let client = connector.bare().await.map_err(failed)?;
    must_be_new_enough(&client, at).await?;
    migrate::postgres::check(&client, at, wanted).await?;
    if access == Access::ReadWrite {
        let write = "UPDATE schema_migration SET version = version";
        client.batch_execute(write).await.map_err(failed)?;
    }
    let last = "SELECT COALESCE(MAX(seq), 0) FROM event WHERE seq IS NOT NULL";
    let row = client.query_one(last, &[]).await.map_err(failed)?;
    row.try_get(0).map_err(failed)
}

pub(crate) async fn must_be_new_enough(
    client: &tokio_postgres::Client,
    at: &str,
) -> Result<(), OpenError> {
    let shown = client
        .query_one("SELECT current_setting('server_version_num')", &[])
        .await
        .and_then(|row| row.try_get::<_, String>(0))
        .map_err(|e| open_failed(&e, at))?;
    match shown.parse::<i32>() {
        Ok(number) if number >= OLDEST_SERVER => Ok(()),
        _ => Err(OpenError::TooOldServer {
            at: at.to_owned(),
            found: shown,
        }),
    }
}

/// Runs something that drives a runtime of its own, also when the caller is part of another.
pub(crate) fn off_runtime<T: Send, E: From<OpenError> + Send>(
    run: impl FnOnce(&Runtime) -> Result<T, E> + Send,
) -> Result<T, E> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, || run(&new_runtime()?));
        let joined = thread
            .map_err(|e| OpenError::Threads {
                detail: e.to_string(),
            })?
            .join();
        joined.unwrap_or_else(|_| {
            let detail = "it panicked".to_owned();
            Err(OpenError::Threads { detail }.into())
        })
    })
}

fn new_runtime() -> Result<Runtime, OpenError> {
    link::runtime().map_err(|e| OpenError::Threads {
        detail: e.to_string(),
    })
}
