//! Rules that were crossed, with their evidence.

use super::super::{known, opt_micros};
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::breach::{Breach, Review, Severity};
use touchstone_domain::{
    BrandId, BreachId, ChallengeId, CustomerId, Login, PhaseId, StaffId, UnixMicros,
};

fn breach(row: &Row<'_>) -> Result<Breach, StoreError> {
    Ok(Breach {
        id: BreachId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        challenge_id: ChallengeId(row.int(2)?),
        phase_id: PhaseId(row.int(3)?),
        login: Login(row.int(4)?),
        customer_id: CustomerId(row.int(5)?),
        rule: row.string(6)?,
        severity: known(Severity::from_code(row.int(7)?), 7, "a severity")?,
        review: known(Review::from_code(row.int(8)?), 8, "a state of a review")?,
        at: UnixMicros(row.int(9)?),
        seq: row.int(10)?,
        after_event_no: row.int(11)?,
        evidence: row.string(12)?,
        previous_hash: row.blob(13)?.to_vec(),
        hash: row.blob(14)?.to_vec(),
        reviewed_by: row.opt_int(15)?.map(StaffId),
        reviewed_at: opt_micros(row.opt_int(16)?),
        review_reason: row.string(17)?,
        created_at: UnixMicros(row.int(18)?),
    })
}

macro_rules! breach_sql {
    ($rest:literal) => {
        concat!(
            "SELECT id, brand_id, challenge_id, phase_id, login, customer_id, rule, severity, review, at, seq,
                after_event_no, evidence, previous_hash, hash, reviewed_by, reviewed_at, review_reason, created_at
             FROM breach ",
            $rest
        )
    };
}

pub fn insert(tx: &mut Tx<'_>, b: &Breach) -> Result<(), StoreError> {
    tx.put(
        "INSERT INTO breach (id, brand_id, challenge_id, phase_id, login, customer_id, rule, severity, review, at, seq,
                after_event_no, evidence, previous_hash, hash, reviewed_by, reviewed_at, review_reason, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        params![
            b.id.0,
            b.brand_id.0,
            b.challenge_id.0,
            b.phase_id.0,
            b.login.0,
            b.customer_id.0,
            &b.rule,
            b.severity.code(),
            b.review.code(),
            b.at.0,
            b.seq,
            b.after_event_no,
            &b.evidence,
            &b.previous_hash,
            &b.hash,
            b.reviewed_by.map(|id| id.0),
            b.reviewed_at.map(|at| at.0),
            &b.review_reason,
            b.created_at.0
        ],
    )
}

/// Writes what a review changes; evidence and hash stay.
pub fn set_review(tx: &mut Tx<'_>, b: &Breach) -> Result<(), StoreError> {
    tx.put(
        "UPDATE breach SET review = $2, reviewed_by = $3, reviewed_at = $4, review_reason = $5 WHERE id = $1",
        params![
            b.id.0,
            b.review.code(),
            b.reviewed_by.map(|id| id.0),
            b.reviewed_at.map(|at| at.0),
            &b.review_reason
        ],
    )
}

pub fn get(tx: &mut Tx<'_>, id: BreachId) -> Result<Option<Breach>, StoreError> {
    tx.query_opt(breach_sql!("WHERE id = $1"), params![id.0], breach)
}

/// The record before this one.
pub fn before(tx: &mut Tx<'_>, id: BreachId) -> Result<Option<Breach>, StoreError> {
    tx.query_opt(
        breach_sql!("WHERE id < $1 ORDER BY id DESC LIMIT 1"),
        params![id.0],
        breach,
    )
}

/// Keeps others from changing it until the commit.
pub fn lock(tx: &mut Tx<'_>, id: BreachId) -> Result<Option<Breach>, StoreError> {
    tx.query_opt(
        breach_sql!("WHERE id = $1 FOR UPDATE"),
        params![id.0],
        breach,
    )
}

/// Breaches of a challenge, newest first, below key `before`.
pub fn of_challenge(
    tx: &mut Tx<'_>,
    challenge: ChallengeId,
    before: BreachId,
    limit: i64,
) -> Result<Vec<Breach>, StoreError> {
    tx.query(
        breach_sql!("WHERE challenge_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        params![challenge.0, before.0, limit],
        breach,
    )
}

/// The newest breach by which a phase has failed, unless it was taken back.
pub fn that_ended(
    tx: &mut Tx<'_>,
    phase: PhaseId,
    challenge: ChallengeId,
) -> Result<Option<Breach>, StoreError> {
    tx.query_opt(
        breach_sql!(
            "WHERE challenge_id = $1 AND phase_id = $2 AND severity = 1 AND review <> 2 ORDER BY id DESC LIMIT 1"
        ),
        params![challenge.0, phase.0],
        breach,
    )
}

/// Every breach in the order in which they were found, with a key above `after`: the chain of hashes.
pub fn chain_after(
    tx: &mut Tx<'_>,
    after: BreachId,
    limit: i64,
) -> Result<Vec<Breach>, StoreError> {
    tx.query(
        breach_sql!("WHERE id > $1 ORDER BY id LIMIT $2"),
        params![after.0, limit],
        breach,
    )
}

/// What staff look for; each `None` is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub review: Option<Review>,
    pub severity: Option<Severity>,
    /// Only of customers that were assigned to this person.
    pub owner: Option<StaffId>,
}

/// A brand's breaches, newest first.
pub fn of_brand(
    tx: &mut Tx<'_>,
    brand: BrandId,
    filter: Filter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Breach>, StoreError> {
    tx.query(
        breach_sql!(
            "WHERE brand_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR review = $2)
               AND (CAST($3 AS BIGINT) IS NULL OR severity = $3)
               AND (CAST($6 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = breach.customer_id AND o.owner_id = $6))
             ORDER BY at DESC, id DESC LIMIT $4 OFFSET $5"
        ),
        params![
            brand.0,
            filter.review.map(Review::code),
            filter.severity.map(Severity::code),
            limit,
            offset,
            filter.owner.map_or(0, |id| id.0)
        ],
        breach,
    )
}

pub fn count_of_brand(tx: &mut Tx<'_>, brand: BrandId, filter: Filter) -> Result<i64, StoreError> {
    tx.query_one(
        "SELECT count(*) FROM breach
         WHERE brand_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR review = $2)
               AND (CAST($3 AS BIGINT) IS NULL OR severity = $3)
               AND (CAST($4 AS BIGINT) = 0 OR EXISTS
                    (SELECT 1 FROM customer o WHERE o.id = breach.customer_id AND o.owner_id = $4))",
        params![
            brand.0,
            filter.review.map(Review::code),
            filter.severity.map(Severity::code),
            filter.owner.map_or(0, |id| id.0)
        ],
        |row| row.int(0),
    )
}
