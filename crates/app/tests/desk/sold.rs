//! What was sold is what is judged: the words of a template, and the add-ons that were bought.

use crate::trade::{buy, market, price, send};
use crate::world::{PROGRAM, START, World};
use touchstone_app::breaches::Figure;
use touchstone_app::desk::{Answer, Asked, Origin};
use touchstone_domain::program::{Addon, AddonEffect, AddonPrice, StepTerms, Terms};
use touchstone_domain::{Login, Side, Volume};
use touchstone_store::repo::desk::breaches::Filter;
use touchstone_store::repo::programs;
use touchstone_store::testing::databases;

const STEPS: &str = r#"[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000,
    "duration_days": 30, "max_daily_loss": 500, "max_total_loss": 1000, "profit_target": 800}]"#;
const DAY: i64 = 86_400_000_000;

fn steps() -> Vec<StepTerms> {
    serde_json::from_str(STEPS).expect("steps")
}

/// Sells something else from now on; nobody has bought yet.
async fn sell(world: &World, change: fn(&mut Terms)) {
    let written = world.store.write(move |tx| {
        let brand = programs::brand_of(tx, PROGRAM)?.expect("a brand");
        let mut program = programs::get(tx, brand, PROGRAM)?.expect("a program");
        change(&mut program.current.terms);
        program.current.id.0 += 1;
        program.current.number += 1;
        programs::update(tx, &program, true)
    });
    written.await.expect("another version");
}

/// Whether an order is filled.
async fn is_filled(
    world: &mut World,
    login: Login,
    side: Side,
    units: i64,
    origin: Origin,
) -> bool {
    let asked = Asked {
        origin,
        ..market(login, "EURUSD", side, Volume(units))
    };
    matches!(send(world, asked).await, Ok(Answer::Done { .. }))
}

/// Figures and message of the only breach.
async fn breach(world: &World) -> (Option<Figure>, Option<Figure>, String) {
    let filter = Filter::default();
    let page = world.app.breaches(world.staff(), filter, 10, 0).await;
    let mut items = page.expect("breaches").items;
    let view = items.pop().expect("a breach");
    assert!(items.is_empty());
    (view.triggered(), view.threshold(), view.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_a_template_are_judged_for_a_step_without_rules_of_its_own() {
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        sell(&world, |terms| {
            let conduct = r#"{"ea_allowed": false, "copy_trading_allowed": false,
                "hedging_same_account": false, "max_lots_per_symbol_hundredths": 5}"#;
            terms.conduct = serde_json::from_str(conduct).expect("a conduct");
            terms.conduct.settle();
        })
        .await;
        let login = buy(&world).await;
        price(&mut world, "EURUSD", 110_000).await;
        let advisor = Origin::ExpertAdvisor;
        assert!(!is_filled(&mut world, login, Side::Long, 500, advisor).await);
        assert!(!is_filled(&mut world, login, Side::Long, 500, Origin::Copy).await);
        assert!(!is_filled(&mut world, login, Side::Long, 600, Origin::Manual).await);
        assert!(is_filled(&mut world, login, Side::Long, 500, Origin::Manual).await);
        assert!(!is_filled(&mut world, login, Side::Short, 100, Origin::Manual).await);
        // A server that starts anew reads the same rules from what was bought.
        world.crash().await;
        price(&mut world, "EURUSD", 110_001).await;
        assert!(!is_filled(&mut world, login, Side::Long, 100, Origin::Manual).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_sold_before_its_words_were_judged_goes_on_as_it_was() {
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        sell(&world, |terms| {
            let conduct = r#"{"ea_allowed": false, "daily_dd_mode": "banana"}"#;
            terms.conduct = serde_json::from_str(conduct).expect("a conduct");
        })
        .await;
        let login = buy(&world).await;
        price(&mut world, "EURUSD", 110_000).await;
        let advisor = Origin::ExpertAdvisor;
        assert!(is_filled(&mut world, login, Side::Long, 500, advisor).await);
    }
}

/// The state of the challenge after 31 days, with these add-ons.
async fn state_after_a_month(world: &mut World, addons: &'static str) -> i64 {
    sell(world, |terms| {
        terms.addons = vec![Addon {
            code: "no_time_limit".into(),
            name: "No time limit".into(),
            price: AddonPrice::FixedMinor(0),
            effect: AddonEffect::NoTimeLimit,
            excludes: Vec::new(),
        }];
    })
    .await;
    let login = buy(world).await;
    let marked = world.store.write(move |tx| {
        let sql = "UPDATE purchase SET addon_codes = $1";
        tx.execute(sql, touchstone_store::params![addons])
    });
    marked.await.expect("a purchase with add-ons");
    world.crash().await;
    price(world, "EURUSD", 110_000).await;
    assert!(is_filled(world, login, Side::Long, 500, Origin::Manual).await);
    assert!(START < world.app.now());
    world.clock.advance_micros(31 * DAY);
    let desk = world.app.desk.clone();
    world
        .ask(async move { desk.wake().await })
        .await
        .expect("a turn");
    let state = world.store.read(|tx| {
        let sql = "SELECT state FROM challenge";
        tx.query_one(sql, &[], |row| row.int(0))
    });
    let state: Result<i64, touchstone_store::StoreError> = state.await;
    state.expect("a challenge")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_bought_no_time_limit_is_not_failed_by_time() {
    const ACTIVE: i64 = 1;
    const FAILED: i64 = 3;
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        assert_eq!(state_after_a_month(&mut world, "[]").await, FAILED);
        let days = Some(Figure::Number(30, 0));
        let why = "time_up: not passed within 30 calendar days from the activation".to_owned();
        assert_eq!(breach(&world).await, (days, days, why));
    }
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        let bought = r#"["no_time_limit"]"#;
        assert_eq!(state_after_a_month(&mut world, bought).await, ACTIVE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_of_conduct_is_told_in_the_units_that_people_use() {
    let rules = r#"{"version": 1, "trading_day": {"zone": "UTC", "reset": "00:00"},
        "conduct": {"max_lots": {"limit": 10000, "effect": "fail"}}}"#;
    for database in databases() {
        let mut steps = steps();
        steps[0].rules = Some(serde_json::from_str(rules).expect("rules"));
        let mut world = World::new(database.store(), steps).await;
        let login = buy(&world).await;
        price(&mut world, "EURUSD", 110_000).await;
        is_filled(&mut world, login, Side::Long, 30_000, Origin::Manual).await;
        let (found, most) = (Figure::Number(30_000, 4), Figure::Number(10_000, 4));
        let why = "conduct: max_lots (3 lots, at most 1 lot): failed".to_owned();
        assert_eq!(breach(&world).await, (Some(found), Some(most), why));
    }
}
