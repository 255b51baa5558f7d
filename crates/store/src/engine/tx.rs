//! What a closure sees of its transaction.

use super::counter::Counter;
use super::event::NewEvent;
use super::row::Row;
use super::value::Value;
use crate::StoreError;

/// One transaction of either engine, as the closure of a use case sees it.
///
/// After a statement has failed, the transaction is lost: every further call answers
/// [`StoreError::Aborted`], and nothing is committed even if the closure returns `Ok`.
pub struct Tx<'a> {
    session: &'a mut dyn Session,
    failure: Option<StoreError>,
    acting_token: Option<i64>,
}

/// What an engine does for a transaction.
pub(crate) trait Session {
    /// Runs a statement and shows each row of its result.
    fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Runs a statement; gives the number of rows that it changed.
    fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError>;

    /// Writes exactly one row, now or at the latest with the commit.
    fn put(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<(), StoreError>;

    fn next_id(&mut self, counter: Counter) -> Result<i64, StoreError>;

    fn raise_counter(&mut self, counter: Counter, next: i64) -> Result<(), StoreError>;

    fn append_event(&mut self, event: &NewEvent<'_>) -> Result<(), StoreError>;
}

impl<'a> Tx<'a> {
    pub(crate) fn new(session: &'a mut dyn Session) -> Self {
        Tx {
            session,
            failure: None,
            acting_token: None,
        }
    }

    /// The failure that has already decided that this transaction is undone.
    pub(crate) fn into_failure(self) -> Option<StoreError> {
        self.failure
    }

    /// From now on the audit names the API token with which the changes are made.
    pub fn act_with_token(&mut self, token: Option<i64>) {
        self.acting_token = token;
    }

    /// See [`Self::act_with_token`].
    pub fn acting_token(&self) -> Option<i64> {
        self.acting_token
    }

    /// Every row of a result.
    pub fn query<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<Vec<R>, StoreError> {
        let mut found = Vec::new();
        self.call(sql, params, |session| {
            session.rows(sql, params, &mut |row| {
                found.push(map(row)?);
                Ok(())
            })
        })?;
        Ok(found)
    }

    /// The only row of a result, or `None`. More than one is [`StoreError::RowCount`].
    pub fn query_opt<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<Option<R>, StoreError> {
        let mut first = None;
        let mut found = 0;
        self.call(sql, params, |session| {
            session.rows(sql, params, &mut |row| {
                found += 1;
                if found == 1 {
                    first = Some(map(row)?);
                }
                Ok(())
            })
        })?;
        if found > 1 {
            return Err(StoreError::RowCount { found, sql });
        }
        Ok(first)
    }

    /// The only row of a result. None, or more than one, is [`StoreError::RowCount`].
    pub fn query_one<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        self.query_opt(sql, params, map)?
            .ok_or(StoreError::RowCount { found: 0, sql })
    }

    /// Runs a statement now; gives the number of rows that it changed.
    pub fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.call(sql, params, |session| session.execute(sql, params))
    }

    /// An INSERT, UPDATE or DELETE (without RETURNING) that must change exactly one row.
    ///
    /// On PostgreSQL it shares its round trip with the next read or with the commit, so that its
    /// failure may be told by a later call, or by the commit. Not one row: the closure is run again
    /// on PostgreSQL, and ends as [`StoreError::Stale`].
    pub fn put(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<(), StoreError> {
        self.call(sql, params, |session| session.put(sql, params))
    }

    /// The next number of a counter. A counter that is not there yet begins with 1.
    pub fn next_id(&mut self, counter: Counter) -> Result<i64, StoreError> {
        self.call("", &[], |session| session.next_id(counter))
    }

    /// Makes `next` the next number of a counter, unless it is already further on.
    ///
    /// On PostgreSQL blocks that other processes have taken before stay valid: do this before
    /// they serve.
    pub fn raise_counter(&mut self, counter: Counter, next: i64) -> Result<(), StoreError> {
        self.call("", &[], |session| session.raise_counter(counter, next))
    }

    /// Puts an event into the outbox, in the order of the calls.
    pub fn append_event(&mut self, event: &NewEvent<'_>) -> Result<(), StoreError> {
        self.call("", &[], |session| session.append_event(event))
    }

    fn call<R>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        run: impl FnOnce(&mut dyn Session) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        if self.failure.is_some() {
            return Err(StoreError::Aborted);
        }
        let answer = Value::check(params, sql).and_then(|()| run(self.session));
        if let Err(failure) = &answer
            && !matches!(
                failure,
                StoreError::Column { .. } | StoreError::RowCount { .. }
            )
        {
            self.failure = Some(failure.clone());
        }
        answer
    }
}
