//! A challenge that fails where no desk runs: the rows are what the desk makes of them.

use touchstone_domain::breach::{Breach, Review, Severity};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::{BreachId, ChallengeId, UnixMicros};
use touchstone_store::repo::desk::{self, breaches};
use touchstone_store::repo::{self, counters};
use touchstone_store::{StoreError, Tx};

pub fn fail(tx: &mut Tx<'_>, id: ChallengeId, at: UnixMicros) -> Result<(), StoreError> {
    let mut challenge = repo::challenges::lock(tx, id)?.expect("a challenge");
    let phase = repo::challenges::phases(tx, id)?.pop().expect("a phase");
    let end = repo::challenges::PhaseEnd {
        state: ChallengeState::Failed,
        ended_at: at,
        final_balance_minor: 0,
        final_equity_minor: 0,
    };
    repo::challenges::end_phase(tx, id, phase.id, end, at)?;
    let mut account = repo::accounts::lock(tx, challenge.account_login)?.expect("an account");
    account.enabled = false;
    repo::accounts::set_life(tx, &account)?;
    challenge.state = ChallengeState::Failed;
    challenge.ended_at = Some(at);
    repo::challenges::update(tx, &challenge)?;
    let mut shard = desk::take_shard(tx, 0, at)?;
    let mut breach = Breach {
        id: BreachId(tx.next_id(counters::BREACH)?),
        brand_id: challenge.brand_id,
        challenge_id: id,
        phase_id: phase.id,
        login: account.login,
        customer_id: challenge.customer_id,
        rule: "max_loss".into(),
        severity: Severity::Terminal,
        review: Review::Pending,
        at,
        seq: 0,
        after_event_no: 0,
        evidence: "{}".into(),
        previous_hash: std::mem::take(&mut shard.last_breach_hash),
        hash: Vec::new(),
        reviewed_by: None,
        reviewed_at: None,
        review_reason: String::new(),
        created_at: at,
    };
    breach.hash = breach.chain_hash();
    breaches::insert(tx, &breach)?;
    shard.last_breach_hash = breach.hash;
    assert!(desk::advance_shard(tx, &shard)?);
    Ok(())
}
