//! What an access token says, and whether it is still worth anything.

use super::{AccountCaller, Caller};
use touchstone_domain::{Account, BrandId, CustomerId, SessionId, StaffId, UnixMicros};
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::{StoreError, Tx, repo};

/// A customer, as a valid access token names him. Whether the session still lives is told by
/// [`require_live_customer`], inside the transaction that acts for him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerCaller {
    pub session_id: SessionId,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
}

/// A person of the firm, as a valid access token names him; see [`require_live_staff`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffCaller {
    pub session_id: SessionId,
    pub brand_id: BrandId,
    pub staff_id: StaffId,
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Revoked, ended, or the subject was disabled.
    #[error("the session has ended; sign in again")]
    Ended,
    /// An account that was signed in to with its temporary password can do nothing but change it.
    #[error("set your own password first")]
    PasswordChangeWanted,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or the customer is disabled.
pub fn require_live_customer(
    tx: &mut Tx<'_>,
    caller: &CustomerCaller,
    now: UnixMicros,
) -> Result<(), SessionError> {
    if repo::sessions::is_live_customer(tx, caller.session_id, caller.customer_id, now)? {
        Ok(())
    } else {
        Err(SessionError::Ended)
    }
}

/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or the person is disabled.
pub fn require_live_staff(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    now: UnixMicros,
) -> Result<(), SessionError> {
    if repo::sessions::is_live_staff(tx, caller.session_id, caller.staff_id, now)? {
        Ok(())
    } else {
        Err(SessionError::Ended)
    }
}

/// Whoever it is; gives the brand that he belongs to.
///
/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or its subject is disabled.
pub fn require_live(
    tx: &mut Tx<'_>,
    caller: &Caller,
    now: UnixMicros,
) -> Result<BrandId, SessionError> {
    match caller {
        Caller::Customer(caller) => {
            require_live_customer(tx, caller, now)?;
            Ok(caller.brand_id)
        }
        Caller::Staff(caller) => {
            require_live_staff(tx, caller, now)?;
            Ok(caller.brand_id)
        }
        Caller::Account(caller) => {
            let account = require_live_account(tx, caller, now)?;
            if account.must_change_password {
                return Err(SessionError::PasswordChangeWanted);
            }
            Ok(caller.brand_id)
        }
    }
}

/// The account of the session, whether its owner has set his own password or not.
///
/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or the account or its customer is
/// disabled.
pub fn require_live_account(
    tx: &mut Tx<'_>,
    caller: &AccountCaller,
    now: UnixMicros,
) -> Result<Account, SessionError> {
    let session = repo::sessions::get(tx, caller.session_id)?.filter(|session| {
        session.subject_kind == SubjectKind::Account
            && session.subject_id == caller.login.0
            && session.revoked_at.is_none()
            && session.expires_at > now
    });
    let account = repo::accounts::get(tx, caller.login)?;
    let (_, (account, _)) = session.zip(account).ok_or(SessionError::Ended)?;
    if may_be_used(tx, &account)? {
        Ok(account)
    } else {
        Err(SessionError::Ended)
    }
}

/// An account is worth no more than its customer.
pub(crate) fn may_be_used(tx: &mut Tx<'_>, account: &Account) -> Result<bool, StoreError> {
    let customer = repo::customers::get(tx, account.customer_id)?;
    Ok(account.enabled && customer.is_some_and(|customer| customer.enabled))
}
