//! How accounts stood: now and then, and at the close of each day.

use crate::{Row, StoreError, Tx, params};
use touchstone_domain::{ChallengeId, Login, PhaseId, UnixMicros};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    pub login: Login,
    pub at: UnixMicros,
    /// Of several at one instant.
    pub no: i64,
    pub phase_id: PhaseId,
    pub balance_minor: i64,
    pub equity_minor: i64,
    pub daily_floor_minor: Option<i64>,
    pub max_floor_minor: Option<i64>,
    /// What the day's loss is counted from.
    pub day_start_minor: i64,
    pub trading_days: i64,
    pub open_positions: i64,
}

fn metric(row: &Row<'_>) -> Result<Metric, StoreError> {
    Ok(Metric {
        login: Login(row.int(0)?),
        at: UnixMicros(row.int(1)?),
        no: row.int(2)?,
        phase_id: PhaseId(row.int(3)?),
        balance_minor: row.int(4)?,
        equity_minor: row.int(5)?,
        daily_floor_minor: row.opt_int(6)?,
        max_floor_minor: row.opt_int(7)?,
        day_start_minor: row.int(8)?,
        trading_days: row.int(9)?,
        open_positions: row.int(10)?,
    })
}

pub fn insert_metric(tx: &mut Tx<'_>, m: &Metric) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO metric (login, at, no, phase_id, balance_minor, equity_minor, daily_floor_minor, max_floor_minor,
                day_start_minor, trading_days, open_positions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            m.login.0,
            m.at.0,
            m.no,
            m.phase_id.0,
            m.balance_minor,
            m.equity_minor,
            m.daily_floor_minor,
            m.max_floor_minor,
            m.day_start_minor,
            m.trading_days,
            m.open_positions
        ],
    )
}

/// The newest snapshot of an account.
pub fn latest_metric(tx: &mut Tx<'_>, login: Login) -> Result<Option<Metric>, StoreError> {
    tx.query_opt(
        "SELECT login, at, no, phase_id, balance_minor, equity_minor, daily_floor_minor, max_floor_minor,
                day_start_minor, trading_days, open_positions
         FROM metric WHERE login = $1 ORDER BY at DESC, no DESC LIMIT 1",
        params![login.0],
        metric,
    )
}

/// Snapshots of an account from `from` until before `until`, the newest first.
pub fn metrics(
    tx: &mut Tx<'_>,
    login: Login,
    from: UnixMicros,
    until: UnixMicros,
    limit: i64,
    offset: i64,
) -> Result<Vec<Metric>, StoreError> {
    tx.query(
        "SELECT login, at, no, phase_id, balance_minor, equity_minor, daily_floor_minor, max_floor_minor,
                day_start_minor, trading_days, open_positions
         FROM metric WHERE login = $1 AND at >= $2 AND at < $3 ORDER BY at DESC, no DESC LIMIT $4 OFFSET $5",
        params![login.0, from.0, until.0, limit, offset],
        metric,
    )
}

/// Snapshots of a challenge's accounts from `from` until before `until`, the newest first.
pub fn metrics_of_challenge(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    from: UnixMicros,
    until: UnixMicros,
    limit: i64,
    offset: i64,
) -> Result<Vec<Metric>, StoreError> {
    tx.query(
        "SELECT m.login, m.at, m.no, m.phase_id, m.balance_minor, m.equity_minor, m.daily_floor_minor,
                m.max_floor_minor, m.day_start_minor, m.trading_days, m.open_positions
         FROM phase f JOIN metric m ON m.login = f.account_login AND m.phase_id = f.id
         WHERE f.challenge_id = $1 AND m.at >= $2 AND m.at < $3
         ORDER BY m.at DESC, m.no DESC, m.login DESC LIMIT $4 OFFSET $5",
        params![challenge.0, from.0, until.0, limit, offset],
        metric,
    )
}

