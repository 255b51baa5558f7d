//! What an access token says, and whether it is still worth anything.

use super::Caller;
use touchstone_domain::{BrandId, CustomerId, SessionId, StaffId, UnixMicros};
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
            let session = repo::sessions::get(tx, caller.session_id)?;
            let lives = session.is_some_and(|s| {
                s.subject_id == caller.login.0 && s.revoked_at.is_none() && s.expires_at > now
            });
            if lives {
                Ok(caller.brand_id)
            } else {
                Err(SessionError::Ended)
            }
        }
    }
}
