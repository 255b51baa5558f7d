//! One connection, with its prepared statements and the thread-bound runtime that drives it.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::error::{failed, text};
use super::merge::{merged, with_guard};
use crate::{DatabaseUrl, OpenError, Outage, StoreError, StoreOptions};

/// What is needed to make one more connection to the same database.
#[derive(Clone)]
pub(crate) struct Connector {
    config: Config,
    at: String,
    statement_timeout: Duration,
}

/// Lock waits end before statements do, so that the two can be told apart.
const LOCK_PART: u32 = 2;

impl Connector {
    pub(crate) fn new(url: &str, options: &StoreOptions) -> Result<Self, OpenError> {
        let at = DatabaseUrl::Postgres(url.to_owned()).to_string();
        let mut config: Config =
            url.parse()
                .map_err(|e: tokio_postgres::Error| OpenError::Unreachable {
                    at: at.clone(),
                    detail: text(&e),
                })?;
        if config.get_application_name().is_none() {
            config.application_name("touchstone");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(options.pg_connect_timeout);
        }
        Ok(Connector {
            config,
            at,
            statement_timeout: options.pg_statement_timeout,
        })
    }

    pub(crate) fn at(&self) -> &str {
        &self.at
    }

    /// A connection without any setting of ours, driven by the runtime that is entered.
    pub(crate) async fn bare(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %text(&error), "a connection to PostgreSQL ended");
            }
        });
        Ok(client)
    }

    /// A connection for commands: durable commits, and no wait without an end.
    pub(super) async fn ready(&self) -> Result<Client, tokio_postgres::Error> {
        let client = self.bare().await?;
        let statement_ms = self.statement_timeout.as_millis();
        let lock_ms = (self.statement_timeout / LOCK_PART).as_millis();
        let idle_ms = (self.statement_timeout * 2).as_millis();
        client
            .batch_execute(&format!(
                "SET synchronous_commit = on; SET statement_timeout = {statement_ms};
                 SET lock_timeout = {lock_ms}; SET idle_in_transaction_session_timeout = {idle_ms};
                 SET client_min_messages = warning; SET jit = off"
            ))
            .await?;
        Ok(client)
    }
}

/// A runtime that lives on the thread of one connection.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// A connection in use by one thread.
pub(super) struct Link<'r> {
    runtime: &'r Runtime,
    pub(super) client: Client,
    known: HashMap<(Text, bool), Statement>,
    merged: HashMap<Vec<Text>, (Statement, Vec<usize>)>,
}

/// A text that lives for ever, by its address and length.
type Text = (usize, usize);

fn key(sql: &'static str) -> Text {
    (sql.as_ptr().addr(), sql.len())
}

impl<'r> Link<'r> {
    pub(super) fn connect(runtime: &'r Runtime, connector: &Connector) -> Result<Self, StoreError> {
        let client = runtime
            .block_on(connector.ready())
            .map_err(|e| StoreError::unavailable(Outage::Lost, text(&e)))?;
        Ok(Link {
            runtime,
            client,
            known: HashMap::new(),
            merged: HashMap::new(),
        })
    }

    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The statement, prepared once for each connection; `guarded` as a `put` that must hit one row.
    pub(super) fn prepared(
        &mut self,
        sql: &'static str,
        guarded: bool,
    ) -> Result<Statement, StoreError> {
        let key = (key(sql), guarded);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let prepared = match guarded {
            true => self.runtime.block_on(self.client.prepare(&with_guard(sql))),
            false => self.runtime.block_on(self.client.prepare(sql)),
        };
        let statement = prepared.map_err(|e| failed(&e, sql))?;
        self.known.insert(key, statement.clone());
        Ok(statement)
    }

    /// One statement for several writes, prepared once for each connection, and the order in
    /// which it takes their parameters.
    pub(super) fn merged(
        &mut self,
        group: &[&'static str],
    ) -> Result<(Statement, Vec<usize>), StoreError> {
        let key: Vec<Text> = group.iter().map(|sql| key(sql)).collect();
        if let Some(known) = self.merged.get(&key) {
            return Ok(known.clone());
        }
        let (sql, order) = merged(group);
        let prepared = self.runtime.block_on(self.client.prepare(&sql));
        let first = group.first().copied().unwrap_or_default();
        let statement = prepared.map_err(|e| failed(&e, first))?;
        self.merged.insert(key, (statement.clone(), order.clone()));
        Ok((statement, order))
    }
}
