//! The life of a challenge: what its rows become when a phase ends, and when that is taken back.

use super::commit::CommitError;
use super::shard::{AnchorSet, End, Owner, Revived};
use crate::claims::{ClaimAsk, make_by_desk};
use crate::journeys::decline_pending;
use crate::payouts::begin_cycle;
use touchstone_domain::breach::Review;
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, Operation};
use touchstone_domain::{Account, AccountKind, Login, Money, OrderNo, PhaseId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::desk::breaches;
use touchstone_store::repo::numbers::next_of;
use touchstone_store::repo::{self, counters};
use touchstone_store::{NewEvent, Tx};

pub(super) const fn broken(owner: &Owner, what: &'static str) -> CommitError {
    CommitError::Broken {
        challenge: owner.challenge_id.0,
        what,
    }
}

fn challenge(tx: &mut Tx<'_>, owner: &Owner) -> Result<Challenge, CommitError> {
    repo::challenges::get(tx, owner.challenge_id)?.ok_or_else(|| broken(owner, "its row"))
}

/// The phase has failed, and the challenge with it.
pub fn fail(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    end: &End,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let mut challenge = challenge(tx, owner)?;
    end_phase(tx, owner, ChallengeState::Failed, end, now)?;
    rest(tx, owner, login, false)?;
    challenge.state = ChallengeState::Failed;
    challenge.ended_at = Some(end.at);
    challenge.updated_at = now;
    repo::challenges::update(tx, &challenge)?;
    announce(tx, owner, "challenge.failed", login, now)
}

/// The fee goes away: the phase is called off, and with it the challenge.
pub fn call_off(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    end: &End,
    claim: &ClaimAsk,
    now: UnixMicros,
) -> Result<(), CommitError> {
    end_phase(tx, owner, ChallengeState::Cancelled, end, now)?;
    make_by_desk(tx, claim, now).map_err(|error| CommitError::of_claim(error, login))?;
    announce(tx, owner, "challenge.called_off", login, now)
}

/// The phase is passed: the next one begins on an account of its own, which is answered; after the last one the
/// challenge is passed.
pub fn pass(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    end: &End,
    now: UnixMicros,
) -> Result<Option<Login>, CommitError> {
    let mut challenge = challenge(tx, owner)?;
    end_phase(tx, owner, ChallengeState::Passed, end, now)?;
    rest(tx, owner, login, false)?;
    announce(tx, owner, "challenge.phase_passed", login, now)?;
    let opened = begin_next(tx, owner, &mut challenge, now)?;
    if opened.is_none() {
        challenge.state = ChallengeState::Passed;
        challenge.ended_at = Some(end.at);
    }
    challenge.updated_at = now;
    repo::challenges::update(tx, &challenge)?;
    match opened {
        Some(next) => announce(tx, owner, "challenge.phase_started", next, now)?,
        None => announce(tx, owner, "challenge.passed", login, now)?,
    }
    Ok(opened)
}

fn end_phase(
    tx: &mut Tx<'_>,
    owner: &Owner,
    state: ChallengeState,
    end: &End,
    now: UnixMicros,
) -> Result<(), CommitError> {
    repo::challenges::end_phase(
        tx,
        owner.challenge_id,
        owner.phase_id,
        repo::challenges::PhaseEnd {
            state,
            ended_at: end.at,
            final_balance_minor: end.final_balance_minor,
            final_equity_minor: end.final_equity_minor,
        },
        now,
    )?;
    Ok(())
}

/// The account can be traded, or not any more.
fn rest(tx: &mut Tx<'_>, owner: &Owner, login: Login, enabled: bool) -> Result<(), CommitError> {
    let account = repo::accounts::lock(tx, login)?;
    let mut account = account.ok_or_else(|| broken(owner, "its account"))?;
    account.enabled = enabled;
    repo::accounts::set_life(tx, &account)?;
    if !enabled {
        repo::payouts::end_cycle(tx, login)?;
    }
    Ok(())
}

fn begin_next(
    tx: &mut Tx<'_>,
    owner: &Owner,
    challenge: &mut Challenge,
    now: UnixMicros,
) -> Result<Option<Login>, CommitError> {
    let version = repo::programs::version(tx, challenge.version_id)?
        .ok_or_else(|| broken(owner, "its program version"))?;
    let next = usize::try_from(owner.phase_index).ok();
    let Some(step) = next.and_then(|next| version.terms.steps.get(next)) else {
        return Ok(None);
    };
    let login = begin_phase(
        tx,
        owner,
        challenge,
        &step.group,
        step.initial_balance_minor,
        owner.phase_index + 1,
        now,
    )?;
    let index = owner.phase_index + 1;
    begin_cycle(tx, login, challenge.version_id, index, (now, now))?;
    Ok(Some(login))
}

/// Opens and funds an account, and begins a phase on it.
fn begin_phase(
    tx: &mut Tx<'_>,
    owner: &Owner,
    challenge: &mut Challenge,
    group: &str,
    initial_balance_minor: i64,
    phase_index: i64,
    now: UnixMicros,
) -> Result<Login, CommitError> {
    let group = repo::groups::by_name(tx, owner.brand_id, group)?
        .ok_or_else(|| broken(owner, "the group of its next phase"))?;
    let bought = repo::purchases::get(tx, challenge.purchase_id)?
        .ok_or_else(|| broken(owner, "its purchase"))?;
    let version = repo::programs::version(tx, challenge.version_id)?
        .ok_or_else(|| broken(owner, "its program version"))?;
    let leverage = version
        .terms
        .leverage_with(&bought.all_addon_codes(), group.leverage);
    let begun = repo::challenges::phases(tx, challenge.id)?;
    let login = next_of(tx, counters::PHASE_LOGIN, counters::LOGIN)?;
    let login = Login(login);
    repo::accounts::insert(
        tx,
        &Account {
            login,
            brand_id: owner.brand_id,
            customer_id: owner.customer_id,
            group_id: group.id,
            kind: AccountKind::Challenge,
            currency: group.currency,
            leverage,
            enabled: true,
            balance_minor: initial_balance_minor,
            held_minor: 0,
            created_at: now,
            closed_at: None,
            must_change_password: true,
        },
        None,
    )?;
    let amount = Money::new(initial_balance_minor, group.currency);
    if !amount.is_zero() {
        let order = OrderNo(next_of(tx, counters::PHASE_ORDER, counters::ORDER)?);
        let operation = Operation::PhaseBalance;
        let entry = entry(owner, challenge, order, operation, login, amount, now)?;
        repo::ledger::record(tx, &entry)?;
    }
    let phase = Phase {
        id: PhaseId(tx.next_id(counters::PHASE)?),
        challenge_id: challenge.id,
        purchased_at: begun.last().and_then(|phase| phase.purchased_at),
        phase_index,
        account_login: login,
        state: ChallengeState::Active,
        initial_balance_minor,
        grown_minor: 0,
        final_balance_minor: None,
        final_equity_minor: None,
        started_at: now,
        ended_at: None,
        created_at: now,
        updated_at: now,
    };
    let ordinal = repo::challenges::next_ordinal(tx, challenge.id)?;
    repo::challenges::insert_phase(tx, &phase, ordinal)?;
    challenge.current_phase_index = phase_index;
    challenge.account_login = login;
    Ok(login)
}

pub(super) fn entry(
    owner: &Owner,
    challenge: &Challenge,
    order: OrderNo,
    operation: Operation,
    login: Login,
    amount: Money,
    now: UnixMicros,
) -> Result<Entry, CommitError> {
    let head = EntryHead {
        order,
        brand_id: owner.brand_id,
        at: now,
    };
    let about = ApiData {
        program_id: Some(challenge.program_id),
        purchase_id: Some(challenge.purchase_id),
        customer_id: Some(owner.customer_id),
        challenge_login: Some(login),
        ..ApiData::default()
    };
    Ok(Entry::new(head, operation, Some(login), amount, &about)?)
}

/// Takes a profit back that does not count.
pub fn void(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    minor: i64,
    now: UnixMicros,
) -> Result<(), CommitError> {
    post(tx, owner, login, Operation::ProfitVoided, minor, now)
}

fn post(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    operation: Operation,
    minor: i64,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let challenge = challenge(tx, owner)?;
    let account = repo::accounts::lock(tx, login)?;
    let account = account.ok_or_else(|| broken(owner, "its account"))?;
    let amount = Money::new(minor, account.currency);
    let order = OrderNo(tx.next_id(counters::ORDER)?);
    let entry = entry(owner, &challenge, order, operation, login, amount, now)?;
    repo::ledger::post(tx, &entry)?;
    Ok(())
}

/// Writes down who has set the day's anchor.
pub fn anchor_set(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    set: &AnchorSet,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let minor = |minor: i64| serde_json::json!({ "anchor_minor": minor }).to_string();
    let row = |tx: &mut Tx<'_>| {
        repo::audit::insert(
            tx,
            &AuditRow {
                at: now,
                brand_id: owner.brand_id,
                actor_kind: "staff",
                actor_id: set.staff.id.0,
                action: "account.set_anchor",
                subject_kind: "account",
                subject_id: login.0,
                before: Some(&minor(set.before_minor)),
                after: Some(&minor(set.anchor_minor)),
                note: &set.reason,
            },
        )
    };
    set.staff.write_down(tx, row)?;
    announce(tx, owner, "account.anchor_set", login, now)
}

