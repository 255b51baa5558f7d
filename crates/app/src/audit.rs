//! Who has changed what, for the firm's own eyes.

use crate::App;
use crate::identity::{SessionError, StaffCaller, require_live_staff};
use touchstone_domain::access::Permission;
use touchstone_store::repo::audit_list;

pub use touchstone_store::repo::audit_list::{Filter as AuditFilter, Listed as AuditLine};

#[derive(Clone, Debug)]
pub struct AuditPage {
    pub items: Vec<AuditLine>,
    /// The number below which the next page begins; `None` on the last one.
    pub next: Option<i64>,
}

impl App {
    /// What was changed in the brand, the newest first.
    ///
    /// # Errors
    /// The session's and the store's.
    pub async fn audit(
        &self,
        caller: StaffCaller,
        filter: AuditFilter,
        before_id: Option<i64>,
        limit: i64,
    ) -> Result<AuditPage, SessionError> {
        let now = self.now();
        self.store
            .read(move |tx| {
                let pass = require_live_staff(tx, &caller, Permission::ViewAudit, now)?;
                let filter = AuditFilter {
                    seen_by: pass.owner(),
                    ..filter.clone()
                };
                let brand = caller.brand_id;
                let mut items = audit_list::page(tx, brand, &filter, before_id, limit + 1)?;
                let has_more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
                items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                let next = items.last().filter(|_| has_more).map(|line| line.id);
                Ok(AuditPage { items, next })
            })
            .await
    }
}
