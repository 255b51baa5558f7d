//! Of an erasure and whatever else happens to a customer at once, one sees the other.

use crate::erasure::NAME;
use crate::support::{PAID, request, world};
use touchstone_app::identity::SessionError;
use touchstone_app::privacy::EraseError;
use touchstone_app::purchase::EnrollError;
use touchstone_app::transactions::{Decision, ManualError, ManualRequest};
use touchstone_domain::transaction::TransactionKind;
use touchstone_store::testing::databases;

#[tokio::test]
async fn whatever_is_begun_meanwhile_is_refused_or_stands_against_it() {
    for database in databases() {
        let w = world(&database).await;
        for turn in 0..6 {
            let caller = w.register().await;
            w.clock.advance_micros(1);
            let enroll = w.app.enroll(caller, request(PAID, &[], None));
            let open = w.app.open_account(caller, "REAL-USD".into());
            let (erased, enrolled, opened) = tokio::join!(
                w.app
                    .erase_customer(w.admin, caller.customer_id, "he asked".into()),
                enroll,
                open
            );
            match (&erased, &enrolled) {
                (Ok(_), Err(EnrollError::Session(SessionError::Ended))) => {}
                (Err(EraseError::Refused(_)), Ok(enrolled)) => {
                    w.decide(enrolled.transaction_id, Decision::Decline)
                        .await
                        .expect("a refusal");
                    w.clock.advance_micros(1);
                    w.app
                        .erase_customer(w.admin, caller.customer_id, "he asked".into())
                        .await
                        .expect("an erasure");
                }
                other => panic!("{turn}: {other:?}"),
            }
            drop(opened);
            w.assert_books().await;
        }
    }
}

#[tokio::test]
async fn of_an_erasure_and_a_correction_of_the_wallet_one_sees_the_other() {
    for database in databases() {
        let w = world(&database).await;
        for turn in 0..12 {
            let caller = w.register().await;
            let wallet = w.app.open_account(caller, "REAL-USD".into()).await;
            let login = wallet.expect("a wallet").account.login;
            w.clock.advance_micros(1);
            let correction = |is_approved| ManualRequest {
                login,
                kind: TransactionKind::CorrectionIn,
                amount: "5".into(),
                currency: None,
                payment_data: None,
                comment: NAME.into(),
                is_approved,
            };
            let manual = |is_approved| {
                w.app
                    .make_manual_transaction(w.admin, correction(is_approved))
            };
            let (given, erased, waiting) = tokio::join!(
                manual(true),
                w.app
                    .erase_customer(w.admin, caller.customer_id, "he asked".into()),
                manual(false),
            );
            match &erased {
                Ok(_) => {
                    for made in [&given, &waiting] {
                        assert!(
                            matches!(made, Err(ManualError::NotAWallet)),
                            "{turn}: {made:?}"
                        );
                    }
                }
                Err(EraseError::Refused(_)) => {
                    assert!(
                        given.is_ok() || waiting.is_ok(),
                        "{turn}: {given:?} {waiting:?}"
                    );
                    // His e-mail is wanted again in the next turn.
                    let taken = format!(
                        "UPDATE customer SET email = 'turn-{turn}@example.com' WHERE id = {}",
                        caller.customer_id.0
                    );
                    database.run(&taken);
                }
                other => panic!("{turn}: {other:?}"),
            }
            w.assert_books().await;
        }
    }
}
