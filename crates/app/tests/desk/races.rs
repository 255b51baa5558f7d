//! Two of the same at once: one outcome, and the other one is told the truth.

use crate::trade::{buy, long, market, price, tick};
use crate::world::{BRAND, STAFF, World};
use std::sync::Arc;
use touchstone_app::breaches::{BreachFilter, ReviewError, Reviewed};
use touchstone_app::check::check;
use touchstone_app::desk::{Answer, Asked, Restore, ReviewOutcome};
use touchstone_app::transactions::Decision;
use touchstone_domain::breach::{Review, Severity};
use touchstone_domain::program::StepTerms;
use touchstone_domain::transaction::TransactionState;
use touchstone_domain::{BreachId, ChallengeId, Login, Side, Volume};
use touchstone_store::StoreError;
use touchstone_store::repo::desk::{breaches, history};
use touchstone_store::testing::databases;
use touchstone_trading::ClientId;

/// A day may lose 1 %.
const STEPS: &str = r#"[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000,
    "rules": {"version": 1, "trading_day": {"zone": "UTC", "reset": "00:00"},
    "daily_loss": {"amount": {"percent_of_initial": 100}, "anchor": "balance"},
    "max_loss": {"mode": "static", "amount": {"percent_of_initial": 1000}}}}]"#;
const SECOND: i64 = 1_000_000;
const BREACH: BreachId = BreachId(1);

fn steps() -> Vec<StepTerms> {
    serde_json::from_str(STEPS).expect("steps")
}

fn order(login: Login, symbol: &str, lots: i64, name: Option<&str>) -> Asked {
    let volume = Volume(lots * Volume::ONE_LOT.0);
    Asked {
        client_id: name.map(|name| ClientId::try_from(name.to_owned()).expect("a name")),
        ..market(login, symbol, Side::Long, volume)
    }
}

/// An account whose day's loss was reached.
async fn breached(world: &mut World) -> Login {
    let login = buy(world).await;
    price(world, "EURUSD", 110_000).await;
    long(world, login, "EURUSD", 10).await;
    price(world, "EURUSD", 109_800).await;
    assert_eq!(review_of(world).await, Review::Pending);
    login
}

async fn review_of(world: &World) -> Review {
    let breach = world.store.read(|tx| breaches::get(tx, BREACH)).await;
    breach.expect("a store").expect("a breach").review
}

/// How often an event of this kind, or an entry of the operation, or a row of the audit is there.
async fn count(world: &World, sql: &'static str) -> i64 {
    let count = world
        .store
        .read(|tx| tx.query_one(sql, &[], |row| row.int(0)));
    let count: Result<i64, StoreError> = count.await;
    count.expect("a count")
}

const REVIVED: &str = "SELECT count(*) FROM event WHERE kind = 'challenge.revived'";
const CORRECTIONS: &str = "SELECT count(*) FROM entry WHERE operation LIKE 'correction%'";
const APPROVED: &str = "SELECT count(*) FROM audit WHERE action = 'breach.approve'";
const REVERTED: &str = "SELECT count(*) FROM audit WHERE action = 'breach.revert'";

