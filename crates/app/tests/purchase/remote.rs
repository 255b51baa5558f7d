//! Purchases on a remote trading server that refuses, hangs, and loses calls and answers: every
//! step in every way, with the compensation that the document names, exactly once.

use crate::support::{FREE, PAID, PAYER, World, world};
use touchstone_app::ports::Behaviour;
use touchstone_app::purchase::{BuyError, BuyRequest, Choice};
use touchstone_domain::purchase::{FailureReason, Purchase, State, Step};
use touchstone_domain::{ProgramId, PurchaseId};
use touchstone_store::repo;
use touchstone_store::testing::databases;

/// program | step and what it meets | end | reason | the purchase's entries in order
const TABLE: &str = "\
paid | -                                          | active   | -                         | Fee InitialBalance
paid | withdraw Refuse                            | failed   | PAYMENT_FAILED            |
paid | open_account Refuse                        | refunded | ACCOUNT_CREATION_FAILED   | Fee FeeRollback
paid | grant_balance Refuse                       | refunded | INITIAL_BALANCE_FAILED    | Fee FeeRollback
paid | enable Refuse                              | refunded | CHALLENGE_CREATION_FAILED | Fee InitialBalance InitialBalanceRollback FeeRollback
paid | enable Refuse, take_back_balance Refuse    | stuck:take_back_balance | CHALLENGE_CREATION_FAILED | Fee InitialBalance
paid | grant_balance Refuse, close_account Refuse | stuck:close_account | INITIAL_BALANCE_FAILED | Fee
paid | open_account Refuse, refund Refuse         | stuck:refund | ACCOUNT_CREATION_FAILED | Fee
free | -                                          | active   | -                         | InitialBalance
free | open_account Refuse                        | failed   | ACCOUNT_CREATION_FAILED   |
free | grant_balance Refuse                       | failed   | INITIAL_BALANCE_FAILED    |
free | enable Refuse                              | failed   | CHALLENGE_CREATION_FAILED | InitialBalance InitialBalanceRollback
";

#[tokio::test]
async fn every_refusal_is_compensated_as_documented() {
    for line in TABLE.lines() {
        for database in databases() {
            let [program, plan, end, reason, entries] = line
                .split('|')
                .map(str::trim)
                .collect::<Vec<_>>()
                .try_into()
                .expect("five columns");
            let w = world(&database, true).await;
            plan_for(&w, plan);
            let bought = buy(&w, if program == "paid" { PAID } else { FREE }).await;
            let seen = (
                bought.state.name(),
                bought.failure_reason.map_or("-", FailureReason::name),
            );
            assert_eq!((seen.0.as_str(), seen.1), (end, reason), "{line}");
            assert_eq!(entries_of(&w).await, entries, "{line}");
            let wanted = wallet_after(&bought);
            assert_eq!(wallet(&w).await, wanted, "{line}");
            w.assert_whole().await;
        }
    }
}

#[tokio::test]
async fn lost_calls_and_answers_change_nothing_but_the_time() {
    let unclear = [
        Behaviour::LoseAnswer,
        Behaviour::LoseCall,
        Behaviour::HangAfter,
        Behaviour::HangBefore,
    ];
    for step in [
        Step::Withdraw,
        Step::OpenAccount,
        Step::GrantBalance,
        Step::Enable,
    ] {
        for behaviour in unclear {
            for database in databases() {
                let w = world(&database, true).await;
                w.server.plan(step, &[behaviour, behaviour]);
                let begun = buy(&w, PAID).await;
                assert_eq!(begun.state, State::Doing(step), "{step:?} {behaviour:?}");
                run_until_rest(&w, begun.id).await;
                let end = load(&w, begun.id).await;
                assert_eq!(end.state, State::Active, "{step:?} {behaviour:?}");
                assert_eq!(entries_of_purchase(&w, &end).await, "Fee InitialBalance");
                w.assert_whole().await;
            }
        }
    }
}

#[tokio::test]
async fn a_purchase_that_was_left_behind_goes_on_by_itself() {
    for database in databases() {
        let w = world(&database, true).await;
        w.server.plan(Step::Enable, &[Behaviour::LoseAnswer]);
        let begun = buy(&w, PAID).await;
        assert_eq!(begun.state, State::Doing(Step::Enable));
        w.clock.advance_micros(120_000_000);
        let rested = async {
            while load(&w, begun.id).await.state.step().is_some() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = w.app.run_chores(None, None) => unreachable!("chores go on for ever"),
            () = rested => {}
        }
        assert_eq!(load(&w, begun.id).await.state, State::Active);
    }
}

#[tokio::test]
async fn a_server_that_stays_silent_is_shown_to_staff() {
    for database in databases() {
        let w = world(&database, true).await;
        w.server
            .plan(Step::GrantBalance, &[Behaviour::LoseAnswer; 3]);
        let begun = buy(&w, PAID).await;
        run_until_rest(&w, begun.id).await;
        let stuck = load(&w, begun.id).await;
        assert_eq!(stuck.state, State::Stuck(Step::GrantBalance));
        assert!(stuck.note.contains("lost"), "{}", stuck.note);
        let listed = w
            .app
            .store
            .read(|tx| repo::purchases::wanting_staff(tx, crate::support::BRAND, None, 10))
            .await
            .unwrap();
        assert_eq!(listed, [stuck]);
    }
}

