//! Transactions as staff look through them.

use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use crate::transactions::TransactionError;
use touchstone_domain::TransactionId;
use touchstone_domain::access::Permission;
use touchstone_store::repo::transaction_list::{self, Filter, Listed};

/// A transaction with what staff want to know beside it.
pub type TransactionView = Listed;
pub type TransactionFilter = Filter;

impl App {
    /// A page of the brand's transactions, newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn transactions(
        &self,
        caller: StaffCaller,
        filter: TransactionFilter,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<TransactionView>, SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewTransactions, now)?;
                let narrowed = TransactionFilter {
                    customer: pass.narrowed(tx, filter.customer)?,
                    owner: pass.owner(),
                    ..filter.clone()
                };
                Ok(transaction_list::page(
                    tx,
                    caller.brand_id,
                    &narrowed,
                    limit,
                    offset,
                )?)
            })
            .await
    }

    pub(super) async fn transaction_view(
        &self,
        caller: StaffCaller,
        id: TransactionId,
    ) -> Result<TransactionView, TransactionError> {
        self.store
            .read(move |tx| {
                transaction_list::one(tx, caller.brand_id, id)?.ok_or(TransactionError::NotFound)
            })
            .await
    }
}
