//! Migrations of a PostgreSQL schema.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::{APPLIED, Applied, CREATE_TABLE, Migration, MigrationReport, REMEMBER, ddl};
use crate::engine::postgres::error::{open_failed, text};
use crate::engine::postgres::link::Connector;
use crate::engine::postgres::must_be_new_enough;
use crate::{Engine, OpenError};

/// Held to the end of the transaction; named "mig" and by the schema.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7170407, hashtext(current_schema()))";

/// That the schema is ours and exactly `wanted`.
pub(crate) async fn check(
    client: &Client,
    at: &str,
    wanted: &[Migration],
) -> Result<(), OpenError> {
    let applied = applied(client).await.map_err(|e| open_failed(&e, at))?;
    if applied.is_empty() {
        return Err(OpenError::Missing { at: at.to_owned() });
    }
    super::must_be_current(at, &applied, wanted)
}

/// Brings the schema to `wanted`, each migration in a transaction of its own.
pub(crate) async fn run(
    connector: &Connector,
    wanted: &[Migration],
    now_us: i64,
) -> Result<MigrationReport, OpenError> {
    let at = connector.at();
    let failed = |e: tokio_postgres::Error| open_failed(&e, at);
    let mut client = connector.bare().await.map_err(failed)?;
    must_be_new_enough(&client, at).await?;
    let mut before = None;
    let mut done = Vec::new();
    loop {
        let tx = client.transaction().await.map_err(failed)?;
        tx.batch_execute(LOCK).await.map_err(failed)?;
        if before.is_none() {
            tx.batch_execute("SET LOCAL client_min_messages = warning")
                .await
                .map_err(failed)?;
            let table = ddl::for_engine(CREATE_TABLE, Engine::Postgres);
            tx.batch_execute(&table).await.map_err(failed)?;
        }
        let now = applied(tx.client()).await.map_err(failed)?;
        let next = super::missing(at, &now, wanted)?.first();
        before.get_or_insert(now);
        let Some(next) = next else {
            tx.commit().await.map_err(failed)?;
            break;
        };
        apply(tx, next, now_us).await.map_err(|e| match e.code() {
            Some(&SqlState::DISK_FULL | &SqlState::READ_ONLY_SQL_TRANSACTION) => {
                open_failed(&e, at)
            }
            _ => OpenError::MigrationFailed {
                at: at.to_owned(),
                version: next.version,
                name: next.name.to_owned(),
                detail: text(&e),
            },
        })?;
        done.push(*next);
    }
    Ok(super::report(&before.unwrap_or_default(), &done, wanted))
}

async fn apply(
    tx: tokio_postgres::Transaction<'_>,
    migration: &Migration,
    now_us: i64,
) -> Result<(), tokio_postgres::Error> {
    tx.batch_execute(&ddl::for_engine(migration.text, Engine::Postgres))
        .await?;
    let sum = super::checksum(migration.text);
    tx.execute(
        REMEMBER,
        &[&migration.version, &migration.name, &sum, &now_us],
    )
    .await?;
    tx.commit().await
}

async fn applied(client: &Client) -> Result<Vec<Applied>, tokio_postgres::Error> {
    let rows = client.query(APPLIED, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Applied {
                version: row.try_get(0)?,
                name: row.try_get(1)?,
                checksum: row.try_get(2)?,
            })
        })
        .collect()
}
