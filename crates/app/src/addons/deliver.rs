//! What was paid is applied by the desk; what a request cannot wait for is done by the runner.

use super::LaterAddonError;
use crate::App;
use touchstone_domain::PurchaseId;
use touchstone_domain::purchase::{FailureReason, Purchase};
use touchstone_store::repo;

impl App {
    /// Asks the desk to apply what was bought; without one it waits for the next time.
    pub(crate) async fn apply_addons(&self, id: PurchaseId) {
        if let Err(error) = self.desk.add(id).await {
            tracing::debug!(purchase = id.0, %error, "an add-on waits for the desk");
        }
    }

    /// A purchase as it is after the desk had its time.
    pub(super) async fn applied(&self, begun: Purchase) -> Result<Purchase, LaterAddonError> {
        let purchase = match begun.state.step() {
            None => begun,
            Some(_) => {
                self.await_purchase(Some(&begun)).await;
                let id = begun.id;
                let read = self.store.read(move |tx| repo::purchases::get(tx, id));
                read.await?.unwrap_or(begun)
            }
        };
        match purchase.failure_reason {
            Some(FailureReason::AddonNotApplied) => {
                Err(LaterAddonError::NotApplied(Box::new(purchase)))
            }
            _ => Ok(purchase),
        }
    }
}
