//! Numbers from the counters, taken in blocks.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Runtime;
use tokio_postgres::Client;

use super::error::{failed, text};
use super::link::Connector;
use crate::{Outage, StoreError};

const TAKE: &str = "INSERT INTO counter (name, next) VALUES ($1, CAST($2 AS BIGINT) + 1)
    ON CONFLICT (name) DO UPDATE SET next = counter.next + $2 RETURNING next - $2";
const RAISE: &str = "INSERT INTO counter (name, next) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET next = CASE WHEN counter.next < $2 THEN $2 ELSE counter.next END";

/// The blocks of this process. They are taken on a connection of their own, outside of every command:
/// a counter is never a hot row, and a command that is undone leaves a gap.
pub(super) struct Numbers {
    state: Mutex<State>,
    connector: Connector,
    block: i64,
}

struct State {
    blocks: HashMap<&'static str, Range<i64>>,
    /// Entered only by threads that are not part of a runtime.
    runtime: Runtime,
    client: Option<Client>,
}

impl Numbers {
    pub(super) fn new(connector: Connector, runtime: Runtime, block: i64) -> Self {
        let state = State {
            blocks: HashMap::new(),
            runtime,
            client: None,
        };
        Numbers {
            state: Mutex::new(state),
            connector,
            block: block.max(1),
        }
    }

    pub(super) fn next(&self, counter: &'static str) -> Result<i64, StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = state.blocks.get_mut(counter).and_then(Range::next) {
            return Ok(number);
        }
        let first = state
            .ask(&self.connector, TAKE, counter, self.block)?
            .unwrap_or_default();
        let mut block = first..first.saturating_add(self.block);
        let number = block.next().unwrap_or(first);
        state.blocks.insert(counter, block);
        Ok(number)
    }

    /// Not part of the command's transaction, which would keep the counter locked.
    pub(super) fn raise(&self, counter: &'static str, next: i64) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = state.blocks.get_mut(counter) {
            block.start = block.start.max(next.min(block.end));
        }
        state.ask(&self.connector, RAISE, counter, next).map(|_| ())
    }
}

impl State {
    /// Runs a statement, on a new connection if the old one is lost.
    fn ask(
        &mut self,
        connector: &Connector,
        sql: &'static str,
        counter: &str,
        number: i64,
    ) -> Result<Option<i64>, StoreError> {
        let State {
            runtime, client, ..
        } = self;
        runtime.block_on(async {
            let mut answer = None;
            for _ in 0..2 {
                if client.as_ref().is_none_or(Client::is_closed) {
                    *client = Some(connect(connector).await?);
                }
                let Some(open) = client else { break };
                match open.query_opt(sql, &[&counter, &number]).await {
                    Ok(row) => return Ok(row.map(|row| row.get(0))),
                    Err(error) => {
                        let failure = failed(&error, sql);
                        if !matches!(
                            failure,
                            StoreError::Unavailable {
                                outage: Outage::Lost,
                                ..
                            }
                        ) {
                            return Err(failure);
                        }
                        *client = None;
                        answer = Some(failure);
                    }
                }
            }
            Err(answer.unwrap_or_else(|| StoreError::unavailable(Outage::Lost, "no connection")))
        })
    }
}

/// These commits need not wait for the disk: a later commit that uses such a number is written after
/// them, and brings them to the disk with it.
async fn connect(connector: &Connector) -> Result<Client, StoreError> {
    let lost = |e: tokio_postgres::Error| StoreError::unavailable(Outage::Lost, text(&e));
    let client = connector.ready().await.map_err(lost)?;
    client
        .batch_execute("SET synchronous_commit = off")
        .await
        .map_err(lost)?;
    Ok(client)
}
