//! The chain of breaches, hashed again.

use super::Finding;
use crate::{Row, StoreError, Tx, params};
use touchstone_domain::breach::{Breach, Review, Severity};
use touchstone_domain::{BrandId, BreachId, ChallengeId, CustomerId, Login, PhaseId, UnixMicros};

/// Records that are read in one go.
const PAGE: i64 = 500;

/// Records that do not follow the one before them or were changed since they were hashed, and a shard that knows
/// another newest one.
pub(super) fn broken(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut findings = Vec::new();
    let mut before = Breach {
        id: BreachId(i64::MIN),
        ..nothing()
    };
    loop {
        let page = page_after(tx, before.id)?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        for breach in page {
            findings.extend(differences(&before, &breach));
            before = breach;
        }
        if findings.len() >= wanted {
            findings.truncate(wanted);
            return Ok(findings);
        }
        if is_last {
            break;
        }
    }
    findings.extend(newest(tx, &before)?);
    findings.truncate(wanted);
    Ok(findings)
}

fn differences(before: &Breach, breach: &Breach) -> impl Iterator<Item = Finding> {
    let finding = |what: &str, expected: &[u8], found: &[u8]| Finding {
        subject: "breach".into(),
        key: breach.id.0,
        expected: format!("{what} {}", named(expected)),
        found: named(found),
    };
    let follows = before.hash == breach.previous_hash;
    let link = finding("after the record", &before.hash, &breach.previous_hash);
    let hash = breach.chain_hash();
    let is_its_own = hash == breach.hash;
    let own = finding("what it says as", &hash, &breach.hash);
    let link = (!follows).then_some(link);
    link.into_iter().chain((!is_its_own).then_some(own))
}

/// What the desk chains the next record to.
fn newest(tx: &mut Tx<'_>, last: &Breach) -> Result<Vec<Finding>, StoreError> {
    let shards = tx.query(
        "SELECT id, last_breach_hash FROM desk_shard ORDER BY id",
        &[],
        |row| Ok((row.int(0)?, row.blob(1)?.to_vec())),
    )?;
    let known = match shards.is_empty() {
        true => vec![(0, Vec::new())],
        false => shards,
    };
    let others = known.into_iter().filter(|(_, hash)| *hash != last.hash);
    let findings = others.map(|(id, hash)| Finding {
        subject: "shard".into(),
        key: id,
        expected: format!("the newest record {}", named(&last.hash)),
        found: named(&hash),
    });
    Ok(findings.collect())
}

/// Enough of a hash to know it by.
fn named(hash: &[u8]) -> String {
    if hash.is_empty() {
        return "none".to_owned();
    }
    let first = hash.iter().take(8);
    first.map(|byte| format!("{byte:02x}")).collect()
}

fn page_after(tx: &mut Tx<'_>, after: BreachId) -> Result<Vec<Breach>, StoreError> {
    tx.query(
        "SELECT id, brand_id, challenge_id, phase_id, login, customer_id, rule, severity, at, seq, after_event_no,
                evidence, previous_hash, hash
         FROM breach WHERE id > $1 ORDER BY id LIMIT $2",
        params![after.0, PAGE],
        hashed,
    )
}

/// What is hashed of a record; its review is not.
fn hashed(row: &Row<'_>) -> Result<Breach, StoreError> {
    Ok(Breach {
        id: BreachId(row.int(0)?),
        brand_id: BrandId(row.int(1)?),
        challenge_id: ChallengeId(row.int(2)?),
        phase_id: PhaseId(row.int(3)?),
        login: Login(row.int(4)?),
        customer_id: CustomerId(row.int(5)?),
        rule: row.string(6)?,
        // Another code is found with the reviews.
        severity: Severity::from_code(row.int(7)?).unwrap_or(Severity::Warning),
        at: UnixMicros(row.int(8)?),
        seq: row.int(9)?,
        after_event_no: row.int(10)?,
        evidence: row.string(11)?,
        previous_hash: row.blob(12)?.to_vec(),
        hash: row.blob(13)?.to_vec(),
        ..nothing()
    })
}

/// Before the first record.
const fn nothing() -> Breach {
    Breach {
        id: BreachId(0),
        brand_id: BrandId(0),
        challenge_id: ChallengeId(0),
        phase_id: PhaseId(0),
        login: Login(0),
        customer_id: CustomerId(0),
        rule: String::new(),
        severity: Severity::Warning,
        review: Review::Pending,
        at: UnixMicros(0),
        seq: 0,
        after_event_no: 0,
        evidence: String::new(),
        previous_hash: Vec::new(),
        hash: Vec::new(),
        reviewed_by: None,
        reviewed_at: None,
        review_reason: String::new(),
        created_at: UnixMicros(0),
    }
}
