//! Fees that a bank takes back, what staff do to wallets by hand, and two of the same at once.

use crate::support::{PAID, World, world, world_with};
use std::sync::Arc;
use touchstone_app::claims::{ClaimError, ClaimOn, ClaimRefusal, RefundAsk};
use touchstone_app::desk::DeskError;
use touchstone_app::purchase::{BuyRequest, Choice};
use touchstone_app::transactions::{Decision, ManualError, ManualRequest, TransactionFilter};
use touchstone_domain::claim::{ClaimEffect, FeeState};
use touchstone_domain::transaction::TransactionKind;
use touchstone_domain::{ChallengeId, Currency, Login, Money, TransactionId};
use touchstone_store::repo;
use touchstone_store::testing::databases;

const WALLET: Login = Login(100_001);

/// A journey that was paid at the cashier, and its fee.
async fn paid(w: &World) -> (ChallengeId, TransactionId) {
    let journey = w.enroll(PAID).await;
    w.clock.advance_micros(1);
    w.approve(journey.transaction_id).await.expect("approved");
    (journey.challenge_id, journey.transaction_id)
}

async fn charge_back(w: &World, id: TransactionId) -> Result<TransactionId, ClaimError> {
    let effect = ClaimEffect::Suspend;
    let taken = w
        .app
        .charge_back(w.admin, id, effect, "fraud".into())
        .await?;
    Ok(taken.claim.transaction_id.expect("a record"))
}

async fn win(w: &World, id: TransactionId) -> Result<(), ClaimError> {
    let won = w.app.reverse_chargeback(w.admin, id, "won".into()).await?;
    assert!(won.claim.reversal.is_some() && won.purchase.fee_state == FeeState::Earned);
    Ok(())
}

/// How the list of staff shows these, oldest first.
async fn shown(w: &World, kinds: [TransactionKind; 2]) -> Vec<(Option<FeeState>, bool)> {
    let filter = TransactionFilter {
        kinds: kinds.to_vec(),
        ..TransactionFilter::default()
    };
    let rows = w.app.transactions(w.admin, filter, 10, 0).await;
    let rows = rows.expect("a list").into_iter().rev();
    rows.map(|row| (row.fee_state, row.is_reversed)).collect()
}

const fn is_refused(error: &ClaimError) -> bool {
    matches!(error, ClaimError::Refused(ClaimRefusal::Fee(_)))
}

#[tokio::test]
async fn a_fee_that_a_bank_takes_is_there_again_when_the_dispute_is_won() {
    for database in databases() {
        let w = world(&database).await;
        let (journey, fee) = paid(&w).await;
        let before = w.postings().await.len();
        let taken = charge_back(&w, fee).await.expect("a chargeback");
        assert!(is_refused(&charge_back(&w, fee).await.unwrap_err()));
        let (purchase, challenge, account) = w.journey(journey).await;
        assert_eq!(purchase.fee_state, FeeState::ChargedBack);
        assert_eq!(purchase.lifecycle().payment_status.name(), "charged_back");
        // It rests: nothing of it has changed.
        assert_eq!(challenge.state.journey_status(), "active");
        assert!(account.enabled);
        let kinds = [TransactionKind::ChallengeFee, TransactionKind::Chargeback];
        let taken_back = Some(FeeState::ChargedBack);
        assert_eq!(shown(&w, kinds).await, [(taken_back, false), (None, false)]);
        win(&w, fee).await.expect("a dispute that was won");
        let earned = Some(FeeState::Earned);
        assert_eq!(shown(&w, kinds).await, [(earned, false), (None, true)]);
        assert!(is_refused(&win(&w, fee).await.unwrap_err()));
        assert_eq!(
            w.postings().await[before..],
            [
                format!("fee_chargeback -1>-2 49900 USD {taken}"),
                format!("fee_chargeback_reversed -2>-1 49900 USD {}", taken.0 + 1),
            ]
        );
        // A bank may take it once more.
        charge_back(&w, fee).await.expect("another chargeback");
        w.assert_books().await;
    }
}

