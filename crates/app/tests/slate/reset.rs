//! Another attempt after a breach: free or for a fee, paid in every way, ended in every way, once.

use crate::failing::fail;
use crate::support::{PAID, World, world, world_with};
use touchstone_app::journeys::{JourneyError, JourneyFilter, JourneyReset};
use touchstone_app::transactions::{Decision, TransactionError};
use touchstone_domain::{ChallengeId, Currency, Login, PurchaseId, TransactionId};
use touchstone_store::repo;
use touchstone_store::testing::databases;

const USD: Currency = Currency::USD;

impl World {
    /// A journey that was paid for and has failed.
    pub async fn breached(&self) -> ChallengeId {
        let journey = self.enroll(PAID).await;
        self.approve(journey.transaction_id).await.unwrap();
        self.breach(journey.challenge_id).await;
        self.clock.advance_micros(1_000_000);
        journey.challenge_id
    }

    async fn breach(&self, id: ChallengeId) {
        let at = self.app.now();
        let failed = self.app.store.write(move |tx| fail(tx, id, at));
        failed.await.unwrap();
        self.assert_books().await;
    }

    /// What the version of the journeys asks for a reset; `None` is free.
    pub async fn reset_fee(&self, minor: Option<i64>) {
        let changed = self.app.store.write(move |tx| {
            let version = repo::programs::get(tx, touchstone_domain::BrandId(1), PAID)?;
            let mut version = version.expect("a program").current;
            version.terms.conduct.reset_fee_minor = minor;
            let terms = serde_json::to_string(&version.terms).unwrap();
            tx.put(
                "UPDATE program_version SET terms = $2 WHERE id = $1",
                touchstone_store::params![version.id.0, &terms],
            )
        });
        changed.await.unwrap();
    }

    pub async fn reset(&self, id: ChallengeId) -> Result<JourneyReset, JourneyError> {
        self.app
            .reset_journey(self.admin, id, "a chance".into())
            .await
    }

    /// Each attempt as `index state on login, open or closed`.
    pub async fn attempts(&self, id: ChallengeId) -> Vec<String> {
        let read = self.app.store.read(move |tx| {
            let mut lines = Vec::new();
            for phase in repo::challenges::phases(tx, id)? {
                let (account, _) =
                    repo::accounts::get(tx, phase.account_login)?.expect("an account");
                let life = if account.closed_at.is_some() {
                    "closed"
                } else {
                    "open"
                };
                let (index, state) = (phase.phase_index, phase.state.name());
                lines.push(format!("{index} {state} on {}, {life}", account.login));
            }
            Ok::<_, touchstone_store::StoreError>(lines)
        });
        read.await.unwrap()
    }

    /// State of the newest reset and of its journey, and whether the journey's account may trade.
    pub async fn reset_stands(&self, id: ChallengeId) -> String {
        let read = self
            .app
            .store
            .read(move |tx| repo::purchases::resets_of(tx, id));
        let newest = read.await.unwrap().pop().expect("a reset");
        let (_, challenge, account) = self.journey(id).await;
        let enabled = if account.enabled {
            "enabled"
        } else {
            "disabled"
        };
        format!(
            "{} {} {enabled}",
            newest.state.name(),
            challenge.state.name()
        )
    }

    pub async fn run_until_rest(&self, id: ChallengeId) {
        for _ in 0..50 {
            let read = self
                .app
                .store
                .read(move |tx| repo::purchases::resets_of(tx, id));
            let resets = read.await.unwrap();
            if resets.iter().all(|reset| reset.state.step().is_none()) {
                return;
            }
            self.clock.advance_micros(120_000_000);
            self.app.drive_due().await.expect("a look of the runner");
        }
        panic!("the reset of journey {id} never rests");
    }
}

