//! ScaleTrade's way: the add-on is paid from a wallet at once.

use super::LaterAddonError;
use super::order::new_purchase;
use crate::App;
use crate::conversion::RatesNow;
use crate::identity::{CustomerCaller, require_live_customer};
use crate::purchase::IDEMPOTENCY_KEY_LIMIT;
use touchstone_domain::purchase::{Funding, PayerFacts, ProgramFacts, Purchase, check_payer};
use touchstone_domain::{ChallengeId, Login, PurchaseId};
use touchstone_store::Tx;
use touchstone_store::repo::{self, counters};

#[derive(Clone, Debug)]
pub struct AddonBuy {
    pub challenge_id: ChallengeId,
    pub code: String,
    pub payer_login: Login,
    pub idempotency_key: Option<String>,
}

#[derive(Clone, Debug)]
pub struct AddonBought {
    pub purchase: Purchase,
    /// The purchase existed already: the key was sent before.
    pub idempotent: bool,
}

impl App {
    /// Buys an add-on for a challenge that runs, and applies it. With a key that this customer has used before it answers
    /// with that purchase as it is now.
    ///
    /// # Errors
    /// See [`LaterAddonError`]; nothing was changed, except for [`LaterAddonError::NotApplied`], whose purchase tells.
    pub async fn buy_addon(
        &self,
        caller: CustomerCaller,
        request: AddonBuy,
    ) -> Result<AddonBought, LaterAddonError> {
        let key = request.idempotency_key.as_ref();
        if key.is_some_and(|key| key.chars().count() > IDEMPOTENCY_KEY_LIMIT) {
            return Err(LaterAddonError::KeyTooLong);
        }
        let app = self.clone();
        let rates = self.rates_now(self.now());
        let bought = self
            .store
            .write(move |tx| app.buy_addon_in(tx, &caller, &request, &rates))
            .await?;
        let purchase = self.applied(bought.purchase).await?;
        Ok(AddonBought { purchase, ..bought })
    }

    fn buy_addon_in(
        &self,
        tx: &mut Tx<'_>,
        caller: &CustomerCaller,
        request: &AddonBuy,
        rates: &RatesNow,
    ) -> Result<AddonBought, LaterAddonError> {
        let now = rates.now;
        repo::customers::lock(tx, caller.customer_id)?;
        require_live_customer(tx, caller, now)?;
        let payer = repo::accounts::lock_own(tx, caller.customer_id, request.payer_login)?;
        if let Some(key) = &request.idempotency_key
            && let Some(purchase) = repo::purchases::by_key(tx, caller.customer_id, key)?
        {
            return repeat(purchase, request);
        }
        let (found, price) =
            self.begin_addition(tx, caller, request.challenge_id, &request.code, now)?;
        let facts = ProgramFacts {
            active: true,
            price,
            has_steps: true,
            first_group: None,
        };
        let exchange = rates.for_payer(tx, caller.brand_id, price.currency, payer.as_ref())?;
        let payer = payer.as_ref().map(|(account, group)| PayerFacts {
            account,
            group: Some(group),
        });
        let conversion = check_payer(facts, payer, &exchange).map_err(LaterAddonError::Blocked)?;
        let id = PurchaseId(tx.next_id(counters::PURCHASE)?);
        let purchase = Purchase {
            funding: Funding::Wallet,
            conversion,
            payer_login: Some(request.payer_login),
            idempotency_key: request.idempotency_key.clone(),
            ..new_purchase(id, &found.challenge, request.code.clone(), price, now)
        };
        Ok(AddonBought {
            purchase: self.save_addition(tx, purchase, &found.challenge, now)?,
            idempotent: false,
        })
    }
}

/// The purchase that a key is bound to.
fn repeat(purchase: Purchase, request: &AddonBuy) -> Result<AddonBought, LaterAddonError> {
    let differs = [
        (
            "challenge_id",
            purchase.adds_to != Some(request.challenge_id),
        ),
        (
            "addon_code",
            purchase.addon_codes != [request.code.as_str()],
        ),
        (
            "payer_login",
            purchase.payer_login != Some(request.payer_login),
        ),
    ];
    match differs.into_iter().find(|(_, differs)| *differs) {
        Some((field, _)) => Err(LaterAddonError::KeyConflict { field }),
        None => Ok(AddonBought {
            purchase,
            idempotent: true,
        }),
    }
}