/// The newest snapshots of one phase, or of all of a challenge, the newest first.
pub fn newest_of_challenge(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    login: Option<Login>,
    limit: i64,
) -> Result<Vec<Metric>, StoreError> {
    let logins = login.map_or((0, i64::MAX), |login| (login.0, login.0));
    tx.query(
        "SELECT m.login, m.at, m.no, m.phase_id, m.balance_minor, m.equity_minor, m.daily_floor_minor,
                m.max_floor_minor, m.day_start_minor, m.trading_days, m.open_positions
         FROM phase f JOIN metric m ON m.login = f.account_login AND m.phase_id = f.id
         WHERE f.challenge_id = $1 AND f.account_login BETWEEN $2 AND $3
         ORDER BY m.at DESC, m.no DESC, m.login DESC LIMIT $4",
        params![challenge.0, logins.0, logins.1, limit],
        metric,
    )
}

pub fn count_metrics_of_challenge(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    from: UnixMicros,
    until: UnixMicros,
) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT count(*) FROM phase f JOIN metric m ON m.login = f.account_login AND m.phase_id = f.id
         WHERE f.challenge_id = $1 AND m.at >= $2 AND m.at < $3",
        params![challenge.0, from.0, until.0],
        |row| row.int(0),
    )
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub login: Login,
    pub phase_id: PhaseId,
    /// Days since 1970-01-01, of the program's own trading days.
    pub day: i64,
    pub closed_at: UnixMicros,
    pub balance_minor: i64,
    pub equity_minor: i64,
    pub profit_minor: i64,
    pub is_trading_day: bool,
    pub is_profitable_day: bool,
    pub is_firm: bool,
    /// What the day's loss was counted from; `None` of days that were kept before it was.
    pub day_start_minor: Option<i64>,
    /// The floors as they stood at its end; `None` without such a rule.
    pub daily_floor_minor: Option<i64>,
    pub max_floor_minor: Option<i64>,
}

pub fn insert_day(tx: &mut Tx<'_>, d: &Day) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO day_record (login, phase_id, day, closed_at, balance_minor, equity_minor, profit_minor,
                is_trading_day, is_profitable_day, is_firm, day_start_minor, daily_floor_minor, max_floor_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            d.login.0,
            d.phase_id.0,
            d.day,
            d.closed_at.0,
            d.balance_minor,
            d.equity_minor,
            d.profit_minor,
            d.is_trading_day,
            d.is_profitable_day,
            d.is_firm,
            d.day_start_minor,
            d.daily_floor_minor,
            d.max_floor_minor
        ],
    )
}

/// The days of a phase on its account, in order.
pub fn days(tx: &mut Tx<'_>, login: Login, phase: PhaseId) -> Result<Vec<Day>, StoreError> {
    tx.query(
        "SELECT login, phase_id, day, closed_at, balance_minor, equity_minor, profit_minor, is_trading_day,
                is_profitable_day, is_firm, day_start_minor, daily_floor_minor, max_floor_minor
         FROM day_record WHERE login = $1 AND phase_id = $2 ORDER BY day",
        params![login.0, phase.0],
        |row| {
            Ok(Day {
                login: Login(row.int(0)?),
                phase_id: PhaseId(row.int(1)?),
                day: row.int(2)?,
                closed_at: UnixMicros(row.int(3)?),
                balance_minor: row.int(4)?,
                equity_minor: row.int(5)?,
                profit_minor: row.int(6)?,
                is_trading_day: row.bool(7)?,
                is_profitable_day: row.bool(8)?,
                is_firm: row.bool(9)?,
                day_start_minor: row.opt_int(10)?,
                daily_floor_minor: row.opt_int(11)?,
                max_floor_minor: row.opt_int(12)?,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    /// Both engines read the statements.
    #[tokio::test]
    async fn a_challenge_without_accounts_has_no_curve() {
        for database in std::iter::once(TestDatabase::sqlite()).chain(TestDatabase::postgres()) {
            let store = database.store();
            let found = store.read(|tx| {
                let all = newest_of_challenge(tx, ChallengeId(1), None, 10)?;
                let one = newest_of_challenge(tx, ChallengeId(1), Some(Login(1)), 10)?;
                Ok::<_, StoreError>(all.is_empty() && one.is_empty())
            });
            assert!(found.await.expect("an answer"));
        }
    }
}
