//! Letters, agreements, certificates and identity checks, where two want the same at once.

use crate::conversion::{FIXED, buy, converts};
use crate::support::{FREE, World, request, world};
use touchstone_app::agreements::Publish;
use touchstone_app::kyc::{KycError, KycNotice};
use touchstone_app::purchase::EnrollError;
use touchstone_domain::kyc::Kyc;
use touchstone_domain::purchase::Block;
use touchstone_domain::{AgreementId, CustomerId};
use touchstone_store::testing::databases;

impl World {
    async fn count(&self, sql: &'static str) -> i64 {
        let counted = self
            .app
            .store
            .read(move |tx| tx.query_one(sql, &[], |row| row.int(0)));
        counted.await.expect("a count")
    }

    /// Waits until everything that was committed can be read from the outbox.
    pub async fn events_are_numbered(&self) {
        let mut events = self.app.store.subscribe();
        while self
            .count("SELECT COUNT(*) FROM event WHERE seq IS NULL")
            .await
            > 0
        {
            events.changed().await.expect("a store");
        }
    }

    async fn publish(&self, text: &str) -> Result<AgreementId, String> {
        let publish = Publish {
            kind: "terms".into(),
            title: "Terms".into(),
            body: text.into(),
            url: String::new(),
        };
        let published = self.app.publish_agreement(self.admin, publish).await;
        published
            .map(|(agreement, _)| agreement.id)
            .map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn each_event_is_written_about_once_by_however_many_servers() {
    for database in databases() {
        let w = world(&database).await;
        assert_eq!(w.app.write_letters().await.expect("a position"), 0);
        w.enroll(FREE).await;
        w.events_are_numbered().await;
        let (one, two) = tokio::join!(w.app.write_letters(), w.app.write_letters());
        assert_eq!(one.expect("letters") + two.expect("letters"), 1);
        assert_eq!(w.count("SELECT COUNT(*) FROM mail").await, 1);
        // An event that is told again makes no second letter.
        let again = w.app.store.write(|tx| {
            tx.execute(
                "UPDATE setting SET value = '0' WHERE name = 'letters_position'",
                &[],
            )
        });
        assert_eq!(again.await.expect("a row"), 1);
        assert_eq!(w.app.write_letters().await.expect("letters"), 0);
        // What is long ago is not written about any more.
        w.enroll(FREE).await;
        w.events_are_numbered().await;
        w.clock.advance_micros(8 * 86_400_000_000);
        assert_eq!(w.app.write_letters().await.expect("letters"), 0);
        assert_eq!(w.count("SELECT COUNT(*) FROM mail").await, 1);
    }
}

#[tokio::test]
async fn a_receipt_tells_the_price_and_what_the_wallet_has_paid_for_it() {
    for database in databases() {
        let w = world(&database).await;
        w.app.write_letters().await.expect("a position");
        converts(&w, FIXED).await;
        buy(&w).await;
        w.events_are_numbered().await;
        w.app.write_letters().await.expect("letters");
        let told = "SELECT COUNT(*) FROM mail WHERE body LIKE '%459.00 EUR (498.11 USD)%'";
        assert_eq!(w.count(told).await, 1);
    }
}

#[tokio::test]
async fn of_two_versions_at_once_one_is_asked_for() {
    for database in databases() {
        let w = world(&database).await;
        let (one, two) = tokio::join!(w.publish("one"), w.publish("two"));
        let (one, two) = (one.expect("one"), two.expect("two"));
        assert_ne!(one, two);
        let current = "SELECT COUNT(*) FROM agreement WHERE is_current = 1";
        assert_eq!(w.count(current).await, 1);
        let refused = w.app.enroll(w.trader, request(FREE, &[], None)).await;
        assert!(
            matches!(
                refused,
                Err(EnrollError::Blocked(Block::AgreementsNotAccepted))
            ),
            "{refused:?}"
        );
        let asked = w.app.asked_agreements(w.trader).await.expect("agreements");
        let id = asked[0].0.id;
        let address = [127, 0, 0, 1].into();
        let (one, two) = tokio::join!(
            w.app.accept_agreement(w.trader, id, address),
            w.app.accept_agreement(w.trader, id, address)
        );
        assert_eq!(one.expect("an answer"), two.expect("an answer"));
        assert_eq!(w.count("SELECT COUNT(*) FROM acceptance").await, 1);
        let accepted = "SELECT COUNT(*) FROM audit WHERE action = 'agreement.accept'";
        assert_eq!(w.count(accepted).await, 1);
        w.enroll(FREE).await;
    }
}

#[tokio::test]
async fn a_certificate_is_good_while_what_it_says_is_so() {
    for database in databases() {
        let w = world(&database).await;
        let login = w.enroll(FREE).await.login;
        let own = || w.app.own_certificates(w.trader, 10, 0);
        assert_eq!(own().await.expect("certificates"), (Vec::new(), 0));
        let state = |state: i64| {
            w.app.store.write(move |tx| {
                tx.execute(
                    "UPDATE phase SET state = $1, ended_at = started_at + 1",
                    touchstone_store::params![state],
                )
            })
        };
        state(2).await.expect("a phase");
        let (found, total) = own().await.expect("certificates");
        assert_eq!((found.len(), total), (1, 1));
        let one = w
            .app
            .certificate(&found[0].code)
            .await
            .expect("a certificate");
        assert_eq!(one, found[0]);
        let theirs = w.app.own_certificates(w.rival, 10, 0).await;
        assert_eq!(theirs.expect("certificates"), (Vec::new(), 0));
        state(3).await.expect("a phase");
        let gone = w.app.certificate(&found[0].code).await;
        assert!(gone.is_err(), "{login}: {gone:?}");
    }
}

#[tokio::test]
async fn an_event_of_a_provider_is_taken_once() {
    for database in databases() {
        let w = world(&database).await;
        let notice = |status, hash| KycNotice {
            provider: "papers".into(),
            event_id: "e1".into(),
            customer_id: CustomerId(5),
            status,
            reason: String::new(),
            body_hash: [hash; 32],
        };
        let (one, two) = tokio::join!(
            w.app.receive_kyc(notice(Kyc::Approved, 1)),
            w.app.receive_kyc(notice(Kyc::Approved, 1))
        );
        let (one, two) = (one.expect("an answer"), two.expect("an answer"));
        assert_ne!(one.is_repeat, two.is_repeat);
        assert_eq!(
            (one.standing.kyc, two.standing.kyc),
            (Kyc::Approved, Kyc::Approved)
        );
        let other = w.app.receive_kyc(notice(Kyc::Rejected, 2)).await;
        assert!(matches!(other, Err(KycError::Conflict { .. })), "{other:?}");
        let nobody = KycNotice {
            customer_id: CustomerId(99),
            ..notice(Kyc::Approved, 3)
        };
        let nobody = w.app.receive_kyc(nobody).await;
        assert!(matches!(nobody, Err(KycError::NotFound)), "{nobody:?}");
        let told = w.app.store.read(|tx| {
            tx.query_one(
                "SELECT kyc_provider FROM customer WHERE id = 5",
                &[],
                |row| row.string(0),
            )
        });
        assert_eq!(told.await.expect("a customer"), "papers");
    }
}
