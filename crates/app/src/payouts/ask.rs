//! What traders see of payouts, and how they ask for one.

use super::PayoutError;
use crate::App;
use crate::desk::{GrowthAsk, PayoutAsk, PayoutLook, rules_of};
use crate::identity::{CustomerCaller, require_live_customer};
use touchstone_domain::payout::{GrowthLook, Payout, Trigger};
use touchstone_domain::{ChallengeId, Currency, Login};
use touchstone_store::repo::payouts::{self, Filter};
use touchstone_store::{Tx, repo};

/// A funded account of a customer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundedAccount {
    pub login: Login,
    pub challenge_id: ChallengeId,
    pub currency: Currency,
}

/// How a funded account stands for its next payout and its next growth.
#[derive(Clone, Debug)]
pub struct FundedStanding {
    pub account: FundedAccount,
    pub look: PayoutLook,
    /// `None` where its program has no scaling plan.
    pub growth: Option<GrowthLook>,
}

fn funded(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    wanted: Option<Login>,
) -> Result<FundedAccount, PayoutError> {
    let mut found = Vec::new();
    for running in payouts::running_of(tx, caller.customer_id)? {
        let is_wanted = wanted.is_none_or(|login| login == running.login);
        if !is_wanted {
            continue;
        }
        let rules = rules_of(
            tx,
            running.version_id,
            running.phase_index,
            &running.addon_codes,
        )?;
        if rules.is_some_and(|rules| rules.payout.is_some()) {
            found.push(FundedAccount {
                login: running.login,
                challenge_id: running.challenge_id,
                currency: running.currency,
            });
        }
    }
    match (found.as_slice(), wanted) {
        ([one], _) => Ok(*one),
        ([], Some(login)) => {
            let own = repo::accounts::get(tx, login)?
                .is_some_and(|(account, _)| account.customer_id == caller.customer_id);
            Err(match own {
                true => PayoutError::NoFundedAccount,
                false => PayoutError::NotFound,
            })
        }
        ([], None) => Err(PayoutError::NoFundedAccount),
        (_, _) => Err(PayoutError::SeveralAccounts),
    }
}

impl App {
    async fn funded_account(
        &self,
        caller: CustomerCaller,
        wanted: Option<Login>,
    ) -> Result<FundedAccount, PayoutError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                funded(tx, &caller, wanted)
            })
            .await
    }

    /// What keeps a payout of the caller's funded account now, and what it would come to. Nothing is changed.
    ///
    /// # Errors
    /// [`PayoutError::NoFundedAccount`], [`PayoutError::SeveralAccounts`] where none is named, and the desk's.
    pub async fn payout_eligibility(
        &self,
        caller: CustomerCaller,
        wanted: Option<Login>,
    ) -> Result<FundedStanding, PayoutError> {
        let account = self.funded_account(caller, wanted).await?;
        let ask = PayoutAsk {
            brand_id: caller.brand_id,
            login: account.login,
            ask: None,
        };
        let growth = GrowthAsk {
            brand_id: Some(caller.brand_id),
            login: account.login,
            grows: false,
        };
        Ok(FundedStanding {
            account,
            look: self.desk.payout(ask).await?,
            growth: self.desk.growth(growth).await?,
        })
    }

    /// Asks for a payout. One whose conditions are not met is answered too: it was rejected by itself.
    ///
    /// # Errors
    /// As [`App::payout_eligibility`]; that payouts are made by themselves, or that one is in flight.
    pub async fn request_payout(
        &self,
        caller: CustomerCaller,
        wanted: Option<Login>,
    ) -> Result<Payout, PayoutError> {
        let account = self.funded_account(caller, wanted).await?;
        let login = account.login;
        self.desk
            .payout(PayoutAsk {
                brand_id: caller.brand_id,
                login,
                ask: Some(Trigger::OnDemand),
            })
            .await?;
        let made = self
            .store
            .read(move |tx| payouts::newest(tx, login))
            .await?;
        made.ok_or(PayoutError::NotFound)
    }

    /// The caller's own payouts, newest first, and how many there are.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn own_payouts(
        &self,
        caller: CustomerCaller,
        limit: i64,
        offset: i64,
    ) -> Result<(Vec<Payout>, i64), PayoutError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let filter = Filter {
                    customer: Some(caller.customer_id),
                    ..Filter::default()
                };
                let items = payouts::page(tx, caller.brand_id, filter, limit, offset)?;
                Ok((items, payouts::count(tx, caller.brand_id, filter)?))
            })
            .await
    }
}
