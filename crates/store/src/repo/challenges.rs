//! Challenges and their phases.

use super::{known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::{
    BrandId, ChallengeId, CustomerId, Login, PhaseId, ProgramId, ProgramVersionId, PurchaseId,
    UnixMicros,
};

/// How many columns [`challenge`] reads.
pub(super) const CHALLENGE_COLUMNS: usize = 13;

pub(super) fn challenge(row: &Row<'_>) -> Result<Challenge, StoreError> {
    Ok(Challenge {
        id: ChallengeId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        purchase_id: PurchaseId(row.int(2)?),
        customer_id: CustomerId(row.int(3)?),
        program_id: ProgramId(row.int(4)?),
        version_id: ProgramVersionId(row.int(5)?),
        state: known(
            ChallengeState::from_code(row.int(6)?),
            6,
            "a state of a challenge",
        )?,
        current_phase_index: row.int(7)?,
        account_login: Login(row.int(8)?),
        started_at: opt_micros(row.opt_int(9)?),
        ended_at: opt_micros(row.opt_int(10)?),
        created_at: UnixMicros(row.int(11)?),
        updated_at: UnixMicros(row.int(12)?),
    })
}

pub fn get(tx: &mut Tx<'_>, id: ChallengeId) -> Result<Option<Challenge>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, purchase_id, customer_id, program_id, version_id, state, current_phase_index,
                account_login, started_at, ended_at, created_at, updated_at
         FROM challenge WHERE id = $1",
        params![id.0],
        challenge,
    )
}

/// As [`get`], and keeps others from changing it until the commit. Lock it after its purchase, or its reset.
pub fn lock(tx: &mut Tx<'_>, id: ChallengeId) -> Result<Option<Challenge>, StoreError> {
    tx.query_opt(
        "SELECT id, brand_id, purchase_id, customer_id, program_id, version_id, state, current_phase_index,
                account_login, started_at, ended_at, created_at, updated_at
         FROM challenge WHERE id = $1 FOR UPDATE",
        params![id.0],
        challenge,
    )
}

/// The challenge of an account, if the account was opened for one.
pub fn of_account(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    login: Login,
) -> Result<Option<Challenge>, StoreError> {
    tx.query_opt(
        "SELECT c.id, c.brand_id, c.purchase_id, c.customer_id, c.program_id, c.version_id, c.state,
                c.current_phase_index, c.account_login, c.started_at, c.ended_at, c.created_at, c.updated_at
         FROM purchase p JOIN challenge c ON c.id = p.challenge_id
         WHERE p.customer_id = $1 AND c.account_login = $2",
        params![customer.0, login.0],
        challenge,
    )
}

/// As [`of_account`], also for accounts of earlier phases.
pub fn of_any_account(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    login: Login,
) -> Result<Option<Challenge>, StoreError> {
    if let Some(found) = of_account(tx, customer, login)? {
        return Ok(Some(found));
    }
    tx.query_opt(
        "SELECT c.id, c.brand_id, c.purchase_id, c.customer_id, c.program_id, c.version_id, c.state,
                c.current_phase_index, c.account_login, c.started_at, c.ended_at, c.created_at, c.updated_at
         FROM purchase p JOIN challenge c ON c.id = p.challenge_id
         JOIN phase f ON f.challenge_id = c.id AND f.account_login = $2
         WHERE p.customer_id = $1",
        params![customer.0, login.0],
        challenge,
    )
}

/// A customer's challenges, newest first, below key `before`.
pub fn of_customer(
    tx: &mut Tx<'_>,
    customer: CustomerId,
    before: ChallengeId,
    limit: i64,
) -> Result<Vec<Challenge>, StoreError> {
    tx.query(
        "SELECT c.id, c.brand_id, c.purchase_id, c.customer_id, c.program_id, c.version_id, c.state,
                c.current_phase_index, c.account_login, c.started_at, c.ended_at, c.created_at, c.updated_at
         FROM purchase p JOIN challenge c ON c.id = p.challenge_id
         WHERE p.customer_id = $1 AND c.id < $2 ORDER BY c.id DESC LIMIT $3",
        params![customer.0, before.0, limit],
        challenge,
    )
}

pub fn insert(tx: &mut Tx<'_>, c: &Challenge) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO challenge (id, brand_id, purchase_id, customer_id, program_id, version_id, state,
                current_phase_index, account_login, started_at, ended_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            c.id.0,
            c.brand_id.0,
            c.purchase_id.0,
            c.customer_id.0,
            c.program_id.0,
            c.version_id.0,
            c.state.code(),
            c.current_phase_index,
            c.account_login.0,
            c.started_at.map(|at| at.0),
            c.ended_at.map(|at| at.0),
            c.created_at.0,
            c.updated_at.0
        ],
    )
}