#[tokio::test]
async fn what_has_no_fee_that_is_earned_is_left_alone() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let fee = journey.transaction_id;
        let refusal = charge_back(&w, fee).await.unwrap_err();
        let not_delivered = |error| {
            matches!(
                error,
                ClaimError::Refused(ClaimRefusal::NotDelivered { .. })
            )
        };
        assert!(not_delivered(refusal));
        w.clock.advance_micros(1);
        w.decide(fee, Decision::Decline).await.expect("declined");
        assert!(not_delivered(charge_back(&w, fee).await.unwrap_err()));
        let (_, fee) = paid(&w).await;
        let other = w
            .app
            .charge_back(w.stranger, fee, ClaimEffect::End, "x".into());
        assert!(matches!(other.await, Err(ClaimError::NotFound)));
        // A challenge that runs is called off by the desk alone, and none runs here.
        let ask = RefundAsk {
            reason: "x".into(),
            is_override: true,
            amount: None,
        };
        let refund = w.app.refund_fee(w.admin, ClaimOn::Transaction(fee), ask);
        let desk = |error| matches!(error, ClaimError::Desk(DeskError::Unavailable));
        assert!(desk(refund.await.unwrap_err()));
        let request = BuyRequest {
            program_id: PAID,
            payer_login: WALLET,
            idempotency_key: None,
            choice: Choice::default(),
        };
        let bought = w.app.buy(w.trader, request).await.expect("a purchase");
        let on = ClaimOn::Purchase(bought.purchase.id);
        let refused = w.app.refund_own_fee(w.rival, on).await;
        assert!(matches!(refused, Err(ClaimError::NotFound)));
        w.assert_books().await;
    }
}

/// At somebody else's trading server nothing is called off from here; what a bank has taken is written down all the same.
#[tokio::test]
async fn at_a_remote_server_what_runs_is_not_called_off() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        let (journey, fee) = paid(&w).await;
        let ask = |amount: Option<&str>| RefundAsk {
            reason: "goodwill".into(),
            is_override: true,
            amount: amount.map(Into::into),
        };
        let on = ClaimOn::Journey(journey);
        for wrong in ["0", "-1", "1.001", "x"] {
            let refused = w.app.refund_fee(w.admin, on, ask(Some(wrong))).await;
            assert!(matches!(refused, Err(ClaimError::Refused(_))), "{wrong}");
        }
        let refused = w.app.refund_fee(w.admin, on, ask(None)).await;
        assert!(matches!(
            refused,
            Err(ClaimError::Desk(DeskError::Unavailable))
        ));
        let effect = ClaimEffect::Suspend;
        let taken = w
            .app
            .charge_back(w.admin, fee, effect, "fraud".into())
            .await;
        assert!(!taken.expect("a chargeback").is_frozen);
        w.assert_books().await;
    }
}

async fn wallet(w: &World) -> (i64, i64) {
    let read = w.app.store.read(|tx| repo::accounts::get(tx, WALLET)).await;
    let (account, _) = read.expect("a store").expect("a wallet");
    (account.balance_minor, account.held_minor)
}

async fn by_hand(
    w: &World,
    kind: TransactionKind,
    amount: &str,
    is_approved: bool,
) -> Result<TransactionId, ManualError> {
    let request = ManualRequest {
        login: WALLET,
        kind,
        amount: amount.into(),
        currency: Some(Currency::USD),
        comment: "a reason".into(),
        payment_data: None,
        is_approved,
    };
    let made = w.app.make_manual_transaction(w.admin, request).await?;
    Ok(made.transaction.id)
}

async fn undo(w: &World, id: TransactionId) -> Result<TransactionId, ManualError> {
    let undone = w
        .app
        .reverse_manual_transaction(w.admin, id, "a mistake".into())
        .await?;
    Ok(undone.transaction.id)
}

