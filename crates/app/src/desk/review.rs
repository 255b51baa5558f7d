//! Staff take a breach back.

use super::handle::{DeskError, Restore, Revert, ReviewOutcome, SetAnchor};
use super::read::Read;
use super::run::{Runner, TurnError};
use super::shard::{Evidence, Revived};
use crate::journeys::under_way;
use touchstone_domain::breach::{Breach, Decision, Review, Severity};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::purchase::State;
use touchstone_store::repo::desk::{accounts, breaches};

impl Runner {
    /// What staff are told; what has to be stored for it waits for the commit.
    pub(super) fn revert(
        &mut self,
        revert: &Revert,
    ) -> Result<Result<ReviewOutcome, DeskError>, TurnError> {
        let Some(mut breach) = self.breach_of(revert)? else {
            return Ok(Err(DeskError::NoBreach));
        };
        // What is read below must be how the account stands: the same may be asked for twice in one turn, or a price
        // may have closed what the breach had left open.
        if self.store_changes_of(breach.login)? {
            let Some(again) = self.breach_of(revert)? else {
                return Ok(Err(DeskError::NoBreach));
            };
            breach = again;
        }
        if breach.review == Review::Reverted {
            return Ok(Ok(ReviewOutcome::Unchanged));
        }
        if breach.review.decide(Decision::Revert).is_none() {
            return Ok(Err(DeskError::NotRevertible("BREACH_REVIEWED")));
        }
        // A warning has changed nothing that could be put back: its review is no affair of the desk.
        if breach.severity == Severity::Warning {
            return Ok(Err(DeskError::NotRevertible("BREACH_NOT_TERMINAL")));
        }
        self.revive(revert, &breach)
    }

    fn breach_of(&self, revert: &Revert) -> Result<Option<Breach>, TurnError> {
        let id = revert.breach;
        let breach = self
            .store()
            .read_blocking(move |tx| breaches::get(tx, id))?;
        Ok(breach.filter(|breach| breach.brand_id == revert.brand_id))
    }

    /// Staff set the day's anchor of an account that runs.
    pub(super) fn set_anchor(
        &mut self,
        set: &SetAnchor,
    ) -> Result<Result<(), DeskError>, TurnError> {
        self.open(set.login)?;
        let Some(shard) = self.shard() else {
            return Ok(Err(DeskError::Unavailable));
        };
        let live = shard.live(set.login);
        if live.is_none_or(|live| live.owner.brand_id != set.brand_id) {
            return Ok(Err(DeskError::NotTraded));
        }
        let is_set = shard.set_anchor(set.login, set.staff, set.anchor_minor, &set.reason)?;
        Ok(if is_set {
            Ok(())
        } else {
            Err(DeskError::NotTraded)
        })
    }

    fn revive(
        &mut self,
        revert: &Revert,
        breach: &Breach,
    ) -> Result<Result<ReviewOutcome, DeskError>, TurnError> {
        let login = breach.login;
        let row = self
            .store()
            .read_blocking(move |tx| accounts::of_login(tx, login))?;
        let is_its_own = |row: &accounts::Live| {
            row.phase.id == breach.phase_id
                && row.phase.state == ChallengeState::Failed
                && matches!(
                    row.challenge.state,
                    ChallengeState::Failed | ChallengeState::AwaitingReset
                )
                && row.challenge.account_login == login
        };
        let Some(row) = row.filter(is_its_own) else {
            return Ok(Err(DeskError::NotRevertible("PHASE_HAS_MOVED_ON")));
        };
        let challenge = row.challenge.id;
        let reset = self
            .store()
            .read_blocking(move |tx| under_way(tx, challenge))?;
        if reset.is_some_and(|reset| reset.state != State::AwaitingPayment) {
            return Ok(Err(DeskError::NotRevertible("RESET_IS_PAID")));
        }
        let evidence: Result<Evidence, _> = serde_json::from_str(&breach.evidence);
        let correction_minor = match (revert.restore, evidence) {
            (Restore::None, _) => 0,
            (Restore::EquityBefore, Ok(evidence)) => {
                evidence.equity_before_minor - evidence.equity_after_minor
            }
            (Restore::EquityBefore, Err(_)) => {
                return Ok(Err(DeskError::NotRevertible("EVIDENCE_UNREADABLE")));
            }
        };
        let (store, instruments, shared) = self.parts();
        let loaded = shared.build(store, instruments, Read::of(&row))?;
        let Some(loaded) = loaded else {
            return Ok(Err(DeskError::NotTraded));
        };
        let revived = Revived {
            breach: breach.id,
            staff: revert.staff,
            reason: revert.reason.clone(),
            restore: revert.restore.name(),
            correction_minor,
        };
        if let Some(shard) = self.shard() {
            shard.revive(loaded.live, loaded.judged, revived)?;
        }
        Ok(Ok(ReviewOutcome::Reverted { correction_minor }))
    }
}
