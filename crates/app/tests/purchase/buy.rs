//! The documented purchase, its repeats, and many at once.

use crate::support::{FREE, PAID, PAYER, world};
use touchstone_app::purchase::{BuyError, BuyRequest, Choice};
use touchstone_domain::purchase::{Block, State};
use touchstone_domain::{Login, OrderNo, ProgramId};
use touchstone_store::repo;
use touchstone_store::testing::databases;

fn request(program_id: ProgramId, key: Option<&str>) -> BuyRequest {
    BuyRequest {
        program_id,
        payer_login: PAYER,
        idempotency_key: key.map(Into::into),
        choice: Choice::default(),
    }
}

#[tokio::test]
async fn the_documents_request_gives_the_documents_numbers() {
    for database in databases() {
        let w = world(&database, false).await;
        let bought = w
            .app
            .buy(w.customer, request(PAID, Some("k")))
            .await
            .expect("a purchase");
        let p = &bought.purchase;
        assert_eq!((p.id.0, p.state), (10, State::Active));
        assert_eq!(bought.challenge.as_ref().map(|c| c.id.0), Some(12));
        let (account, group) = bought.account.clone().expect("an account");
        assert_eq!(
            (account.login, account.balance_minor, account.enabled),
            (Login(2_000_100), 10_000_000, true)
        );
        assert_eq!(group.name, "PROP-DEMO-100K");
        assert_eq!(
            (p.fee_order, p.initial_balance_order),
            (Some(OrderNo(500_100)), Some(OrderNo(500_101)))
        );
        assert_eq!(
            bought.temporary_password.as_ref().map(String::len),
            Some(12)
        );

        let entries = w
            .app
            .store
            .read(move |tx| {
                let mut entries = repo::ledger::of_account(tx, PAYER, OrderNo(i64::MAX), 10)?;
                entries.extend(repo::ledger::of_account(
                    tx,
                    Login(2_000_100),
                    OrderNo(i64::MAX),
                    10,
                )?);
                Ok::<_, touchstone_store::StoreError>(entries)
            })
            .await
            .unwrap();
        let lines: Vec<String> = entries
            .iter()
            .map(|e| {
                format!(
                    "{} {} {} {}",
                    e.order,
                    e.operation.command().name(),
                    e.signed_minor(),
                    e.api_data
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                r#"500100 OP_BALANCE_OUT -49900 {"module":"prop","operation":"challenge_fee","program_id":1,"purchase_id":10,"customer_id":5,"payer_login":100001,"challenge_login":2000100,"idempotency_key":"k"}"#,
                r#"1 OP_BALANCE_IN 120000 {"module":"finance","operation":"opening_balance"}"#,
                r#"500101 OP_BALANCE_IN 10000000 {"module":"prop","operation":"initial_balance","program_id":1,"purchase_id":10,"customer_id":5,"payer_login":100001,"challenge_login":2000100,"idempotency_key":"k"}"#,
            ]
        );
        assert_eq!(payer(&w).await, (70_100, 0));
    }
}

#[tokio::test]
async fn a_free_program_takes_no_fee() {
    for database in databases() {
        let w = world(&database, false).await;
        let bought = w
            .app
            .buy(w.customer, request(FREE, None))
            .await
            .expect("a purchase");
        assert_eq!(
            (bought.purchase.fee_order, bought.purchase.state),
            (None, State::Active)
        );
        assert_eq!(payer(&w).await, (120_000, 0));
    }
}

#[tokio::test]
async fn a_repeat_answers_with_the_purchase_and_never_the_password() {
    for database in databases() {
        let w = world(&database, false).await;
        let first = w
            .app
            .buy(w.customer, request(PAID, Some("k")))
            .await
            .unwrap();
        let again = w
            .app
            .buy(w.customer, request(PAID, Some("k")))
            .await
            .unwrap();
        assert!(again.idempotent && again.temporary_password.is_none());
        assert_eq!(again.purchase, first.purchase);
        assert_eq!(again.challenge, first.challenge);
        let other = w.app.buy(w.customer, request(FREE, Some("k"))).await;
        assert!(
            matches!(
                other,
                Err(BuyError::KeyConflict {
                    field: "program_id"
                })
            ),
            "{other:?}"
        );
        let other = BuyRequest {
            payer_login: Login(1),
            ..request(PAID, Some("k"))
        };
        let other = w.app.buy(w.customer, other).await;
        assert!(
            matches!(
                other,
                Err(BuyError::KeyConflict {
                    field: "payer_login"
                })
            ),
            "{other:?}"
        );
        assert_eq!(payer(&w).await, (70_100, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_many_times_at_once_is_one_purchase() {
    for database in databases() {
        let w = world(&database, false).await;
        let requests = (0..40).map(|_| {
            let app = w.app.clone();
            tokio::spawn(async move { app.buy(w.customer, request(PAID, Some("k"))).await })
        });
        let mut fresh = 0;
        for task in requests.collect::<Vec<_>>() {
            let bought = task.await.unwrap().expect("an answer");
            assert_eq!(bought.purchase.id.0, 10);
            fresh += i32::from(!bought.idempotent);
        }
        assert_eq!((fresh, payer(&w).await), (1, (70_100, 0)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_never_overdrawn() {
    for database in databases() {
        let w = world(&database, false).await;
        let requests = (0..20).map(|_| {
            let app = w.app.clone();
            tokio::spawn(async move { app.buy(w.customer, request(PAID, None)).await })
        });
        let mut bought = 0;
        for task in requests.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(_) => bought += 1,
                Err(BuyError::Blocked(Block::NotEnoughFunds { .. })) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((bought, payer(&w).await), (2, (20_200, 0)));
    }
}

/// Balance and held money of the payer.
async fn payer(w: &crate::support::World) -> (i64, i64) {
    let (account, _) = w
        .app
        .store
        .read(|tx| repo::accounts::get(tx, PAYER))
        .await
        .unwrap()
        .unwrap();
    (account.balance_minor, account.held_minor)
}