/// A breach is taken back: phase, challenge and account are as they were before it.
pub fn revive(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    revived: &Revived,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let mut breach =
        breaches::lock(tx, revived.breach)?.ok_or_else(|| broken(owner, "its breach"))?;
    let before = breach.review;
    breach.review = Review::Reverted;
    breach.reviewed_by = Some(revived.staff.id);
    breach.reviewed_at = Some(now);
    breach.review_reason.clone_from(&revived.reason);
    breaches::set_review(tx, &breach)?;
    let mut challenge = failed_challenge(tx, owner, login, revived, now)?;
    repo::challenges::revive_phase(tx, owner.challenge_id, owner.phase_id, now)?;
    rest(tx, owner, login, true)?;
    challenge.state = ChallengeState::Active;
    challenge.ended_at = None;
    challenge.updated_at = now;
    repo::challenges::update(tx, &challenge)?;
    let phases = repo::challenges::phases(tx, challenge.id)?;
    if let Some(phase) = phases.iter().find(|phase| phase.id == owner.phase_id) {
        let times = (phase.started_at, now);
        begin_cycle(tx, login, challenge.version_id, phase.phase_index, times)?;
    }
    match revived.correction_minor {
        0 => {}
        minor if minor > 0 => post(tx, owner, login, Operation::CorrectionIn, minor, now)?,
        minor => post(tx, owner, login, Operation::CorrectionOut, -minor, now)?,
    }
    let after = serde_json::json!({
        "review": "reverted",
        "restore": revived.restore,
        "correction_minor": revived.correction_minor,
    });
    let row = |tx: &mut Tx<'_>| {
        repo::audit::insert(
            tx,
            &AuditRow {
                at: now,
                brand_id: owner.brand_id,
                actor_kind: "staff",
                actor_id: revived.staff.id.0,
                action: "breach.revert",
                subject_kind: "breach",
                subject_id: revived.breach.0,
                before: Some(&serde_json::json!({ "review": before.name() }).to_string()),
                after: Some(&after.to_string()),
                note: &revived.reason,
            },
        )
    };
    revived.staff.write_down(tx, row)?;
    announce(tx, owner, "challenge.revived", login, now)
}

