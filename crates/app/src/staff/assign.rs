//! Who of the firm looks after a customer: a view scope of `own` is told by it.

use super::{Staff, StaffError};
use crate::identity::{StaffCaller, require_live_staff};
use crate::{App, Customer};
use touchstone_domain::access::Permission;
use touchstone_domain::{Account, CustomerId, StaffId};
use touchstone_store::repo::transactions::Deposits;
use touchstone_store::repo::{self, audit::AuditRow};
use touchstone_store::{StoreError, Tx};

/// A customer as staff see him.
#[derive(Clone, Debug)]
pub struct CustomerCard {
    pub customer: Customer,
    pub owner: Option<Staff>,
    pub accounts: Vec<Account>,
    /// `None` for a customer who has not deposited yet.
    pub deposits: Option<Deposits>,
}

impl App {
    /// # Errors
    /// [`StaffError::NoCustomer`] also for another brand's and for one outside of the caller's view scope.
    pub async fn customer_card(
        &self,
        caller: StaffCaller,
        id: CustomerId,
    ) -> Result<CustomerCard, StaffError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewCustomers, now)?;
                if !pass.sees(tx, id)? {
                    return Err(StaffError::NoCustomer);
                }
                card(tx, id)?.ok_or(StaffError::NoCustomer)
            })
            .await
    }

    /// Assigns a customer to a person of the firm, or to nobody. A repeat changes nothing.
    ///
    /// # Errors
    /// See [`StaffError`]; nothing was changed.
    pub async fn assign_customer(
        &self,
        caller: StaffCaller,
        id: CustomerId,
        owner: Option<StaffId>,
        reason: String,
    ) -> Result<CustomerCard, StaffError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                let pass = require_live_staff(tx, &caller, Permission::AssignCustomer, now)?;
                if !pass.sees(tx, id)? {
                    return Err(StaffError::NoCustomer);
                }
                let before = card(tx, id)?.ok_or(StaffError::NoCustomer)?;
                // Nobody looks after one who was erased.
                if before.customer.erased_at.is_some() {
                    return Err(StaffError::NoCustomer);
                }
                let was = before.customer.owner_id;
                if was == owner {
                    return Ok(before);
                }
                if let Some(owner) = owner {
                    let found = repo::staff::get(tx, owner)?
                        .filter(|staff| staff.brand_id == caller.brand_id)
                        .ok_or(StaffError::NotFound)?;
                    if !found.enabled {
                        return Err(StaffError::Disabled);
                    }
                }
                repo::customers::set_owner(tx, id, owner, now)?;
                let text = |owner: Option<StaffId>| {
                    serde_json::json!({ "owner_id": owner.map(|id| id.0) }).to_string()
                };
                repo::audit::insert(
                    tx,
                    &AuditRow {
                        before: Some(&text(was)),
                        after: Some(&text(owner)),
                        note: &reason,
                        ..caller.audited(now, "customer.assign", ("customer", id.0))
                    },
                )?;
                card(tx, id)?.ok_or(StaffError::NoCustomer)
            })
            .await
    }
}

fn card(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<CustomerCard>, StoreError> {
    let Some(customer) = repo::customers::get(tx, id)? else {
        return Ok(None);
    };
    let owner = match customer.owner_id {
        Some(owner) => repo::staff::get(tx, owner)?,
        None => None,
    };
    let accounts = repo::accounts::of_customer(tx, id)?;
    Ok(Some(CustomerCard {
        owner,
        accounts: accounts.into_iter().map(|(account, _)| account).collect(),
        deposits: repo::transactions::deposits(tx, id)?,
        customer,
    }))
}
