//! Who asks for a fee, and the way that it goes: through the desk while the challenge runs there.

use super::make::make;
use super::plan::{is_refusable, look};
use super::reverse::reverse;
use super::{ClaimAsk, ClaimError, ClaimRefusal, Wanted};
use crate::App;
use crate::desk::{CallOff, PayoutReject};
use crate::identity::{
    CustomerCaller, StaffCaller, StaffPass, require_live_customer, require_live_staff,
};
use crate::transactions::Actor;
use touchstone_domain::access::Permission;
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::claim::{ClaimEffect, FeeClaim};
use touchstone_domain::purchase::Purchase;
use touchstone_domain::{
    Account, BrandId, ChallengeId, CustomerId, Money, PurchaseId, StaffId, TransactionId,
};
use touchstone_store::repo::{self, claims, payouts};
use touchstone_store::{StoreError, Tx};

/// How often what has moved on meanwhile is looked at again.
const TRIES: usize = 3;

/// What names the fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimOn {
    /// The fee's payment record, of a reset too.
    Transaction(TransactionId),
    /// The fee that the challenge was sold for.
    Journey(ChallengeId),
    Purchase(PurchaseId),
}

/// Staff give a fee back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAsk {
    pub reason: String,
    /// Whatever the program's policy says.
    pub is_override: bool,
    /// In major units; only with an override. `None`: all that is left of the fee.
    pub amount: Option<String>,
}

/// How things stand afterwards.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub claim: FeeClaim,
    pub purchase: Purchase,
    pub challenge: Challenge,
    /// Of the challenge's present phase.
    pub account: Account,
    /// Its owner can do nothing on it.
    pub is_frozen: bool,
}

/// Whose fee it may be: what lies outside is not there for who asks.
enum Reach<'a> {
    /// Of the brand, within a person's view scope.
    Staff(BrandId, &'a StaffPass),
    Customer(BrandId, CustomerId),
}

impl Reach<'_> {
    fn holds(
        &self,
        tx: &mut Tx<'_>,
        brand: BrandId,
        customer: CustomerId,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Staff(own, pass) => Ok(brand == *own && pass.sees(tx, customer)?),
            Self::Customer(own, himself) => Ok(brand == *own && customer == *himself),
        }
    }
}

fn find(
    tx: &mut Tx<'_>,
    reach: &Reach<'_>,
    on: ClaimOn,
) -> Result<(Purchase, Challenge), ClaimError> {
    let purchase = match on {
        ClaimOn::Transaction(id) => {
            let t = repo::transactions::get(tx, id)?.ok_or(ClaimError::NotFound)?;
            if !reach.holds(tx, t.brand_id, t.customer_id)? {
                return Err(ClaimError::NotFound);
            }
            let kind = t.kind.shown_name();
            match t.purchase_id.filter(|_| t.kind.is_fee()) {
                Some(id) => id,
                None => return Err(ClaimRefusal::NotAFee { kind }.into()),
            }
        }
        ClaimOn::Journey(id) => {
            let challenge = repo::challenges::get(tx, id)?;
            challenge.ok_or(ClaimError::NotFound)?.purchase_id
        }
        ClaimOn::Purchase(id) => id,
    };
    let purchase = repo::purchases::get(tx, purchase)?.ok_or(ClaimError::NotFound)?;
    if !reach.holds(tx, purchase.brand_id, purchase.customer_id)? {
        return Err(ClaimError::NotFound);
    }
    let state = purchase.state.name();
    let Some(challenge) = purchase
        .challenge_id
        .or(purchase.resets)
        .or(purchase.adds_to)
    else {
        return Err(ClaimRefusal::NotDelivered { state }.into());
    };
    let challenge = repo::challenges::get(tx, challenge)?.ok_or(ClaimError::NotFound)?;
    Ok((purchase, challenge))
}

