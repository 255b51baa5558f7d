//! What can still be bought for a challenge, and why the rest cannot.

use super::LaterAddonError;
use crate::App;
use crate::identity::{CustomerCaller, require_live_customer};
use touchstone_domain::challenge::{Challenge, ChallengeState};
use touchstone_domain::program::{Addon, AddonEffect, AddonError, LaterError, Terms};
use touchstone_domain::{ChallengeId, Money};
use touchstone_store::repo;
use touchstone_store::{StoreError, Tx};

/// Why an add-on cannot be bought for a challenge now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoOffer {
    /// The challenge has it.
    Bought,
    UnderWay,
    /// It does not go together with one that the challenge has, or that is under way.
    Conflict {
        with: String,
    },
    /// It would change nothing for the phase that runs, nor for those after it.
    Idle,
    /// The challenge does not run, or its accounts are traded at a remote server.
    NotRunning,
}

impl NoOffer {
    /// A stable word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Bought => "bought",
            Self::UnderWay => "under_way",
            Self::Conflict { .. } => "conflict",
            Self::Idle => "no_effect",
            Self::NotRunning => "not_running",
        }
    }

    /// A sentence for the trader.
    pub fn text(&self) -> String {
        match self {
            Self::Bought => "The challenge has it already.".to_owned(),
            Self::UnderWay => "It was asked for, and waits to be paid or applied.".to_owned(),
            Self::Conflict { with } => format!("It cannot be had together with {with}."),
            Self::Idle => "It would change nothing any more.".to_owned(),
            Self::NotRunning => "The challenge does not run.".to_owned(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonOffer {
    pub addon: Addon,
    pub price: Money,
    /// `None`: it can be bought.
    pub reason: Option<NoOffer>,
}

/// The add-ons of a challenge's version, in its order.
#[derive(Clone, Debug)]
pub struct AddonOffers {
    pub challenge: Challenge,
    /// As they were sold, without what was bought.
    pub terms: Terms,
    pub offers: Vec<AddonOffer>,
    /// What the challenge has, in the order in which it was bought.
    pub bought: Vec<String>,
}

/// A challenge with what was bought for it.
pub(super) struct Situation {
    pub challenge: Challenge,
    pub terms: Terms,
    pub bought: Vec<String>,
    /// Codes that wait to be paid or applied.
    pub under_way: Vec<String>,
    /// A chargeback lets it rest.
    pub rests: bool,
    /// The least that an account of the phase that runs, or of one after it, is opened with.
    least_leverage: i64,
}

impl Situation {
    /// # Errors
    /// [`LaterAddonError::NotFound`] for a challenge that is not the caller's.
    pub fn find(
        tx: &mut Tx<'_>,
        caller: &CustomerCaller,
        id: ChallengeId,
    ) -> Result<Self, LaterAddonError> {
        let challenge = repo::challenges::get(tx, id)?
            .filter(|one| one.brand_id == caller.brand_id && one.customer_id == caller.customer_id)
            .ok_or(LaterAddonError::NotFound)?;
        let version = repo::programs::version(tx, challenge.version_id)?;
        let bought = repo::purchases::get(tx, challenge.purchase_id)?;
        let (Some(version), Some(bought)) = (version, bought) else {
            return Err(LaterAddonError::NotFound);
        };
        let codes = bought.all_addon_codes();
        Ok(Self {
            under_way: under_way(tx, id)?,
            rests: repo::claims::suspends(tx, id)?,
            least_leverage: least_leverage(tx, &challenge, &version.terms, &codes)?,
            terms: version.terms,
            bought: codes,
            challenge,
        })
    }

    /// What an add-on costs now.
    ///
    /// # Errors
    /// Why it cannot be bought.
    pub fn price(&self, code: &str) -> Result<Money, LaterAddonError> {
        if self.challenge.state != ChallengeState::Active || self.rests {
            return Err(LaterAddonError::NotRunning);
        }
        if self.under_way.iter().any(|other| other == code) {
            return Err(LaterAddonError::UnderWay);
        }
        let known = [self.bought.as_slice(), &self.under_way].concat();
        let step = first_step(&self.challenge);
        let price = self.terms.price_later(&known, code, step);
        let addon = self.terms.addons.iter().find(|addon| addon.code == code);
        if let (Ok(_), Some(AddonEffect::Leverage(leverage))) =
            (&price, addon.map(|one| one.effect))
            && i64::from(leverage) <= self.least_leverage
        {
            return Err(LaterAddonError::Idle);
        }
        match price {
            // The place is that in the request, which names one.
            Err(LaterError::Choice(error)) => Err(at_first(error).into()),
            other => Ok(other?),
        }
    }
}

fn first_step(challenge: &Challenge) -> usize {
    usize::try_from(challenge.current_phase_index - 1).unwrap_or(0)
}

fn least_leverage(
    tx: &mut Tx<'_>,
    challenge: &Challenge,
    terms: &Terms,
    codes: &[String],
) -> Result<i64, StoreError> {
    let mut least = i64::MAX;
    for step in terms.steps.iter().skip(first_step(challenge)) {
        let group = repo::groups::by_name(tx, challenge.brand_id, &step.group)?;
        let of_group = group.map_or(i64::MAX, |group| group.leverage);
        least = least.min(terms.leverage_with(codes, of_group));
    }
    Ok(least)
}

fn at_first(error: AddonError) -> AddonError {
    let index = 0;
    match error {
        AddonError::Unknown { code, .. } => AddonError::Unknown { index, code },
        AddonError::Doubled { code, .. } => AddonError::Doubled { index, code },
        AddonError::Conflict { code, with, .. } => AddonError::Conflict { index, code, with },
        AddonError::Money(error) => AddonError::Money(error),
    }
}

fn under_way(tx: &mut Tx<'_>, id: ChallengeId) -> Result<Vec<String>, StoreError> {
    let additions = repo::purchases::additions_to(tx, id)?.into_iter();
    let under_way = additions.filter(|one| one.state.is_under_way());
    Ok(under_way.flat_map(|one| one.addon_codes).collect())
}

impl App {
    /// What the caller can still buy for a challenge of his.
    ///
    /// # Errors
    /// [`LaterAddonError::NotFound`], and the session's.
    pub async fn addon_offers(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
    ) -> Result<AddonOffers, LaterAddonError> {
        let now = self.now();
        let is_here = self.ports.remote_trading.is_none();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let found = Situation::find(tx, &caller, id)?;
                let offers = found.terms.addons.iter().map(|addon| {
                    let reason = match found.price(&addon.code) {
                        Ok(_) if is_here => None,
                        Err(LaterAddonError::Choice(AddonError::Doubled { .. })) => {
                            Some(NoOffer::Bought)
                        }
                        Err(LaterAddonError::Choice(AddonError::Conflict { with, .. })) => {
                            Some(NoOffer::Conflict { with })
                        }
                        Err(LaterAddonError::UnderWay) => Some(NoOffer::UnderWay),
                        Err(LaterAddonError::Idle) => Some(NoOffer::Idle),
                        Ok(_) | Err(_) => Some(NoOffer::NotRunning),
                    };
                    Ok(AddonOffer {
                        addon: addon.clone(),
                        price: found.terms.addon_price(addon).map_err(AddonError::from)?,
                        reason,
                    })
                });
                let offers = offers.collect::<Result<Vec<_>, LaterAddonError>>()?;
                Ok(AddonOffers {
                    offers,
                    terms: found.terms,
                    bought: found.bought,
                    challenge: found.challenge,
                })
            })
            .await
    }
}
