//! What staff decide, what the ledger says of it, and that it is decided once.

use crate::support::{PAID, World, world, world_with};
use touchstone_app::journeys::JourneyError;
use touchstone_app::ports::Behaviour;
use touchstone_app::transactions::{Decision, TransactionError};
use touchstone_domain::purchase::{FailureReason, Step};
use touchstone_domain::{Currency, TransactionId};
use touchstone_store::testing::databases;

const USD: Currency = Currency::USD;

#[tokio::test]
async fn an_approved_fee_is_received_earned_and_delivered() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let approved = w.approve(journey.transaction_id).await.unwrap();
        assert_eq!(approved.approved_by, Some(w.admin.staff_id));
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 49900 USD 1",
                "cashier_fee -3>-1 49900 USD 1",
                "initial_balance -10>2000100 10000000 USD 1",
            ]
        );
        w.assert_books().await;

        for decision in [Decision::Approve, Decision::Decline] {
            let error = w
                .decide(journey.transaction_id, decision)
                .await
                .unwrap_err();
            assert!(matches!(error, TransactionError::Refused(_)), "{error:?}");
        }
        let cancel = w
            .app
            .cancel_journey(w.admin, journey.challenge_id, "late".into())
            .await
            .unwrap_err();
        assert!(
            matches!(cancel, JourneyError::NotPending { status: "active" }),
            "{cancel:?}"
        );
        assert_eq!(w.postings().await.len(), 3);
    }
}

#[tokio::test]
async fn what_was_declined_or_cancelled_is_abandoned() {
    for database in databases() {
        let w = world(&database).await;
        let declined = w.enroll(PAID).await;
        let cancelled = w.enroll(PAID).await;
        let withdrawn = w.enroll(PAID).await;
        w.decide(declined.transaction_id, Decision::Decline)
            .await
            .unwrap();
        w.app
            .cancel_journey(w.admin, cancelled.challenge_id, "changed his mind".into())
            .await
            .unwrap();
        let (purchase, ..) = w.journey(withdrawn.challenge_id).await;
        w.app.cancel_purchase(w.trader, purchase.id).await.unwrap();
        for (journey, reason) in [
            (&declined, FailureReason::PaymentDeclined),
            (&cancelled, FailureReason::Cancelled),
            (&withdrawn, FailureReason::Cancelled),
        ] {
            assert_eq!(
                w.stands(journey.challenge_id).await,
                "abandoned abandoned closed 0"
            );
            let (purchase, ..) = w.journey(journey.challenge_id).await;
            assert_eq!(purchase.failure_reason, Some(reason));
        }
        assert_eq!(
            w.transactions().await,
            [
                "1 CHALLENGE_FEE DECLINED 499.00 USD 0",
                "2 CHALLENGE_FEE DECLINED 499.00 USD 0",
                "3 CHALLENGE_FEE DECLINED 499.00 USD 0",
            ]
        );
        let again = w
            .app
            .cancel_journey(w.admin, cancelled.challenge_id, "again".into())
            .await
            .unwrap_err();
        assert!(
            matches!(
                again,
                JourneyError::NotPending {
                    status: "abandoned"
                }
            ),
            "{again:?}"
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn another_brands_staff_find_nothing() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let error = w
            .app
            .decide_transaction(
                w.stranger,
                journey.transaction_id,
                Decision::Approve,
                String::new(),
            )
            .await
            .unwrap_err();
        assert!(matches!(error, TransactionError::NotFound), "{error:?}");
        let error = w
            .app
            .cancel_journey(w.stranger, journey.challenge_id, String::new())
            .await
            .unwrap_err();
        assert!(matches!(error, JourneyError::NotFound), "{error:?}");
        let error = w.approve(TransactionId(999)).await.unwrap_err();
        assert!(matches!(error, TransactionError::NotFound), "{error:?}");
    }
}

#[tokio::test]
async fn staff_may_waive_the_rest() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        w.receive("e1", journey.transaction_id, 40_000, USD).await;
        w.approve(journey.transaction_id).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 40000 USD 1",
                "cashier_fee -3>-1 40000 USD 1",
                "initial_balance -10>2000100 10000000 USD 1",
            ]
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_part_that_came_in_goes_back_when_it_is_declined() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        w.receive("e1", journey.transaction_id, 40_000, USD).await;
        w.decide(journey.transaction_id, Decision::Decline)
            .await
            .unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refund_due closed 0"
        );
        assert_eq!(
            w.transactions().await,
            [
                "1 CHALLENGE_FEE DECLINED 499.00 USD 40000",
                "2 CHALLENGE_FEE_REFUND PENDING 400.00 USD 0",
            ]
        );
        w.assert_books().await;
        pay_back(&w, TransactionId(2)).await;
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refunded closed 0"
        );
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 40000 USD 1",
                "cashier_refund_paid -3>-2 40000 USD 2",
            ]
        );
    }
}

/// A refund cannot be declined, and is paid once.
async fn pay_back(w: &World, refund: TransactionId) {
    let declined = w.decide(refund, Decision::Decline).await.unwrap_err();
    assert!(
        matches!(declined, TransactionError::Refused(_)),
        "{declined:?}"
    );
    w.approve(refund).await.unwrap();
    let twice = w.approve(refund).await.unwrap_err();
    assert!(matches!(twice, TransactionError::Refused(_)), "{twice:?}");
    w.assert_books().await;
}

#[tokio::test]
async fn a_paid_journey_that_cannot_be_delivered_is_owed() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        w.server.plan(Step::GrantBalance, &[Behaviour::Refuse]);
        w.approve(journey.transaction_id).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refund_due closed 0"
        );
        assert_eq!(
            w.transactions().await,
            [
                "1 CHALLENGE_FEE APPROVED 499.00 USD 0",
                "2 CHALLENGE_FEE_REFUND PENDING 499.00 USD 0",
            ]
        );
        w.assert_books().await;
        pay_back(&w, TransactionId(2)).await;
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 49900 USD 1",
                "cashier_fee -3>-1 49900 USD 1",
                "cashier_fee_refund_due -1>-3 49900 USD 1",
                "cashier_refund_paid -3>-2 49900 USD 2",
            ]
        );
    }
}

#[tokio::test]
async fn a_remote_delivery_goes_on_after_the_approval() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        let journey = w.enroll(PAID).await;
        w.approve(journey.transaction_id).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_template_that_was_edited_meanwhile_changes_nothing() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let (before, ..) = w.journey(journey.challenge_id).await;
        w.app
            .store
            .write(|tx| {
                use touchstone_store::repo;
                let mut program = repo::programs::lock(tx, touchstone_domain::BrandId(1), PAID)?
                    .expect("a program");
                program.current.id = touchstone_domain::ProgramVersionId(
                    tx.next_id(repo::counters::PROGRAM_VERSION)?,
                );
                program.current.number += 1;
                program.current.terms.price.minor = 1;
                program.current.terms.steps[0].initial_balance_minor = 1;
                program.status = touchstone_domain::program::ProgramStatus::Disabled;
                repo::programs::update(tx, &program, true)
            })
            .await
            .unwrap();
        w.approve(journey.transaction_id).await.unwrap();
        let (after, challenge, account) = w.journey(journey.challenge_id).await;
        assert_eq!(after.price, before.price);
        assert_eq!(
            (after.version_id, challenge.version_id),
            (before.version_id, before.version_id)
        );
        assert_eq!(account.balance_minor, 10_000_000);
        w.assert_books().await;
    }
}