impl App {
    /// Staff give a fee back, which ends its challenge.
    ///
    /// # Errors
    /// See [`ClaimError`]; nothing was changed.
    pub async fn refund_fee(
        &self,
        caller: StaffCaller,
        on: ClaimOn,
        ask: RefundAsk,
    ) -> Result<Claimed, ClaimError> {
        let now = self.now();
        let (purchase, challenge) = self
            .store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::RefundFee, now)?;
                find(tx, &Reach::Staff(caller.brand_id, &pass), on)
            })
            .await?;
        let wanted = match ask.is_override {
            false => Wanted::ByPolicy,
            true => Wanted::Override {
                amount_minor: amount_of(ask.amount.as_deref(), purchase.price)?,
            },
        };
        self.claim_fee(ClaimAsk {
            purchase: purchase.id,
            challenge: challenge.id,
            wanted,
            by: Actor::Staff(caller.staff_id),
            reason: ask.reason,
        })
        .await
    }

    /// A customer asks his own fee back, as the program promises it; that ends his challenge.
    ///
    /// # Errors
    /// [`ClaimRefusal::Policy`] where it promises nothing, and the others; nothing was changed.
    pub async fn refund_own_fee(
        &self,
        caller: CustomerCaller,
        on: ClaimOn,
    ) -> Result<Claimed, ClaimError> {
        let now = self.now();
        let (purchase, challenge) = self
            .store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let reach = Reach::Customer(caller.brand_id, caller.customer_id);
                find(tx, &reach, on)
            })
            .await?;
        self.claim_fee(ClaimAsk {
            purchase: purchase.id,
            challenge: challenge.id,
            wanted: Wanted::ByPolicy,
            by: Actor::Customer(caller.customer_id),
            reason: "the customer asked for it".to_owned(),
        })
        .await
    }

    /// A bank or a provider has taken a fee back: the challenge rests or is over, and its payouts that can still be
    /// refused are.
    ///
    /// # Errors
    /// See [`ClaimError`]; at most payouts were refused.
    pub async fn charge_back(
        &self,
        caller: StaffCaller,
        id: TransactionId,
        effect: ClaimEffect,
        reason: String,
    ) -> Result<Claimed, ClaimError> {
        let (purchase, challenge) = self.found_by_staff(caller, id).await?;
        self.claim_fee(ClaimAsk {
            purchase: purchase.id,
            challenge: challenge.id,
            wanted: Wanted::Chargeback { effect },
            by: Actor::Staff(caller.staff_id),
            reason,
        })
        .await
    }

    /// The dispute was won: the fee is earned again. A challenge that rested goes on; one that was ended stays so.
    ///
    /// # Errors
    /// [`ClaimRefusal::Fee`] where no chargeback is in force; nothing was changed.
    pub async fn reverse_chargeback(
        &self,
        caller: StaffCaller,
        id: TransactionId,
        reason: String,
    ) -> Result<Claimed, ClaimError> {
        let (purchase, _) = self.found_by_staff(caller, id).await?;
        let now = self.now();
        let by = Actor::Staff(caller.staff_id);
        let (claim, challenge) = self
            .store
            .write(move |tx| {
                require_live_staff(tx, &caller, Permission::ChargeBackFee, now)?;
                let claim = reverse(tx, purchase.id, by, &reason, now)?;
                let challenge = claim.challenge_id;
                Ok::<_, ClaimError>((claim, challenge))
            })
            .await?;
        self.claimed(Some(claim), purchase.id, challenge).await
    }

    async fn found_by_staff(
        &self,
        caller: StaffCaller,
        id: TransactionId,
    ) -> Result<(Purchase, Challenge), ClaimError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ChargeBackFee, now)?;
                let reach = Reach::Staff(caller.brand_id, &pass);
                find(tx, &reach, ClaimOn::Transaction(id))
            })
            .await
    }

    async fn claim_fee(&self, ask: ClaimAsk) -> Result<Claimed, ClaimError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.claim_once(&ask).await {
                Err(ClaimError::Refused(ClaimRefusal::Moved)) if tries < TRIES => {}
                Err(error) => return Err(error),
                Ok(claim) => return self.claimed(claim, ask.purchase, ask.challenge).await,
            }
        }
    }

    /// `None` where the desk has made it.
    async fn claim_once(&self, ask: &ClaimAsk) -> Result<Option<FeeClaim>, ClaimError> {
        let (id, asked, now) = (ask.challenge, ask.clone(), self.now());
        let (challenge, in_flight) = self
            .store
            .read(move |tx| {
                // What is refused for another reason takes nobody's payout away.
                let is_chargeback = matches!(asked.wanted, Wanted::Chargeback { .. });
                match look(tx, &asked, now) {
                    Err(error) if is_chargeback && !is_in_flight(&error) => return Err(error),
                    _ => {}
                }
                let challenge = repo::challenges::get(tx, id)?.ok_or(ClaimError::NotFound)?;
                Ok::<_, ClaimError>((challenge, payouts::in_flight(tx, id)?))
            })
            .await?;
        let effect = match ask.wanted {
            Wanted::Chargeback { effect } => {
                if in_flight.iter().any(|(_, state)| !is_refusable(*state)) {
                    return Err(ClaimRefusal::PayoutInFlight.into());
                }
                for (payout, _) in in_flight {
                    let reject = PayoutReject {
                        brand_id: challenge.brand_id,
                        id: payout,
                        staff: ask.by.staff().unwrap_or(StaffId(0)).into(),
                        reason: "the fee was charged back".to_owned(),
                    };
                    self.desk.reject_payout(reject).await?;
                }
                effect
            }
            Wanted::ByPolicy | Wanted::Override { .. } => ClaimEffect::End,
        };
        if challenge.state == ChallengeState::Active && effect == ClaimEffect::End {
            let off = CallOff {
                brand_id: challenge.brand_id,
                login: challenge.account_login,
                ask: ask.clone(),
            };
            self.desk.call_off(off).await?;
            return Ok(None);
        }
        let (now, ask) = (self.now(), ask.clone());
        let made = self.store.write(move |tx| make(tx, &ask, false, now));
        Ok(Some(made.await?))
    }

    async fn claimed(
        &self,
        made: Option<FeeClaim>,
        purchase: PurchaseId,
        challenge: ChallengeId,
    ) -> Result<Claimed, ClaimError> {
        let is_remote = self.ports.remote_trading.is_some();
        self.store
            .read(move |tx| {
                let broken = |what| ClaimError::Broken {
                    purchase: purchase.0,
                    what,
                };
                let claim = match &made {
                    Some(claim) => Some(claim.clone()),
                    None => claims::in_force(tx, purchase)?,
                };
                let claim = claim.ok_or_else(|| broken("its claim"))?;
                let challenge = repo::challenges::get(tx, challenge)?;
                let challenge = challenge.ok_or_else(|| broken("its challenge"))?;
                let account = repo::accounts::get(tx, challenge.account_login)?;
                let (account, _) = account.ok_or_else(|| broken("its account"))?;
                let purchase = repo::purchases::get(tx, purchase)?;
                let rests = claims::suspends(tx, challenge.id)?;
                Ok(Claimed {
                    is_frozen: !is_remote && (rests || !account.enabled),
                    claim,
                    purchase: purchase.ok_or_else(|| broken("its row"))?,
                    challenge,
                    account,
                })
            })
            .await
    }
}

const fn is_in_flight(error: &ClaimError) -> bool {
    matches!(error, ClaimError::Refused(ClaimRefusal::PayoutInFlight))
}

/// Above zero, in the currency of the price.
fn amount_of(text: Option<&str>, price: Money) -> Result<Option<i64>, ClaimError> {
    let Some(text) = text else { return Ok(None) };
    match Money::from_major(text, price.currency) {
        Ok(amount) if amount.minor > 0 => Ok(Some(amount.minor)),
        _ => Err(ClaimRefusal::Unreadable {
            currency: price.currency,
        }
        .into()),
    }
}
