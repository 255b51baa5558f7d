//! The account and the challenge that a purchase makes.

use super::{Row, Sale, SaleError};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::{Account, AccountKind, ChallengeId, Login, UnixMicros};
use touchstone_store::{
    Tx,
    repo::{self, counters},
};

impl Sale {
    pub(super) fn reserve_login(&mut self, tx: &mut Tx<'_>) -> Result<Login, SaleError> {
        if let Some(login) = self.purchase().account_login {
            return Ok(login);
        }
        let login = Login(tx.next_id(counters::LOGIN)?);
        self.purchase.change().account_login = Some(login);
        Ok(login)
    }

    /// The account's record, disabled and empty: before it is opened at the trading server, and for
    /// enrolments before they are paid.
    pub fn reserve_account(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let login = self.reserve_login(tx)?;
        if self.account.is_none() {
            let leverage = self.leverage(tx)?;
            self.account = Some(Row::new(self.new_account(login, leverage, now)));
        }
        Ok(())
    }

    /// What its group gives, or an add-on.
    fn leverage(&self, tx: &mut Tx<'_>) -> Result<i64, SaleError> {
        let of_group = self.group.leverage;
        let codes = match (self.purchase().resets, self.challenge()) {
            (Some(_), Some(challenge)) => repo::purchases::get(tx, challenge.purchase_id)?
                .map(|bought| bought.all_addon_codes())
                .unwrap_or_default(),
            _ => self.purchase().addon_codes.clone(),
        };
        if codes.is_empty() {
            return Ok(of_group);
        }
        let version = repo::programs::version(tx, self.purchase().version_id)?;
        Ok(version.map_or(of_group, |version| {
            version.terms.leverage_with(&codes, of_group)
        }))
    }

    fn new_account(&self, login: Login, leverage: i64, now: UnixMicros) -> Account {
        Account {
            login,
            brand_id: self.purchase().brand_id,
            customer_id: self.purchase().customer_id,
            group_id: self.group.id,
            kind: AccountKind::Challenge,
            currency: self.group.currency,
            leverage,
            enabled: false,
            balance_minor: 0,
            held_minor: 0,
            created_at: now,
            closed_at: None,
            must_change_password: true,
        }
    }

    /// The challenge's record, not yet active: with the purchase for enrolments, else when it begins.
    pub fn add_challenge(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let login = self
            .purchase()
            .account_login
            .ok_or_else(|| self.broken("its login"))?;
        let id = ChallengeId(tx.next_id(counters::CHALLENGE)?);
        let purchase = self.purchase.change();
        purchase.challenge_id = Some(id);
        self.challenge = Some(Row::new(Challenge {
            id,
            brand_id: purchase.brand_id,
            purchase_id: purchase.id,
            customer_id: purchase.customer_id,
            program_id: purchase.program_id,
            version_id: purchase.version_id,
            state: ChallengeState::Pending,
            current_phase_index: 1,
            account_login: login,
            started_at: None,
            ended_at: None,
            created_at: now,
            updated_at: now,
        }));
        Ok(())
    }

    /// Nothing will come of it: the account stays closed, the challenge is cancelled.
    pub(super) fn close(&mut self, now: UnixMicros) {
        if let Some(account) = &mut self.account
            && account.value.closed_at.is_none()
        {
            let account = account.change();
            account.enabled = false;
            account.closed_at = Some(now);
        }
        if let Some(challenge) = &mut self.challenge
            && challenge.value.state == ChallengeState::Pending
        {
            let challenge = challenge.change();
            challenge.state = ChallengeState::Cancelled;
            challenge.ended_at = Some(now);
            challenge.updated_at = now;
        }
    }
}
