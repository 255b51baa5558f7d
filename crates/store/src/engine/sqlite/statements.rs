//! The prepared statements of one connection.

use std::collections::HashMap;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};

use super::error::failed;
use crate::{StoreError, Value};

/// Every statement that was used once, kept prepared. They are few, as their texts are constants.
pub(super) struct Statements<'c> {
    conn: &'c Connection,
    /// By address and length of the text: texts are long and live for ever.
    known: HashMap<(usize, usize), Prepared<'c>>,
}

struct Prepared<'c> {
    statement: Statement<'c>,
    /// SQLite numbers `$2`, `$1` in the order in which they appear: the place of each.
    places: Vec<usize>,
    writes: bool,
}

impl<'c> Statements<'c> {
    pub(super) fn new(conn: &'c Connection) -> Self {
        Statements {
            conn,
            known: HashMap::new(),
        }
    }

    /// Whether the statement writes.
    pub(super) fn writes(&mut self, sql: &'static str) -> Result<bool, StoreError> {
        Ok(self.prepared(sql)?.writes)
    }

    /// The statement with its parameters bound.
    pub(super) fn bound(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
    ) -> Result<&mut Statement<'c>, StoreError> {
        let prepared = self.prepared(sql)?;
        if prepared.places.len() != params.len() {
            return Err(StoreError::Statement {
                sql: sql.to_owned(),
                detail: format!(
                    "{} parameters, {} given",
                    prepared.places.len(),
                    params.len()
                ),
            });
        }
        for (place, value) in prepared.places.iter().zip(params) {
            prepared
                .statement
                .raw_bind_parameter(*place, Bound(*value))
                .map_err(|e| failed(&e, sql))?;
        }
        Ok(&mut prepared.statement)
    }

    /// Runs a statement without parameters whose result is of no interest.
    pub(super) fn run(&mut self, sql: &'static str) -> rusqlite::Result<()> {
        self.prepared_raw(sql)?.statement.raw_execute().map(|_| ())
    }

    fn prepared(&mut self, sql: &'static str) -> Result<&mut Prepared<'c>, StoreError> {
        self.prepared_raw(sql).map_err(|e| failed(&e, sql))
    }

    fn prepared_raw(&mut self, sql: &'static str) -> rusqlite::Result<&mut Prepared<'c>> {
        use std::collections::hash_map::Entry;
        match self.known.entry((sql.as_ptr().addr(), sql.len())) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => {
                let statement = self.conn.prepare(&without_locks(sql))?;
                let places = places(&statement)?;
                let writes = !statement.readonly();
                Ok(free.insert(Prepared {
                    statement,
                    places,
                    writes,
                }))
            }
        }
    }
}

/// The place of `$1`, `$2` ... among SQLite's parameters.
fn places(statement: &Statement<'_>) -> rusqlite::Result<Vec<usize>> {
    (1..=statement.parameter_count())
        .map(|number| {
            let name = format!("${number}");
            statement
                .parameter_index(&name)?
                .ok_or(rusqlite::Error::InvalidParameterName(name))
        })
        .collect()
}

/// SQLite has one writer at a time and no row locks.
fn without_locks(sql: &str) -> String {
    let mut text = sql.to_owned();
    for lock in [
        "FOR NO KEY UPDATE",
        "FOR KEY SHARE",
        "FOR UPDATE",
        "FOR SHARE",
    ] {
        for rest in [" SKIP LOCKED", " NOWAIT", ""] {
            text = text.replace(&format!("{lock}{rest}"), "");
        }
    }
    text
}

struct Bound<'a>(Value<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Int(value) => ValueRef::Integer(value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
            Value::Null => ValueRef::Null,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_locks_are_left_out() {
        for (with, without) in [
            (
                "SELECT a FROM t WHERE b = $1 FOR UPDATE",
                "SELECT a FROM t WHERE b = $1 ",
            ),
            ("SELECT a FROM t FOR UPDATE SKIP LOCKED", "SELECT a FROM t "),
            (
                "SELECT a FROM t FOR NO KEY UPDATE NOWAIT",
                "SELECT a FROM t ",
            ),
            (
                "INSERT INTO t VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = 1",
                "INSERT INTO t VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = 1",
            ),
        ] {
            assert_eq!(without_locks(with), without);
        }
    }
}
