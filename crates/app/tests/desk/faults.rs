//! A full disk, a database that is killed, and a second server: what was said is true, and nothing happens twice.

use crate::trade::{self, buy, market, tick};
use crate::world::World;
use std::sync::Arc;
use touchstone_app::check::check;
use touchstone_app::desk::{Answer, Asked, DeskError};
use touchstone_domain::program::StepTerms;
use touchstone_domain::{Login, OrderId, Side, Volume};
use touchstone_store::repo::desk::history;
use touchstone_store::testing::{TestDatabase, databases};
use touchstone_store::{StoreOptions, migrate::MIGRATIONS};
use touchstone_trading::{ClientId, Tick};

const STEPS: &str = r#"[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000,
    "rules": {"version": 1, "trading_day": {"zone": "UTC", "reset": "00:00"},
    "max_loss": {"mode": "static", "amount": {"percent_of_initial": 1000}}}}]"#;

fn steps() -> Vec<StepTerms> {
    serde_json::from_str(STEPS).unwrap()
}

fn numbered(world: &World, number: i64) -> Tick {
    Tick {
        sequence: Some(number.cast_unsigned()),
        ..tick(world, "EURUSD", 110_000 + number % 7)
    }
}

fn order(login: Login, number: i64) -> Asked {
    Asked {
        client_id: Some(ClientId::try_from(format!("order-{number}")).unwrap()),
        ..market(login, "EURUSD", Side::Long, Volume(100))
    }
}

async fn feed(world: &mut World, number: i64) -> Result<(), DeskError> {
    let (desk, tick) = (world.app.desk.clone(), numbered(world, number));
    let fed = world.ask(async move { desk.feed(Arc::from("test"), vec![tick]).await });
    fed.await.map(drop)
}

async fn send(world: &mut World, login: Login, number: i64) -> Result<OrderId, DeskError> {
    match trade::send(world, order(login, number)).await? {
        Answer::Done { order, .. } | Answer::Repeated(order) => Ok(order),
        other => panic!("{other:?}"),
    }
}

/// Repeats an order until it is known what became of it.
async fn insist(world: &mut World, login: Login, number: i64) -> OrderId {
    loop {
        match send(world, login, number).await {
            Ok(order) => return order,
            Err(DeskError::Unknown | DeskError::Unavailable) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Deals of the account by the orders that they were told to be.
async fn assert_each_once(world: &World, login: Login, told: &[OrderId]) {
    let deals = world
        .store
        .read(move |tx| history::deals(tx, login, i64::MAX, 10_000))
        .await
        .unwrap();
    let mut dealt: Vec<_> = deals.iter().filter_map(|deal| deal.order_id).collect();
    dealt.sort_unstable();
    let told: Vec<i64> = told.iter().map(|order| order.0).collect();
    assert_eq!(dealt, told);
    let report = world.store.read(|tx| check(tx, 100)).await.unwrap();
    assert!(report.is_clean(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_that_was_confirmed() {
    let database = TestDatabase::sqlite();
    let mut world = World::new(database.store(), steps()).await;
    let login = buy(&world).await;
    feed(&mut world, 1).await.unwrap();
    let mut told = vec![send(&mut world, login, 0).await.unwrap()];
    world.store.clone().close().await;

    // The disk has a little room left.
    let size = std::fs::metadata(database.folder().join("test.db"))
        .unwrap()
        .len();
    let options = StoreOptions {
        max_database_bytes: Some(size + 40_000),
        ..StoreOptions::default()
    };
    world.store = database.store_with(&options, MIGRATIONS);
    world.crash().await;
    let mut refused = 0;
    let mut number = 1;
    while refused < 3 {
        match send(&mut world, login, number).await {
            Ok(order) => told.push(order),
            Err(DeskError::Unknown | DeskError::Unavailable) => refused += 1,
            Err(error) => panic!("{error}"),
        }
        number += i64::from(refused == 0);
    }
    assert_each_once(&world, login, &told).await;

    // Somebody has made room.
    world.store.clone().close().await;
    world.store = database.store();
    world.crash().await;
    told.push(insist(&mut world, login, number).await);
    assert_each_once(&world, login, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_leads_to_one_order_each() {
    let Some(database) = TestDatabase::postgres() else {
        println!("left out: no PostgreSQL");
        return;
    };
    let mut world = World::new(database.store(), steps()).await;
    let login = buy(&world).await;
    feed(&mut world, 1).await.unwrap();
    let mut told = Vec::new();
    for number in 0..12 {
        if number % 3 == 1 {
            database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE pid <> pg_backend_pid() AND application_name = current_schema()",
            );
        }
        told.push(insist(&mut world, login, number).await);
    }
    assert_each_once(&world, login, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_takes_over_and_the_first_one_stands_by() {
    for database in databases() {
        let mut first = World::new(database.store(), steps()).await;
        let login = buy(&first).await;
        feed(&mut first, 1).await.unwrap();
        let mut told = vec![send(&mut first, login, 0).await.unwrap()];

        let mut second = first.another().await;
        told.push(send(&mut second, login, 1).await.unwrap());
        let answer = send(&mut first, login, 2).await;
        assert_eq!(answer, Err(DeskError::Unknown), "{:?}", database.engine());
        for number in 3..6 {
            let answer = send(&mut first, login, number).await;
            assert_eq!(answer, Err(DeskError::Unavailable));
        }
        told.push(send(&mut second, login, 2).await.unwrap());
        assert_each_once(&second, login, &told).await;

        // The second one is silent for long enough.
        first.clock.advance_micros(6_000_001);
        while feed(&mut first, 2).await.is_err() {}
        told.push(insist(&mut first, login, 7).await);
        assert_each_once(&first, login, &told).await;
        assert_eq!(send(&mut second, login, 8).await, Err(DeskError::Unknown));
    }
}
