//! What holds is found to hold, and what is broken is named.

mod corrupted;
mod world;

use touchstone_store::testing::databases;

#[tokio::test]
async fn a_world_in_every_state_of_a_purchase_has_no_findings() {
    for database in databases() {
        let world = world::busy(&database).await;
        let report = world.check().await;
        assert!(report.is_clean(), "{:?}: {report}", database.engine());
        world.close().await;
    }
}
