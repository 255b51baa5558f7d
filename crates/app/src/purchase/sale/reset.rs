//! What is special about a reset: it makes no challenge, but another attempt at the phase that one has failed in.

use super::{Row, Sale, SaleError};
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::purchase::{FailureReason, Funding, Purchase, State};
use touchstone_domain::{Account, Group, PhaseId, UnixMicros};
use touchstone_store::{Tx, repo, repo::counters};

impl Sale {
    /// A reset that begins now; the caller holds the locks of its challenge and of the account that failed.
    pub fn begin_reset(
        purchase: Purchase,
        mut challenge: Challenge,
        prior: Account,
        group: Group,
    ) -> Self {
        let mut sale = Self::begin(purchase, group);
        challenge.state = ChallengeState::AwaitingReset;
        challenge.updated_at = sale.purchase().created_at;
        let mut row = Row::stored(challenge);
        row.changed = true;
        sale.challenge = Some(row);
        sale.prior = Some(Row::stored(prior));
        sale
    }

    pub(super) fn load_reset(tx: &mut Tx<'_>, purchase: Purchase) -> Result<Self, SaleError> {
        let broken = |what| SaleError::Broken {
            purchase: purchase.id.0,
            what,
        };
        let challenge = match purchase.resets {
            Some(id) => repo::challenges::lock(tx, id)?,
            None => None,
        };
        let challenge = challenge.ok_or_else(|| broken("its challenge"))?;
        let group =
            group_of_phase(tx, &challenge)?.ok_or_else(|| broken("the group of its phase"))?;
        let account = match purchase.account_login {
            Some(login) => repo::accounts::lock(tx, login)?,
            None => None,
        };
        let prior = if purchase.state.is_under_way() {
            repo::accounts::lock(tx, challenge.account_login)?
        } else {
            None
        };
        let mut sale = Self::begin(purchase, group);
        sale.purchase = Row::stored(sale.purchase.value);
        sale.account = account.map(Row::stored);
        sale.challenge = Some(Row::stored(challenge));
        sale.prior = prior.map(Row::stored);
        Ok(sale)
    }

    /// The account of the attempt before is closed for good.
    pub(super) fn retire(&mut self, now: UnixMicros) -> Result<(), SaleError> {
        let broken = self.broken("the account of the attempt before");
        let prior = self.prior.as_mut().ok_or(broken)?;
        if prior.value.closed_at.is_none() {
            let prior = prior.change();
            prior.enabled = false;
            prior.closed_at = Some(now);
        }
        Ok(())
    }

    /// The account may trade; the challenge runs again, in the phase that it had failed in.
    pub(super) fn begin_attempt(
        &mut self,
        tx: &mut Tx<'_>,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let broken = self.broken("its account");
        let account = self.account.as_mut().ok_or(broken)?;
        account.change().enabled = true;
        let login = account.value.login;
        let purchased_at = self.purchase().created_at;
        let broken = self.broken("its challenge");
        let challenge = self.challenge.as_mut().ok_or(broken)?.change();
        challenge.state = ChallengeState::Active;
        challenge.ended_at = None;
        challenge.updated_at = now;
        challenge.account_login = login;
        self.phase = Some(Phase {
            id: PhaseId(tx.next_id(counters::PHASE)?),
            challenge_id: challenge.id,
            purchased_at: Some(purchased_at),
            phase_index: challenge.current_phase_index,
            account_login: login,
            state: ChallengeState::Active,
            initial_balance_minor: self.group.default_deposit_minor,
            grown_minor: 0,
            final_balance_minor: None,
            final_equity_minor: None,
            started_at: now,
            ended_at: None,
            created_at: now,
            updated_at: now,
        });
        Ok(())
    }

    /// A reset that was in `before` has ended. If nothing came of it, the challenge has failed as it had before; one for
    /// which nobody paid ends the challenge.
    pub(super) fn end_reset(&mut self, before: State, now: UnixMicros) {
        if self.purchase().funding != Funding::Reset || self.purchase().state == State::Active {
            return;
        }
        let reason = self.purchase().failure_reason;
        let is_given_up = before == State::AwaitingPayment
            && matches!(
                reason,
                Some(FailureReason::Cancelled | FailureReason::PaymentExpired)
            );
        let waiting = self.challenge.as_mut();
        let Some(row) = waiting.filter(|row| row.value.state == ChallengeState::AwaitingReset)
        else {
            return;
        };
        let challenge = row.change();
        challenge.updated_at = now;
        if is_given_up {
            challenge.state = ChallengeState::Cancelled;
            challenge.ended_at = Some(now);
        } else {
            challenge.state = ChallengeState::Failed;
        }
    }
}

/// The group of the challenge's current phase, with the balance that the phase begins with; `None` where there is no such
/// group any more.
pub fn group_of_phase(
    tx: &mut Tx<'_>,
    challenge: &Challenge,
) -> Result<Option<Group>, touchstone_store::StoreError> {
    let Some(version) = repo::programs::version(tx, challenge.version_id)? else {
        return Ok(None);
    };
    let place = usize::try_from(challenge.current_phase_index - 1).ok();
    let Some(step) = place.and_then(|place| version.terms.steps.get(place)) else {
        return Ok(None);
    };
    let group = repo::groups::by_name(tx, challenge.brand_id, &step.group)?;
    Ok(group.map(|mut group| {
        // What was promised when it was bought, whatever the group gives now.
        group.default_deposit_minor = step.initial_balance_minor;
        group
    }))
}
