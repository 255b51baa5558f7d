//! Everything about one journey, for staff.

use super::JourneyError;
use super::list::{JourneyView, with_versions};
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use crate::purchase::StepRow;
use crate::standing::{self, PhaseStanding};
use touchstone_domain::access::Permission;
use touchstone_domain::breach::Breach;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::transaction::Transaction;
use touchstone_domain::{Account, ChallengeId, Group};
use touchstone_store::repo::desk::history::Deal;
use touchstone_store::repo::desk::{breaches, history};
use touchstone_store::repo::{self, journey_list};

#[derive(Clone, Debug)]
pub struct JourneyDetail {
    pub view: JourneyView,
    pub purchase: Purchase,
    /// In the order in which they were begun; none before the journey is paid.
    pub phases: Vec<PhaseView>,
    /// The account of the current phase.
    pub account: (Account, Group),
    /// The brand's groups, which the template's steps name.
    pub groups: Vec<Group>,
    /// Another attempt each, oldest first, whatever came of it.
    pub resets: Vec<Purchase>,
    /// Add-ons that were bought later, oldest first, whatever came of them.
    pub additions: Vec<Purchase>,
    /// Fees and refunds, of resets and later add-ons too, oldest first.
    pub transactions: Vec<Transaction>,
    /// What happened between commits, where a trading server or cashier had to be waited for.
    pub history: Vec<StepRow>,
}

/// A phase with its account.
#[derive(Clone, Debug)]
pub struct PhaseView {
    pub one: PhaseStanding,
    /// Counted from 1 for each step.
    pub attempt: i64,
    pub account: Account,
    /// The newest one that ended the phase and was not taken back.
    pub breach: Option<Breach>,
    /// Money that the desk has taken back or given.
    pub adjustments: Vec<Deal>,
}

impl App {
    /// # Errors
    /// [`JourneyError::NotFound`] also for another brand's.
    pub async fn journey(
        &self,
        caller: StaffCaller,
        id: ChallengeId,
    ) -> Result<JourneyDetail, JourneyError> {
        let now = self.now();
        let mut detail = self
            .store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewJourneys, now)?;
                let listed = journey_list::one(tx, caller.brand_id, id)?;
                let listed = listed.ok_or(JourneyError::NotFound)?;
                if !pass.sees(tx, listed.challenge.customer_id)? {
                    return Err(JourneyError::NotFound);
                }
                let challenge = listed.challenge.clone();
                let purchase = repo::purchases::get(tx, challenge.purchase_id)?
                    .ok_or(JourneyError::NotFound)?;
                let mut phases: Vec<PhaseView> = Vec::new();
                let begun = repo::challenges::phases(tx, id)?;
                for one in standing::stored(tx, &purchase, begun)? {
                    let found = repo::accounts::get(tx, one.phase.account_login)?;
                    let (account, _) = found.ok_or(JourneyError::NotFound)?;
                    let breach = breaches::that_ended(tx, one.phase.id, id)?;
                    let before = phases
                        .iter()
                        .filter(|view| view.one.phase.phase_index == one.phase.phase_index);
                    let attempt = i64::try_from(before.count()).unwrap_or(i64::MAX - 1) + 1;
                    let adjustments = history::entered(tx, account.login)?;
                    phases.push(PhaseView {
                        attempt,
                        one,
                        account,
                        breach,
                        adjustments,
                    });
                }
                let account = repo::accounts::get(tx, challenge.account_login)?
                    .ok_or(JourneyError::NotFound)?;
                let resets = repo::purchases::resets_of(tx, id)?;
                let (mut transactions, mut steps) = (Vec::new(), Vec::new());
                let additions = repo::purchases::additions_to(tx, id)?;
                for one in std::iter::once(&purchase).chain(&resets).chain(&additions) {
                    let paid = repo::transactions::of_purchase(tx, one.customer_id, one.id)?;
                    transactions.extend(paid);
                    steps.extend(repo::purchases::steps(tx, one.id)?);
                }
                let view = with_versions(tx, vec![listed])?.pop();
                Ok::<_, JourneyError>(JourneyDetail {
                    view: view.ok_or(JourneyError::NotFound)?,
                    purchase,
                    phases,
                    account,
                    groups: repo::groups::of_brand(tx, caller.brand_id)?,
                    resets,
                    additions,
                    transactions,
                    history: steps,
                })
            })
            .await?;
        for view in &mut detail.phases {
            self.freshen(std::slice::from_mut(&mut view.one)).await;
        }
        Ok::<_, JourneyError>(detail)
    }
}
