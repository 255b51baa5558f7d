//! Accounts that grow by a scaling plan, and when they are looked at for it.

use crate::{StoreError, Tx, params};
use touchstone_domain::{ChallengeId, Login, OrderNo, PayoutId, PhaseId, UnixMicros};

/// One growth of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    pub login: Login,
    /// Of the account's growths, from 1.
    pub number: i64,
    pub phase_id: PhaseId,
    pub at: UnixMicros,
    pub amount_minor: i64,
    /// The newest payout that was counted for it.
    pub through_payout: PayoutId,
    /// Of the entry that the account got it by.
    pub order: OrderNo,
}

/// Writes it down, and adds it to the phase's size.
pub fn insert(tx: &mut Tx<'_>, challenge: ChallengeId, g: &Growth) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO growth (login, number, phase_id, at, amount_minor, through_payout, order_no)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            g.login.0,
            g.number,
            g.phase_id.0,
            g.at.0,
            g.amount_minor,
            g.through_payout.0,
            g.order.0
        ],
    )?;
    tx.put(
        "UPDATE phase SET grown_minor = grown_minor + $3, updated_at = $4 WHERE challenge_id = $1 AND id = $2",
        params![challenge.0, g.phase_id.0, g.amount_minor, g.at.0],
    )
}

/// Of the accounts of a challenge, in the order in which they were: the phase, when, and how much.
pub fn of_challenge(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
) -> Result<Vec<(PhaseId, UnixMicros, i64)>, StoreError> {
    tx.query(
        "SELECT g.phase_id, g.at, g.amount_minor FROM phase f JOIN growth g ON g.login = f.account_login
         WHERE f.challenge_id = $1 ORDER BY g.at, g.number",
        params![challenge.0],
        |row| Ok((PhaseId(row.int(0)?), UnixMicros(row.int(1)?), row.int(2)?)),
    )
}

/// What has been since the last growth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// Growths so far.
    pub taken: i64,
    /// When the last one was; `None` before the first.
    pub last_at: Option<UnixMicros>,
    /// Payouts that were paid since, in their order, and what each took.
    pub payouts: Vec<(PayoutId, i64)>,
}

pub fn since(tx: &mut Tx<'_>, login: Login) -> Result<Since, StoreError> {
    let (taken, last_at, through) = tx.query_one(
        "SELECT COUNT(*), MAX(at), COALESCE(MAX(through_payout), 0) FROM growth WHERE login = $1",
        params![login.0],
        |row| Ok((row.int(0)?, row.opt_int(1)?, row.int(2)?)),
    )?;
    let payouts = tx.query(
        "SELECT id, profit_minor FROM payout WHERE login = $1 AND state = 10 AND id > $2 ORDER BY id",
        params![login.0, through],
        |row| Ok((PayoutId(row.int(0)?), row.int(1)?)),
    )?;
    Ok(Since {
        taken,
        last_at: last_at.map(UnixMicros),
        payouts,
    })
}

/// The account is looked at from then on; it takes the place of an earlier time.
pub fn look_at(tx: &mut Tx<'_>, login: Login, due_at: UnixMicros) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO growth_look (login, due_at) VALUES ($1, $2) ON CONFLICT (login) DO UPDATE SET due_at = $2",
        params![login.0, due_at.0],
    )
}

/// As [`look_at`], unless another time is set already.
pub fn look_later(tx: &mut Tx<'_>, login: Login, due_at: UnixMicros) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO growth_look (login, due_at) VALUES ($1, $2) ON CONFLICT (login) DO NOTHING",
        params![login.0, due_at.0],
    )?;
    Ok(())
}

/// It was looked at as of `due_at`: it is not again, unless somebody has set another time meanwhile.
pub fn looked(tx: &mut Tx<'_>, login: Login, due_at: UnixMicros) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM growth_look WHERE login = $1 AND due_at = $2",
        params![login.0, due_at.0],
    )?;
    Ok(())
}

/// Accounts that are to be looked at, the earliest first.
pub fn due(
    tx: &mut Tx<'_>,
    now: UnixMicros,
    limit: i64,
) -> Result<Vec<(Login, UnixMicros)>, StoreError> {
    tx.query(
        "SELECT login, due_at FROM growth_look WHERE due_at <= $1 ORDER BY due_at, login LIMIT $2",
        params![now.0, limit],
        |row| Ok((Login(row.int(0)?), UnixMicros(row.int(1)?))),
    )
}
