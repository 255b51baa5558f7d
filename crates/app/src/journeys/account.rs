//! One account of a challenge, for staff.

use super::JourneyError;
use super::list::{JourneyView, with_versions};
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use crate::standing::{self, PhaseStanding};
use touchstone_domain::access::Permission;
use touchstone_domain::breach::Breach;
use touchstone_domain::{Account, AccountKind, Group, Login};
use touchstone_store::repo::desk::breaches;
use touchstone_store::repo::{self, journey_list};

#[derive(Clone, Debug)]
pub struct PropAccount {
    pub account: Account,
    pub group: Group,
    pub journey: JourneyView,
    /// The phase that it was opened for; none before the journey is paid.
    pub phase: Option<PhaseStanding>,
    /// The newest one that ended the phase and was not taken back.
    pub breach: Option<Breach>,
}

impl App {
    /// # Errors
    /// [`JourneyError::NotFound`] also for another brand's, and for accounts that customers opened
    /// themselves.
    pub async fn prop_account(
        &self,
        caller: StaffCaller,
        login: Login,
    ) -> Result<PropAccount, JourneyError> {
        let now = self.now();
        let mut found = self
            .store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewAccounts, now)?;
                let (account, group) = repo::accounts::get(tx, login)?
                    .filter(|(account, _)| {
                        account.brand_id == caller.brand_id
                            && account.kind == AccountKind::Challenge
                    })
                    .ok_or(JourneyError::NotFound)?;
                if !pass.sees(tx, account.customer_id)? {
                    return Err(JourneyError::NotFound);
                }
                let challenge = repo::challenges::of_any_account(tx, account.customer_id, login)?
                    .ok_or(JourneyError::NotFound)?;
                let listed = journey_list::one(tx, caller.brand_id, challenge.id)?;
                let journey = with_versions(tx, listed.into_iter().collect())?.pop();
                let journey = journey.ok_or(JourneyError::NotFound)?;
                let mut phases = repo::challenges::phases(tx, challenge.id)?;
                phases.retain(|phase| phase.account_login == login);
                let purchase = repo::purchases::get(tx, challenge.purchase_id)?
                    .ok_or(JourneyError::NotFound)?;
                let phase = standing::stored(tx, &purchase, phases)?.pop();
                let breach = match &phase {
                    Some(one) => breaches::that_ended(tx, one.phase.id, challenge.id)?,
                    None => None,
                };
                Ok::<_, JourneyError>(PropAccount {
                    account,
                    group,
                    journey,
                    phase,
                    breach,
                })
            })
            .await?;
        self.freshen(found.phase.as_mut_slice()).await;
        Ok(found)
    }
}