async fn assert_clean(world: &World) {
    let report = world.store.read(|tx| check(tx, 100)).await.expect("a look");
    assert!(report.is_clean(), "{:?}: {report}", world.store.engine());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_reverts_at_once_one_is_done_and_the_other_changes_nothing() {
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        let login = breached(&mut world).await;
        let desk = world.app.desk.clone();
        let revert = || {
            let restore = Restore::EquityBefore;
            desk.revert(BRAND, BREACH, STAFF, "a wrong price".into(), restore)
        };
        // Both wait before the desk looks, so that one turn takes both.
        let both = async { tokio::join!(revert(), revert()) };
        let (one, other) = world.ask(both).await;
        assert!(
            matches!(one, Ok(ReviewOutcome::Reverted { correction_minor }) if correction_minor > 0),
            "{one:?}"
        );
        assert_eq!(other, Ok(ReviewOutcome::Unchanged));
        let third = world.ask(revert()).await;
        assert_eq!(third, Ok(ReviewOutcome::Unchanged));
        for once in [REVIVED, CORRECTIONS, REVERTED] {
            assert_eq!(count(&world, once).await, 1, "{once}");
        }
        long(&mut world, login, "EURUSD", 1).await;
        world.crash().await;
        long(&mut world, login, "EURUSD", 1).await;
        assert_clean(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_find_a_breach_by_its_review_and_its_severity() {
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        breached(&mut world).await;
        let (pending, terminal) = (Some(Review::Pending), Some(Severity::Terminal));
        for (review, severity, count) in [
            (None, None, 1),
            (pending, None, 1),
            (None, terminal, 1),
            (pending, terminal, 1),
            (Some(Review::Reverted), terminal, 0),
            (pending, Some(Severity::Warning), 0),
        ] {
            let filter = BreachFilter {
                review,
                severity,
                owner: None,
            };
            let page = world.app.breaches(world.staff(), filter, 10, 0).await;
            let page = page.expect("a page");
            assert_eq!((page.total, page.items.is_empty()), (count, count == 0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_and_a_revert_at_once_leave_the_breach_reverted() {
    for first in ["approve", "revert"] {
        for database in databases() {
            let mut world = World::new(database.store(), steps()).await;
            breached(&mut world).await;
            let (app, staff) = (world.app.clone(), world.staff());
            let approve = app.approve_breach(staff, BREACH, "seen".into());
            let revert = app.revert_breach(staff, BREACH, "no".into(), Restore::None);
            let both = async {
                match first {
                    "approve" => tokio::join!(approve, revert),
                    _ => {
                        let (revert, approve) = tokio::join!(revert, approve);
                        (approve, revert)
                    }
                }
            };
            let (approved, reverted) = world.ask(both).await;
            let reverted = reverted.expect("a revert");
            assert_eq!(
                (reverted.review, reverted.was_so),
                (Review::Reverted, false)
            );
            // It was approved before it was reverted, or not at all.
            let confirmed = Reviewed {
                review: Review::Confirmed,
                was_so: false,
                correction_minor: 0,
            };
            let approvals = match approved {
                Ok(approved) => {
                    assert_eq!(approved, confirmed);
                    1
                }
                Err(ReviewError::Decided {
                    review: Review::Reverted,
                }) => 0,
                Err(other) => panic!("{other:?}"),
            };
            assert_eq!(count(&world, APPROVED).await, approvals);
            assert_eq!(count(&world, REVERTED).await, 1);
            assert_eq!(count(&world, REVIVED).await, 1);
            assert_eq!(review_of(&world).await, Review::Reverted);
            let app = world.app.clone();
            let again = app.revert_breach(staff, BREACH, "no".into(), Restore::None);
            let again = world.ask(again).await.expect("a repeat");
            assert_eq!((again.review, again.was_so), (Review::Reverted, true));
            let late = app.approve_breach(staff, BREACH, "seen".into()).await;
            assert!(matches!(late, Err(ReviewError::Decided { .. })), "{late:?}");
            assert_clean(&world).await;
        }
    }
}

/// A price closes what the breach had left open in the very turn in which staff take it back.
#[tokio::test(flavor = "multi_thread")]
async fn a_revert_knows_what_was_closed_a_moment_before() {
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        let login = buy(&world).await;
        // Seconds before the week of foreign exchange ends; coins are traded on weekends, too.
        world
            .clock
            .advance_micros((31 * 3_600 + 38 * 60 + 57) * SECOND);
        price(&mut world, "EURUSD", 110_000).await;
        long(&mut world, login, "EURUSD", 1).await;
        world.clock.advance_micros(86_400 * SECOND);
        price(&mut world, "BTCUSD", 6_000_000).await;
        long(&mut world, login, "BTCUSD", 1).await;
        price(&mut world, "BTCUSD", 5_890_000).await;
        let left = "SELECT open_positions FROM desk_account WHERE winding_up = 1";
        assert_eq!(count(&world, left).await, 1, "one could not be closed");
        // The next week begins.
        world.clock.advance_micros(28 * 3_600 * SECOND);
        let desk = world.app.desk.clone();
        let closing = vec![tick(&world, "EURUSD", 110_100)];
        let both = async {
            tokio::join!(
                desk.feed(Arc::from("test"), closing),
                desk.revert(BRAND, BREACH, STAFF, "no".into(), Restore::None)
            )
        };
        let (fed, reverted) = world.ask(both).await;
        assert_eq!(fed.expect("a report").accepted, 1);
        assert!(
            matches!(reverted, Ok(ReviewOutcome::Reverted { .. })),
            "{reverted:?}"
        );
        assert_clean(&world).await;
        long(&mut world, login, "EURUSD", 1).await;
        world.crash().await;
        long(&mut world, login, "EURUSD", 1).await;
        assert_clean(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_orders_at_once_under_one_name_are_one_order() {
    for database in databases() {
        let mut world = World::new(database.store(), steps()).await;
        let login = buy(&world).await;
        price(&mut world, "EURUSD", 110_000).await;
        let desk = world.app.desk.clone();
        let asked = || desk.command(order(login, "EURUSD", 1, Some("both")));
        let both = async { tokio::join!(asked(), asked(), asked()) };
        let (one, other, third) = world.ask(both).await;
        let Ok(Answer::Done { order: placed, .. }) = one else {
            panic!("{one:?}");
        };
        for repeat in [other, third] {
            assert_eq!(repeat, Ok(Answer::Repeated(placed)));
        }
        // And by another memory.
        world.crash().await;
        let desk = world.app.desk.clone();
        let asked = desk.command(order(login, "EURUSD", 1, Some("both")));
        assert_eq!(world.ask(asked).await, Ok(Answer::Repeated(placed)));
        let deals = world
            .store
            .read(move |tx| history::deals(tx, login, i64::MAX, 10))
            .await
            .expect("deals");
        let of_orders: Vec<_> = deals.iter().map(|deal| deal.order_id).collect();
        assert_eq!(of_orders, [Some(placed.0)]);
        assert_clean(&world).await;
    }
}

/// One of both comes first; either way the fee is earned for an attempt, or owed.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_that_is_paid_while_its_breach_is_reverted_is_one_or_the_other() {
    for database in databases() {
        let mut world = World::with_reset_fee(database.store(), steps(), Some(9_900)).await;
        breached(&mut world).await;
        let (app, staff) = (world.app.clone(), world.staff());
        let begun = app.reset_journey(staff, ChallengeId(1), "why".into()).await;
        let fee = begun.expect("a reset").pending.expect("a fee");
        let paid = tokio::spawn(async move {
            app.decide_transaction(staff, fee, Decision::Approve, String::new())
                .await
        });
        let desk = world.app.desk.clone();
        let reverting = async move {
            desk.revert(BRAND, BREACH, STAFF, "why".into(), Restore::None)
                .await
        };
        let reverted = world.ask(reverting).await.is_ok();
        let paid = paid.await.expect("an answer").expect("an approval");
        let attempts = count(&world, "SELECT count(*) FROM phase").await;
        let told = (paid.transaction.state, attempts);
        if reverted {
            assert_eq!(told, (TransactionState::Declined, 1));
        } else {
            assert_eq!(told, (TransactionState::Approved, 2));
        }
        assert_eq!(
            review_of(&world).await == Review::Reverted,
            reverted,
            "{told:?}"
        );
        assert_clean(&world).await;
    }
}
