//! Filling and emptying a wallet.

use crate::support::{PAID, World, world, world_with};
use std::sync::Arc;
use touchstone_app::cashier::{DemoChoice, PaymentOutcome};
use touchstone_app::transactions::{
    Decision, DepositRequest, WalletError, WithdrawRequest, Withdrawn,
};
use touchstone_domain::transaction::Transaction;
use touchstone_domain::{Currency, Login, TransactionId};
use touchstone_store::repo;
use touchstone_store::testing::databases;

const USD: Currency = Currency::USD;
const WALLET: Login = Login(100_001);

async fn deposit(w: &World, amount: &str) -> Result<Transaction, WalletError> {
    let request = DepositRequest {
        login: Some(WALLET),
        amount: amount.into(),
    };
    w.app.deposit(w.trader, request).await.map(|(t, _)| t)
}

async fn withdraw(w: &World, login: Option<Login>, amount: &str) -> Result<Withdrawn, WalletError> {
    let request = WithdrawRequest {
        login,
        amount: amount.into(),
        payment_data: Some(r#"{"iban":"DE00"}"#.into()),
        comment: "holiday".into(),
    };
    w.app.withdraw(w.trader, request).await
}

/// Balance and what is held back, in minor units.
async fn balance(w: &World) -> (i64, i64) {
    w.app
        .store
        .read(|tx| repo::accounts::get(tx, WALLET))
        .await
        .unwrap()
        .map(|(account, _)| (account.balance_minor, account.held_minor))
        .expect("a wallet")
}

#[tokio::test]
async fn a_deposit_arrives_when_it_is_paid() {
    for database in databases() {
        let w = world(&database).await;
        w.clock.advance_micros(1);
        let request = DepositRequest {
            login: Some(WALLET),
            amount: "250.50".into(),
        };
        let (deposit, session) = w.app.deposit(w.trader, request).await.unwrap();
        assert_eq!(balance(&w).await, (120_000, 0));
        let url = session.expect("a page").url;
        let token = url.rsplit('/').next().expect("a token");
        w.app
            .decide_at_demo_cashier(token, DemoChoice::Pay)
            .await
            .unwrap();
        assert_eq!(balance(&w).await, (145_050, 0));
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 25050 USD 1",
                "deposit -3>100001 25050 USD 1",
            ]
        );
        assert!(w.transaction(deposit.id).await.order.is_some());
        w.assert_books().await;
    }
}

#[tokio::test]
async fn staff_may_vouch_for_a_deposit_or_take_what_came() {
    for database in databases() {
        let w = world(&database).await;
        let vouched = deposit(&w, "100").await.unwrap();
        let partly = deposit(&w, "100").await.unwrap();
        w.approve(vouched.id).await.unwrap();
        assert_eq!(balance(&w).await, (130_000, 0));
        w.receive("e1", partly.id, 4_000, USD).await;
        assert_eq!(balance(&w).await, (130_000, 0));
        w.approve(partly.id).await.unwrap();
        assert_eq!(balance(&w).await, (134_000, 0));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn what_does_not_fit_a_deposit_goes_back() {
    for database in databases() {
        let w = world(&database).await;
        let over = deposit(&w, "100").await.unwrap();
        let declined = deposit(&w, "100").await.unwrap();
        assert_eq!(
            w.receive("e1", over.id, 11_000, USD).await,
            PaymentOutcome::Overpaid
        );
        w.decide(declined.id, Decision::Decline).await.unwrap();
        assert_eq!(
            w.receive("e2", declined.id, 10_000, USD).await,
            PaymentOutcome::RefundDue
        );
        assert_eq!(
            w.transactions().await,
            [
                "1 DEPOSIT OVERPAID 100.00 USD 11000",
                "2 DEPOSIT DECLINED 100.00 USD 10000",
                "3 DEPOSIT_REFUND PENDING 10.00 USD 0",
                "4 DEPOSIT_REFUND PENDING 100.00 USD 0",
            ]
        );
        assert_eq!(balance(&w).await, (130_000, 0));
        w.assert_books().await;
        for refund in [3, 4] {
            w.approve(TransactionId(refund)).await.unwrap();
        }
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_withdrawal_holds_the_money_until_staff_decide() {
    for database in databases() {
        let w = world(&database).await;
        w.clock.advance_micros(1);
        let paid = withdraw(&w, Some(WALLET), "200.00").await.unwrap();
        assert_eq!(paid.available.fixed(), "1000.00");
        let declined = withdraw(&w, Some(WALLET), "1000.00").await.unwrap();
        assert_eq!(declined.available.fixed(), "0.00");
        assert_eq!(balance(&w).await, (120_000, 120_000));
        let error = withdraw(&w, Some(WALLET), "0.01").await.unwrap_err();
        assert!(
            matches!(error, WalletError::NotEnough { available } if available.is_zero()),
            "{error:?}"
        );
        w.assert_books().await;

        w.approve(paid.transaction.id).await.unwrap();
        w.decide(declined.transaction.id, Decision::Decline)
            .await
            .unwrap();
        assert_eq!(balance(&w).await, (100_000, 0));
        assert_eq!(w.postings().await, ["withdrawal 100001>-2 20000 USD 1"]);
        w.assert_books().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_withdrawals_at_once_take_no_more_than_there_is() {
    for database in databases() {
        let w = Arc::new(world(&database).await);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let w = w.clone();
                tokio::spawn(async move { withdraw(&w, Some(WALLET), "500").await.is_ok() })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += i64::from(task.await.unwrap());
        }
        assert_eq!(done, 2);
        assert_eq!(balance(&w).await, (120_000, 100_000));
        w.assert_books().await;
    }
}

#[tokio::test]
async fn only_a_wallet_of_ones_own_is_filled_or_emptied() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(PAID).await;
        w.approve(journey.transaction_id).await.unwrap();
        for foreign in [journey.login, Login(100_003), Login(1)] {
            let error = withdraw(&w, Some(foreign), "1").await.unwrap_err();
            assert!(matches!(error, WalletError::NotAWallet), "{error:?}");
        }
        // Customer 5 has two, customer 6 has one.
        let error = withdraw(&w, None, "1").await.unwrap_err();
        assert!(matches!(error, WalletError::SeveralWallets), "{error:?}");
        let only = DepositRequest {
            login: None,
            amount: "1".into(),
        };
        let (deposit, _) = w.app.deposit(w.rival, only).await.unwrap();
        assert_eq!(deposit.login, Some(Login(100_003)));
    }
}

#[tokio::test]
async fn amounts_have_bounds_and_pending_ones_a_limit() {
    for database in databases() {
        let w = world_with(&database, false, |s| {
            s.pending_deposits_limit = 1;
            s.pending_withdrawals_limit = 1;
        })
        .await;
        for wrong in ["0", "-1", "0.001", "10000000.01", "abc", "1e3"] {
            assert!(deposit(&w, wrong).await.is_err(), "{wrong}");
            assert!(withdraw(&w, Some(WALLET), wrong).await.is_err(), "{wrong}");
        }
        deposit(&w, "0.01").await.unwrap();
        withdraw(&w, Some(WALLET), "0.01").await.unwrap();
        let error = deposit(&w, "1").await.unwrap_err();
        assert!(matches!(error, WalletError::TooManyPending { limit: 1 }));
        let error = withdraw(&w, Some(WALLET), "1").await.unwrap_err();
        assert!(matches!(error, WalletError::TooManyPending { limit: 1 }));
        w.assert_books().await;
    }
}
