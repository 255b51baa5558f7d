//! How the accounts of a journey stood, for staff.

use super::JourneyError;
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_domain::{ChallengeId, Currency, Login};
use touchstone_store::repo::desk::curves::{self, Metric};
use touchstone_store::repo::{self, journey_list};

#[derive(Clone, Debug)]
pub struct JourneyCurve {
    /// The newest first.
    pub points: Vec<Metric>,
    /// Of the accounts.
    pub currency: Currency,
}

impl App {
    /// The newest points of the journey's curve; of one of its accounts alone, where that is named.
    ///
    /// # Errors
    /// [`JourneyError::NotFound`] also for another brand's.
    pub async fn journey_curve(
        &self,
        caller: StaffCaller,
        id: ChallengeId,
        login: Option<Login>,
        limit: i64,
    ) -> Result<JourneyCurve, JourneyError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewJourneys, now)?;
                let listed = journey_list::one(tx, caller.brand_id, id)?;
                let challenge = listed.ok_or(JourneyError::NotFound)?.challenge;
                if !pass.sees(tx, challenge.customer_id)? {
                    return Err(JourneyError::NotFound);
                }
                let account = repo::accounts::get(tx, challenge.account_login)?;
                let (account, _) = account.ok_or(JourneyError::NotFound)?;
                Ok(JourneyCurve {
                    points: curves::newest_of_challenge(tx, id, login, limit)?,
                    currency: account.currency,
                })
            })
            .await
    }
}