#[tokio::test]
async fn what_staff_do_by_hand_is_undone_once_and_never_below_zero() {
    use TransactionKind::{CorrectionIn, CorrectionOut};
    for database in databases() {
        let w = world(&database).await;
        let (start, _) = wallet(&w).await;
        w.clock.advance_micros(1);
        let given = by_hand(&w, CorrectionIn, "80.50", true)
            .await
            .expect("given");
        assert_eq!(wallet(&w).await, (start + 8_050, 0));
        // Waiting, it moves nothing, but cannot be spent meanwhile.
        let taken = by_hand(&w, CorrectionOut, "100", false)
            .await
            .expect("asked for");
        assert_eq!(wallet(&w).await, (start + 8_050, 10_000));
        let most = Money::new(start + 8_050 - 10_000 + 1, Currency::USD).fixed();
        let more = by_hand(&w, CorrectionOut, &most, true).await.unwrap_err();
        assert!(matches!(more, ManualError::NotEnough { .. }));
        assert!(matches!(
            undo(&w, taken).await,
            Err(ManualError::NotReversible { .. })
        ));
        w.approve(taken).await.expect("approved");
        assert_eq!(wallet(&w).await, (start - 1_950, 0));
        let back = undo(&w, taken).await.expect("undone");
        assert_eq!(wallet(&w).await, (start + 8_050, 0));
        assert!(matches!(undo(&w, taken).await, Err(ManualError::Undone)));
        assert!(matches!(
            undo(&w, back).await,
            Err(ManualError::NotReversible { .. })
        ));
        let declined = by_hand(&w, CorrectionOut, "1", false)
            .await
            .expect("asked for");
        w.decide(declined, Decision::Decline)
            .await
            .expect("declined");
        assert_eq!(wallet(&w).await, (start + 8_050, 0));
        // What was given is gone meanwhile.
        let all = Money::new(start + 8_050, Currency::USD).fixed();
        by_hand(&w, CorrectionOut, &all, true).await.expect("taken");
        assert!(matches!(
            undo(&w, given).await,
            Err(ManualError::NotEnough { .. })
        ));
        for wrong in ["0", "-1", "0.001", "10000000.01", "1e3"] {
            let refused = by_hand(&w, CorrectionIn, wrong, true).await.unwrap_err();
            let told = matches!(
                refused,
                ManualError::Amount(_) | ManualError::OutOfRange { .. }
            );
            assert!(told, "{wrong}");
        }
        assert_eq!(wallet(&w).await, (0, 0));
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_counts() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let (_, fee) = paid(&w).await;
        let count = |answers: Vec<bool>| answers.into_iter().filter(|ok| *ok).count();
        let taken = at_once(
            &w,
            move |w| async move { charge_back(&w, fee).await.is_ok() },
        )
        .await;
        assert_eq!(count(taken), 1);
        let won = at_once(&w, move |w| async move { win(&w, fee).await.is_ok() }).await;
        assert_eq!(count(won), 1);
        let kind = TransactionKind::CorrectionIn;
        let given = by_hand(&w, kind, "5", true).await.expect("given");
        let undone = at_once(&w, move |w| async move { undo(&w, given).await.is_ok() }).await;
        assert_eq!(count(undone), 1);
        // All of it, wanted by everybody.
        let (balance, _) = wallet(&w).await;
        let all = Money::new(balance, Currency::USD).fixed();
        let emptied = at_once(&w, move |w| {
            let all = all.clone();
            async move {
                let kind = TransactionKind::CorrectionOut;
                by_hand(&w, kind, &all, true).await.is_ok()
            }
        });
        assert_eq!(count(emptied.await), 1);
        assert_eq!(wallet(&w).await, (0, 0));
        w.assert_books().await;
    }
}

async fn at_once<F>(w: &Arc<World>, run: impl Fn(Arc<World>) -> F) -> Vec<bool>
where
    F: Future<Output = bool> + Send + 'static,
{
    let tasks: Vec<_> = (0..6).map(|_| tokio::spawn(run(w.clone()))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("an answer"));
    }
    answers
}
