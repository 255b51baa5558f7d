//! What holds is found to hold, and what is broken is named.

mod claims;
mod conversions;
mod corrupted;
mod earlier;
#[path = "../slate/failing.rs"]
mod failing;
mod payments;
mod traded;
mod world;

use std::sync::Arc;
use touchstone_app::check::{CheckError, check};
use touchstone_store::testing::databases;
use touchstone_store::{ReadOnlyStore, StoreOptions};

#[tokio::test]
async fn a_world_in_every_state_of_a_purchase_has_no_findings() {
    for database in databases() {
        let world = world::busy(&database).await;
        let report = world.check().await;
        assert!(report.is_clean(), "{:?}: {report}", database.engine());
        world.close().await;
    }
}

/// Customers buy, enrol and pay while the check looks: each look is one moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_check_beside_a_server_at_work_has_no_findings() {
    for database in databases() {
        let world = Arc::new(world::quiet(&database).await);
        let store = ReadOnlyStore::open(database.url(), &StoreOptions::default()).unwrap();
        let customers: Vec<_> = (0..4)
            .map(|_| tokio::spawn(world.clone().shop(15)))
            .collect();
        let mut looks = 0;
        while looks == 0 || customers.iter().any(|task| !task.is_finished()) {
            let report: Result<_, CheckError> = store.read(|tx| check(tx, 100)).await;
            let report = report.unwrap();
            assert!(report.is_clean(), "{:?}: {report}", database.engine());
            looks += 1;
        }
        for customer in customers {
            customer.await.unwrap();
        }
        let report = world.check().await;
        assert!(report.is_clean(), "{:?}: {report}", database.engine());
        store.close().await;
    }
}

#[tokio::test]
async fn a_long_list_is_cut_and_says_so() {
    for database in databases() {
        let world = world::busy(&database).await;
        world
            .run("UPDATE purchase SET failure_reason = 'CANCELLED' WHERE failure_reason = ''")
            .await;
        let report: Result<_, CheckError> = world.app.store.read(|tx| check(tx, 2)).await;
        let report = report.unwrap();
        let [broken] = &report.broken[..] else {
            panic!("{report}");
        };
        assert_eq!((broken.rows.len(), broken.has_more), (2, true));
        assert!(broken.rows[0].key < broken.rows[1].key);
        assert!(
            report
                .to_string()
                .contains("purchase.reason: and more rows")
        );
        world.close().await;
    }
}
