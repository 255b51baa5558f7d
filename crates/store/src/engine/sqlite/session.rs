//! A transaction of SQLite, and the commands that share it.

use rusqlite::Connection;

use super::error::{commit_failed, failed, is_fatal};
use super::numbers::Numbers;
use super::statements::Statements;
use crate::engine::command::{Command, Ran};
use crate::engine::tx::Session;
use crate::{Counter, NewEvent, Outage, Row, StoreError, Value, params};

/// The slot of the event number among the counters; it is stored in the events themselves.
const EVENT_SEQ: &str = "\0event";

const COUNTER: &str = "SELECT next FROM counter WHERE name = $1";
const COUNTER_SET: &str =
    "INSERT INTO counter (name, next) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET next = $2";
const LAST_EVENT: &str = "SELECT MAX(seq) FROM event WHERE seq IS NOT NULL";
const EVENT_ADD: &str = "INSERT INTO event
    (seq, at_us, brand_id, kind, subject_kind, subject_id, challenge_id, customer_id, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

pub(super) struct SqliteSession<'c> {
    conn: &'c Connection,
    statements: Statements<'c>,
    numbers: Numbers,
    /// `None` in a read.
    command: Option<CommandState>,
}

/// What is known of the running command.
#[derive(Default)]
struct CommandState {
    /// Whether each command gets a savepoint before its first write.
    savepoints: bool,
    wrote: bool,
}

/// How a command left the transaction that it shares.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// With all that it wrote, or with nothing of it.
    Clean,
    /// With writes that must go, and no savepoint to go back to.
    Dirty,
}

impl<'c> SqliteSession<'c> {
    pub(super) fn writer(conn: &'c Connection) -> Self {
        SqliteSession {
            conn,
            statements: Statements::new(conn),
            numbers: Numbers::default(),
            command: Some(CommandState::default()),
        }
    }

    pub(super) fn reader(conn: &'c Connection) -> Self {
        SqliteSession {
            command: None,
            ..Self::writer(conn)
        }
    }

    /// Begins a transaction. Savepoints cost a fifth of the work and are of use only to a command that
    /// is undone after it has written, which is rare: the writer tries without them first.
    pub(super) fn begin(&mut self, savepoints: bool) -> Result<(), StoreError> {
        self.numbers.clear();
        if let Some(state) = &mut self.command {
            *state = CommandState {
                savepoints,
                wrote: false,
            };
        }
        let begin = if self.command.is_some() {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN DEFERRED"
        };
        self.statements
            .run(begin)
            .map_err(|e| match failed(&e, begin) {
                StoreError::ReadOnly => StoreError::unavailable(Outage::ReadOnly, e),
                other => other,
            })
    }

    /// Runs one command. `Err`: the transaction is lost, with every command that ran in it.
    pub(super) fn run(&mut self, command: &mut dyn Command) -> Result<Left, StoreError> {
        self.numbers.begin_command();
        let ran = command.run(self);
        if let Ran::Failed(failure) = &ran
            && (is_fatal(failure) || self.conn.is_autocommit())
        {
            return Err(lost(failure));
        }
        self.settle(ran == Ran::Keep)
            .map_err(|e| lost(&failed(&e, "SAVEPOINT")))
    }

