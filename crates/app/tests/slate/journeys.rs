//! Journeys and templates as staff and customers look through them.

use crate::support::{FREE, PAID, World, world};
use touchstone_app::journeys::{Aggregates, JourneyError, JourneyFilter, JourneyStatus};
use touchstone_app::templates::TemplateChange;
use touchstone_app::transactions::Decision;
use touchstone_domain::BasisPoints;
use touchstone_domain::{ChallengeId, CustomerId, Login, ProgramId};
use touchstone_store::testing::databases;

/// The keys of the journeys that a filter finds, and how many it would find on all pages.
async fn found(w: &World, filter: JourneyFilter, limit: i64, offset: i64) -> (Vec<i64>, i64) {
    let page = w.app.journeys(w.admin, filter, limit, offset).await;
    let page = page.expect("a page");
    let keys = page.items.iter().map(|view| view.listed.challenge.id.0);
    (keys.collect(), page.total)
}

#[tokio::test]
async fn a_list_is_narrowed_paged_and_summed() {
    for database in databases() {
        let w = world(&database).await;
        let paid = w.enroll(PAID).await;
        let free = w.enroll(FREE).await;
        let waiting = w.enroll(PAID).await;
        let comment = String::new();
        w.app
            .decide_transaction(w.admin, paid.transaction_id, Decision::Approve, comment)
            .await
            .expect("approved");
        let [paid, free, waiting] = [&paid, &free, &waiting].map(|journey| journey.challenge_id.0);

        let all = JourneyFilter::default();
        assert_eq!(
            found(&w, all.clone(), 9, 0).await,
            (vec![waiting, free, paid], 3)
        );
        assert_eq!(found(&w, all.clone(), 1, 1).await, (vec![free], 3));
        let active = JourneyFilter {
            status: Some(JourneyStatus::Active),
            ..all.clone()
        };
        assert_eq!(found(&w, active, 9, 0).await, (vec![free, paid], 2));
        let template = JourneyFilter {
            template: Some(FREE),
            ..all.clone()
        };
        assert_eq!(found(&w, template, 9, 0).await, (vec![free], 1));
        let waiting_of = |customer| JourneyFilter {
            status: Some(JourneyStatus::PendingPayment),
            customer: Some(CustomerId(customer)),
            ..all.clone()
        };
        assert_eq!(found(&w, waiting_of(5), 9, 0).await, (vec![waiting], 1));
        assert_eq!(found(&w, waiting_of(6), 9, 0).await, (vec![], 0));
        for (text, many) in [("TINA tr", 3), ("2000100", 1), ("rival", 0), ("%", 0)] {
            for customer in [Some(CustomerId(5)), None] {
                let filter = JourneyFilter {
                    text: Some(text.into()),
                    customer,
                    ..all.clone()
                };
                let (keys, total) = found(&w, filter, 9, 0).await;
                assert_eq!((keys.len(), total), (many, many as i64), "{text}");
            }
        }
        let page = w.app.journeys(w.admin, all, 9, 0).await.expect("a page");
        let sums = Aggregates {
            active: 2,
            revenue_usd_minor: 49_900,
            ..Aggregates::default()
        };
        assert_eq!(page.aggregates, sums);
        let own = w.app.own_journeys(w.rival, None, 9, 0).await;
        assert_eq!(own.expect("a page").total, 0);
        w.app.store.close().await;
    }
}

#[tokio::test]
async fn one_journey_and_its_account_are_the_brands_own() {
    for database in databases() {
        let w = world(&database).await;
        let journey = w.enroll(FREE).await;
        let detail = w.app.journey(w.admin, journey.challenge_id).await;
        let detail = detail.expect("a journey");
        assert_eq!((detail.phases.len(), detail.transactions.len()), (1, 1));
        let account = w.app.prop_account(w.admin, journey.login).await;
        let account = account.expect("an account");
        assert_eq!(account.journey.listed.challenge.id, journey.challenge_id);
        for found in [
            w.app.journey(w.stranger, journey.challenge_id).await.err(),
            w.app.journey(w.admin, ChallengeId(999)).await.err(),
            w.app.prop_account(w.stranger, journey.login).await.err(),
            w.app.prop_account(w.admin, Login(100_001)).await.err(),
        ] {
            assert!(matches!(found, Some(JourneyError::NotFound)), "{found:?}");
        }
        w.app.store.close().await;
    }
}

#[tokio::test]
async fn changes_of_a_template_at_once_are_all_kept() {
    for database in databases() {
        let w = world(&database).await;
        let clone = w.app.clone_template(w.admin, PAID, "Mine".into()).await;
        let id: ProgramId = clone.expect("a clone").program.id;
        let change = |fee: Option<&str>, loss: Option<i64>| TemplateChange {
            fee_amount: fee.map(Into::into),
            max_loss: loss.map(BasisPoints),
            ..TemplateChange::default()
        };
        let (fee, loss) = tokio::join!(
            w.app
                .change_template(w.admin, id, None, change(Some("1"), None)),
            w.app
                .change_template(w.admin, id, None, change(None, Some(200)))
        );
        fee.and(loss).expect("both");
        let template = w.app.template(w.admin, id).await.expect("a template");
        let version = &template.program.current;
        let BasisPoints(loss) = version.terms.steps[0].max_total_loss;
        assert_eq!(
            (version.number, version.terms.price.minor, loss),
            (3, 100, 200)
        );
        w.app.store.close().await;
    }
}
