//! What an access token says, and whether it is still worth anything.

use super::{AccountCaller, Caller};
use touchstone_domain::access::{Permission, Permissions, Role, ViewScope};
use touchstone_domain::{Account, ApiTokenId, BrandId, CustomerId, SessionId, StaffId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
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

/// With what a person of the firm came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// He signed in.
    Session(SessionId),
    /// A program acts for him.
    Token(ApiTokenId),
}

/// A person of the firm, as a valid access token or API token names him; see [`require_live_staff`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffCaller {
    pub credential: Credential,
    pub brand_id: BrandId,
    pub staff_id: StaffId,
}

impl StaffCaller {
    /// `None` for an API token.
    pub const fn session_id(&self) -> Option<SessionId> {
        match self.credential {
            Credential::Session(id) => Some(id),
            Credential::Token(_) => None,
        }
    }

    /// A row of the audit of what he does to something; what it was and is, and why, come to it where there is such.
    pub(crate) const fn audited<'a>(
        &self,
        at: UnixMicros,
        action: &'a str,
        (subject_kind, subject_id): (&'a str, i64),
    ) -> AuditRow<'a> {
        AuditRow {
            at,
            brand_id: self.brand_id,
            actor_kind: "staff",
            actor_id: self.staff_id.0,
            action,
            subject_kind,
            subject_id,
            before: None,
            after: None,
            note: "",
        }
    }

    /// What the desk is told of who asks.
    pub(crate) const fn actor(&self) -> StaffActor {
        StaffActor {
            id: self.staff_id,
            token: match self.credential {
                Credential::Session(_) => None,
                Credential::Token(id) => Some(id),
            },
        }
    }
}

/// A person of the firm, and the API token with which he acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffActor {
    pub id: StaffId,
    pub token: Option<ApiTokenId>,
}

impl From<StaffId> for StaffActor {
    /// The person himself.
    fn from(id: StaffId) -> Self {
        Self { id, token: None }
    }
}

impl StaffActor {
    /// Writes a row of the audit as his, in a transaction that others act in too.
    pub(crate) fn write_down<T>(self, tx: &mut Tx<'_>, write: impl FnOnce(&mut Tx<'_>) -> T) -> T {
        let before = tx.acting_token();
        tx.act_with_token(self.token.map(|token| token.0));
        let written = write(tx);
        tx.act_with_token(before);
        written
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Revoked, ended, or the subject was disabled.
    #[error("the session has ended; sign in again")]
    Ended,
    /// An account that was signed in to with its temporary password can do nothing but change it.
    #[error("set your own password first")]
    PasswordChangeWanted,
    /// An API token does what its scopes name; this is for people.
    #[error("this needs the session of a person")]
    PersonWanted,
    /// The brand wants a second factor of its staff, and the person has none yet.
    #[error("switch your second factor on first")]
    FactorWanted,
    /// The person may not do this.
    #[error("this needs the permission `{}`", .0.name())]
    NotPermitted(Permission),
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

/// What a person of the firm may do right now, and with whose things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffPass {
    pub brand_id: BrandId,
    pub staff_id: StaffId,
    pub role: Role,
    pub permissions: Permissions,
    pub view_scope: ViewScope,
    /// His brand wants a second factor of him that he has not switched on.
    wants_factor: bool,
}

impl StaffPass {
    /// # Errors
    /// [`SessionError::FactorWanted`].
    pub(super) const fn require_factor(self) -> Result<Self, SessionError> {
        if self.wants_factor {
            Err(SessionError::FactorWanted)
        } else {
            Ok(self)
        }
    }

    /// Whose customers he sees; `None` for everybody's.
    pub const fn owner(&self) -> Option<StaffId> {
        match self.view_scope {
            ViewScope::All => None,
            ViewScope::Own => Some(self.staff_id),
        }
    }

    /// Whether the customer is one whose things he may see and change. For him, others are not there.
    ///
    /// # Errors
    /// The store's.
    pub fn sees(&self, tx: &mut Tx<'_>, customer: CustomerId) -> Result<bool, StoreError> {
        repo::customers::is_seen(tx, customer, self.brand_id, self.owner())
    }

    /// For a list of one customer's things: himself, or somebody whom there is not.
    ///
    /// # Errors
    /// The store's.
    pub fn narrowed(
        &self,
        tx: &mut Tx<'_>,
        asked: Option<CustomerId>,
    ) -> Result<Option<CustomerId>, StoreError> {
        match asked {
            Some(customer) if !self.sees(tx, customer)? => Ok(Some(NOBODY)),
            asked => Ok(asked),
        }
    }
}

/// A key that no customer has.
const NOBODY: CustomerId = CustomerId(i64::MAX);

