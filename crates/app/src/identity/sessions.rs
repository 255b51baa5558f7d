//! Ending sessions: one's own, or a customer's by staff.

use super::{Caller, SessionError, require_live};
use crate::App;
use touchstone_domain::{SessionId, UnixMicros};
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
                require_live(tx, &caller, now)?;
                let session = repo::sessions::lock(tx, id)?
                    .filter(|session| may_end(&caller, session))
                    .ok_or(EndSessionError::NotFound)?;
                if session.revoked_at.is_none() {
                    repo::sessions::revoke(tx, id, now)?;
                    audit(tx, &caller, &session, now)?;
                }
                Ok(())
            })
            .await
    }
}

fn may_end(caller: &Caller, session: &Session) -> bool {
    match caller {
        Caller::Customer(c) => {
            session.subject_kind == SubjectKind::Customer && session.subject_id == c.customer_id.0
        }
        Caller::Account(a) => {
            session.subject_kind == SubjectKind::Account && session.subject_id == a.login.0
        }
        Caller::Staff(s) => {
            session.brand_id == s.brand_id
                && (session.subject_kind != SubjectKind::Staff
                    || session.subject_id == s.staff_id.0)
        }
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
