//! A customer's own accounts: what he has, what he may open, and their passwords.

mod open;
mod passwords;
mod personal;

pub use open::{OpenError, Opened, Opening};
pub use passwords::AccountPasswordError;
pub use personal::{NewPersonal, PersonalError, open_personal};

use crate::App;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use touchstone_domain::{Account, Group};
use touchstone_store::repo::brands::Brand;
use touchstone_store::repo::{self, customers::Customer};

/// A customer, his brand and his accounts.
#[derive(Clone, Debug)]
pub struct Own {
    pub customer: Customer,
    pub brand: Brand,
    pub accounts: Vec<(Account, Group)>,
}

impl App {
    /// # Errors
    /// [`SessionError::Ended`] when the session does not live.
    pub async fn own(&self, caller: CustomerCaller) -> Result<Own, SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let customer =
                    repo::customers::get(tx, caller.customer_id)?.ok_or(SessionError::Ended)?;
                let brand = repo::brands::get(tx, caller.brand_id)?.ok_or(SessionError::Ended)?;
                let accounts = repo::accounts::of_customer(tx, caller.customer_id)?;
                Ok(Own {
                    customer,
                    brand,
                    accounts,
                })
            })
            .await
    }
}
