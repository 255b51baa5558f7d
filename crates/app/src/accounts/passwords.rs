//! Passwords of trading accounts: a temporary one, shown once, then the trader's own.

use crate::App;
use crate::identity::{
    AccountCaller, CustomerCaller, PasswordError, SessionError, require_live_account,
    require_live_customer,
};
use secrecy::{ExposeSecret, SecretString};
use touchstone_domain::{BrandId, Login, UnixMicros};
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::{self, audit::AuditRow};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum AccountPasswordError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, closed, or someone else's.
    #[error("there is no such account")]
    NotFound,
    /// Nobody can sign in with it: its phase is over, or staff have closed it.
    #[error("the account is disabled")]
    Disabled,
    /// The owner has set a password of his own: only who knows it replaces it.
    #[error("the current password is wanted")]
    CurrentWanted,
    #[error("the current password does not fit")]
    CurrentWrong,
    /// The temporary password was to be kept.
    #[error("the temporary password must be changed to another one")]
    Unchanged,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// A new temporary password for an account of one's own: shown once, and sessions of the
    /// account end.
    ///
    /// # Errors
    /// [`AccountPasswordError::NotFound`] for accounts that are not the caller's, [`AccountPasswordError::Disabled`].
    pub async fn renew_temporary_password(
        &self,
        caller: CustomerCaller,
        login: Login,
    ) -> Result<String, AccountPasswordError> {
        let password = hex::encode(self.ports.random.bytes::<6>());
        let hash = self.keys.temporary_password_hash(login, &password);
        let now = self.now();
        self.store
            .write(move |tx| {
                require_live_customer(tx, &caller, now)?;
                let (account, _) = repo::accounts::lock_own(tx, caller.customer_id, login)?
                    .filter(|(account, _)| account.closed_at.is_none())
                    .ok_or(AccountPasswordError::NotFound)?;
                if !account.enabled {
                    return Err(AccountPasswordError::Disabled);
                }
                repo::accounts::set_temporary_password(tx, login, &hash)?;
                repo::sessions::revoke_all(tx, SubjectKind::Account, login.0, now)?;
                let actor = ("customer", caller.customer_id.0);
                audit(
                    tx,
                    caller.brand_id,
                    actor,
                    "account.temporary_password",
                    login,
                    now,
                )?;
                Ok(())
            })
            .await
            .map(|()| password)
    }

    /// The trader's own password; the temporary one is worth nothing from now on, and neither is any
    /// other session: somebody else may have seen the temporary password before him.
    ///
    /// `current` is the password that stands, and is not looked at while that is the temporary one.
    ///
    /// # Errors
    /// A password that is too short or too long, or is the temporary one; a current one that is missing or does not
    /// fit.
    pub async fn set_account_password(
        &self,
        caller: AccountCaller,
        current: Option<SecretString>,
        password: SecretString,
    ) -> Result<(), AccountPasswordError> {
        let now = self.now();
        let standing = self
            .store
            .read(move |tx| {
                require_live_account(tx, &caller, now)?;
                Ok::<_, SessionError>(repo::accounts::passwords(tx, caller.login)?)
            })
            .await?
            .ok_or(AccountPasswordError::NotFound)?;
        let new = password.expose_secret();
        let is_temporary =
            |hash: Vec<u8>| self.keys.is_temporary_password(caller.login, new, &hash);
        if standing.temporary_hash.is_some_and(is_temporary) {
            return Err(AccountPasswordError::Unchanged);
        }
        if let Some(own) = standing.own_hash {
            let current = current.ok_or(AccountPasswordError::CurrentWanted)?;
            let fitting = self.fitting_password(current, vec![own]).await;
            if fitting.map_err(PasswordError::from)?.is_empty() {
                return Err(AccountPasswordError::CurrentWrong);
            }
        }
        let hash = self.hash_new_password(password).await?;
        self.store
            .write(move |tx| {
                // The lock comes first: the owner may be replacing the password right now.
                repo::accounts::lock(tx, caller.login)?;
                require_live_account(tx, &caller, now)?;
                repo::accounts::set_own_password(tx, caller.login, &hash)?;
                let (kind, kept) = (SubjectKind::Account, caller.session_id);
                repo::sessions::revoke_others(tx, kind, caller.login.0, kept, now)?;
                audit(
                    tx,
                    caller.brand_id,
                    ("account", caller.login.0),
                    "account.password",
                    caller.login,
                    now,
                )?;
                Ok(())
            })
            .await
    }
}

fn audit(
    tx: &mut Tx<'_>,
    brand_id: BrandId,
    (actor_kind, actor_id): (&str, i64),
    action: &str,
    login: Login,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id,
            actor_kind,
            actor_id,
            action,
            subject_kind: "account",
            subject_id: login.0,
            before: None,
            after: None,
            note: "",
        },
    )
}
