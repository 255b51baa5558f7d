//! Accounts that grow by a scaling plan.

use crate::App;
use crate::desk::{DeskError, GrowthAsk};
use touchstone_domain::payout::GrowthLook;
use touchstone_domain::{Login, UnixMicros};
use touchstone_store::{StoreError, repo};

/// Accounts that are looked at in one go.
const LOOKED_AT_ONCE: i64 = 100;
/// When an account is looked at again that something other than time keeps from growing: a payout may be refused, a
/// dispute won.
const AGAIN_SECONDS: i64 = 3_600;

impl App {
    /// Lets those accounts grow that have earned it; answers how many did. An account is looked at when a payout of it
    /// was paid, and once it has waited long enough.
    ///
    /// # Errors
    /// The store's.
    pub async fn grow_accounts(&self) -> Result<usize, StoreError> {
        if !self.desk.is_running() {
            return Ok(0);
        }
        let now = self.now();
        let due = self
            .store
            .read(move |tx| repo::growth::due(tx, now, LOOKED_AT_ONCE))
            .await?;
        let mut grown = 0;
        for (login, due_at) in due {
            let ask = GrowthAsk {
                brand_id: None,
                login,
                grows: true,
            };
            let again = match self.desk.growth(ask).await {
                Ok(look) => {
                    let has_grown = look.as_ref().is_some_and(has_earned);
                    grown += usize::from(has_grown);
                    again_at(look.as_ref(), now)
                }
                // Its phase is over: it never grows any more.
                Err(DeskError::NotTraded | DeskError::NotFunded) => None,
                Err(error) => {
                    tracing::warn!(login = login.0, %error, "it could not be looked at for its growth yet");
                    break;
                }
            };
            self.look_again(login, due_at, again).await?;
        }
        Ok(grown)
    }

    async fn look_again(
        &self,
        login: Login,
        due_at: UnixMicros,
        again: Option<UnixMicros>,
    ) -> Result<(), StoreError> {
        self.store
            .write(move |tx| {
                repo::growth::looked(tx, login, due_at)?;
                match again {
                    Some(at) => repo::growth::look_later(tx, login, at),
                    None => Ok(()),
                }
            })
            .await
    }
}

fn has_earned(look: &GrowthLook) -> bool {
    look.next.as_ref().is_some_and(|next| next.is_met())
}

/// When an account that stood so is looked at again; `None`: when the next payout was paid.
fn again_at(look: Option<&GrowthLook>, now: UnixMicros) -> Option<UnixMicros> {
    let next = look?.next.as_ref()?;
    let waits_for = |name: &str| {
        let mut unmet = next.conditions.iter().filter(|one| !one.is_met);
        unmet.any(|one| one.name.name() == name)
    };
    if next.is_met() {
        // It has grown; what was paid beyond that may do for the next.
        Some(now)
    } else if waits_for("paid_payouts") || waits_for("paid_profit") {
        None
    } else if next.only_waits() {
        Some(next.not_before)
    } else {
        Some(now.plus_seconds(AGAIN_SECONDS))
    }
}
