//! The demo firm is the one of the documents.

use crate::support::{NOW, SMALL, plan_of};
use std::sync::Arc;
use touchstone_app::App;
use touchstone_app::firm::{FirmError, demo};
use touchstone_app::keys::Keys;
use touchstone_app::ports::{ManualClock, Ports, SeededRandom};
use touchstone_app::settings::Settings;
use touchstone_domain::{BrandId, CustomerId, EntityKind, Login, OrderNo};
use touchstone_store::repo::{self, counters};
use touchstone_store::testing::databases;
use touchstone_store::{Store, StoreError};

async fn install(store: &Store) -> Result<touchstone_app::firm::Plan, FirmError> {
    demo::install(store, Arc::new(SeededRandom::new(1)), NOW).await
}

async fn app(store: Store) -> App {
    let ports = Ports {
        clock: Arc::new(ManualClock::new(NOW)),
        random: Arc::new(SeededRandom::new(2)),
        remote_trading: None,
        cashier: None,
    };
    let keys = Keys::new(&secrecy::SecretBox::new(Box::new([7; 32])));
    App::new(store, ports, Settings::default(), keys)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_next_numbers_are_those_of_the_documents() {
    for database in databases() {
        let store = database.store();
        install(&store).await.unwrap();
        let next = store
            .write(|tx| -> Result<Vec<i64>, StoreError> {
                [
                    counters::PURCHASE,
                    counters::CHALLENGE,
                    counters::LOGIN,
                    counters::ORDER,
                    counters::ORDER,
                ]
                .into_iter()
                .map(|counter| tx.next_id(counter))
                .collect()
            })
            .await
            .unwrap();
        assert_eq!(next, [10, 12, 2_000_100, 500_100, 500_101]);
        store.close().await;
    }
}

#[tokio::test]
async fn wallets_hold_what_the_ledger_gave_them() {
    for database in databases() {
        let store = database.store();
        install(&store).await.unwrap();
        let wallets = [
            (100_001, 5, "REAL-USD", "1200.00 USD"),
            (100_002, 5, "REAL-EUR", "800.00 EUR"),
            (100_003, 6, "REAL-USD", "5000.00 USD"),
            (200_001, 21, "REAL-USD", "1000.00 USD"),
        ];
        for (login, customer, group_name, balance) in wallets {
            let (found, entries) = store
                .read(move |tx| -> Result<_, StoreError> {
                    let account = repo::accounts::get(tx, Login(login))?;
                    let entries =
                        repo::ledger::of_account(tx, Login(login), OrderNo(i64::MAX), 10)?;
                    Ok((account, entries))
                })
                .await
                .unwrap();
            let (account, group) = found.unwrap();
            assert_eq!(
                (account.customer_id.0, group.name.as_str()),
                (customer, group_name)
            );
            let entered: i64 = entries.iter().map(|entry| entry.signed_minor()).sum();
            assert_eq!(account.balance_minor, entered);
            let money = touchstone_domain::Money::new(account.balance_minor, account.currency);
            assert_eq!(format!("{} {}", money.fixed(), money.currency), balance);
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_second_start_changes_nothing_and_uuids_are_always_the_same() {
    for database in databases() {
        let store = database.store();
        install(&store).await.unwrap();
        let again = install(&store).await.unwrap();
        assert!(again.changes_nothing(), "{again}");
        let app = app(store.clone()).await;
        let template = app.public_ids.uuid(EntityKind::Program, 1);
        assert_eq!(template.to_string(), PROGRAM_1);
        store.close().await;
    }
}

#[tokio::test]
async fn a_customer_who_was_erased_stays_so_when_the_demo_starts_again() {
    for database in databases() {
        let store = database.store();
        install(&store).await.unwrap();
        let id = CustomerId(6);
        let erased = store.write(move |tx| repo::erasure::erase(tx, id, NOW));
        assert!(erased.await.unwrap());
        let again = install(&store).await.unwrap();
        assert!(again.changes_nothing(), "{again}");
        let customer = store.read(move |tx| repo::customers::get(tx, id)).await;
        assert_eq!(customer.unwrap().unwrap().email, "erased-6");
        store.close().await;
    }
}

/// As the README prints it.
const PROGRAM_1: &str = "393db44e-2eec-85f7-8000-000000000001";

#[tokio::test]
async fn the_second_brand_sells_programs_of_its_own() {
    let store = databases().remove(0).store();
    install(&store).await.unwrap();
    let ids = |brand| {
        let store = store.clone();
        async move {
            let programs = store
                .read(move |tx| repo::programs::of_brand(tx, BrandId(brand)))
                .await
                .unwrap();
            programs.iter().map(|p| p.id.0).collect::<Vec<_>>()
        }
    };
    assert_eq!(ids(1).await, [1, 2, 3, 4]);
    assert_eq!(ids(2).await, [21, 20]);
}

#[tokio::test]
async fn a_real_firm_and_the_demo_firm_never_share_a_database() {
    let store = databases().remove(0).store();
    install(&store).await.unwrap();
    let error = plan_of(&store, SMALL).await.unwrap_err();
    assert!(matches!(error, FirmError::Kind { .. }), "{error}");
}

#[tokio::test]
async fn the_demo_firm_does_not_change_uuids_that_are_in_use() {
    let store = databases().remove(0).store();
    app(store.clone()).await;
    let error = install(&store).await.unwrap_err();
    assert!(matches!(error, FirmError::PublicIds), "{error}");
}
