//! Staff let a customer try a phase again that he has failed in.

use super::JourneyError;
use crate::App;
use crate::identity::{StaffCaller, StaffPass, require_live_staff};
use crate::purchase::{Sale, SaleError, group_of_phase, lock_with_payment};
use crate::transactions::{Actor, Cause, TransactionError, announce, decline};
use touchstone_domain::access::Permission;
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::claim::{ClaimEffect, FeeState};
use touchstone_domain::program::Terms;
use touchstone_domain::purchase::{FailureReason, Funding, Purchase, State};
use touchstone_domain::transaction::{
    Transaction, TransactionEvent, TransactionKind, TransactionState,
};
use touchstone_domain::{
    Account, ChallengeId, Group, Login, Money, PurchaseId, StaffId, TransactionId, UnixMicros,
};
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// What came of asking for a reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyReset {
    pub challenge_id: ChallengeId,
    /// Of the new attempt; `None` before it is opened.
    pub login: Option<Login>,
    /// Name of the step.
    pub phase: String,
    /// The fee that has to be paid first.
    pub pending: Option<TransactionId>,
    /// The new attempt has begun.
    pub is_activated: bool,
}

struct Wanted<'a> {
    staff: StaffId,
    reason: &'a str,
    now: UnixMicros,
}

/// Everything that a reset is made from; challenge and account are locked.
struct Found {
    challenge: Challenge,
    prior: Account,
    group: Group,
    terms: Terms,
}

impl App {
    /// Begins another attempt at the phase that a journey has failed in. With a fee it waits until that is paid; without
    /// one it is begun at once.
    ///
    /// # Errors
    /// [`JourneyError::NotBreached`] where the newest attempt has not failed, or a reset is under way already; nothing
    /// changed then.
    pub async fn reset_journey(
        &self,
        caller: StaffCaller,
        id: ChallengeId,
        reason: String,
    ) -> Result<JourneyReset, JourneyError> {
        let app = self.clone();
        let now = self.now();
        let (begun, phase) = self
            .store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ResetJourney, now)?;
                let found = find(tx, &pass, id)?;
                let phase = step_name(&found);
                let wanted = Wanted {
                    staff: caller.staff_id,
                    reason: &reason,
                    now,
                };
                let purchase = app.begin_reset(tx, found, &wanted)?;
                Ok::<_, JourneyError>((purchase, phase))
            })
            .await?;
        let purchase = self.as_it_is_after_a_while(begun).await?;
        let is_activated = purchase.state == State::Active;
        Ok(JourneyReset {
            challenge_id: id,
            login: purchase.account_login.filter(|_| is_activated),
            phase,
            pending: purchase
                .transaction_id
                .filter(|_| purchase.state == State::AwaitingPayment),
            is_activated,
        })
    }

    /// A reset that is delivered by a remote trading server gets the time that a request may wait.
    async fn as_it_is_after_a_while(&self, begun: Purchase) -> Result<Purchase, JourneyError> {
        if begun.state.step().is_none() {
            return Ok(begun);
        }
        self.await_purchase(Some(&begun)).await;
        let id = begun.id;
        let read = self.store.read(move |tx| repo::purchases::get(tx, id));
        Ok(read.await?.unwrap_or(begun))
    }

    fn begin_reset(
        &self,
        tx: &mut Tx<'_>,
        found: Found,
        wanted: &Wanted<'_>,
    ) -> Result<Purchase, JourneyError> {
        let now = wanted.now;
        let terms = &found.terms;
        let fee = Money::new(terms.conduct.reset_fee_minor.unwrap_or(0), terms.currency());
        let customer = found.challenge.customer_id;
        if !fee.is_zero()
            && let Some(limit) = self.pending_limit_reached(tx, customer)?
        {
            return Err(JourneyError::TooManyPending { limit });
        }
        let id = PurchaseId(tx.next_id(counters::PURCHASE)?);
        let transaction_id = TransactionId(tx.next_id(counters::TRANSACTION)?);
        let purchase = new_purchase(id, &found.challenge, fee, wanted);
        let before = found.challenge.state;
        let prior = found.prior.login;
        let mut sale = Sale::begin_reset(purchase, found.challenge, found.prior, found.group);
        sale.start(tx, now)?;
        sale.set_transaction(transaction_id);
        self.deliver_what_is_paid(tx, &mut sale, now)?;
        let saved = sale.save(tx)?;
        let transaction = fee_of(transaction_id, &saved.purchase, prior, wanted);
        repo::transactions::insert(tx, &transaction)?;
        announce(tx, &transaction)?;
        audit(tx, &saved.purchase, before, wanted)?;
        Ok(saved.purchase)
    }
}

/// The caller's journey, if it can be reset now.
fn find(tx: &mut Tx<'_>, pass: &StaffPass, id: ChallengeId) -> Result<Found, JourneyError> {
    let seen = repo::challenges::get(tx, id)?.ok_or(JourneyError::NotFound)?;
    if !pass.sees(tx, seen.customer_id)? {
        return Err(JourneyError::NotFound);
    }
    // Resets and enrolments of one customer wait for each other here, so that the limit holds.
    repo::customers::lock(tx, seen.customer_id)?;
    let customer = repo::customers::get(tx, seen.customer_id)?;
    let challenge = repo::challenges::lock(tx, id)?.ok_or(JourneyError::NotFound)?;
    require_breached(tx, &challenge)?;
    if customer.is_none_or(|customer| !customer.enabled) {
        return Err(JourneyError::CustomerDisabled);
    }
    let prior = repo::accounts::lock(tx, challenge.account_login)?;
    let version = repo::programs::version(tx, challenge.version_id)?;
    let group = group_of_phase(tx, &challenge)?.ok_or(JourneyError::NotDeliverable)?;
    Ok(Found {
        prior: prior.ok_or(JourneyError::NotFound)?,
        terms: version.ok_or(JourneyError::NotDeliverable)?.terms,
        challenge,
        group,
    })
}

