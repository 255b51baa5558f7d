//! Paying at a cashier: sessions, messages that come twice, and money that does not fit.

use crate::support::{PAID, World, notice, world, world_with};
use touchstone_app::cashier::{DemoChoice, PayError, PaymentOutcome, PaymentWhat, ReceiveError};
use touchstone_app::transactions::{Decision, TransactionError};
use touchstone_domain::{Currency, Money, TransactionId};
use touchstone_store::testing::databases;

const USD: Currency = Currency::USD;
const EUR: Currency = Currency::EUR;

/// The token at the end of the URL that `pay` answered.
async fn token(w: &World, id: TransactionId) -> String {
    let session = w.app.pay_transaction(w.trader, id).await.expect("a page");
    assert_eq!(session.cashier_id, "demo");
    let (before, token) = session.url.rsplit_once('/').expect("a path");
    assert_eq!(before, "http://127.0.0.1:8080/cashier");
    token.to_owned()
}

#[tokio::test]
async fn paying_at_the_demo_cashier_activates_once() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let token = token(&w, journey.transaction_id).await;
        assert_eq!(w.postings().await, Vec::<String>::new());
        let page = w.app.demo_cashier(&token).await.unwrap().expect("a page");
        assert_eq!(page.due, Some(Money::new(49_900, USD)));

        for _ in 0..2 {
            w.app
                .decide_at_demo_cashier(&token, DemoChoice::Pay)
                .await
                .unwrap();
        }
        w.app
            .decide_at_demo_cashier(&token, DemoChoice::Decline)
            .await
            .unwrap();
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
        let page = w.app.demo_cashier(&token).await.unwrap().expect("a page");
        assert_eq!(
            (page.due, page.outcome),
            (None, Some(PaymentOutcome::Approved))
        );
        let error = w
            .app
            .pay_transaction(w.trader, journey.transaction_id)
            .await
            .unwrap_err();
        assert!(matches!(error, PayError::NotPayable { .. }), "{error:?}");
        w.assert_books().await;
    }
}

#[tokio::test]
async fn declining_at_the_demo_cashier_ends_the_journey() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let token = token(&w, journey.transaction_id).await;
        w.app
            .decide_at_demo_cashier(&token, DemoChoice::Decline)
            .await
            .unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned abandoned closed 0"
        );
    }
}

#[tokio::test]
async fn a_page_is_for_its_owner_and_for_a_while() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let foreign = w
            .app
            .pay_transaction(w.rival, journey.transaction_id)
            .await
            .unwrap_err();
        assert!(matches!(foreign, PayError::NotFound), "{foreign:?}");
        let token = token(&w, journey.transaction_id).await;
        assert_eq!(w.app.demo_cashier("guessed").await.unwrap(), None);
        w.clock.advance_micros(3_600_000_000);
        assert_eq!(w.app.demo_cashier(&token).await.unwrap(), None);
        let late = w
            .app
            .decide_at_demo_cashier(&token, DemoChoice::Pay)
            .await
            .unwrap_err();
        assert!(matches!(late, ReceiveError::NotFound), "{late:?}");
    }
}

#[tokio::test]
async fn a_message_counts_once_and_answers_the_same() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let id = journey.transaction_id;
        w.clock.advance_micros(1);
        for _ in 0..2 {
            assert_eq!(
                w.receive("e1", id, 20_000, USD).await,
                PaymentOutcome::Underpaid
            );
        }
        let other = PaymentWhat::Received(Money::new(20_001, USD));
        let error = w
            .app
            .receive_payment(notice("e1", id, other))
            .await
            .unwrap_err();
        assert!(matches!(error, ReceiveError::Conflict { .. }), "{error:?}");
        assert_eq!(
            w.receive("e2", id, 29_900, USD).await,
            PaymentOutcome::Approved
        );
        assert_eq!(
            w.receive("e1", id, 20_000, USD).await,
            PaymentOutcome::Underpaid
        );
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 20000 USD 1",
                "cashier_received -2>-3 29900 USD 1",
                "cashier_fee -3>-1 49900 USD 1",
                "initial_balance -10>2000100 10000000 USD 1",
            ]
        );
        let declined = w
            .app
            .receive_payment(notice("e3", id, PaymentWhat::Declined))
            .await
            .unwrap();
        assert_eq!(declined.outcome, PaymentOutcome::Ignored);
        let unknown = notice("e4", TransactionId(99), PaymentWhat::Declined);
        let error = w.app.receive_payment(unknown).await.unwrap_err();
        assert!(matches!(error, ReceiveError::NotFound), "{error:?}");
        w.assert_books().await;
    }
}

