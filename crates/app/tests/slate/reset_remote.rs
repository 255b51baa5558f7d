//! Resets on a remote trading server that refuses, hangs, and loses calls and answers.

use crate::support::{World, world_with};
use touchstone_app::journeys::JourneyError;
use touchstone_app::ports::Behaviour;
use touchstone_app::purchase::Resolution::{Cancel, Retry};
use touchstone_domain::ChallengeId;
use touchstone_domain::ledger::Operation;
use touchstone_domain::purchase::Step;
use touchstone_store::repo;
use touchstone_store::testing::{TestDatabase, databases};

/// what the trading server does | fee | reset and journey at the end, account | entries of the reset in order, what came in apart
const TABLE: &str = "\
-                                          | paid | active active enabled                          | ResetFee InitialBalance
retire Refuse                              | paid | refund_due failed disabled                     | ResetFee ResetFeeRefundDue
open_account Refuse                        | paid | refund_due failed disabled                     | ResetFee ResetFeeRefundDue
grant_balance Refuse                       | paid | refund_due failed disabled                     | ResetFee ResetFeeRefundDue
enable Refuse                              | paid | refund_due failed disabled                     | ResetFee InitialBalance InitialBalanceRollback ResetFeeRefundDue
enable Refuse, take_back_balance Refuse    | paid | stuck:take_back_balance awaiting_reset disabled | ResetFee InitialBalance
grant_balance Refuse, close_account Refuse | paid | stuck:close_account awaiting_reset disabled    | ResetFee
-                                          | free | active active enabled                          | InitialBalance
retire Refuse                              | free | failed failed disabled                         |
open_account Refuse                        | free | failed failed disabled                         |
grant_balance Refuse                       | free | failed failed disabled                         |
enable Refuse                              | free | failed failed disabled                         | InitialBalance InitialBalanceRollback
";

#[tokio::test]
async fn every_refusal_of_a_remote_server_gives_the_fee_back() {
    for price in ["paid", "free"] {
        for database in databases() {
            let w = remote(&database, price).await;
            for line in TABLE.lines() {
                let [plan, of, end, entries] = line
                    .split('|')
                    .map(str::trim)
                    .collect::<Vec<_>>()
                    .try_into()
                    .expect("four columns");
                if of != price {
                    continue;
                }
                let id = w.breached().await;
                for (step, behaviour) in planned(plan) {
                    w.server.plan(step, &[behaviour]);
                }
                begin(&w, id).await;
                assert_eq!(w.reset_stands(id).await, end, "{line}");
                assert_eq!(entries_of_reset(&w, id).await, entries, "{line}");
                let begun = usize::from(end.starts_with("active"));
                assert_eq!(w.attempts(id).await.len(), 1 + begun, "{line}");
            }
            w.assert_books().await;
        }
    }
}

const STEPS: [Step; 4] = [
    Step::Retire,
    Step::OpenAccount,
    Step::GrantBalance,
    Step::Enable,
];

#[tokio::test]
async fn what_a_remote_server_loses_changes_nothing_but_the_time() {
    let unclear = [
        Behaviour::LoseAnswer,
        Behaviour::LoseCall,
        Behaviour::HangAfter,
        Behaviour::HangBefore,
    ];
    for database in databases() {
        let w = remote(&database, "paid").await;
        for (step, behaviour) in STEPS
            .iter()
            .flat_map(|step| unclear.map(|how| (*step, how)))
        {
            let id = w.breached().await;
            w.server.plan(step, &[behaviour, behaviour]);
            begin(&w, id).await;
            let waits = format!("{} awaiting_reset disabled", step.name());
            assert_eq!(w.reset_stands(id).await, waits, "{behaviour:?}");
            w.assert_books().await;
            // Whoever was at work is gone; another look goes on with what is stored.
            w.run_until_rest(id).await;
            assert_eq!(w.reset_stands(id).await, "active active enabled");
            assert_eq!(entries_of_reset(&w, id).await, "ResetFee InitialBalance");
            let attempts = w.attempts(id).await;
            assert_eq!(attempts.len(), 2, "{step:?} {behaviour:?}");
            assert!(attempts[0].ends_with("closed") && attempts[1].ends_with("open"));
        }
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_step_that_stays_silent_is_resolved_by_staff() {
    for database in databases() {
        let w = remote(&database, "paid").await;
        for (step, resolution) in STEPS
            .iter()
            .flat_map(|step| [(*step, Retry), (*step, Cancel)])
        {
            let id = w.breached().await;
            w.server.plan(step, &[Behaviour::LoseAnswer; 3]);
            begin(&w, id).await;
            w.run_until_rest(id).await;
            let stuck = format!("stuck:{} awaiting_reset disabled", step.name());
            assert_eq!(w.reset_stands(id).await, stuck);
            w.assert_books().await;
            let cancel = w.app.cancel_journey(w.admin, id, "x".into()).await;
            assert!(
                matches!(cancel, Err(JourneyError::NotPending { .. })),
                "{cancel:?}"
            );
            let read = w
                .app
                .store
                .read(move |tx| repo::purchases::resets_of(tx, id));
            let reset = read.await.unwrap().pop().expect("a reset");
            let resolved = w
                .app
                .resolve_purchase(w.admin, reset.id, resolution, "x".into());
            resolved.await.unwrap();
            w.run_until_rest(id).await;
            let end = match resolution {
                Retry => "active active enabled",
                _ => "refund_due failed disabled",
            };
            assert_eq!(w.reset_stands(id).await, end, "{step:?} {resolution:?}");
        }
        w.assert_books().await;
    }
}

async fn remote(database: &TestDatabase, price: &str) -> World {
    let w = world_with(database, true, |_| {}).await;
    if price == "free" {
        w.reset_fee(None).await;
    }
    w
}

/// Asks for the reset, and pays for it.
async fn begin(w: &World, id: ChallengeId) {
    let reset = w.reset(id).await.unwrap();
    if let Some(fee) = reset.pending {
        w.approve(fee).await.unwrap();
    }
}

fn planned(plan: &str) -> Vec<(Step, Behaviour)> {
    let parts = plan.split(',').map(str::trim).filter(|part| *part != "-");
    let planned = parts.map(|part| {
        let (step, behaviour) = part.split_once(' ').expect("step and behaviour");
        let step = Step::ALL.into_iter().find(|s| s.name() == step);
        let mut behaviours = Behaviour::ALL.into_iter();
        let behaviour = behaviours.find(|b| format!("{b:?}") == behaviour);
        (step.expect("a step"), behaviour.expect("a behaviour"))
    });
    planned.collect()
}

async fn entries_of_reset(w: &World, id: ChallengeId) -> String {
    let read = w.app.store.read(move |tx| {
        let resets = repo::purchases::resets_of(tx, id)?;
        repo::ledger::of_purchase(tx, resets.last().expect("a reset").id)
    });
    let entries = read.await.unwrap();
    let about_it = entries
        .iter()
        .filter(|entry| entry.operation != Operation::CashierReceived);
    let names = about_it.map(|entry| format!("{:?}", entry.operation));
    names.collect::<Vec<_>>().join(" ")
}