/// The newest attempt has failed, nothing has followed it, and its fees are where they belong.
fn require_breached(tx: &mut Tx<'_>, challenge: &Challenge) -> Result<(), JourneyError> {
    let phases = repo::challenges::phases(tx, challenge.id)?;
    let newest = phases.last().map(|phase| phase.state);
    let has_ended = matches!(
        challenge.state,
        ChallengeState::Failed | ChallengeState::Cancelled
    );
    // One whose fee went back is over for good; one that a bank disputes rests.
    let claims = repo::claims::of_challenge(tx, challenge.id)?;
    let is_claimed = claims
        .iter()
        .any(|claim| claim.effect == ClaimEffect::End || claim.reversal.is_none());
    if has_ended && newest == Some(ChallengeState::Failed) && !is_claimed {
        return Ok(());
    }
    Err(JourneyError::NotBreached {
        status: challenge.state.journey_status(),
    })
}

fn step_name(found: &Found) -> String {
    let place = usize::try_from(found.challenge.current_phase_index - 1).ok();
    let step = place.and_then(|place| found.terms.steps.get(place));
    step.map(|step| step.name.clone()).unwrap_or_default()
}

fn new_purchase(
    id: PurchaseId,
    challenge: &Challenge,
    price: Money,
    wanted: &Wanted<'_>,
) -> Purchase {
    Purchase {
        id,
        brand_id: challenge.brand_id,
        customer_id: challenge.customer_id,
        program_id: challenge.program_id,
        version_id: challenge.version_id,
        funding: Funding::Reset,
        state: State::AwaitingPayment,
        price,
        conversion: None,
        promotion: None,
        addon_codes: Vec::new(),
        payer_login: None,
        account_login: None,
        challenge_id: None,
        resets: Some(challenge.id),
        adds_to: None,
        late_addon_codes: Vec::new(),
        transaction_id: None,
        granted_by: Some(wanted.staff),
        idempotency_key: None,
        failure_reason: None,
        note: String::new(),
        fee_order: None,
        fee_state: FeeState::Earned,
        initial_balance_order: None,
        attempt: 1,
        step_calls: 0,
        due_at: None,
        created_at: wanted.now,
        updated_at: wanted.now,
    }
}

/// What has to be paid; a fee of nothing is approved as it is made. It is shown on the account that has failed.
fn fee_of(
    id: TransactionId,
    purchase: &Purchase,
    prior: Login,
    wanted: &Wanted<'_>,
) -> Transaction {
    let free = purchase.price.is_zero();
    Transaction {
        id,
        brand_id: purchase.brand_id,
        customer_id: purchase.customer_id,
        kind: TransactionKind::ChallengeResetFee,
        state: if free {
            TransactionState::Approved
        } else {
            TransactionState::Pending
        },
        amount: purchase.price,
        received_minor: 0,
        login: Some(prior),
        purchase_id: Some(purchase.id),
        related_id: None,
        source: "crm".into(),
        comment: wanted.reason.into(),
        cashier_id: None,
        approved_by: None,
        order: None,
        created_at: wanted.now,
        updated_at: wanted.now,
        approved_at: free.then_some(wanted.now),
        declined_at: None,
    }
}

fn audit(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    before: ChallengeState,
    wanted: &Wanted<'_>,
) -> Result<(), JourneyError> {
    let actor = Actor::Staff(wanted.staff);
    let after = serde_json::json!({ "reset": purchase.id, "fee_minor": purchase.price.minor });
    repo::audit::insert(
        tx,
        &AuditRow {
            at: wanted.now,
            brand_id: purchase.brand_id,
            actor_kind: actor.kind(),
            actor_id: actor.id(),
            action: "challenge.reset",
            subject_kind: "challenge",
            subject_id: purchase.resets.map_or(0, |id| id.0),
            before: Some(&serde_json::json!({ "state": before.name() }).to_string()),
            after: Some(&after.to_string()),
            note: wanted.reason,
        },
    )?;
    Ok(())
}

/// The reset of a challenge that is under way.
pub(crate) fn under_way(tx: &mut Tx<'_>, id: ChallengeId) -> Result<Option<Purchase>, StoreError> {
    let resets = repo::purchases::resets_of(tx, id)?;
    Ok(resets.into_iter().rfind(|reset| reset.state.is_under_way()))
}

/// Declines a reset that nobody has paid yet, as staff. `false` where one is being delivered already.
pub(crate) fn decline_pending(
    tx: &mut Tx<'_>,
    id: ChallengeId,
    staff: StaffId,
    note: &str,
    now: UnixMicros,
) -> Result<bool, TransactionError> {
    let Some(seen) = under_way(tx, id)? else {
        return Ok(true);
    };
    let broken = TransactionError::Sale(SaleError::Broken {
        purchase: seen.id.0,
        what: "its payment",
    });
    let purchase = lock_with_payment(tx, seen.id)?;
    let Some(purchase) = purchase.filter(|purchase| purchase.state.is_under_way()) else {
        return Ok(true);
    };
    if purchase.state != State::AwaitingPayment {
        return Ok(false);
    }
    let transaction = match purchase.transaction_id {
        Some(id) => repo::transactions::lock(tx, id)?,
        None => None,
    };
    let cause = Cause {
        event: TransactionEvent::Decline,
        actor: Actor::Staff(staff),
        ended_by: FailureReason::PaymentDeclined,
        note,
        now,
    };
    decline(tx, transaction.ok_or(broken)?, &cause)?;
    Ok(true)
}
