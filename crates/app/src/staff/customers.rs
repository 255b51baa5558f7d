//! The customers of the firm.

use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_store::repo::customer_list::{self, Filter, Listed};

#[derive(Clone, Debug)]
pub struct CustomerPage {
    pub items: Vec<Listed>,
    /// How many there are on all pages.
    pub total: i64,
}

impl App {
    /// The customers that the caller sees, the newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn customers(
        &self,
        caller: StaffCaller,
        filter: Filter,
        limit: i64,
        offset: i64,
    ) -> Result<CustomerPage, SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewCustomers, now)?;
                let filter = Filter {
                    seen_by: pass.owner(),
                    ..filter.clone()
                };
                Ok(CustomerPage {
                    items: customer_list::page(tx, caller.brand_id, &filter, limit, offset)?,
                    total: customer_list::count(tx, caller.brand_id, &filter)?,
                })
            })
            .await
    }
}
