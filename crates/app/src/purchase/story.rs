//! Everything that has happened to one purchase, for staff.

use super::{ManageError, StepRow};
use crate::App;
use crate::audit::{AuditFilter, AuditLine};
use crate::identity::{StaffCaller, require_live_staff};
use touchstone_domain::PurchaseId;
use touchstone_domain::access::{Permission, Permissions};
use touchstone_domain::ledger::Entry;
use touchstone_domain::purchase::Purchase;
use touchstone_domain::transaction::Transaction;
use touchstone_store::repo::{self, audit_list};

/// Rows of each kind, at most.
const ROWS_MAX: usize = 500;

#[derive(Clone, Debug)]
pub struct PurchaseStory {
    pub purchase: Purchase,
    pub customer_name: String,
    /// The program as it was sold.
    pub program: String,
    /// What happened between commits, oldest first.
    pub history: Vec<StepRow>,
    /// Fees and refunds, oldest first.
    pub transactions: Vec<Transaction>,
    /// Of both books, in the order of their numbers.
    pub entries: Vec<Entry>,
    /// What people have done to it, oldest first.
    pub decisions: Vec<AuditLine>,
    /// What the person who asks may do.
    pub allowed: Permissions,
}

impl App {
    /// # Errors
    /// [`ManageError::NotFound`] also for another brand's, and outside of the caller's view scope.
    pub async fn purchase_story(
        &self,
        caller: StaffCaller,
        id: PurchaseId,
    ) -> Result<PurchaseStory, ManageError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewJourneys, now)?;
                let purchase = repo::purchases::get(tx, id)?.ok_or(ManageError::NotFound)?;
                if !pass.sees(tx, purchase.customer_id)? {
                    return Err(ManageError::NotFound);
                }
                let customer = repo::customers::get(tx, purchase.customer_id)?;
                let version = repo::programs::version(tx, purchase.version_id)?;
                let transactions = repo::transactions::of_purchase(tx, purchase.customer_id, id)?;
                let mut entries = repo::ledger::of_purchase(tx, id)?;
                for transaction in &transactions {
                    entries.extend(repo::ledger::of_transaction(tx, transaction.id)?);
                }
                entries.sort_by_key(|entry| entry.order);
                entries.dedup_by_key(|entry| entry.order);
                entries.truncate(ROWS_MAX);
                let mut history = repo::purchases::steps(tx, id)?;
                history.drain(..history.len().saturating_sub(ROWS_MAX));
                let about = AuditFilter {
                    subject_kind: Some("purchase".to_owned()),
                    subject_id: Some(id.0),
                    ..AuditFilter::default()
                };
                let most = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
                let mut decisions = audit_list::page(tx, caller.brand_id, &about, None, most)?;
                decisions.reverse();
                Ok(PurchaseStory {
                    customer_name: customer.map(|one| one.full_name()).unwrap_or_default(),
                    program: version.map(|one| one.terms.name).unwrap_or_default(),
                    history,
                    transactions,
                    entries,
                    decisions,
                    allowed: pass.permissions,
                    purchase,
                })
            })
            .await
    }
}
