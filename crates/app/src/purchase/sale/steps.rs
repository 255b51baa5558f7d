//! What each step of the delivery has done, once it is done.

use super::{Sale, SaleError};
use touchstone_domain::challenge::{ChallengeState, Phase};
use touchstone_domain::ledger::Operation;
use touchstone_domain::purchase::{Funding, Step};
use touchstone_domain::{PhaseId, UnixMicros};
use touchstone_store::{Tx, repo::counters};

impl Sale {
    pub(super) fn step_done(
        &mut self,
        tx: &mut Tx<'_>,
        step: Step,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        match step {
            Step::Withdraw => self.take_fee(tx, now),
            Step::GrantBalance => self.grant_balance(tx, now),
            Step::Enable if self.purchase().funding == Funding::Reset => {
                self.begin_attempt(tx, now)
            }
            Step::Enable => self.enable(tx, now),
            Step::Retire => self.retire(now),
            Step::Apply => self.apply(tx),
            Step::TakeBackBalance => {
                // The grant had no answer, and it turns out that it had been done.
                if self.purchase().initial_balance_order.is_none() {
                    self.grant_balance(tx, now)?;
                }
                self.post(
                    tx,
                    Operation::InitialBalanceRollback,
                    self.group.default_deposit(),
                    now,
                )?;
                Ok(())
            }
            Step::OpenAccount | Step::CloseAccount => Ok(()),
            Step::Refund => {
                if self.purchase().fee_order.is_none() {
                    self.take_fee(tx, now)?;
                }
                self.give_fee_back(tx, now)
            }
        }
    }

    /// The account may trade; the challenge and its first phase begin.
    fn enable(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let account = self.account.as_mut().ok_or(SaleError::Broken {
            purchase: self.purchase.value.id.0,
            what: "its account",
        })?;
        account.change().enabled = true;
        let login = account.value.login;
        if self.challenge.is_none() {
            self.add_challenge(tx, now)?;
        }
        let broken = self.broken("its challenge");
        let challenge = self.challenge.as_mut().ok_or(broken)?.change();
        challenge.state = ChallengeState::Active;
        challenge.started_at = Some(now);
        challenge.updated_at = now;
        challenge.account_login = login;
        self.phase = Some(Phase {
            id: PhaseId(tx.next_id(counters::PHASE)?),
            challenge_id: challenge.id,
            purchased_at: None,
            phase_index: 1,
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
}
