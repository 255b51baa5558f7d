//! A breach is reached again from what is stored, and what was changed since is shown.

use crate::scenario::{Crashes, Script, replay_all};
use rstest::rstest;
use touchstone_store::StoreError;
use touchstone_store::testing::TestDatabase;

const TEXT: &str = include_str!("scenarios/daily_loss.txt");

#[rstest]
#[case::nothing("SELECT 1", "")]
#[case::a_fill(
    "UPDATE account_event SET body = replace(body, '\"cost_minor\":-3850', '\"cost_minor\":-3851') WHERE no = 1",
    "found at 2026-05-07T13:20:00.000000Z after tick 3 and event 1: daily_loss breach: daily_loss 95000.00 (anchor 100000.00 - 5000.00) by equity 94861.49"
)]
#[case::a_fill_left_out(
    "DELETE FROM account_event WHERE no = 1",
    "found: no such thing up to then"
)]
#[case::a_tick_left_out("DELETE FROM tick_block WHERE first_seq = 2", "tick 2 is not stored")]
#[case::another_floor(
    "UPDATE breach SET evidence = replace(evidence, '\"level_minor\":9500000', '\"level_minor\":9500100')",
    "daily_loss 95001.00 (anchor 100000.00 - 5000.00) by equity 94861.50; found at"
)]
#[case::another_severity("UPDATE breach SET severity = 0", "not the one that was hashed")]
#[case::another_hash(
    "UPDATE desk_shard SET last_breach_hash = x'00'",
    "the record behind it is not chained to it"
)]
#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_shown(#[case] sql: &'static str, #[case] wanted: &str) {
    let database = TestDatabase::sqlite();
    let store = database.store();
    Script::parse(TEXT).run(store.clone(), Crashes::Never).await;
    let changed = store.write(move |tx| {
        if !sql.starts_with("SELECT") {
            tx.execute(sql, &[])?;
        }
        Ok::<_, StoreError>(())
    });
    changed.await.expect("a change");
    let replayed = replay_all(&store).await;
    let difference = replayed[0].difference.clone().unwrap_or_default();
    assert!(
        difference.contains(wanted) && difference.is_empty() == wanted.is_empty(),
        "{difference}"
    );
}

const WARNED: &str = r#"steps
[{"name": "Evaluation", "group": "PROP-DEMO-100K", "initial_balance_minor": 10000000, "rules": {"version": 1,
  "trading_day": {"zone": "UTC", "reset": "00:00"},
  "daily_loss": {"amount": {"percent_of_initial": 500}, "anchor": "balance", "effect": "warn"},
  "max_loss": {"mode": "static", "amount": {"percent_of_initial": 1000}}}}]
end
buy a
price EURUSD 1.10000 1.10010
order a long EURUSD 10
price EURUSD 1.09500 1.09510
advance 24h
price EURUSD 1.09490 1.09500
"#;

#[tokio::test(flavor = "multi_thread")]
async fn of_several_verdicts_by_one_rule_the_nearest_is_named() {
    let database = TestDatabase::sqlite();
    let store = database.store();
    Script::parse(WARNED)
        .run(store.clone(), Crashes::Never)
        .await;
    let changed = store.write(|tx| {
        tx.execute(
            "UPDATE breach SET at = at + 1 WHERE id = (SELECT MAX(id) FROM breach)",
            &[],
        )?;
        Ok::<_, StoreError>(())
    });
    changed.await.expect("a change");
    let replayed = replay_all(&store).await;
    assert!(replayed.len() >= 2, "a warning on each of two days");
    let difference = replayed.last().and_then(|last| last.difference.clone());
    let difference = difference.expect("a difference");
    assert!(difference.contains("; found at 2026-05-08"), "{difference}");
}
