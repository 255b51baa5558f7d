//! The engine over PostgreSQL: many connections, one command for each transaction.

pub(crate) mod error;
pub(crate) mod link;
mod numbers;
mod pipeline;
mod sequencer;
mod session;
mod value;
pub(super) mod worker;

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

use self::error::open_failed;
use self::link::Connector;
use self::numbers::Numbers;
use self::sequencer::Sequencer;
use self::worker::Writer;
use super::queue::Queue;
use super::stats::Meter;
use super::{Parts, spawn};
use crate::migrate::{self, Migration};
use crate::{OpenError, StoreOptions};

const OLDEST_SERVER: i32 = 150_000;

pub(super) fn open(
    url: &str,
    options: &StoreOptions,
    wanted: &[Migration],
) -> Result<Parts, OpenError> {
    let connector = Connector::new(url, options)?;
    off_runtime(|runtime| {
        let last_event = runtime.block_on(examine(&connector, wanted))?;
        start(connector, options, last_event)
    })
}

fn start(
    connector: Connector,
    options: &StoreOptions,
    last_event: i64,
) -> Result<Parts, OpenError> {
    let meter = Meter::new();
    let (events, subscription) = watch::channel(last_event);
    let (appended, appends) = mpsc::channel(1);
    let writes = Arc::new(Queue::new(options.queue_limit));
    let reads = Arc::new(Queue::new(options.queue_limit));
    let numbers = Arc::new(Numbers::new(
        connector.clone(),
        new_runtime()?,
        options.pg_id_block,
    ));

    let mut threads = Vec::new();
    for place in 0..u32::try_from(options.pg_connections.max(1)).unwrap_or(u32::MAX) {
        let runtime = new_runtime()?;
        let writer = Writer {
            connector: connector.clone(),
            queue: writes.clone(),
            numbers: numbers.clone(),
            reruns: options.pg_reruns,
            place,
            appended: appended.clone(),
            meter: meter.clone(),
        };
        threads.push(spawn("store-write", move || writer.run(&runtime))?);
    }
    for _ in 0..options.readers.max(1) {
        let (runtime, connector, queue) = (new_runtime()?, connector.clone(), reads.clone());
        threads.push(spawn("store-read", move || {
            worker::read(&runtime, &connector, &queue)
        })?);
    }
    let runtime = new_runtime()?;
    let sequencer = Sequencer {
        connector,
        poll: options.pg_event_poll,
        appended: appends,
        events,
    };
    threads.push(spawn("store-sequence", move || {
        runtime.block_on(sequencer.run())
    })?);
    Ok(Parts {
        writes,
        reads,
        meter,
        events: subscription,
        threads: threads.into(),
    })
}

/// What a thread that only reads needs.
pub(super) fn look_at(
    url: &str,
    options: &StoreOptions,
    wanted: &[Migration],
) -> Result<(Connector, Runtime), OpenError> {
    let connector = Connector::new(url, options)?;
    off_runtime(|runtime| {
        runtime.block_on(async {
            let at = connector.at();
            let client = connector.bare().await.map_err(|e| open_failed(&e, at))?;
            must_be_new_enough(&client, at).await?;
            migrate::postgres::check(&client, at, wanted).await
        })
    })?;
    Ok((connector, new_runtime()?))
}

/// That the server and the schema are fit for us and take writes; gives the highest event number.
async fn examine(connector: &Connector, wanted: &[Migration]) -> Result<i64, OpenError> {
    let at = connector.at();
    let failed = |e: tokio_postgres::Error| open_failed(&e, at);
    let client = connector.bare().await.map_err(failed)?;
    must_be_new_enough(&client, at).await?;
    migrate::postgres::check(&client, at, wanted).await?;
    client
        .batch_execute("UPDATE schema_migration SET version = version")
        .await
        .map_err(failed)?;
    let last = client
        .query_one(
            "SELECT COALESCE(MAX(seq), 0) FROM event WHERE seq IS NOT NULL",
            &[],
        )
        .await
        .map_err(failed)?;
    last.try_get(0).map_err(failed)
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
pub(crate) fn off_runtime<T: Send>(
    run: impl FnOnce(&Runtime) -> Result<T, OpenError> + Send,
) -> Result<T, OpenError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, || run(&new_runtime()?));
        let joined = thread
            .map_err(|e| OpenError::Threads {
                detail: e.to_string(),
            })?
            .join();
        joined.unwrap_or_else(|_| {
            Err(OpenError::Threads {
                detail: "it panicked".to_owned(),
            })
        })
    })
}

fn new_runtime() -> Result<Runtime, OpenError> {
    link::runtime().map_err(|e| OpenError::Threads {
        detail: e.to_string(),
    })
}