#[tokio::test]
async fn a_cancel_in_the_dark_undoes_what_was_done_and_only_that() {
    use Behaviour::{LoseAnswer, LoseCall};
    let cases = [
        (Step::Withdraw, LoseCall, "", State::Failed),
        (
            Step::Withdraw,
            LoseAnswer,
            "Fee FeeRollback",
            State::Refunded,
        ),
        (
            Step::OpenAccount,
            LoseCall,
            "Fee FeeRollback",
            State::Refunded,
        ),
        (
            Step::GrantBalance,
            LoseCall,
            "Fee FeeRollback",
            State::Refunded,
        ),
        (
            Step::GrantBalance,
            LoseAnswer,
            "Fee InitialBalance InitialBalanceRollback FeeRollback",
            State::Refunded,
        ),
    ];
    for (step, behaviour, entries, end) in cases {
        for database in databases() {
            let w = world(&database, true).await;
            w.server.plan(step, &[behaviour]);
            let begun = buy(&w, PAID).await;
            w.app
                .cancel_purchase(w.customer, begun.id)
                .await
                .expect("a cancel");
            run_until_rest(&w, begun.id).await;
            let ended = load(&w, begun.id).await;
            assert_eq!(
                (ended.state, ended.failure_reason),
                (end, Some(FailureReason::Cancelled))
            );
            assert_eq!(
                entries_of_purchase(&w, &ended).await,
                entries,
                "{step:?} {behaviour:?}"
            );
            assert_eq!(wallet(&w).await, (120_000, 0));
            w.assert_whole().await;
        }
    }
}

#[tokio::test]
async fn a_refused_payment_can_be_tried_again() {
    for database in databases() {
        let w = world(&database, true).await;
        w.server.plan(Step::Withdraw, &[Behaviour::Refuse]);
        let failed = buy(&w, PAID).await;
        assert!(failed.lifecycle().can_retry);
        let bought = w
            .app
            .retry_purchase(w.customer, failed.id)
            .await
            .expect("a retry");
        assert_eq!(
            (
                bought.purchase.id,
                bought.purchase.attempt,
                bought.purchase.state
            ),
            (failed.id, 2, State::Active)
        );
        assert_eq!(wallet(&w).await, (70_100, 0));
        w.assert_whole().await;
    }
}

#[tokio::test]
async fn a_repeat_that_waits_for_the_end_is_still_a_repeat() {
    for database in databases() {
        let w = world(&database, true).await;
        w.server.plan(Step::Withdraw, &[Behaviour::LoseAnswer]);
        let request = BuyRequest {
            program_id: PAID,
            payer_login: PAYER,
            idempotency_key: Some("k".into()),
            choice: Choice::default(),
        };
        let begun = w
            .app
            .buy(w.customer, request.clone())
            .await
            .expect("a purchase");
        assert_eq!(begun.purchase.state, State::Doing(Step::Withdraw));
        w.clock.advance_micros(120_000_000);
        let again = w.app.buy(w.customer, request).await.expect("a repeat");
        assert_eq!(again.purchase.state, State::Active);
        assert!(again.idempotent && again.temporary_password.is_none());
    }
}

fn plan_for(w: &World, plan: &str) {
    for part in plan.split(',').map(str::trim).filter(|part| *part != "-") {
        let (step, behaviour) = part.split_once(' ').expect("step and behaviour");
        let step = Step::ALL
            .into_iter()
            .find(|s| s.name() == step)
            .expect("a step");
        let behaviour = Behaviour::ALL
            .into_iter()
            .find(|b| format!("{b:?}") == behaviour)
            .expect("a behaviour");
        w.server.plan(step, &[behaviour]);
    }
}

async fn buy(w: &World, program_id: ProgramId) -> Purchase {
    let request = BuyRequest {
        program_id,
        payer_login: PAYER,
        idempotency_key: None,
        choice: Choice::default(),
    };
    match w.app.buy(w.customer, request).await {
        Ok(bought) => bought.purchase,
        Err(BuyError::Failed { bought, .. }) => bought.purchase,
        Err(other) => panic!("{other:?}"),
    }
}

/// Lets time pass and the runner look, until nothing is due any more.
async fn run_until_rest(w: &World, id: PurchaseId) {
    for _ in 0..50 {
        if load(w, id).await.state.step().is_none() {
            return;
        }
        w.clock.advance_micros(120_000_000);
        w.app.drive_due().await.expect("a look of the runner");
    }
    panic!("purchase {id} never rests");
}

async fn load(w: &World, id: PurchaseId) -> Purchase {
    w.app
        .store
        .read(move |tx| repo::purchases::get(tx, id))
        .await
        .unwrap()
        .expect("the purchase")
}

async fn entries_of(w: &World) -> String {
    let purchase = load(w, PurchaseId(10)).await;
    entries_of_purchase(w, &purchase).await
}

async fn entries_of_purchase(w: &World, p: &Purchase) -> String {
    let id = p.id;
    let entries = w
        .app
        .store
        .read(move |tx| repo::ledger::of_purchase(tx, id))
        .await
        .unwrap();
    entries
        .iter()
        .map(|e| format!("{:?}", e.operation))
        .collect::<Vec<_>>()
        .join(" ")
}

async fn wallet(w: &World) -> (i64, i64) {
    let (account, _) = w
        .app
        .store
        .read(|tx| repo::accounts::get(tx, PAYER))
        .await
        .unwrap()
        .unwrap();
    (account.balance_minor, account.held_minor)
}

/// Balance and held money that follow from where a first purchase rests.
fn wallet_after(p: &Purchase) -> (i64, i64) {
    let taken = matches!(p.state, State::Active | State::Stuck(_)) && p.fee_order.is_some();
    (
        if taken {
            120_000 - p.price.minor
        } else {
            120_000
        },
        0,
    )
}
