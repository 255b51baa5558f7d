//! Ending sessions: one's own, or a customer's by staff.

use super::caller::require_set_password;
use super::{
    Caller, Credential, SessionError, StaffPass, bare_pass, require_live_account,
    require_live_customer,
};
use crate::App;
use touchstone_domain::access::Permission;
use touchstone_domain::{CustomerId, Login, SessionId, UnixMicros};
use touchstone_store::repo::{self, audit::AuditRow, sessions::Session, sessions::SubjectKind};
use touchstone_store::{StoreError, Tx};

#[derive(Debug, thiserror::Error)]
pub enum EndSessionError {
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Unknown, or not the caller's to end.
    #[error("there is no such session")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Ends a session at once; one that has ended already stays ended.
    ///
    /// # Errors
    /// [`EndSessionError::NotFound`] for sessions that are not one's own; staff may end those of
    /// their brand's customers too.
    pub async fn end_session(&self, caller: Caller, id: SessionId) -> Result<(), EndSessionError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                let pass = match &caller {
                    Caller::Staff(staff) => Some(bare_pass(tx, staff, now)?),
                    Caller::Customer(customer) => {
                        require_live_customer(tx, customer, now)?;
                        None
                    }
                    Caller::Account(account) => {
                        require_set_password(&require_live_account(tx, account, now)?)?;
                        None
                    }
                };
                let session = repo::sessions::lock(tx, id)?.ok_or(EndSessionError::NotFound)?;
                if !is_own(&caller, &session) {
                    let pass = pass.ok_or(EndSessionError::NotFound)?;
                    require_customers_session(tx, &pass, &session)?;
                }
                if session.revoked_at.is_none() {
                    repo::sessions::revoke(tx, id, now)?;
                    audit(tx, &caller, &session, now)?;
                }
                Ok(())
            })
            .await
    }
}

fn is_own(caller: &Caller, session: &Session) -> bool {
    let (kind, id) = match caller {
        Caller::Customer(c) => (SubjectKind::Customer, c.customer_id.0),
        Caller::Account(a) => (SubjectKind::Account, a.login.0),
        // A program does not end the sessions of who made it.
        Caller::Staff(s) if matches!(s.credential, Credential::Token(_)) => return false,
        Caller::Staff(s) => (SubjectKind::Staff, s.staff_id.0),
    };
    session.subject_kind == kind && session.subject_id == id
}

/// Staff may end sessions of customers whom they see, and of these customers' accounts.
fn require_customers_session(
    tx: &mut Tx<'_>,
    pass: &StaffPass,
    session: &Session,
) -> Result<(), EndSessionError> {
    pass.require_factor()?;
    let customer = match session.subject_kind {
        SubjectKind::Customer => Some(CustomerId(session.subject_id)),
        SubjectKind::Account => repo::accounts::get(tx, Login(session.subject_id))?
            .map(|(account, _)| account.customer_id),
        SubjectKind::Staff => None,
    };
    let seen = match customer {
        Some(customer) => pass.sees(tx, customer)?,
        None => false,
    };
    if !seen {
        return Err(EndSessionError::NotFound);
    }
    let wanted = Permission::EndSession;
    if pass.permissions.has(wanted) {
        Ok(())
    } else {
        Err(SessionError::NotPermitted(wanted).into())
    }
}

/// Whose session it is, for the audit: the session itself is deleted some time after its end.
pub(super) fn owner(session: &Session) -> String {
    let kind = match session.subject_kind {
        SubjectKind::Customer => "customer",
        SubjectKind::Staff => "staff",
        SubjectKind::Account => "account",
    };
    serde_json::json!({ "owner_kind": kind, "owner_id": session.subject_id }).to_string()
}

fn audit(
    tx: &mut Tx<'_>,
    caller: &Caller,
    session: &Session,
    now: UnixMicros,
) -> Result<(), StoreError> {
    let (actor_kind, actor_id) = caller.actor();
    repo::audit::insert(
        tx,
        &AuditRow {
            at: now,
            brand_id: session.brand_id,
            actor_kind,
            actor_id,
            action: "session.end",
            subject_kind: "session",
            subject_id: session.id.0,
            before: Some(&owner(session)),
            after: None,
            note: "",
        },
    )
}
