//! Who works here.

use super::{Staff, StaffError};
use crate::App;
use crate::identity::{StaffCaller, StaffPass, bare_pass, require_live_staff, require_own_session};
use touchstone_domain::StaffId;
use touchstone_domain::access::Permission;
use touchstone_store::repo;
use touchstone_store::repo::audit::AuditRow;

#[derive(Clone, Debug)]
pub struct StaffPage {
    pub items: Vec<Staff>,
    /// How many there are on all pages.
    pub total: i64,
}

/// The caller, and what he may do.
#[derive(Clone, Debug)]
pub struct OwnProfile {
    pub staff: Staff,
    pub pass: StaffPass,
}

impl App {
    /// The brand's staff in the order in which they came.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn staff_members(
        &self,
        caller: StaffCaller,
        limit: i64,
        offset: i64,
    ) -> Result<StaffPage, StaffError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewStaff, now)?;
                Ok(StaffPage {
                    items: repo::staff::page(tx, caller.brand_id, limit, offset)?,
                    total: repo::staff::count(tx, caller.brand_id)?,
                })
            })
            .await
    }

    /// # Errors
    /// [`StaffError::NotFound`] also for another brand's.
    pub async fn staff_member(
        &self,
        caller: StaffCaller,
        id: StaffId,
    ) -> Result<Staff, StaffError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewStaff, now)?;
                repo::staff::get(tx, id)?
                    .filter(|staff| staff.brand_id == caller.brand_id)
                    .ok_or(StaffError::NotFound)
            })
            .await
    }

    /// # Errors
    /// The session's and the store's.
    pub async fn own_profile(&self, caller: StaffCaller) -> Result<OwnProfile, StaffError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = bare_pass(tx, &caller, now)?;
                let staff = repo::staff::get(tx, caller.staff_id)?;
                let staff = staff.ok_or(StaffError::NotFound)?;
                Ok(OwnProfile { staff, pass })
            })
            .await
    }

    /// Writes one's own name.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn rename_oneself(
        &self,
        caller: StaffCaller,
        full_name: String,
    ) -> Result<OwnProfile, StaffError> {
        let now = self.now();
        self.store
            .write(move |tx| {
                repo::staff::lock(tx, caller.staff_id)?;
                let pass = require_own_session(tx, &caller, now)?;
                let found = repo::staff::get(tx, caller.staff_id)?;
                let mut staff = found.ok_or(StaffError::NotFound)?;
                if staff.full_name == full_name {
                    return Ok(OwnProfile { staff, pass });
                }
                let text = |name: &str| serde_json::json!({ "full_name": name }).to_string();
                repo::audit::insert(
                    tx,
                    &AuditRow {
                        before: Some(&text(&staff.full_name)),
                        after: Some(&text(&full_name)),
                        ..caller.audited(now, "staff.rename", ("staff", caller.staff_id.0))
                    },
                )?;
                staff.full_name.clone_from(&full_name);
                repo::staff::update(tx, &staff)?;
                Ok(OwnProfile { staff, pass })
            })
            .await
    }
}
