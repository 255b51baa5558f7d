//! Accounts a page at a time: a brand's for staff, his own for a customer, itself for an account.

use super::TradeError;
use crate::App;
use crate::identity::{Caller, require_live};
use touchstone_domain::access::Permission;
use touchstone_domain::{CustomerId, Login};
use touchstone_store::repo::account_list::{self, Filter, Listed, Sort};

pub use touchstone_store::repo::account_list::Filter as AccountFilter;

#[derive(Clone, Debug)]
pub struct AccountPage {
    pub items: Vec<Listed>,
    /// How many there are on all pages.
    pub total: i64,
}

/// A key that nobody has.
const NOBODY: i64 = -1;

/// What the caller may see of what the filter lets through.
fn within(caller: &Caller, mut filter: Filter) -> Filter {
    match caller {
        Caller::Staff(_) => {}
        Caller::Customer(caller) => {
            let own = caller.customer_id;
            let asked = filter.customer.is_none_or(|asked| asked == own);
            filter.customer = Some(if asked { own } else { CustomerId(NOBODY) });
        }
        Caller::Account(caller) => {
            let own = caller.login;
            let asked = filter.login.is_none_or(|asked| asked == own);
            filter.login = Some(if asked { own } else { Login(NOBODY) });
        }
    }
    filter
}

impl App {
    /// # Errors
    /// The session's and the store's.
    pub async fn accounts(
        &self,
        caller: Caller,
        filter: Filter,
        sort: Sort,
        limit: i64,
        offset: i64,
    ) -> Result<AccountPage, TradeError> {
        let now = self.now();
        let filter = within(&caller, filter);
        self.store
            .read(move |tx| {
                let pass = require_live(tx, &caller, Permission::ViewAccounts, now)?;
                let brand = pass.brand_id;
                let mut filter = filter.clone();
                if let Some(staff) = &pass.staff {
                    filter.customer = staff.narrowed(tx, filter.customer)?;
                    filter.owner = staff.owner();
                }
                Ok(AccountPage {
                    items: account_list::page(tx, brand, &filter, sort, limit, offset)?,
                    total: account_list::count(tx, brand, &filter)?,
                })
            })
            .await
    }
}
