//! Staff take a factor away from somebody who has lost it. His sessions end.

use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use crate::staff::StaffError;
use touchstone_domain::access::Permission;
use touchstone_domain::{CustomerId, StaffId, UnixMicros};
use touchstone_store::repo::audit::AuditRow;
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::totp::{self, Subject};
use touchstone_store::{StoreError, Tx, repo};

impl App {
    /// `false` where none was on; nothing was changed where none was begun either.
    ///
    /// # Errors
    /// See [`StaffError`].
    pub async fn reset_customers_totp(
        &self,
        caller: StaffCaller,
        id: CustomerId,
        reason: String,
    ) -> Result<bool, StaffError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::customers::lock(tx, id)?;
                let permission = Permission::ResetCustomerTotp;
                let pass = require_live_staff(tx, &caller, permission, now)?;
                if !pass.sees(tx, id)? {
                    return Err(StaffError::NoCustomer);
                }
                let of = (SubjectKind::Customer, id.0);
                Ok(take_away(tx, &caller, of, "customer", &reason, now)?)
            })
            .await
    }

    /// `false` where none was on; nothing was changed where none was begun either. Nobody takes away his own, nor that
    /// of somebody who may do more than he may.
    ///
    /// # Errors
    /// See [`StaffError`].
    pub async fn reset_staff_totp(
        &self,
        caller: StaffCaller,
        id: StaffId,
        reason: String,
    ) -> Result<bool, StaffError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::staff::lock(tx, id)?;
                let permission = Permission::ResetStaffTotp;
                let pass = require_live_staff(tx, &caller, permission, now)?;
                let found = repo::staff::get(tx, id)?
                    .filter(|staff| staff.brand_id == caller.brand_id)
                    .ok_or(StaffError::NotFound)?;
                if id == caller.staff_id {
                    return Err(StaffError::Oneself);
                }
                if !pass.permissions.covers(found.role.permissions()) {
                    return Err(StaffError::AboveYou);
                }
                let of = (SubjectKind::Staff, id.0);
                Ok(take_away(tx, &caller, of, "staff", &reason, now)?)
            })
            .await
    }
}

fn take_away(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    of: Subject,
    subject_kind: &str,
    reason: &str,
    now: UnixMicros,
) -> Result<bool, StoreError> {
    let Some(factor) = totp::lock(tx, of)? else {
        return Ok(false);
    };
    totp::remove(tx, of)?;
    repo::sessions::revoke_all(tx, of.0, of.1, now)?;
    match of.0 {
        SubjectKind::Staff => repo::api_tokens::switch_off_all(tx, StaffId(of.1), now)?,
        SubjectKind::Customer => {
            for (account, _) in repo::accounts::of_customer(tx, CustomerId(of.1))? {
                repo::sessions::revoke_all(tx, SubjectKind::Account, account.login.0, now)?;
            }
        }
        SubjectKind::Account => {}
    }
    let text = |is_on: bool| serde_json::json!({ "totp_enabled": is_on }).to_string();
    repo::audit::insert(
        tx,
        &AuditRow {
            before: Some(&text(factor.confirmed_at.is_some())),
            after: Some(&text(false)),
            note: reason,
            ..caller.audited(now, "totp.reset", (subject_kind, of.1))
        },
    )?;
    Ok(factor.confirmed_at.is_some())
}
