//! Accounts that customers open themselves.

use super::personal::{NewPersonal, PersonalError, open_personal};
use crate::App;
use crate::identity::{CustomerCaller, SessionError, require_live_customer};
use touchstone_domain::ledger::LedgerError;
use touchstone_domain::{Account, AccountMode, Group, Login, Money, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, brands::Brand, counters};
use touchstone_store::{StoreError, Tx};

/// A group as a customer sees it: may he open an account in it, and if not, why.
#[derive(Clone, Debug)]
pub struct Opening {
    pub group: Group,
    /// A stable code.
    pub block: Option<&'static str>,
}

/// A new account.
#[derive(Clone)]
pub struct Opened {
    pub account: Account,
    pub group: Group,
    pub brand: String,
    /// Shown once.
    pub temporary_password: String,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or another brand's.
    #[error("there is no such group")]
    UnknownGroup,
    /// A stable code of what stands in the way.
    #[error("an account of this group cannot be opened: {0}")]
    Blocked(&'static str),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PersonalError> for OpenError {
    fn from(error: PersonalError) -> Self {
        match error {
            PersonalError::Ledger(error) => error.into(),
            PersonalError::Store(error) => error.into(),
        }
    }
}

impl App {
    /// The brand, and its groups that customers can see.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn account_groups(
        &self,
        caller: CustomerCaller,
    ) -> Result<(Brand, Vec<Opening>), SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let brand = repo::brands::get(tx, caller.brand_id)?.ok_or(SessionError::Ended)?;
                let groups = repo::groups::of_brand(tx, caller.brand_id)?;
                let open = groups
                    .into_iter()
                    .filter(|group| group.public_opening)
                    .map(|group| Opening {
                        block: block(&brand, &group),
                        group,
                    })
                    .collect();
                Ok((brand, open))
            })
            .await
    }

    /// Opens an account. A DEMO group's default deposit is given; real money never comes for free.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open_account(
        &self,
        caller: CustomerCaller,
        group: String,
    ) -> Result<Opened, OpenError> {
        let password = hex::encode(self.ports.random.bytes::<6>());
        let (app, now) = (self.clone(), self.now());
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, caller.customer_id)?;
                require_live_customer(tx, &caller, now)?;
                let brand = repo::brands::get(tx, caller.brand_id)?.ok_or(SessionError::Ended)?;
                let group = repo::groups::by_name(tx, caller.brand_id, &group)?
                    .ok_or(OpenError::UnknownGroup)?;
                if let Some(code) = block(&brand, &group) {
                    return Err(OpenError::Blocked(code));
                }
                let account = app.insert_account(tx, &caller, &group, &password, now)?;
                Ok(Opened {
                    account,
                    group,
                    brand: brand.name,
                    temporary_password: password.clone(),
                })
            })
            .await
    }

    fn insert_account(
        &self,
        tx: &mut Tx<'_>,
        caller: &CustomerCaller,
        group: &Group,
        password: &str,
        now: UnixMicros,
    ) -> Result<Account, OpenError> {
        let login = Login(tx.next_id(counters::LOGIN)?);
        let hash = self.keys.temporary_password_hash(login, password);
        let opening = match group.mode {
            AccountMode::Demo => group.default_deposit(),
            AccountMode::Real => Money::new(0, group.currency),
        };
        let new = NewPersonal {
            login,
            customer_id: caller.customer_id,
            opening,
            temporary_password_hash: Some(&hash),
        };
        let account = open_personal(tx, group, new, now)?;
        repo::audit::insert(
            tx,
            &AuditRow {
                at: now,
                brand_id: caller.brand_id,
                actor_kind: "customer",
                actor_id: caller.customer_id.0,
                action: "account.open",
                subject_kind: "account",
                subject_id: login.0,
                before: None,
                after: Some(&serde_json::json!({ "group": group.name }).to_string()),
                note: "",
            },
        )?;
        Ok(account)
    }
}

fn block(brand: &Brand, group: &Group) -> Option<&'static str> {
    let demo = group.mode == AccountMode::Demo;
    if !group.enabled {
        Some("GROUP_DISABLED")
    } else if !group.public_opening {
        Some("GROUP_NOT_PUBLIC")
    } else if demo && !brand.can_open_demo {
        Some("DEMO_OPENING_DISABLED")
    } else if !demo && !brand.can_open_real {
        Some("REAL_OPENING_DISABLED")
    } else if !demo && brand.kyc_required_for_real {
        Some("KYC_REQUIRED")
    } else {
        None
    }
}
