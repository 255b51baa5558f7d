//! Owners hire, change and dismiss.

use super::{Staff, StaffError};
use crate::App;
use crate::identity::{StaffCaller, StaffPass, normal_email, require_live_staff};
use secrecy::SecretString;
use touchstone_domain::access::{Permission, Role, ViewScope};
use touchstone_domain::{StaffId, UnixMicros};
use touchstone_store::repo::sessions::SubjectKind;
use touchstone_store::repo::{self, audit::AuditRow, counters};
use touchstone_store::{StoreError, Tx};

/// Somebody who is hired.
pub struct NewStaff {
    pub email: String,
    pub full_name: String,
    pub role: Role,
    pub view_scope: ViewScope,
    /// Without one he is mailed a token with which he sets it.
    pub password: Option<SecretString>,
}

/// New values for some fields; `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct StaffPatch {
    pub full_name: Option<String>,
    pub role: Option<Role>,
    pub view_scope: Option<ViewScope>,
    pub enabled: Option<bool>,
}

impl App {
    /// Hires somebody. Without a password he is mailed how to set one.
    ///
    /// # Errors
    /// See [`StaffError`]; nobody was hired.
    pub async fn add_staff(&self, caller: StaffCaller, new: NewStaff) -> Result<Staff, StaffError> {
        let now = self.now();
        let is_invited = new.password.is_none();
        let hash = match new.password {
            Some(password) => self.hash_new_password(password).await?,
            None => {
                let nobodys = hex::encode(self.ports.random.bytes::<32>());
                self.hash_password(SecretString::from(nobodys)).await?
            }
        };
        let email = normal_email(&new.email);
        let (full_name, role, view_scope) = (new.full_name, new.role, new.view_scope);
        let hired = self
            .store
            .write(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::EditStaff, now)?;
                if repo::staff::by_email(tx, caller.brand_id, &email)?.is_some() {
                    return Err(StaffError::EmailTaken);
                }
                let staff = Staff {
                    id: StaffId(tx.next_id(counters::STAFF)?),
                    brand_id: caller.brand_id,
                    email: email.clone(),
                    full_name: full_name.clone(),
                    password_hash: hash.clone(),
                    enabled: true,
                    role,
                    view_scope,
                    created_at: now,
                };
                require_sound(&pass, &staff)?;
                repo::staff::insert(tx, &staff)?;
                write_down(tx, &caller, "staff.create", None, &staff, "", now)?;
                if is_invited {
                    repo::password_resets::ask(tx, Some(caller.brand_id), &email, now)?;
                }
                Ok(staff)
            })
            .await;
        match hired {
            // Two at once with one address: the other was faster.
            Err(StaffError::Store(StoreError::Duplicate { .. })) => Err(StaffError::EmailTaken),
            hired => hired,
        }
    }

    /// Changes what somebody is called, what he may do, or whether he may sign in. Who is disabled is out at once: his
    /// sessions end.
    ///
    /// # Errors
    /// See [`StaffError`]; nothing was changed.
    pub async fn change_staff(
        &self,
        caller: StaffCaller,
        id: StaffId,
        patch: StaffPatch,
        reason: String,
    ) -> Result<Staff, StaffError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                // Two owners who dismiss each other wait here.
                let owners = repo::staff::lock_owners(tx, caller.brand_id)?;
                repo::staff::lock(tx, id)?;
                let pass = require_live_staff(tx, &caller, Permission::EditStaff, now)?;
                let before = repo::staff::get(tx, id)?
                    .filter(|staff| staff.brand_id == caller.brand_id)
                    .ok_or(StaffError::NotFound)?;
                let after = patched(&before, &patch);
                if picture(&before) == picture(&after) {
                    return Ok(before);
                }
                require_allowed(&pass, &owners, &before, &after)?;
                repo::staff::update(tx, &after)?;
                write_down(
                    tx,
                    &caller,
                    "staff.update",
                    Some(&before),
                    &after,
                    &reason,
                    now,
                )?;
                if before.enabled && !after.enabled {
                    repo::sessions::revoke_all(tx, SubjectKind::Staff, id.0, now)?;
                    repo::api_tokens::switch_off_all(tx, id, now)?;
                }
                Ok(after)
            })
            .await
    }
}

fn patched(before: &Staff, patch: &StaffPatch) -> Staff {
    let full_name = patch.full_name.clone();
    Staff {
        full_name: full_name.unwrap_or_else(|| before.full_name.clone()),
        role: patch.role.unwrap_or(before.role),
        view_scope: patch.view_scope.unwrap_or(before.view_scope),
        enabled: patch.enabled.unwrap_or(before.enabled),
        ..before.clone()
    }
}

/// Nobody makes somebody who may do more than he may himself.
fn require_sound(pass: &StaffPass, staff: &Staff) -> Result<(), StaffError> {
    if staff.role == Role::Owner && staff.view_scope == ViewScope::Own {
        return Err(StaffError::OwnerSeesAll);
    }
    let is_wider = pass.view_scope == ViewScope::Own && staff.view_scope == ViewScope::All;
    if is_wider || !pass.permissions.covers(staff.role.permissions()) {
        return Err(StaffError::AboveYou);
    }
    Ok(())
}

fn require_allowed(
    pass: &StaffPass,
    owners: &[StaffId],
    before: &Staff,
    after: &Staff,
) -> Result<(), StaffError> {
    let access = |staff: &Staff| (staff.role, staff.view_scope, staff.enabled);
    if before.id == pass.staff_id && access(before) != access(after) {
        return Err(StaffError::Oneself);
    }
    if !pass.permissions.covers(before.role.permissions()) {
        return Err(StaffError::AboveYou);
    }
    let stays = after.role == Role::Owner && after.enabled;
    if !stays && owners == [before.id] {
        return Err(StaffError::LastOwner);
    }
    require_sound(pass, after)
}

/// What can change of a person, as JSON.
fn picture(staff: &Staff) -> String {
    serde_json::json!({
        "full_name": staff.full_name,
        "role": staff.role.name(),
        "customer_view_scope": staff.view_scope.name(),
        "is_active": staff.enabled,
    })
    .to_string()
}

fn write_down(
    tx: &mut Tx<'_>,
    caller: &StaffCaller,
    action: &str,
    before: Option<&Staff>,
    after: &Staff,
    note: &str,
    now: UnixMicros,
) -> Result<(), StoreError> {
    repo::audit::insert(
        tx,
        &AuditRow {
            before: before.map(picture).as_deref(),
            after: Some(&picture(after)),
            note,
            ..caller.audited(now, action, ("staff", after.id.0))
        },
    )
}