/// Who he is and what he may do, whatever he is about to do.
///
/// # Errors
/// As [`bare_pass`], and [`SessionError::FactorWanted`].
pub fn staff_pass(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    now: UnixMicros,
) -> Result<StaffPass, SessionError> {
    bare_pass(tx, caller, now)?.require_factor()
}

/// For what everybody may do with himself, also before he has the second factor that his brand wants.
///
/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or the person is disabled.
pub fn bare_pass(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    now: UnixMicros,
) -> Result<StaffPass, SessionError> {
    let staff = caller.staff_id;
    let (live, scopes) = match caller.credential {
        Credential::Session(session) => {
            let found = repo::sessions::live_staff(tx, session, staff, now)?;
            (found.ok_or(SessionError::Ended)?, None)
        }
        Credential::Token(token) => {
            let found = repo::api_tokens::live(tx, token, staff, now)?;
            let (live, scopes) = found.ok_or(SessionError::Ended)?;
            tx.act_with_token(Some(token.0));
            (live, Some(scopes))
        }
    };
    let permissions = live.role.permissions();
    Ok(StaffPass {
        brand_id: caller.brand_id,
        staff_id: staff,
        role: live.role,
        permissions: scopes.map_or(permissions, |scopes| scopes.and(permissions)),
        view_scope: live.view_scope,
        wants_factor: live.wants_factor,
    })
}

/// The person himself, and no program that acts for him.
///
/// # Errors
/// As [`staff_pass`], and [`SessionError::PersonWanted`].
pub fn require_own_session(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    now: UnixMicros,
) -> Result<StaffPass, SessionError> {
    require_person(tx, caller, now)?.require_factor()
}

/// As [`require_own_session`], also before he has the second factor that his brand wants: with this he gets it.
///
/// # Errors
/// As [`bare_pass`], and [`SessionError::PersonWanted`].
pub fn require_person(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    now: UnixMicros,
) -> Result<StaffPass, SessionError> {
    let pass = bare_pass(tx, caller, now)?;
    match caller.credential {
        Credential::Session(_) => Ok(pass),
        Credential::Token(_) => Err(SessionError::PersonWanted),
    }
}

/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or the person is disabled, and
/// [`SessionError::NotPermitted`] when he may not do this.
pub fn require_live_staff(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    permission: Permission,
    now: UnixMicros,
) -> Result<StaffPass, SessionError> {
    let pass = staff_pass(tx, caller, now)?;
    if pass.permissions.has(permission) {
        Ok(pass)
    } else {
        Err(SessionError::NotPermitted(permission))
    }
}

/// Whoever may do what staff need `permission` for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    pub brand_id: BrandId,
    /// `None` for a customer or a trading account.
    pub staff: Option<StaffPass>,
}

/// Whoever it is. Staff need the permission; customers and accounts are asked whose thing it is instead.
///
/// # Errors
/// [`SessionError::Ended`] when the session was revoked or has ended, or its subject is disabled, and
/// [`SessionError::NotPermitted`].
pub fn require_live(
    tx: &mut Tx<'_>,
    caller: &Caller,
    permission: Permission,
    now: UnixMicros,
) -> Result<Pass, SessionError> {
    let (brand_id, staff) = match caller {
        Caller::Customer(caller) => {
            require_live_customer(tx, caller, now)?;
            (caller.brand_id, None)
        }
        Caller::Staff(caller) => {
            let pass = require_live_staff(tx, caller, permission, now)?;
            (caller.brand_id, Some(pass))
        }
        Caller::Account(caller) => {
            let account = require_live_account(tx, caller, now)?;
            require_set_password(&account)?;
            (caller.brand_id, None)
        }
    };
    Ok(Pass { brand_id, staff })
}

impl Pass {
    /// Whether a person of the firm who asks may see the customer's things; `true` for everybody else.
    ///
    /// # Errors
    /// The store's.
    pub fn sees(&self, tx: &mut Tx<'_>, customer: CustomerId) -> Result<bool, StoreError> {
        match &self.staff {
            Some(pass) => pass.sees(tx, customer),
            None => Ok(true),
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

/// A temporary password is good for nothing but setting another one.
pub(super) fn require_set_password(account: &Account) -> Result<(), SessionError> {
    if account.must_change_password {
        Err(SessionError::PasswordChangeWanted)
    } else {
        Ok(())
    }
}

/// An account is worth no more than its customer.
pub(crate) fn may_be_used(tx: &mut Tx<'_>, account: &Account) -> Result<bool, StoreError> {
    let customer = repo::customers::get(tx, account.customer_id)?;
    Ok(account.enabled && customer.is_some_and(|customer| customer.enabled))
}
