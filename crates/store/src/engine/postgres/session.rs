//! A transaction of PostgreSQL.

use tokio_postgres::Statement;

use super::error::{commit_failed, failed, is_stale};
use super::link::Link;
use super::merge::{Kind, groups};
use super::numbers::Numbers;
use super::pipeline::{Call, Failed, in_order};
use super::value::{Owned, owned};
use crate::engine::tx::Session;
use crate::{Counter, NewEvent, Row, StoreError, Value, params};

const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// `id` comes from one sequence for all servers, so that it grows with the order of the locks.
const EVENT_ADD: &str = "INSERT INTO event
    (at_us, brand_id, kind, subject_kind, subject_id, challenge_id, customer_id, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

pub(super) struct PgSession<'l, 'r> {
    link: &'l mut Link<'r>,
    /// `None` in a read.
    numbers: Option<&'l Numbers>,
    begun: bool,
    buffered: Vec<Put>,
    appended_event: bool,
}

/// A write that waits for the next round trip.
struct Put {
    sql: &'static str,
    kind: Kind,
    statement: Statement,
    params: Vec<Owned>,
}

enum Answer {
    Done(u64),
    Rows(Vec<tokio_postgres::Row>),
}

/// What ends a round trip.
enum Last<'a> {
    Nothing,
    Rows(&'a Statement, &'a [Owned]),
    Execute(&'a Statement, &'a [Owned]),
    Commit,
}

impl<'l, 'r> PgSession<'l, 'r> {
    pub(super) fn writer(link: &'l mut Link<'r>, numbers: &'l Numbers) -> Self {
        PgSession {
            link,
            numbers: Some(numbers),
            begun: false,
            buffered: Vec::new(),
            appended_event: false,
        }
    }

    pub(super) fn reader(link: &'l mut Link<'r>) -> Self {
        PgSession {
            link,
            numbers: None,
            begun: false,
            buffered: Vec::new(),
            appended_event: false,
        }
    }

