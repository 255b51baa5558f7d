//! Staff let a trader try again: another attempt for each reset that is paid or free, and none for any other.

use super::super::world::{STAFF, TRADER};
use super::Play;
use touchstone_app::journeys::JourneyError;
use touchstone_app::transactions::Decision;
use touchstone_domain::challenge::{Challenge, ChallengeState, Phase};
use touchstone_domain::{ChallengeId, TransactionId};
use touchstone_store::repo::{accounts, challenges, purchases};
use touchstone_store::{StoreError, Tx};

/// More attempts than these are not begun in one world.
const ATTEMPTS_LIMIT: usize = 12;

impl Play {
    /// Asks for a reset of any challenge, or decides about the fee of one that waits.
    pub(super) async fn reset_challenge(&mut self) -> anyhow::Result<()> {
        let mut all = self.challenges().await?;
        let runs = |one: &Challenge| one.state == ChallengeState::Active;
        if self.draws.chance(80) && !all.iter().all(runs) {
            all.retain(|one| !runs(one));
        }
        let Some(challenge) = self.draws.pick(&all) else {
            return Ok(());
        };
        if challenge.state == ChallengeState::AwaitingReset {
            return self.decide_reset(&challenge).await;
        }
        if self.models.len() >= ATTEMPTS_LIMIT {
            return Ok(());
        }
        let before = self.attempts(challenge.id).await?;
        let has_failed = matches!(
            challenge.state,
            ChallengeState::Failed | ChallengeState::Cancelled
        );
        let app = self.world.app.clone();
        let outcome = app
            .reset_journey(STAFF, challenge.id, "sim".to_owned())
            .await;
        self.say(&format!(
            "reset of challenge {}, {} -> {outcome:?}",
            challenge.id,
            challenge.state.name()
        ));
        match outcome {
            Ok(reset) => {
                if !has_failed {
                    let row = format!("challenge {}, {:?}", challenge.id, challenge.state);
                    self.wrong("only what has failed is reset", row);
                }
                let more = usize::from(reset.is_activated);
                self.expect_attempts(challenge.id, &before, more).await
            }
            Err(JourneyError::NotBreached { .. }) if !has_failed => Ok(()),
            Err(error) => {
                let row = format!("challenge {}: {error}", challenge.id);
                self.wrong("what has failed can be reset", row);
                Ok(())
            }
        }
    }

    async fn decide_reset(&mut self, challenge: &Challenge) -> anyhow::Result<()> {
        let id = challenge.id;
        let before = self.attempts(id).await?;
        let Some(fee) = self.waiting_fee(id).await? else {
            let row = format!("challenge {id}");
            self.wrong("a challenge that waits has a fee to pay", row);
            return Ok(());
        };
        let app = self.world.app.clone();
        let (what, more) = match self.draws.below(10) {
            0..7 => {
                let paid = app.decide_transaction(STAFF, fee, Decision::Approve, String::new());
                (format!("paid, {:?}", paid.await.err()), 1)
            }
            7 | 8 => {
                let ended = app.decide_transaction(STAFF, fee, Decision::Decline, String::new());
                (format!("declined, {:?}", ended.await.err()), 0)
            }
            _ => {
                let ended = app.cancel_journey(STAFF, id, "sim".to_owned());
                (format!("cancelled, {:?}", ended.await.err()), 0)
            }
        };
        self.say(&format!("the reset of challenge {id} is {what}"));
        self.expect_attempts(id, &before, more).await
    }

    /// As many attempts as there were and `more`, each of these at the phase that had failed, whose account is closed.
    async fn expect_attempts(
        &mut self,
        id: ChallengeId,
        before: &[Phase],
        more: usize,
    ) -> anyhow::Result<()> {
        let now = self.attempts(id).await?;
        let (last, next) = (before.last(), now.get(before.len()));
        let is_another = match (last, next) {
            (Some(last), Some(next)) => {
                last.phase_index == next.phase_index
                    && last.initial_balance_minor == next.initial_balance_minor
                    && self.is_closed(last).await?
            }
            (_, None) => true,
            (None, Some(_)) => false,
        };
        if now.len() != before.len() + more || !is_another {
            let row = format!("challenge {id}: {before:?}, and then {now:?}");
            self.wrong("a reset is one more attempt when it is paid", row);
        }
        Ok(())
    }

    async fn challenges(&self) -> anyhow::Result<Vec<Challenge>> {
        let read = |tx: &mut Tx<'_>| {
            challenges::of_customer(tx, TRADER.customer_id, ChallengeId(i64::MAX), 100)
        };
        let all: Result<_, StoreError> = self.world.store.read(read).await;
        Ok(all?)
    }

    async fn attempts(&self, id: ChallengeId) -> anyhow::Result<Vec<Phase>> {
        let read = move |tx: &mut Tx<'_>| challenges::phases(tx, id);
        let phases: Result<_, StoreError> = self.world.store.read(read).await;
        Ok(phases?)
    }

    async fn waiting_fee(&self, id: ChallengeId) -> anyhow::Result<Option<TransactionId>> {
        let read = move |tx: &mut Tx<'_>| purchases::resets_of(tx, id);
        let resets: Result<Vec<_>, StoreError> = self.world.store.read(read).await;
        let waiting = resets?.into_iter().find(|reset| reset.state.is_under_way());
        Ok(waiting.and_then(|reset| reset.transaction_id))
    }

    async fn is_closed(&self, phase: &Phase) -> anyhow::Result<bool> {
        let login = phase.account_login;
        let read = move |tx: &mut Tx<'_>| accounts::get(tx, login);
        let found: Result<_, StoreError> = self.world.store.read(read).await;
        Ok(found?.is_some_and(|(account, _)| account.closed_at.is_some() && !account.enabled))
    }
}