/// Writes what can change; the caller holds the lock of the challenge, or of its purchase before it is paid.
pub fn update(tx: &mut Tx<'_>, c: &Challenge) -> Result<(), StoreError> {
    tx.put(
        "UPDATE challenge SET state = $2, current_phase_index = $3, account_login = $4, started_at = $5,
                ended_at = $6, updated_at = $7
         WHERE id = $1",
        params![
            c.id.0,
            c.state.code(),
            c.current_phase_index,
            c.account_login.0,
            c.started_at.map(|at| at.0),
            c.ended_at.map(|at| at.0),
            c.updated_at.0
        ],
    )
}

/// The ordinal of the phase that is begun next.
pub fn next_ordinal(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT COALESCE(MAX(ordinal), 0) + 1 FROM phase WHERE challenge_id = $1",
        params![challenge.0],
        |row| row.int(0),
    )
}

/// `ordinal` counts the phases of a challenge, resets too, from 1.
pub fn insert_phase(tx: &mut Tx<'_>, p: &Phase, ordinal: i64) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO phase (challenge_id, ordinal, id, phase_index, account_login, state,
                initial_balance_minor, started_at, ended_at, created_at, updated_at, purchased_at, late_addons)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                (SELECT COUNT(*) FROM purchase WHERE adds_to = $1 AND state = 1))",
        params![
            p.challenge_id.0,
            ordinal,
            p.id.0,
            p.phase_index,
            p.account_login.0,
            p.state.code(),
            p.initial_balance_minor,
            p.started_at.0,
            p.ended_at.map(|at| at.0),
            p.created_at.0,
            p.updated_at.0,
            p.purchased_at.map(|at| at.0)
        ],
    )
}

/// How a phase has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseEnd {
    pub state: ChallengeState,
    pub ended_at: UnixMicros,
    pub final_balance_minor: i64,
    pub final_equity_minor: i64,
}

pub fn end_phase(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    phase: PhaseId,
    end: PhaseEnd,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE phase SET state = $3, ended_at = $4, final_balance_minor = $5, final_equity_minor = $6, updated_at = $7
         WHERE challenge_id = $1 AND id = $2",
        params![
            challenge.0,
            phase.0,
            end.state.code(),
            end.ended_at.0,
            end.final_balance_minor,
            end.final_equity_minor,
            now.0
        ],
    )
}

/// What is left of a phase that had ended with positions that could not be closed then.
pub fn set_finals(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    phase: PhaseId,
    balance_minor: i64,
    equity_minor: i64,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE phase SET final_balance_minor = $3, final_equity_minor = $4, updated_at = $5
         WHERE challenge_id = $1 AND id = $2",
        params![challenge.0, phase.0, balance_minor, equity_minor, now.0],
    )
}

/// A phase that had ended runs again.
pub fn revive_phase(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    phase: PhaseId,
    now: UnixMicros,
) -> Result<(), StoreError> {
    tx.put(
        "UPDATE phase SET state = 1, ended_at = NULL, final_balance_minor = NULL, final_equity_minor = NULL,
                updated_at = $3
         WHERE challenge_id = $1 AND id = $2",
        params![challenge.0, phase.0, now.0],
    )
}

/// The phases of a challenge in the order in which they were begun.
pub fn phases(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<Vec<Phase>, StoreError> {
    tx.query(
        "SELECT id, challenge_id, phase_index, account_login, state, initial_balance_minor, started_at,
                ended_at, created_at, updated_at, final_balance_minor, final_equity_minor, purchased_at, grown_minor
         FROM phase WHERE challenge_id = $1 ORDER BY ordinal",
        params![challenge.0],
        |row| {
            Ok(Phase {
                id: PhaseId(row.int(0)?),
                challenge_id: ChallengeId(row.int(1)?),
                purchased_at: opt_micros(row.opt_int(12)?),
                phase_index: row.int(2)?,
                account_login: Login(row.int(3)?),
                state: known(ChallengeState::from_code(row.int(4)?), 4, "a state of a phase")?,
                initial_balance_minor: row.int(5)?,
                grown_minor: row.int(13)?,
                final_balance_minor: row.opt_int(10)?,
                final_equity_minor: row.opt_int(11)?,
                started_at: UnixMicros(row.int(6)?),
                ended_at: opt_micros(row.opt_int(7)?),
                created_at: UnixMicros(row.int(8)?),
                updated_at: UnixMicros(row.int(9)?),
            })
        },
    )
}

/// For each phase of [`phases`]: how many add-ons that were bought later it began with.
pub fn late_addons(tx: &mut Tx<'_>, challenge: ChallengeId) -> Result<Vec<i64>, StoreError> {
    tx.query(
        "SELECT late_addons FROM phase WHERE challenge_id = $1 ORDER BY ordinal",
        params![challenge.0],
        |row| row.int(0),
    )
}