    /// Whether an event waits for its number once this is committed.
    pub(super) fn appended_event(&self) -> bool {
        self.appended_event
    }

    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        if !self.begun && self.buffered.is_empty() {
            return Ok(());
        }
        self.begin_before_write()?;
        self.round_trip("COMMIT", Last::Commit).map(|_| ())
    }

    pub(super) fn rollback(&mut self) {
        self.buffered.clear();
        if self.begun {
            // A connection that cannot roll back is lost, and the transaction with it.
            let _ = self.link.wait(self.link.client.batch_execute("ROLLBACK"));
        }
    }

    /// If BEGIN failed while writes were already under way behind it, each would commit by itself. So
    /// only reads share its round trip.
    fn begin_before_write(&mut self) -> Result<(), StoreError> {
        if self.begun {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.buffered);
        let begun = self.round_trip("BEGIN", Last::Nothing);
        self.buffered = waiting;
        begun.map(|_| ())
    }

    /// Sends BEGIN if it is due, the writes that wait, and `last`; gives the answer to `last`.
    fn round_trip(&mut self, sql: &'static str, last: Last<'_>) -> Result<Answer, StoreError> {
        let begins = usize::from(!self.begun);
        let begin = if self.numbers.is_some() {
            BEGIN_WRITE
        } else {
            BEGIN_READ
        };
        let puts = self.take_buffered()?;
        let commits = matches!(last, Last::Commit);
        let client = &self.link.client;
        let text = |text: &'static str| -> Call<'_, Answer> {
            Box::pin(async move { client.batch_execute(text).await.map(|()| Answer::Done(0)) })
        };
        let execute = |statement, params| -> Call<'_, Answer> {
            Box::pin(async move {
                client
                    .execute_raw(statement, params)
                    .await
                    .map(Answer::Done)
            })
        };
        let mut calls: Vec<Call<'_, Answer>> = Vec::with_capacity(puts.len() + 2);
        if begins == 1 {
            calls.push(text(begin));
        }
        calls.extend(
            puts.iter()
                .map(|put| execute(&put.statement, put.params.as_slice())),
        );
        match last {
            Last::Nothing => {}
            Last::Commit => calls.push(text("COMMIT")),
            Last::Execute(statement, params) => calls.push(execute(statement, params)),
            Last::Rows(statement, params) => {
                let slice: Vec<_> = params.iter().map(|p| p as _).collect();
                calls.push(Box::pin(async move {
                    client.query(statement, &slice).await.map(Answer::Rows)
                }));
            }
        }
        let total = calls.len();
        let answers = self.link.wait(in_order(calls));
        self.begun = true;
        match answers {
            Ok(mut answers) => Ok(answers.pop().unwrap_or(Answer::Done(0))),
            Err(Failed { call, error, sent }) => {
                let put = call.checked_sub(begins).and_then(|place| puts.get(place));
                let sql = put.map_or(sql, |put| put.sql);
                Err(match put {
                    Some(_) if is_stale(&error) => StoreError::Stale { sql },
                    _ if commits && sent == total => commit_failed(&error, sql),
                    _ => failed(&error, sql),
                })
            }
        }
    }

    /// The writes that wait, with neighbours merged that may be.
    fn take_buffered(&mut self) -> Result<Vec<Put>, StoreError> {
        let mut puts = std::mem::take(&mut self.buffered);
        let mut taken = Vec::with_capacity(puts.len());
        let sizes: Vec<usize> = groups(&puts, |put| put.kind).map(<[Put]>::len).collect();
        for size in sizes {
            let mut group: Vec<Put> = puts.drain(..size).collect();
            if size == 1 {
                taken.append(&mut group);
                continue;
            }
            let texts: Vec<&'static str> = group.iter().map(|put| put.sql).collect();
            let (statement, order) = self.link.merged(&texts)?;
            let params = order
                .into_iter()
                .flat_map(|place| std::mem::take(&mut group[place].params))
                .collect();
            taken.push(Put {
                sql: texts[0],
                kind: Kind::Alone,
                statement,
                params,
            });
        }
        Ok(taken)
    }

    fn must_write(&self) -> Result<&'l Numbers, StoreError> {
        self.numbers.ok_or(StoreError::ReadOnly)
    }
}

impl Session for PgSession<'_, '_> {
    fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.link.prepared(sql, false)?;
        let params = owned(params, statement.params(), sql)?;
        if !self.buffered.is_empty() || !sql.trim_start().starts_with("SELECT") {
            self.begin_before_write()?;
        }
        if let Answer::Rows(rows) = self.round_trip(sql, Last::Rows(&statement, &params))? {
            for row in &rows {
                each(&Row::postgres(row))?;
            }
        }
        Ok(())
    }

    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.must_write()?;
        let statement = self.link.prepared(sql, false)?;
        let params = owned(params, statement.params(), sql)?;
        self.begin_before_write()?;
        match self.round_trip(sql, Last::Execute(&statement, &params))? {
            Answer::Done(changed) => Ok(changed),
            Answer::Rows(_) => Ok(0),
        }
    }

    fn put(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<(), StoreError> {
        self.must_write()?;
        let kind = Kind::of(sql);
        let statement = self.link.prepared(sql, kind.is_guarded())?;
        let params = owned(params, statement.params(), sql)?;
        self.buffered.push(Put {
            sql,
            kind,
            statement,
            params,
        });
        Ok(())
    }

    fn next_id(&mut self, counter: Counter) -> Result<i64, StoreError> {
        self.must_write()?.next(counter.0)
    }

    fn raise_counter(&mut self, counter: Counter, next: i64) -> Result<(), StoreError> {
        self.must_write()?.raise(counter.0, next)
    }

    fn append_event(&mut self, event: &NewEvent<'_>) -> Result<(), StoreError> {
        self.appended_event = true;
        let added = params![
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