#[tokio::test]
async fn too_much_activates_and_the_surplus_goes_back() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        w.clock.advance_micros(1);
        let outcome = w.receive("e1", journey.transaction_id, 50_000, USD).await;
        assert_eq!(outcome, PaymentOutcome::Overpaid);
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        assert_eq!(
            w.transactions().await,
            [
                "1 CHALLENGE_FEE OVERPAID 499.00 USD 50000",
                "2 CHALLENGE_FEE_REFUND PENDING 1.00 USD 0",
            ]
        );
        w.assert_books().await;
        w.approve(TransactionId(2)).await.unwrap();
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 50000 USD 1",
                "cashier_fee -3>-1 49900 USD 1",
                "initial_balance -10>2000100 10000000 USD 1",
                "cashier_refund_paid -3>-2 100 USD 2",
            ]
        );
        // The challenge that was paid for stays.
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn another_currency_is_kept_and_owed_while_the_fee_still_waits() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let id = journey.transaction_id;
        assert_eq!(
            w.receive("e1", id, 49_900, EUR).await,
            PaymentOutcome::RefundDue
        );
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "pending_payment awaiting_payment inactive 0"
        );
        assert_eq!(
            w.transactions().await,
            [
                "1 CHALLENGE_FEE PENDING 499.00 USD 0",
                "2 CHALLENGE_FEE_REFUND PENDING 499.00 EUR 0",
            ]
        );
        w.assert_books().await;
        w.decide(id, Decision::Decline).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refund_due closed 0"
        );
        w.approve(TransactionId(2)).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refunded closed 0"
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn money_after_the_end_is_kept_until_all_of_it_is_back() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let id = journey.transaction_id;
        w.decide(id, Decision::Decline).await.unwrap();
        for (event, minor) in [("e1", 49_900), ("e2", 100)] {
            assert_eq!(
                w.receive(event, id, minor, USD).await,
                PaymentOutcome::RefundDue
            );
        }
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refund_due closed 0"
        );
        w.assert_books().await;
        w.approve(TransactionId(2)).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refund_due closed 0"
        );
        w.approve(TransactionId(3)).await.unwrap();
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "abandoned refunded closed 0"
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn money_for_what_is_paid_already_goes_back_and_the_challenge_stays() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        let id = journey.transaction_id;
        w.approve(id).await.unwrap();
        assert_eq!(
            w.receive("e1", id, 49_900, USD).await,
            PaymentOutcome::RefundDue
        );
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        w.assert_books().await;
        // A refund takes no payment.
        let refund = PaymentWhat::Received(Money::new(1, USD));
        for what in [refund, PaymentWhat::Received(Money::new(1, EUR))] {
            let error = w
                .app
                .receive_payment(notice("e2", TransactionId(2), what))
                .await
                .unwrap_err();
            assert!(
                matches!(
                    error,
                    ReceiveError::Transaction(TransactionError::Refused(_))
                ),
                "{error:?}"
            );
        }
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_payment_is_delivered_by_a_remote_server_too() {
    for database in databases() {
        let w = world_with(&database, true, |_| {}).await;
        let journey = w.enroll(PAID).await;
        let outcome = w.receive("e1", journey.transaction_id, 49_900, USD).await;
        assert_eq!(outcome, PaymentOutcome::Approved);
        assert_eq!(
            w.stands(journey.challenge_id).await,
            "active active enabled 10000000"
        );
        w.assert_books().await;
    }
}
