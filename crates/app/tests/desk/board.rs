//! Who watches all accounts sees those first that are closest to a floor, however many turns it takes to look at them.

use crate::trade;
use crate::world::{BRAND, Sold, World};
use touchstone_app::desk::settings::TurnLimits;
use touchstone_app::desk::{BoardAsk, BoardSums, BoardView};
use touchstone_domain::{BrandId, Login};
use touchstone_store::testing::databases;

const STEPS: &str = r#"[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000,
  "rules": {"version": 1, "trading_day": {"zone": "UTC", "reset": "00:00"},
  "daily_loss": {"amount": {"percent_of_initial": 500}, "anchor": "balance"},
  "max_loss": {"mode": "static", "amount": {"percent_of_initial": 1000}}}}]"#;

fn all() -> BoardAsk {
    BoardAsk {
        brand_id: BRAND,
        logins: None,
        has_open_positions: None,
        near: None,
        limit: 10,
        offset: 0,
    }
}

async fn board(world: &mut World, ask: BoardAsk) -> BoardView {
    let desk = world.app.desk.clone();
    let view = world.ask(async move { desk.board(ask).await });
    view.await.expect("a board")
}

fn logins(view: &BoardView) -> Vec<Login> {
    view.rows.iter().map(|row| row.login).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closest_to_a_floor_come_first() {
    for database in databases() {
        let limits = TurnLimits {
            boards: 1,
            ..TurnLimits::default()
        };
        let sold = Sold::of(serde_json::from_str(STEPS).unwrap());
        let mut world = World::made(database.store(), sold, limits).await;
        let mut own = Vec::new();
        for _ in 0..4 {
            own.push(trade::buy(&world).await);
        }
        let [flat, small, large, other] = own[..] else {
            panic!("{own:?}");
        };
        trade::price(&mut world, "EURUSD", 110_000).await;
        trade::long(&mut world, small, "EURUSD", 2).await;
        trade::long(&mut world, large, "EURUSD", 20).await;
        trade::price(&mut world, "EURUSD", 109_780).await;
        let seen = board(&mut world, all()).await;
        assert_eq!(logins(&seen), [large, small, flat, other]);
        assert_eq!(seen.total, 4);
        let row = &seen.rows[0];
        let floor = row.floor.expect("a floor");
        assert_eq!(floor.limit.rule.name(), "daily_loss");
        assert_eq!(floor.limit.level_minor, 9_500_000);
        assert_eq!(floor.room_minor, row.equity_minor - 9_500_000);
        assert_eq!(row.day_profit_minor, row.equity_minor - 10_000_000);
        assert_eq!(row.distance(), Some((floor.room_minor + 5) / 10));
        assert_eq!(row.room_left(), Some(floor.room_minor * 2));
        // Less than a tenth of the 5,000 is left after 230 points of twenty lots.
        assert!(row.room_left().is_some_and(|left| left <= 100_000));
        let sums = BoardSums {
            running: 4,
            near: 1,
            suspended: 0,
        };
        assert_eq!(seen.sums, sums);
        for (ask, expect, total) in [
            (
                BoardAsk {
                    limit: 1,
                    offset: 1,
                    ..all()
                },
                vec![small],
                4,
            ),
            (BoardAsk { offset: 4, ..all() }, vec![], 4),
            (
                BoardAsk {
                    near: Some(100_000),
                    ..all()
                },
                vec![large],
                1,
            ),
            (
                BoardAsk {
                    has_open_positions: Some(true),
                    ..all()
                },
                vec![large, small],
                2,
            ),
            (
                BoardAsk {
                    logins: Some(vec![flat, small]),
                    ..all()
                },
                vec![small, flat],
                2,
            ),
            (
                BoardAsk {
                    brand_id: BrandId(2),
                    ..all()
                },
                vec![],
                0,
            ),
        ] {
            let said = format!("{ask:?}");
            let view = board(&mut world, ask).await;
            assert_eq!((logins(&view), view.total), (expect, total), "{said}");
        }
        // Several who wait are answered by one round.
        let (one, two) = (world.app.desk.clone(), world.app.desk.clone());
        let both = async move { tokio::join!(one.board(all()), two.board(all())) };
        let (one, two) = world.ask(both).await;
        assert_eq!(one, two);
        assert_eq!(one.expect("a board").sums, sums);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_meanwhile_is_not_shown() {
    for database in databases() {
        let steps = serde_json::from_str(STEPS).unwrap();
        let mut world = World::new(database.store(), steps).await;
        let login = trade::buy(&world).await;
        trade::price(&mut world, "EURUSD", 110_000).await;
        trade::long(&mut world, login, "EURUSD", 20).await;
        assert_eq!(board(&mut world, all()).await.total, 1);
        trade::price(&mut world, "EURUSD", 109_000).await;
        let seen = board(&mut world, all()).await;
        assert_eq!((seen.total, seen.rows.len()), (0, 0));
    }
}
