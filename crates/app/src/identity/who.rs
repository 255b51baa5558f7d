//! Who is signed in, as a page greets him.

use super::{Caller, SessionError, bare_pass, require_live_account, require_live_customer};
use crate::App;
use touchstone_domain::access::Permissions;
use touchstone_domain::{CustomerId, UnixMicros};
use touchstone_store::{StoreError, Tx, repo};

/// The person behind a session.
#[derive(Clone, Debug)]
pub struct Who {
    pub name: String,
    pub email: String,
    pub brand: String,
    /// Of the firm's people alone.
    pub permissions: Option<Permissions>,
    /// The brand wants a second factor of him, which he has to switch on before anything else.
    pub wants_factor: bool,
}

impl App {
    /// # Errors
    /// [`SessionError::Ended`] when the session does not live any more.
    pub async fn who(&self, caller: Caller) -> Result<Who, SessionError> {
        let (app, now) = (self.clone(), self.now());
        self.store.read(move |tx| app.find(tx, &caller, now)).await
    }

    fn find(&self, tx: &mut Tx<'_>, caller: &Caller, now: UnixMicros) -> Result<Who, SessionError> {
        match caller {
            Caller::Customer(caller) => {
                require_live_customer(tx, caller, now)?;
                self.customer(tx, caller.customer_id)
            }
            Caller::Account(caller) => {
                let account = require_live_account(tx, caller, now)?;
                self.customer(tx, account.customer_id)
            }
            Caller::Staff(caller) => {
                let pass = bare_pass(tx, caller, now)?;
                let staff = repo::staff::get(tx, caller.staff_id)?.ok_or(SessionError::Ended)?;
                Ok(Who {
                    brand: self.brand_name(tx, caller.brand_id)?.to_string(),
                    name: staff.full_name,
                    email: staff.email,
                    permissions: Some(pass.permissions),
                    wants_factor: pass.require_factor().is_err(),
                })
            }
        }
    }

    fn customer(&self, tx: &mut Tx<'_>, id: CustomerId) -> Result<Who, SessionError> {
        let found: Result<_, StoreError> = repo::customers::get(tx, id);
        let customer = found?.ok_or(SessionError::Ended)?;
        Ok(Who {
            brand: self.brand_name(tx, customer.brand_id)?.to_string(),
            name: customer.full_name(),
            email: customer.email,
            permissions: None,
            wants_factor: false,
        })
    }
}
