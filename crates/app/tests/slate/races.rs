//! Many at once: one right outcome each.

use crate::support::{PAID, World, notice, request, world, world_with};
use std::future::Future;
use std::sync::Arc;
use touchstone_app::cashier::PaymentWhat;
use touchstone_app::transactions::Decision;
use touchstone_domain::{Currency, Money, TransactionId};
use touchstone_store::testing::databases;

const USD: Currency = Currency::USD;

/// Starts `count` of them together and gives what they gave.
async fn at_once<T, F>(w: &Arc<World>, count: usize, run: impl Fn(Arc<World>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..count)
        .map(|place| tokio::spawn(run(w.clone(), place)))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("an answer"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_requests_with_one_key_are_one_journey() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let answers = at_once(&w, 20, |w, _| async move {
            w.app
                .enroll(w.trader, request(PAID, &[], Some("k")))
                .await
                .expect("a journey")
        })
        .await;
        assert_eq!(answers.iter().filter(|a| !a.replayed).count(), 1);
        assert!(
            answers
                .iter()
                .all(|a| a.challenge_id == answers[0].challenge_id)
        );
        assert_eq!(w.transactions().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_cap_holds_however_many_ask_at_once() {
    for database in databases() {
        let w = Arc::new(world_with(&database, false, |s| s.pending_journeys_limit = 3).await);
        let answers = at_once(&w, 12, |w, _| async move {
            w.try_enroll(PAID, &[]).await.is_ok()
        })
        .await;
        assert_eq!(answers.iter().filter(|ok| **ok).count(), 3);
        assert_eq!(w.transactions().await.len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_approvals_counts() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let id = journey.transaction_id;
        let answers = at_once(
            &w,
            8,
            move |w, _| async move { w.approve(id).await.is_ok() },
        )
        .await;
        assert_eq!(answers.iter().filter(|ok| **ok).count(), 1);
        assert_eq!(w.postings().await.len(), 3);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn approving_and_ending_at_once_has_one_outcome() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        for _ in 0..8 {
            let journey = w.enroll(PAID).await;
            let (purchase, ..) = w.journey(journey.challenge_id).await;
            let answers = at_once(&w, 4, move |w, place| async move {
                let id = journey.transaction_id;
                match place {
                    0 => w.approve(id).await.is_ok(),
                    1 => w.decide(id, Decision::Decline).await.is_ok(),
                    2 => w.app.cancel_purchase(w.trader, purchase.id).await.is_ok(),
                    _ => w
                        .app
                        .cancel_journey(w.admin, journey.challenge_id, "x".into())
                        .await
                        .is_ok(),
                }
            })
            .await;
            let ended = answers[1..].iter().filter(|ok| **ok).count();
            // An approval that lost the race is kept: the money it vouches for has to go back.
            let expected = match (answers[0], ended) {
                (true, 0) => "active active enabled 10000000",
                (true, 1) => "abandoned refund_due closed 0",
                (false, 1) => "abandoned abandoned closed 0",
                _ => panic!("{answers:?}"),
            };
            assert_eq!(w.stands(journey.challenge_id).await, expected);
        }
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_message_that_comes_many_times_at_once_counts_once() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let id = journey.transaction_id;
        let answers = at_once(&w, 8, move |w, _| async move {
            w.receive("e1", id, 49_900, USD).await
        })
        .await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(w.postings().await.len(), 3);

        // Different messages each count, and all but the first go back.
        at_once(&w, 6, move |w, place| async move {
            w.receive(&format!("m{place}"), id, 100, USD).await
        })
        .await;
        assert_eq!(w.transactions().await.len(), 7);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_event_id_for_two_transactions_counts_for_one() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        w.enroll(PAID).await;
        w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let answers = at_once(&w, 2, |w, place| async move {
            let id = TransactionId(i64::try_from(place).unwrap() + 1);
            let what = PaymentWhat::Received(Money::new(49_900, USD));
            w.app.receive_payment(notice("e1", id, what)).await.is_ok()
        })
        .await;
        assert_eq!(answers.iter().filter(|ok| **ok).count(), 1);
        assert_eq!(w.postings().await.len(), 3);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn refunds_that_are_paid_at_once_end_their_purchase() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let journey = w.enroll(PAID).await;
        let id = journey.transaction_id;
        w.decide(id, Decision::Decline).await.unwrap();
        for event in ["e1", "e2", "e3", "e4"] {
            w.receive(event, id, 10_000, USD).await;
        }
        let answers = at_once(&w, 4, |w, place| async move {
            let refund = TransactionId(i64::try_from(place).unwrap() + 2);
            w.approve(refund).await.is_ok()
        })
        .await;
        assert!(answers.iter().all(|ok| *ok));
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refunded closed 0"
        );
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_ask_for_a_reset_one_is_heard() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let id = w.breached().await;
        let answers = at_once(&w, 8, move |w, _| async move { w.reset(id).await.is_ok() }).await;
        assert_eq!(answers.iter().filter(|ok| **ok).count(), 1);
        assert_eq!(w.transactions().await.len(), 2);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reset_that_is_paid_and_ended_at_once_has_one_outcome() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        for _ in 0..4 {
            let id = w.breached().await;
            let fee = w.reset(id).await.expect("a reset").pending.expect("a fee");
            let answers = at_once(&w, 4, move |w, place| async move {
                match place {
                    0 => w.approve(fee).await.is_ok(),
                    1 => w.decide(fee, Decision::Decline).await.is_ok(),
                    2 => w.reset(id).await.is_ok(),
                    _ => {
                        let cancelled = w.app.cancel_journey(w.admin, id, "x".into());
                        cancelled.await.is_ok()
                    }
                }
            })
            .await;
            let ended = answers[1] || answers[3];
            let attempts = w.attempts(id).await.len();
            assert_eq!(attempts == 2, answers[0] && !ended, "{answers:?}");
            w.assert_books().await;
        }
    }
}