#[tokio::test]
async fn without_a_fee_the_next_attempt_begins_at_once() {
    for fee in [None, Some(0)] {
        for database in databases() {
            let w = world(&database).await;
            w.reset_fee(fee).await;
            let id = w.breached().await;
            let reset = w.reset(id).await.unwrap();
            assert_eq!(
                reset,
                JourneyReset {
                    challenge_id: id,
                    login: Some(Login(2_000_101)),
                    phase: "Evaluation".into(),
                    pending: None,
                    is_activated: true,
                }
            );
            assert_eq!(w.reset_stands(id).await, "active active enabled");
            assert_eq!(
                w.attempts(id).await,
                ["1 failed on 2000100, closed", "1 active on 2000101, open"]
            );
            assert_eq!(
                w.postings().await,
                ["initial_balance -10>2000101 10000000 USD 2"]
            );
            assert_eq!(
                w.transactions().await[1],
                "2 CHALLENGE_RESET_FEE APPROVED 0.00 USD 0"
            );
            w.assert_books().await;
            let again = w.reset(id).await.unwrap_err();
            assert!(
                matches!(again, JourneyError::NotBreached { status: "active" }),
                "{again:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_fee_is_the_one_that_was_promised_and_parks_the_journey_until_it_is_paid() {
    for database in databases() {
        let w = world(&database).await;
        let id = w.breached().await;
        let reset = w.reset(id).await.unwrap();
        let fee = reset.pending.expect("a fee");
        assert_eq!((reset.login, reset.is_activated), (None, false));
        assert_eq!(
            w.reset_stands(id).await,
            "awaiting_payment awaiting_reset disabled"
        );
        assert_eq!(
            w.transactions().await[1],
            "2 CHALLENGE_RESET_FEE PENDING 99.00 USD 0"
        );
        w.assert_books().await;
        let again = w.reset(id).await.unwrap_err();
        let waits = "pending_payment";
        assert!(
            matches!(again, JourneyError::NotBreached { status } if status == waits),
            "{again:?}"
        );
        assert_eq!(w.transactions().await.len(), 2);

        let approved = w.approve(fee).await.unwrap();
        assert!(approved.order.is_some());
        assert_eq!(w.reset_stands(id).await, "active active enabled");
        assert_eq!(
            w.postings().await,
            [
                "cashier_received -2>-3 9900 USD 2",
                "reset_fee -3>-1 9900 USD 2",
                "initial_balance -10>2000101 10000000 USD 2",
            ]
        );
        w.assert_books().await;
        let late = w.approve(fee).await.unwrap_err();
        assert!(matches!(late, TransactionError::Refused(_)), "{late:?}");
    }
}

#[tokio::test]
async fn whatever_a_cashier_takes_in_is_earned_or_owed() {
    for database in databases() {
        let w = world(&database).await;
        let id = w.breached().await;
        let fee = w.reset(id).await.unwrap().pending.expect("a fee");
        w.receive("e1", fee, 4_900, USD).await;
        assert_eq!(
            w.reset_stands(id).await,
            "awaiting_payment awaiting_reset disabled"
        );
        w.assert_books().await;
        w.receive("e2", fee, 5_100, USD).await;
        assert_eq!(w.reset_stands(id).await, "active active enabled");
        w.receive("e3", fee, 100, "EUR".parse().unwrap()).await;
        w.receive("e2", fee, 5_100, USD).await;
        assert_eq!(
            w.transactions().await[1..],
            [
                "2 CHALLENGE_RESET_FEE OVERPAID 99.00 USD 10000",
                "3 CHALLENGE_FEE_REFUND PENDING 1.00 USD 0",
                "4 CHALLENGE_FEE_REFUND PENDING 1.00 EUR 0",
            ]
        );
        w.assert_books().await;
        for refund in [3, 4] {
            w.approve(TransactionId(refund)).await.unwrap();
        }
        w.assert_books().await;
        assert_eq!(w.attempts(id).await.len(), 2);
    }
}

#[tokio::test]
async fn a_declined_reset_leaves_the_journey_as_it_was() {
    for database in databases() {
        let w = world(&database).await;
        let id = w.breached().await;
        let before = w.stands(id).await;
        let fee = w.reset(id).await.unwrap().pending.expect("a fee");
        w.decide(fee, Decision::Decline).await.unwrap();
        assert_eq!(w.stands(id).await, before);
        w.assert_books().await;
        // Money that comes all the same goes back, also while the next reset waits.
        let next = w.reset(id).await.unwrap().pending.expect("a fee");
        w.receive("late", fee, 9_900, USD).await;
        assert_eq!(
            w.reset_stands(id).await,
            "awaiting_payment awaiting_reset disabled"
        );
        w.assert_books().await;
        w.approve(next).await.unwrap();
        assert_eq!(w.reset_stands(id).await, "active active enabled");
        w.approve(TransactionId(4)).await.unwrap();
        w.assert_books().await;
        assert_eq!(w.attempts(id).await.len(), 2);
    }
}

#[tokio::test]
async fn a_reset_that_is_cancelled_or_not_paid_in_time_ends_the_journey() {
    for database in databases() {
        let w = world(&database).await;
        let (cancelled, expired) = (w.breached().await, w.breached().await);
        w.reset(cancelled).await.unwrap();
        w.reset(expired).await.unwrap();
        let ended = w.app.cancel_journey(w.admin, cancelled, "no answer".into());
        assert_eq!(ended.await.unwrap().state.journey_status(), "abandoned");
        let again = w
            .app
            .cancel_journey(w.admin, cancelled, "again".into())
            .await;
        assert!(
            matches!(again, Err(JourneyError::NotPending { .. })),
            "{again:?}"
        );
        w.clock.advance_micros(8 * 86_400 * 1_000_000);
        assert_eq!(w.app.sweep_unpaid().await.unwrap(), 1);
        for id in [cancelled, expired] {
            assert_eq!(w.reset_stands(id).await, "abandoned cancelled disabled");
            assert_eq!(w.attempts(id).await.len(), 1);
        }
        w.assert_books().await;
        // What the account is has not changed: it is breached, and can be reset.
        let fee = w.reset(expired).await.unwrap().pending.expect("a fee");
        w.approve(fee).await.unwrap();
        assert_eq!(w.reset_stands(expired).await, "active active enabled");
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_second_breach_can_be_reset_too_and_its_price_is_told() {
    for database in databases() {
        let w = world(&database).await;
        let id = w.breached().await;
        for _ in 0..2 {
            let fee = w.reset(id).await.unwrap().pending.expect("a fee");
            w.approve(fee).await.unwrap();
            w.breach(id).await;
        }
        let fee = w.reset(id).await.unwrap().pending.expect("a fee");
        assert_eq!(
            w.attempts(id).await,
            [
                "1 failed on 2000100, closed",
                "1 failed on 2000101, closed",
                "1 failed on 2000102, open",
            ]
        );
        let page = w
            .app
            .journeys(w.admin, JourneyFilter::default(), 10, 0)
            .await;
        let page = page.unwrap();
        let view = &page.items[0];
        assert_eq!(view.paid().fixed(), "697.00");
        assert_eq!(view.to_be_paid(), Some(fee));
        assert_eq!(page.aggregates.revenue_usd_minor, 69_700);
        let waiting = JourneyFilter {
            status: Some(touchstone_app::journeys::JourneyStatus::PendingPayment),
            ..JourneyFilter::default()
        };
        let page = w.app.journeys(w.admin, waiting, 10, 0).await.unwrap();
        assert_eq!((page.items.len(), page.total), (1, 1));
        let detail = w.app.journey(w.admin, id).await.unwrap();
        let attempts: Vec<i64> = detail.phases.iter().map(|phase| phase.attempt).collect();
        assert_eq!((attempts, detail.resets.len()), (vec![1, 2, 3], 3));
        assert_eq!(detail.transactions.len(), 4);
        w.assert_books().await;
    }
}

#[tokio::test]
async fn only_what_was_breached_and_is_the_callers_can_be_reset() {
    for database in databases() {
        let w = world_with(&database, false, |s| s.pending_journeys_limit = 1).await;
        let waiting = w.enroll(PAID).await;
        let refused = |error: JourneyError, wanted: &str| {
            assert!(
                matches!(error, JourneyError::NotBreached { status } if status == wanted),
                "{error:?}"
            );
        };
        refused(
            w.reset(waiting.challenge_id).await.unwrap_err(),
            "pending_payment",
        );
        w.approve(waiting.transaction_id).await.unwrap();
        refused(w.reset(waiting.challenge_id).await.unwrap_err(), "active");
        let id = waiting.challenge_id;
        w.breach(id).await;
        let foreign = w.app.reset_journey(w.stranger, id, "x".into()).await;
        assert!(
            matches!(foreign, Err(JourneyError::NotFound)),
            "{foreign:?}"
        );
        let unknown = w.reset(ChallengeId(999)).await;
        assert!(
            matches!(unknown, Err(JourneyError::NotFound)),
            "{unknown:?}"
        );
        let other = w.enroll(PAID).await;
        let limit = w.reset(id).await;
        assert!(
            matches!(limit, Err(JourneyError::TooManyPending { limit: 1 })),
            "{limit:?}"
        );
        refused(
            w.reset(other.challenge_id).await.unwrap_err(),
            "pending_payment",
        );
        assert_eq!(w.transactions().await.len(), 2);
        w.decide(other.transaction_id, Decision::Decline)
            .await
            .unwrap();
        refused(w.reset(other.challenge_id).await.unwrap_err(), "abandoned");
        let disabled = w
            .app
            .store
            .write(|tx| tx.put("UPDATE customer SET enabled = 0 WHERE id = 5", &[]));
        disabled.await.unwrap();
        let disabled = w.reset(id).await;
        assert!(
            matches!(disabled, Err(JourneyError::CustomerDisabled)),
            "{disabled:?}"
        );
        w.assert_books().await;
    }
}

#[tokio::test]
async fn a_reset_is_no_purchase_of_its_customer() {
    for database in databases() {
        let w = world(&database).await;
        let id = w.breached().await;
        w.reset(id).await.unwrap();
        let page = w
            .app
            .purchases_of(w.trader, PurchaseId(i64::MAX), 10)
            .await
            .unwrap();
        assert_eq!((page.purchases.len(), page.challenges.len()), (1, 1));
        let reset = PurchaseId(page.purchases[0].id.0 + 1);
        let cancelled = w.app.cancel_purchase(w.trader, reset).await;
        assert!(cancelled.is_err(), "{cancelled:?}");
        assert_eq!(
            w.reset_stands(id).await,
            "awaiting_payment awaiting_reset disabled"
        );
    }
}
