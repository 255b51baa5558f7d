//! The versions of a program, as staff look back at them.

use super::TemplateError;
use super::edit::EditError;
use crate::App;
use crate::identity::{StaffCaller, require_live_staff};
use std::sync::Arc;
use touchstone_domain::access::Permission;
use touchstone_domain::program::ProgramVersion;
use touchstone_domain::{Group, ProgramId, UnixMicros};
use touchstone_store::repo;

/// One version, with the brand's groups, which its steps name.
#[derive(Clone, Debug)]
pub struct SoldVersion {
    pub version: ProgramVersion,
    pub created_at: UnixMicros,
    /// It is the one that is sold now.
    pub is_current: bool,
    pub groups: Arc<[Group]>,
}

impl App {
    /// All versions of a template, newest first.
    ///
    /// # Errors
    /// [`EditError::NotFound`] also for another brand's.
    pub async fn template_versions(
        &self,
        caller: StaffCaller,
        id: ProgramId,
    ) -> Result<Vec<SoldVersion>, TemplateError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                require_live_staff(tx, &caller, Permission::ViewPrograms, now)?;
                let program =
                    repo::programs::get(tx, caller.brand_id, id)?.ok_or(EditError::NotFound)?;
                let groups: Arc<[_]> = repo::groups::of_brand(tx, caller.brand_id)?.into();
                let versions = repo::programs::versions(tx, id)?.into_iter();
                let version = |(version, created_at): (ProgramVersion, UnixMicros)| SoldVersion {
                    is_current: version.id == program.current.id,
                    version,
                    created_at,
                    groups: groups.clone(),
                };
                Ok(versions.map(version).collect())
            })
            .await
    }
}
