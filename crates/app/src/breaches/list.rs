//! Breaches of a brand for staff, and of one challenge for its owner.

use super::BreachView;
use crate::App;
use crate::desk::{Evidence, rules_of};
use crate::identity::{
    Caller, CustomerCaller, SessionError, StaffCaller, require_live, require_live_customer,
    require_live_staff,
};
use crate::purchase::QueryError;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::access::Permission;
use touchstone_domain::breach::Breach;
use touchstone_domain::{BreachId, ChallengeId, CustomerId, Login, RuleSet, Symbol};
use touchstone_store::repo::desk::accounts;
use touchstone_store::repo::desk::breaches::{self, Filter};
use touchstone_store::repo::desk::history::{self, Deal};
use touchstone_store::{StoreError, Tx, repo};
use touchstone_trading::DealReason;

#[derive(Clone, Debug)]
pub struct BreachPage {
    pub items: Vec<BreachView>,
    /// How many there are on all pages.
    pub total: i64,
}

impl App {
    /// A brand's breaches, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn breaches(
        &self,
        caller: StaffCaller,
        filter: Filter,
        limit: i64,
        offset: i64,
    ) -> Result<BreachPage, SessionError> {
        let now = self.now();
        let app = self.clone();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewBreaches, now)?;
                let filter = Filter {
                    owner: pass.owner(),
                    ..filter
                };
                let found = breaches::of_brand(tx, caller.brand_id, filter, limit, offset)?;
                Ok(BreachPage {
                    items: app.views(tx, found)?,
                    total: breaches::count_of_brand(tx, caller.brand_id, filter)?,
                })
            })
            .await
    }

    /// For staff, and for whose account it is.
    ///
    /// # Errors
    /// [`QueryError::NotFound`] also for another brand's and for someone else's.
    pub async fn breach(&self, caller: Caller, id: BreachId) -> Result<BreachView, QueryError> {
        self.breach_for(caller, id, Permission::ViewBreaches).await
    }

    /// As [`App::breach`], for staff who have come to do something with it.
    ///
    /// # Errors
    /// As [`App::breach`].
    pub async fn breach_for(
        &self,
        caller: Caller,
        id: BreachId,
        permission: Permission,
    ) -> Result<BreachView, QueryError> {
        let now = self.now();
        let app = self.clone();
        self.store
            .read(move |tx| {
                let pass = require_live(tx, &caller, permission, now)?;
                let is_his = |breach: &Breach| match caller {
                    Caller::Staff(_) => true,
                    Caller::Customer(customer) => breach.customer_id == customer.customer_id,
                    Caller::Account(account) => breach.login == account.login,
                };
                let found = breaches::get(tx, id)?
                    .filter(|breach| breach.brand_id == pass.brand_id && is_his(breach))
                    .ok_or(QueryError::NotFound)?;
                if !pass.sees(tx, found.customer_id)? {
                    return Err(QueryError::NotFound);
                }
                app.views(tx, vec![found])?
                    .pop()
                    .ok_or(QueryError::NotFound)
            })
            .await
    }

    /// Breaches of a customer's own challenge, newest first, below key `before`.
    ///
    /// # Errors
    /// [`QueryError::NotFound`] for an unknown challenge and for someone else's.
    pub async fn own_breaches(
        &self,
        caller: CustomerCaller,
        id: ChallengeId,
        before: BreachId,
        limit: i64,
    ) -> Result<Vec<BreachView>, QueryError> {
        let now = self.now();
        let app = self.clone();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                repo::challenges::get(tx, id)?
                    .filter(|challenge| challenge.customer_id == caller.customer_id)
                    .ok_or(QueryError::NotFound)?;
                let found = breaches::of_challenge(tx, id, before, limit)?;
                Ok(app.views(tx, found)?)
            })
            .await
    }

    /// Breaches with what is shown beside them; each customer is read once.
    pub(crate) fn views(
        &self,
        tx: &mut Tx<'_>,
        found: Vec<Breach>,
    ) -> Result<Vec<BreachView>, StoreError> {
        let mut people: BTreeMap<CustomerId, (String, String)> = BTreeMap::new();
        let mut views = Vec::with_capacity(found.len());
        let mut judged: BTreeMap<(Login, u32), Option<Arc<RuleSet>>> = BTreeMap::new();
        for breach in found {
            let evidence: Option<Evidence> = serde_json::from_str(&breach.evidence).ok();
            let changes = evidence.as_ref().map_or(0, |evidence| evidence.rules_no);
            let rules = match judged.get(&(breach.login, changes)) {
                Some(rules) => rules.clone(),
                None => {
                    let rules = rules_of_login(tx, breach.login, changes)?;
                    judged.insert((breach.login, changes), rules.clone());
                    rules
                }
            };
            let customer = breach.customer_id;
            let known = people.get(&customer).cloned();
            let (customer_name, customer_email) = match known {
                Some(known) => known,
                None => {
                    let found = repo::customers::get(tx, customer)?;
                    let known = found.map_or_else(Default::default, |customer| {
                        (customer.full_name(), customer.email)
                    });
                    people.insert(customer, known.clone());
                    known
                }
            };
            let account = repo::accounts::get(tx, breach.login)?;
            let (account, _) = account.ok_or(StoreError::RowCount {
                found: 0,
                sql: "the account of a breach",
            })?;
            let closed_later = closed_later(tx, &breach, evidence.as_ref())?;
            views.push(BreachView {
                breach,
                currency: account.currency,
                customer_name,
                customer_email,
                rules,
                evidence,
                closed_later,
                digits: self.digits(),
            });
        }
        Ok(views)
    }

    fn digits(&self) -> Vec<(Symbol, u32)> {
        let instruments = self.desk.instruments();
        let listed = instruments.catalogue().iter();
        listed
            .map(|instrument| (instrument.symbol, instrument.digits))
            .collect()
    }
}

/// What an account was judged by when its rules had changed so often.
fn rules_of_login(
    tx: &mut Tx<'_>,
    login: Login,
    changes: u32,
) -> Result<Option<Arc<RuleSet>>, StoreError> {
    match accounts::of_login(tx, login)? {
        Some(row) => rules_of(
            tx,
            row.challenge.version_id,
            row.phase.phase_index,
            row.addons_after(changes),
        ),
        None => Ok(None),
    }
}

/// The record of a breach stays as it was made; this is what has come since.
fn closed_later(
    tx: &mut Tx<'_>,
    breach: &Breach,
    evidence: Option<&Evidence>,
) -> Result<Vec<Deal>, StoreError> {
    let Some(evidence) = evidence.filter(|evidence| !evidence.not_closed.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut deals = history::deals_since(tx, breach.login, breach.at)?;
    deals.retain(|deal| {
        let mut failed = evidence.not_closed.iter();
        deal.kind == "out"
            && deal.reason == DealReason::Liquidation.name()
            && failed.any(|failed| failed.position.0 == deal.position_id)
    });
    Ok(deals)
}