    fn settle(&mut self, keep: bool) -> rusqlite::Result<Left> {
        if !keep {
            self.numbers.undo_command();
        }
        let Some(state) = &mut self.command else {
            return Ok(Left::Clean);
        };
        let wrote = std::mem::take(&mut state.wrote);
        match (wrote, state.savepoints) {
            (false, _) => return Ok(Left::Clean),
            (true, false) => return Ok(if keep { Left::Clean } else { Left::Dirty }),
            (true, true) => {}
        }
        if !keep {
            self.statements.run("ROLLBACK TO command")?;
        }
        self.statements.run("RELEASE command")?;
        Ok(Left::Clean)
    }

    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        let changed: Vec<_> = self
            .numbers
            .changed()
            .filter(|(name, _)| *name != EVENT_SEQ)
            .collect();
        for (name, next) in changed {
            self.change(COUNTER_SET, params![name, next])
                .map_err(|failure| lost(&failure))?;
        }
        self.statements.run("COMMIT").map_err(|e| commit_failed(&e))
    }

    /// The highest event number of this transaction, if it looked at it.
    pub(super) fn last_event(&self) -> Option<i64> {
        self.numbers
            .find(EVENT_SEQ)
            .map(|slot| self.numbers.next(slot) - 1)
    }

    /// Ends a transaction that is lost. `false`: the connection is of no use any more.
    pub(super) fn abandon(&mut self) -> bool {
        self.numbers.clear();
        self.conn.is_autocommit()
            || self.statements.run("ROLLBACK").is_ok()
            || self.conn.is_autocommit()
    }

    fn before_write(&mut self) -> Result<(), StoreError> {
        let state = self.command.as_mut().ok_or(StoreError::ReadOnly)?;
        if !std::mem::replace(&mut state.wrote, true) && state.savepoints {
            self.statements
                .run("SAVEPOINT command")
                .map_err(|e| failed(&e, "SAVEPOINT"))?;
        }
        Ok(())
    }

    fn change(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self
            .statements
            .bound(sql, params)?
            .raw_execute()
            .map_err(|e| failed(&e, sql))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn slot(&mut self, name: &'static str) -> Result<usize, StoreError> {
        if let Some(slot) = self.numbers.find(name) {
            return Ok(slot);
        }
        let mut stored = 1;
        if name == EVENT_SEQ {
            self.rows(LAST_EVENT, &[], &mut |row| {
                stored = row.opt_int(0)?.unwrap_or(0) + 1;
                Ok(())
            })?;
        } else {
            self.rows(COUNTER, params![name], &mut |row| {
                stored = row.int(0)?;
                Ok(())
            })?;
        }
        Ok(self.numbers.load(name, stored))
    }

    fn take(&mut self, name: &'static str) -> Result<i64, StoreError> {
        let slot = self.slot(name)?;
        let number = self.numbers.next(slot);
        self.numbers.set_next(slot, number + 1);
        Ok(number)
    }
}

impl Session for SqliteSession<'_> {
    fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if !sql.starts_with("SELECT") && self.statements.writes(sql)? {
            self.before_write()?;
        }
        let mut rows = self.statements.bound(sql, params)?.raw_query();
        while let Some(row) = rows.next().map_err(|e| failed(&e, sql))? {
            each(&Row::sqlite(row))?;
        }
        Ok(())
    }

    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.before_write()?;
        self.change(sql, params)
    }

    fn put(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<(), StoreError> {
        match self.execute(sql, params)? {
            1 => Ok(()),
            _ => Err(StoreError::Stale { sql }),
        }
    }

    fn next_id(&mut self, counter: Counter) -> Result<i64, StoreError> {
        if self.command.is_none() {
            return Err(StoreError::ReadOnly);
        }
        self.take(counter.0)
    }

    fn raise_counter(&mut self, counter: Counter, next: i64) -> Result<(), StoreError> {
        if self.command.is_none() {
            return Err(StoreError::ReadOnly);
        }
        let slot = self.slot(counter.0)?;
        if next > self.numbers.next(slot) {
            self.numbers.set_next(slot, next);
        }
        Ok(())
    }

    fn append_event(&mut self, event: &NewEvent<'_>) -> Result<(), StoreError> {
        self.before_write()?;
        let seq = self.take(EVENT_SEQ)?;
        let added = params![
            seq,
            event.at_us,
            event.brand_id,
            event.kind,
            event.subject_kind,
            event.subject_id,
            event.challenge_id,
            event.customer_id,
            event.body,
        ];
        self.put(EVENT_ADD, added)
    }
}

/// What every command of a lost transaction is told.
fn lost(failure: &StoreError) -> StoreError {
    match failure {
        StoreError::Unavailable { .. } | StoreError::OutcomeUnknown => failure.clone(),
        other => StoreError::unavailable(Outage::Io, other),
    }
}
