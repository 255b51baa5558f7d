//! What nobody pays ends by itself.

use crate::support::{PAID, world};
use touchstone_domain::Currency;
use touchstone_domain::purchase::FailureReason;
use touchstone_store::testing::databases;

const DAY_MICROS: i64 = 86_400_000_000;

#[tokio::test]
async fn what_nobody_paid_for_a_week_is_abandoned() {
    for database in databases() {
        let w = world(&database).await;
        let old = w.enroll(PAID).await;
        let partly = w.enroll(PAID).await;
        let paid = w.enroll(PAID).await;
        w.receive("e1", partly.transaction_id, 100, Currency::USD)
            .await;
        w.approve(paid.transaction_id).await.unwrap();
        w.clock.advance_micros(DAY_MICROS);
        let young = w.enroll(PAID).await;
        w.clock.advance_micros(6 * DAY_MICROS);
        assert_eq!(w.app.sweep_unpaid().await.unwrap(), 0);
        w.clock.advance_micros(1);
        assert_eq!(w.app.sweep_unpaid().await.unwrap(), 2);
        assert_eq!(w.app.sweep_unpaid().await.unwrap(), 0);

        for (journey, expected) in [
            (&old, "abandoned abandoned closed 0"),
            (&partly, "abandoned refund_due closed 0"),
            (&paid, "active active enabled 10000000"),
            (&young, "pending_payment awaiting_payment inactive 0"),
        ] {
            assert_eq!(w.stands(journey.challenge_id).await, expected);
        }
        let (purchase, ..) = w.journey(old.challenge_id).await;
        assert_eq!(purchase.failure_reason, Some(FailureReason::PaymentExpired));
        w.assert_books().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_sweeper_runs_by_itself_again_and_again() {
    for database in databases() {
        let w = world(&database).await;
        let ended = async {
            for _ in 0..2 {
                let old = w.enroll(PAID).await;
                w.clock.advance_micros(7 * DAY_MICROS + 1);
                while w.stands(old.challenge_id).await != "abandoned abandoned closed 0" {
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        };
        tokio::select! {
            () = w.app.run_chores(None, None) => unreachable!("chores go on for ever"),
            () = ended => {}
        }
    }
}
