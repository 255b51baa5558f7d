//! Enrol and grant: what is made, and what stands in the way.

use crate::support::{DISABLED, FOREIGN, FREE, PAID, request, world, world_with};
use touchstone_app::purchase::{EnrollError, GrantRequest};
use touchstone_domain::program::AddonError;
use touchstone_domain::purchase::{Block, Funding};
use touchstone_domain::{CustomerId, Login, ProgramId, TransactionId};
use touchstone_store::testing::databases;

#[tokio::test]
async fn enrolling_prepares_everything_and_moves_no_money() {
    for database in databases() {
        let w = world(&database).await;
        w.clock.advance_micros(1);
        let enrolled = w
            .try_enroll(PAID, &["no_time_limit", "profit_split_90"])
            .await
            .unwrap();
        assert_eq!(enrolled.challenge_id.0, 12);
        assert_eq!(enrolled.login, Login(2_000_100));
        // 499.00 + 50.00 + 10 % of 499.00
        assert_eq!(enrolled.fee.fixed(), "598.90");
        assert!(!enrolled.replayed);
        assert_eq!(
            w.stands(enrolled.challenge_id).await,
            "pending_payment awaiting_payment inactive 0"
        );
        assert_eq!(
            w.transactions().await,
            ["1 CHALLENGE_FEE PENDING 598.90 USD 0"]
        );
        assert_eq!(w.postings().await, Vec::<String>::new());
        let (purchase, ..) = w.journey(enrolled.challenge_id).await;
        assert_eq!(
            (purchase.funding, purchase.addon_codes.len()),
            (Funding::Cashier, 2)
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_free_journey_is_active_at_once() {
    for database in databases() {
        let w = world(&database).await;
        w.clock.advance_micros(1);
        let enrolled = w.enroll(FREE).await;
        assert_eq!(
            w.stands(enrolled.challenge_id).await,
            "active active enabled 10000000"
        );
        assert_eq!(
            w.transactions().await,
            ["1 CHALLENGE_FEE APPROVED 0.00 USD 0"]
        );
        assert_eq!(
            w.postings().await,
            ["initial_balance -10>2000100 10000000 USD 1"]
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn what_cannot_be_sold_is_refused_and_leaves_no_trace() {
    for database in databases() {
        let w = world(&database).await;
        let refused = |result: Result<_, EnrollError>| match result {
            Err(error) => error,
            Ok(enrolled) => panic!("{enrolled:?}"),
        };
        for unknown in [ProgramId(999), FOREIGN] {
            let error = refused(w.try_enroll(unknown, &[]).await);
            assert!(matches!(error, EnrollError::ProgramNotFound), "{error:?}");
        }
        let error = refused(w.try_enroll(DISABLED, &[]).await);
        assert!(
            matches!(error, EnrollError::Blocked(Block::ProgramDisabled)),
            "{error:?}"
        );
        let error = refused(w.try_enroll(PAID, &["no_time_limit", "gold"]).await);
        assert!(
            matches!(&error, EnrollError::Addons(AddonError::Unknown { index: 1, code }) if code == "gold"),
            "{error:?}"
        );
        let error = refused(
            w.try_enroll(PAID, &["no_time_limit", "no_time_limit"])
                .await,
        );
        assert!(
            matches!(
                &error,
                EnrollError::Addons(AddonError::Doubled { index: 1, .. })
            ),
            "{error:?}"
        );
        assert_eq!(w.transactions().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn one_key_is_one_journey() {
    for database in databases() {
        let w = world(&database).await;
        let enroll = |program, addons: &[&str], key: &str| {
            w.app.enroll(w.trader, request(program, addons, Some(key)))
        };
        let first = enroll(PAID, &["no_time_limit"], "k").await.unwrap();
        let again = enroll(PAID, &["no_time_limit"], "k").await.unwrap();
        assert!(again.replayed && !first.replayed);
        assert_eq!(
            (
                again.challenge_id,
                again.login,
                again.transaction_id,
                again.fee
            ),
            (
                first.challenge_id,
                first.login,
                first.transaction_id,
                first.fee
            )
        );
        for (program, addons, field) in [
            (FREE, &["no_time_limit"][..], "template_id"),
            (PAID, &[][..], "selected_addon_codes"),
        ] {
            let error = enroll(program, addons, "k").await.unwrap_err();
            assert!(
                matches!(error, EnrollError::KeyConflict { field: found } if found == field),
                "{error:?}"
            );
        }
        // A key belongs to its customer.
        let rival = w
            .app
            .enroll(w.rival, request(PAID, &[], Some("k")))
            .await
            .unwrap();
        assert_ne!(rival.challenge_id, first.challenge_id);
        for key in ["", &"k".repeat(129)] {
            let error = enroll(PAID, &[], key).await.unwrap_err();
            assert!(matches!(error, EnrollError::KeyLength), "{error:?}");
        }
        // What staff did to it since does not matter.
        w.approve(first.transaction_id).await.unwrap();
        let later = enroll(PAID, &["no_time_limit"], "k").await.unwrap();
        assert_eq!(later.challenge_id, first.challenge_id);
    }
}

#[tokio::test]
async fn pending_journeys_are_capped() {
    for database in databases() {
        let w = world_with(&database, false, |s| s.pending_journeys_limit = 2).await;
        let first = w.enroll(PAID).await;
        w.enroll(PAID).await;
        let error = w.try_enroll(PAID, &[]).await.unwrap_err();
        assert!(
            matches!(error, EnrollError::TooManyPending { limit: 2 }),
            "{error:?}"
        );
        // A free one waits for nothing, and a paid one makes room.
        w.enroll(FREE).await;
        w.approve(first.transaction_id).await.unwrap();
        w.enroll(PAID).await;
    }
}

#[tokio::test]
async fn staff_grant_what_the_customer_then_pays() {
    for database in databases() {
        let w = world(&database).await;
        let grant = |customer, program_id| GrantRequest {
            customer_id: CustomerId(customer),
            program_id,
            addon_codes: vec!["no_time_limit".into()],
            reason: "won a contest".into(),
        };
        let granted = w.app.grant(w.admin, grant(5, PAID)).await.unwrap();
        assert_eq!(
            (granted.phase.as_str(), granted.fee.fixed().as_str()),
            ("Evaluation", "549.00")
        );
        let (purchase, ..) = w.journey(granted.challenge_id).await;
        assert_eq!(
            (purchase.funding, purchase.granted_by),
            (Funding::Grant, Some(w.admin.staff_id))
        );
        let fee = w.transaction(TransactionId(1)).await;
        assert_eq!(
            (fee.source.as_str(), fee.comment.as_str()),
            ("crm", "won a contest")
        );
        w.app
            .pay_transaction(w.trader, granted.transaction_id)
            .await
            .unwrap();

        let unknown = w.app.grant(w.admin, grant(999, PAID)).await.unwrap_err();
        assert!(matches!(unknown, EnrollError::CustomerNotFound));
        let foreign = w
            .app
            .grant(w.stranger, grant(5, FOREIGN))
            .await
            .unwrap_err();
        assert!(matches!(foreign, EnrollError::CustomerNotFound));
    }
}

#[tokio::test]
async fn a_session_that_ended_enrols_nobody() {
    for database in databases() {
        let w = world(&database).await;
        w.clock.advance_micros(86_400_000_000 * 366);
        let error = w.try_enroll(PAID, &[]).await.unwrap_err();
        assert!(matches!(error, EnrollError::Session(_)), "{error:?}");
        let error = w.approve(TransactionId(1)).await.unwrap_err();
        assert!(
            matches!(
                error,
                touchstone_app::transactions::TransactionError::Session(_)
            ),
            "{error:?}"
        );
    }
}