/// The challenge as it is after a reset that nobody has paid is declined. What was reset, or is being reset, meanwhile cannot
/// be taken back any more.
fn failed_challenge(
    tx: &mut Tx<'_>,
    owner: &Owner,
    login: Login,
    revived: &Revived,
    now: UnixMicros,
) -> Result<Challenge, CommitError> {
    let note = "the breach was reverted";
    let declined = revived.staff.write_down(tx, |tx| {
        decline_pending(tx, owner.challenge_id, revived.staff.id, note, now)
    });
    if !declined? {
        return Err(CommitError::Stale(login));
    }
    // Nobody is there who could trade it.
    repo::customers::lock(tx, owner.customer_id)?;
    if repo::customers::is_erased(tx, owner.customer_id)? {
        return Err(CommitError::Stale(login));
    }
    repo::challenges::lock(tx, owner.challenge_id)?
        .filter(|now| now.state == ChallengeState::Failed && now.account_login == login)
        .ok_or(CommitError::Stale(login))
}

fn announce(
    tx: &mut Tx<'_>,
    owner: &Owner,
    kind: &str,
    login: Login,
    now: UnixMicros,
) -> Result<(), CommitError> {
    let body = serde_json::json!({
        "challenge_id": owner.challenge_id,
        "phase_id": owner.phase_id,
        "phase_index": owner.phase_index,
        "account_login": login,
    });
    tx.append_event(&NewEvent {
        at_us: now.0,
        brand_id: owner.brand_id.0,
        kind,
        subject_kind: "challenge",
        subject_id: owner.challenge_id.0,
        challenge_id: Some(owner.challenge_id.0),
        customer_id: Some(owner.customer_id.0),
        body: &body.to_string(),
    })?;
    Ok(())
}
