//! What was bought for a challenge later is applied to the account that runs, in the commit in which its fee is taken
//! from a wallet.

use super::addon_rows;
use super::read::rules_of;
use super::run::{Runner, TurnError};
use std::sync::Arc;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::{ChallengeId, Login, PurchaseId, RuleSet};
use touchstone_store::repo::{challenges, programs, purchases};
use touchstone_store::{StoreError, Tx};

/// What became of a purchase that was to be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    Applied,
    /// Nothing runs any more that it could be applied to: what was paid goes back.
    Refused,
    /// It did not wait for it.
    Unchanged,
}

/// What waits, and the account that runs now.
struct Waiting {
    purchase: Purchase,
    challenge: ChallengeId,
    login: Login,
}

impl Runner {
    pub(super) fn add(&mut self, id: PurchaseId) -> Result<Addition, TurnError> {
        let Some(mut waiting) = self.waiting(id)? else {
            return Ok(Addition::Unchanged);
        };
        self.open(waiting.login)?;
        // A phase that has ended in this turn may have been followed by another one.
        if self.store_changes_of(waiting.login)? {
            let Some(again) = self.waiting(id)? else {
                return Ok(Addition::Unchanged);
            };
            waiting = again;
            self.open(waiting.login)?;
        }
        let promised = self.promised(&waiting)?;
        let is_added = match (self.shard(), promised) {
            (Some(shard), Some((rules, leverage))) => {
                shard.add(waiting.login, &rules, leverage, id)?
            }
            _ => false,
        };
        if is_added {
            return Ok(Addition::Applied);
        }
        let now = self.now();
        let refused = self
            .store()
            .write_blocking(move |tx| addon_rows::refuse(tx, id, now))?;
        Ok(match refused {
            true => Addition::Refused,
            false => Addition::Unchanged,
        })
    }

    fn waiting(&self, id: PurchaseId) -> Result<Option<Waiting>, StoreError> {
        self.store().read_blocking(move |tx| waiting(tx, id))
    }

    /// The rules of the phase that runs with what is added, and the leverage; `None` where none runs that they are for.
    fn promised(&mut self, waiting: &Waiting) -> Result<Option<(Arc<RuleSet>, i64)>, StoreError> {
        let Waiting {
            purchase,
            challenge,
            login,
        } = waiting;
        let owner = self
            .shard()
            .and_then(|shard| shard.live(*login))
            .filter(|live| live.ended.is_none() && live.owner.challenge_id == *challenge)
            .map(|live| live.owner.clone());
        let Some(owner) = owner else {
            return Ok(None);
        };
        let (challenge, added) = (*challenge, purchase.addon_codes.clone());
        self.store().read_blocking(move |tx| {
            let Some(challenge) = challenges::get(tx, challenge)? else {
                return Ok(None);
            };
            let Some(bought) = purchases::get(tx, challenge.purchase_id)? else {
                return Ok(None);
            };
            let mut codes = bought.all_addon_codes();
            if added.iter().any(|code| codes.contains(code)) {
                return Ok(None);
            }
            codes.extend_from_slice(&added);
            let version = programs::version(tx, owner.version_id)?;
            let leverage = version.map_or(0, |version| version.terms.leverage_with(&codes, 0));
            let rules = rules_of(tx, owner.version_id, owner.phase_index, &codes)?;
            Ok(rules.map(|rules| (rules, leverage)))
        })
    }
}

fn waiting(tx: &mut Tx<'_>, id: PurchaseId) -> Result<Option<Waiting>, StoreError> {
    let purchase = purchases::get(tx, id)?.filter(|one| one.state.step().is_some());
    let Some((purchase, challenge)) = purchase.and_then(|one| {
        let challenge = one.adds_to?;
        Some((one, challenge))
    }) else {
        return Ok(None);
    };
    let found = challenges::get(tx, challenge)?;
    Ok(found.map(|found| Waiting {
        purchase,
        challenge,
        login: found.account_login,
    }))
}
