//! Everything that has changed, written once.

use super::{Sale, SaleError};
use crate::payouts::{CycleError, begin_cycle};
use crate::promotions;
use touchstone_domain::challenge::{Challenge, Phase};
use touchstone_domain::ledger::Entry;
use touchstone_domain::promotion::UseEvent;
use touchstone_domain::purchase::{Funding, Purchase, State};
use touchstone_domain::{Account, AccountMode, Group};
use touchstone_store::{NewEvent, Tx, repo};

impl Sale {
    /// Writes everything once, and tells the outbox.
    pub fn save(mut self, tx: &mut Tx<'_>) -> Result<Saved, SaleError> {
        for entry in std::mem::take(&mut self.entries) {
            self.save_entry(tx, &entry)?;
        }
        if let (Some(payer), true) = (self.purchase().payer_login, self.hold_change_minor != 0) {
            repo::accounts::add_hold(tx, payer, self.hold_change_minor)?;
        }
        if let Some(prior) = self.prior.as_ref().filter(|row| row.changed) {
            repo::accounts::set_life(tx, &prior.value)?;
        }
        if let Some(account) = &self.account {
            if account.is_new {
                repo::accounts::insert(
                    tx,
                    &account.value,
                    self.temporary_password_hash.as_ref().map(|h| &h[..]),
                )?;
            } else if account.changed {
                repo::accounts::set_life(tx, &account.value)?;
            }
        }
        if self.purchase.is_new {
            repo::purchases::insert(tx, &self.purchase.value)?;
        } else if self.purchase.changed {
            repo::purchases::update(tx, &self.purchase.value)?;
        }
        if let Some(challenge) = &self.challenge {
            if challenge.is_new {
                repo::challenges::insert(tx, &challenge.value)?;
            } else if challenge.changed {
                repo::challenges::update(tx, &challenge.value)?;
            }
        }
        if let Some(phase) = &self.phase {
            let ordinal = match self.purchase().funding {
                Funding::Reset => repo::challenges::next_ordinal(tx, phase.challenge_id)?,
                _ => 1,
            };
            repo::challenges::insert_phase(tx, phase, ordinal)?;
            self.begin_payouts(tx, phase)?;
        }
        if self.purchase.changed && self.purchase().promotion.is_some() {
            self.save_promotion(tx)?;
        }
        self.announce(tx)?;
        Ok(Saved {
            purchase: self.purchase.value,
            account: self.account.map(|row| row.value),
            challenge: self.challenge.map(|row| row.value),
            group: self.group,
        })
    }

    /// Of an account that is funded from the beginning, or again.
    fn begin_payouts(&self, tx: &mut Tx<'_>, phase: &Phase) -> Result<(), SaleError> {
        let Some(challenge) = self
            .challenge
            .as_ref()
            .filter(|_| self.group.mode == AccountMode::Real)
        else {
            return Ok(());
        };
        let (login, version) = (phase.account_login, challenge.value.version_id);
        let times = (phase.started_at, phase.started_at);
        begin_cycle(tx, login, version, phase.phase_index, times).map_err(|error| match error {
            CycleError::Store(error) => error.into(),
            CycleError::Day(_) => self.broken("a calendar for its payouts"),
        })
    }

    /// Last of all, for many purchases may wait for one code.
    fn save_promotion(&self, tx: &mut Tx<'_>) -> Result<(), SaleError> {
        let purchase = self.purchase();
        if let Some(quote) = &self.quote {
            promotions::reserve(tx, purchase, quote, purchase.updated_at)?;
        }
        let event = UseEvent::of(purchase.state);
        promotions::settle(tx, purchase, event, purchase.updated_at)
    }

    /// Writes the purchase's own row and tells nobody: nothing that others see has changed.
    pub fn save_quietly(self, tx: &mut Tx<'_>) -> Result<(), SaleError> {
        Ok(repo::purchases::update(tx, &self.purchase.value)?)
    }

    /// An account that is inserted with this commit starts with the balance that its entries give
    /// it; every other balance is moved in place.
    fn save_entry(&mut self, tx: &mut Tx<'_>, entry: &Entry) -> Result<(), SaleError> {
        match &mut self.account {
            Some(account) if account.is_new && entry.login() == Some(account.value.login) => {
                account.value.balance_minor += entry.signed_minor();
                Ok(repo::ledger::record(tx, entry)?)
            }
            _ => Ok(repo::ledger::post(tx, entry)?),
        }
    }

    fn announce(&self, tx: &mut Tx<'_>) -> Result<(), SaleError> {
        let purchase = self.purchase();
        if !self.purchase.changed {
            return Ok(());
        }
        let body = serde_json::json!({
            "purchase_id": purchase.id,
            "program_id": purchase.program_id,
            "customer_id": purchase.customer_id,
            "state": purchase.state.name(),
            "failure_reason": purchase.failure_reason,
            "challenge_id": purchase.about(),
            "account_login": purchase.account_login,
        })
        .to_string();
        tx.append_event(&NewEvent {
            at_us: purchase.updated_at.0,
            brand_id: purchase.brand_id.0,
            kind: event_kind(purchase),
            subject_kind: "purchase",
            subject_id: purchase.id.0,
            challenge_id: purchase.about().map(|id| id.0),
            customer_id: Some(purchase.customer_id.0),
            body: &body,
        })?;
        Ok(())
    }
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Saved {
    pub purchase: Purchase,
    pub account: Option<Account>,
    pub challenge: Option<Challenge>,
    pub group: Group,
}

fn event_kind(purchase: &Purchase) -> &'static str {
    match purchase.state {
        State::AwaitingPayment if purchase.adds_to.is_some() => "challenge.addon_requested",
        State::Active if purchase.adds_to.is_some() => "challenge.addon_applied",
        State::AwaitingPayment if purchase.funding == Funding::Reset => "challenge.reset_requested",
        State::Active if purchase.funding == Funding::Reset => "challenge.reset",
        State::AwaitingPayment => "purchase.awaiting_payment",
        State::Doing(_) => "purchase.in_progress",
        State::Stuck(_) => "purchase.stuck",
        State::RefundDue => "purchase.refund_due",
        State::Active => "challenge.activated",
        State::Refunded => "purchase.refunded",
        State::Failed => "purchase.failed",
        State::Abandoned => "purchase.abandoned",
    }
}
