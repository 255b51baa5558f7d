//! Other programs on the same database: what they change is taken in by a desk that runs.

use crate::trade;
use crate::world::{BRAND, World};
use std::time::Duration;
use touchstone_app::desk::Answer;
use touchstone_domain::{Side, Volume};
use touchstone_store::testing::databases;
use touchstone_store::{NewEvent, repo};
use touchstone_trading::Refusal;

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_changes_is_taken_in_without_anything_of_this_one() {
    for database in databases() {
        let steps = r#"[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000}]"#;
        let mut world = World::new(database.store(), serde_json::from_str(steps).unwrap()).await;
        let login = trade::buy(&world).await;
        trade::price(&mut world, "EURUSD", 110_000).await;
        let order = trade::market(login, "EURUSD", Side::Long, Volume(100));
        let first = trade::send(&mut world, order.clone()).await;
        assert!(matches!(first, Ok(Answer::Done { .. })), "{first:?}");
        let other = database.store();
        let wrote = other.write(|tx| {
            let group = repo::groups::by_name(tx, BRAND, "PROP-DEMO-100K")?.expect("a group");
            let body = r#"{"instruments":{"EURUSD":{"trading":"close_only"}}}"#;
            repo::groups::set_trading(tx, group.id, body)?;
            tx.append_event(&NewEvent {
                at_us: 0,
                brand_id: BRAND.0,
                kind: "group.changed",
                subject_kind: "group",
                subject_id: group.id.0,
                challenge_id: None,
                customer_id: None,
                body: "{}",
            })
        });
        wrote.await.expect("a group with another trading");
        // Nothing else is written meanwhile: what is asked for changes nothing.
        let heard = async {
            loop {
                let (desk, asked) = (world.app.desk.clone(), order.clone());
                let answer = world.ask(async move { desk.preflight(asked).await }).await;
                let figures = answer.expect("a desk").expect("figures");
                if figures.refusal == Some(Refusal::CloseOnly) {
                    break;
                }
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(60), heard).await;
        heard.expect("it hears of it");
    }
}
