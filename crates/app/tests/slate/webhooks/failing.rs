//! Endpoints that fail: they are tried for days, then switched off, and whoever can do something about it is told.

use super::{Does, hooks};
use touchstone_domain::webhook::{DeliveryState, DisabledBy};
use touchstone_store::testing::databases;

/// What was tried, and after how many hours.
const ATTEMPTS: [i64; 10] = [0, 0, 0, 0, 2, 7, 17, 31, 51, 75];

#[tokio::test]
async fn a_delivery_is_tried_for_three_days_and_an_endpoint_for_five() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.receivers.always("a", Does::Answers(503));
        h.happens("one", Some(1)).await;
        h.happens("two", Some(1)).await;
        let mut attempts = Vec::new();
        h.w.app.queue_webhooks().await.expect("a queue");
        while h.endpoint(endpoint.id).await.disabled_by.is_none() {
            let told = h.send().await;
            attempts.extend(told.into_iter().map(|told| (told, h.seconds() / 3_600)));
            let log = h.log(endpoint.id).await;
            let next = log.iter().filter_map(|one| one.due_at).min();
            let wait = next.expect("something waits").micros_since(h.w.app.now());
            h.w.clock.advance_micros(wait.max(0));
            assert!(h.seconds() < 8 * 86_400, "{attempts:?}");
        }
        let firsts: Vec<_> = attempts
            .iter()
            .filter(|(told, _)| told == "a: one")
            .collect();
        assert_eq!(firsts.len(), 10);
        for ((_, hours), wanted) in firsts.iter().zip(ATTEMPTS) {
            // Pauses are longer by chance, at most by a tenth.
            assert!(
                *hours >= wanted && *hours * 10 <= wanted * 11 + 10,
                "{attempts:?}"
            );
        }
        let last = attempts.last().expect("attempts").1;
        assert!((5 * 24..7 * 24).contains(&last), "{attempts:?}");
        let log = h.log(endpoint.id).await;
        assert_eq!(log[0].state, DeliveryState::Failed);
        assert_eq!(log[0].response_status, Some(503));
        assert_eq!(log[0].response_body, "said 503");
        assert_eq!(log[0].last_error, "it answered 503");
        assert_eq!(log[1].state, DeliveryState::Pending);
        let off = h.endpoint(endpoint.id).await;
        assert_eq!(off.disabled_by, Some(DisabledBy::Failures));
        for (sql, wanted) in [
            (
                "SELECT COUNT(*) FROM mail WHERE subject = 'A webhook was switched off' AND recipient = 'admin@demo.test'",
                1,
            ),
            (
                "SELECT COUNT(*) FROM audit WHERE action = 'webhook.disable' AND actor_kind = 'system'",
                1,
            ),
            (
                "SELECT COUNT(*) FROM event WHERE kind = 'webhook.disabled'",
                1,
            ),
        ] {
            assert_eq!(h.count(sql).await, wanted, "{sql}");
        }
        // What happens while it is off is not sent; what waited is, as soon as it is on again.
        h.happens("three", Some(1)).await;
        h.later(86_400);
        assert_eq!(h.round().await, Vec::<String>::new());
        h.receivers.always("a", Does::Answers(204));
        let on = h.switch(endpoint.id, true).await;
        assert_eq!((on.disabled_by, on.failing_since), (None, None));
        h.happens("four", Some(1)).await;
        assert_eq!(h.round().await, ["a: two", "a: four"]);
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn an_endpoint_that_fails_is_asked_one_thing_at_a_time_and_a_success_ends_that() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.receivers.always("a", Does::Answers(500));
        h.happens("one", Some(1)).await;
        h.round().await;
        assert_eq!(
            h.endpoint(endpoint.id).await.failing_since,
            Some(h.w.app.now())
        );
        h.receivers.always("a", Does::Hangs);
        h.happens("two", Some(2)).await;
        h.happens("three", Some(3)).await;
        h.later(10);
        h.w.app.queue_webhooks().await.expect("a queue");
        tokio::select! {
            sent = h.w.app.send_due_webhooks(&h.sender) => panic!("{sent:?}"),
            () = h.receivers.reached() => {}
        }
        let claimed = "SELECT COUNT(*) FROM webhook_delivery WHERE claimed_until IS NOT NULL";
        assert_eq!(h.count(claimed).await, 1);
        h.receivers.told();
        h.receivers.always("a", Does::Answers(200));
        h.later(61);
        let mut told = h.round().await;
        told.sort();
        assert_eq!(told, ["a: one", "a: three", "a: two"]);
        assert_eq!(h.endpoint(endpoint.id).await.failing_since, None);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_asked_no_more() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.receivers.next("a", [Does::Answers(410)]);
        h.happens("one", None).await;
        assert_eq!(h.round().await, ["a: one"]);
        let off = h.endpoint(endpoint.id).await;
        assert_eq!(off.disabled_by, Some(DisabledBy::Gone));
        h.later(3_600);
        assert_eq!(h.round().await, Vec::<String>::new());
        let mails = "SELECT COUNT(*) FROM mail WHERE body LIKE '%410 Gone%'";
        assert!(h.count(mails).await >= 1);
        // The next attempt comes at once when it is switched on.
        h.switch(endpoint.id, true).await;
        assert_eq!(h.round().await, ["a: one"]);
    }
}

#[tokio::test]
async fn a_redirect_is_a_failure() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.receivers.next("a", [Does::Answers(302)]);
        h.happens("one", None).await;
        h.round().await;
        assert_eq!(h.stands(endpoint.id).await, ["pending 1 due"]);
    }
}

#[tokio::test]
async fn what_happened_while_it_was_on_is_not_lost_by_switching_it_off() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.happens("before", None).await;
        h.switch(endpoint.id, false).await;
        h.happens("meanwhile", None).await;
        assert_eq!(h.round().await, [""; 0]);
        h.switch(endpoint.id, true).await;
        h.happens("after", None).await;
        let mut told = h.round().await;
        told.extend(h.round().await);
        assert_eq!(told, ["a: before", "a: after"]);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_asked_nothing_any_more_is_switched_off_all_the_same() {
    for database in databases() {
        let h = hooks(&database).await;
        h.receivers.always("a", Does::Answers(500));
        let (endpoint, _) = h.make("a", &[]).await;
        h.happens("x", None).await;
        for _ in 0..90 {
            h.round().await;
            h.later(3_600);
        }
        h.w.app.give_up_webhooks().await.expect("a store");
        assert_eq!(h.endpoint(endpoint.id).await.disabled_by, None);
        h.later(2 * 86_400);
        assert_eq!(h.round().await, [""; 0]);
        h.w.app.give_up_webhooks().await.expect("a store");
        let off = h.endpoint(endpoint.id).await;
        assert_eq!(off.disabled_by, Some(DisabledBy::Failures));
    }
}
