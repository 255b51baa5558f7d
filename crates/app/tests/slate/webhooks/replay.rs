//! What is sent once more, and tests.

use super::{Does, Hooks, hooks};
use touchstone_app::webhooks::{ReplayRange, TEST_KIND, WebhookError};
use touchstone_domain::{UnixMicros, WebhookId};
use touchstone_store::testing::databases;

#[tokio::test]
async fn one_delivery_is_sent_again_under_its_id() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.happens("one", Some(1)).await;
        h.w.app.queue_webhooks().await.expect("a queue");
        h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
        let first = h.receivers.got();
        h.receivers.told();
        let id = h.log(endpoint.id).await[0].id;
        let replay = || h.w.app.replay_webhook_delivery(h.w.admin, endpoint.id, id);
        replay().await.expect("a delivery");
        // Twice at once is once.
        replay().await.expect("a delivery");
        assert_eq!(h.stands(endpoint.id).await, ["pending 0 due"]);
        h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
        assert_eq!(h.receivers.got()[0].id, first[0].id);
        assert_eq!(h.receivers.told(), ["a: one"]);
        // One that waits for its next attempt is sent now.
        h.receivers.next("a", [Does::Answers(500)]);
        h.happens("two", Some(1)).await;
        h.round().await;
        let id = h.log(endpoint.id).await[1].id;
        let replayed = h.w.app.replay_webhook_delivery(h.w.admin, endpoint.id, id);
        replayed.await.expect("a delivery");
        assert_eq!(h.send().await, ["a: two"]);
        let audit = "SELECT COUNT(*) FROM audit WHERE action = 'webhook.replay'";
        assert_eq!(h.count(audit).await, 3);
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn a_stretch_of_time_is_told_again_with_what_was_never_sent() {
    for database in databases() {
        let h = hooks(&database).await;
        h.happens("before it was there", Some(1)).await;
        h.later(100);
        let (endpoint, _) = h.make("a", &["customer.*"]).await;
        let since = h.w.app.now();
        h.happens("one", Some(1)).await;
        h.round().await;
        h.switch(endpoint.id, false).await;
        h.later(100);
        h.happens("while it was off", Some(1)).await;
        h.happens_in(
            touchstone_domain::BrandId(1),
            "payout.paid",
            "unwanted",
            Some(1),
        )
        .await;
        let until = h.w.app.now().plus_micros(1);
        h.later(100);
        h.happens("too late", Some(1)).await;
        let range = ReplayRange { since, until };
        let replay = |range| h.w.app.replay_webhook(h.w.admin, endpoint.id, range);
        let off = replay(range).await;
        assert!(matches!(off, Err(WebhookError::Disabled)), "{off:?}");
        h.switch(endpoint.id, true).await;
        assert!(replay(range).await.expect("a replay").replay.is_some());
        // The same twice is one; another one waits.
        replay(range).await.expect("the same");
        let other = ReplayRange {
            since: UnixMicros(0),
            until,
        };
        let refused = replay(other).await;
        assert!(
            matches!(refused, Err(WebhookError::ReplayUnderWay)),
            "{refused:?}"
        );
        assert_eq!(h.round().await, ["a: one", "a: while it was off"]);
        assert_eq!(h.endpoint(endpoint.id).await.replay, None);
        assert_eq!(h.round().await, Vec::<String>::new());
        replay(other).await.expect("a replay");
        let all = ["a: before it was there", "a: one", "a: while it was off"];
        assert_eq!(h.round().await, all);
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn an_empty_stretch_ends_at_once() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.happens("one", None).await;
        let range = ReplayRange {
            since: h.w.app.now().plus_seconds(7 * 86_400),
            until: h.w.app.now().plus_seconds(8 * 86_400),
        };
        let replayed = h.w.app.replay_webhook(h.w.admin, endpoint.id, range).await;
        assert_eq!(replayed.expect("a replay").replay, None);
        assert_eq!(h.round().await, ["a: one"]);
    }
}

#[tokio::test]
async fn a_test_is_sent_whatever_waits() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &["payout.*"]).await;
        let made = h.w.app.test_webhook(h.w.admin, endpoint.id).await;
        assert_eq!(made.expect("a delivery").kind, TEST_KIND);
        h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
        let got = h.receivers.got();
        assert_eq!((got.len(), got[0].kind.as_str()), (1, TEST_KIND));
        assert_eq!(h.stands(endpoint.id).await, ["delivered 1 -"]);
        h.switch(endpoint.id, false).await;
        let refused = h.w.app.test_webhook(h.w.admin, endpoint.id).await;
        assert!(
            matches!(refused, Err(WebhookError::Disabled)),
            "{refused:?}"
        );
        h.w.assert_books().await;
    }
}

/// A replay of so many events that is under way; nothing of it was queued yet.
async fn long_replay(h: &Hooks, path: &str, events: i64) -> WebhookId {
    h.much_happens("old", events).await;
    let (endpoint, _) = h.make(path, &["customer.kyc_changed"]).await;
    let range = ReplayRange {
        since: UnixMicros(0),
        until: h.w.app.now().plus_seconds(1),
    };
    let replayed = h.w.app.replay_webhook(h.w.admin, endpoint.id, range);
    replayed.await.expect("a replay");
    endpoint.id
}

#[tokio::test]
async fn what_is_new_does_not_wait_for_the_end_of_a_replay() {
    for database in databases() {
        let h = hooks(&database).await;
        let id = long_replay(&h, "long", 250).await;
        let (other, _) = h.make("other", &[]).await;
        let first = h.w.app.queue_webhooks().await.expect("a queue");
        assert!(first.goes_on, "{first:?}");
        h.happens("new", Some(999)).await;
        let second = h.w.app.queue_webhooks().await.expect("a queue");
        assert!(second.goes_on, "{second:?}");
        assert!(h.endpoint(id).await.replay.is_some());
        let new = "SELECT COUNT(*) FROM webhook_delivery WHERE lane = 'challenge/999' AND due_at IS NOT NULL";
        assert_eq!(h.count(new).await, 2);
        assert_eq!(h.stands(other.id).await, ["pending 0 due"]);
        let third = h.w.app.queue_webhooks().await.expect("a queue");
        assert!(!third.goes_on, "{third:?}");
        assert_eq!(h.endpoint(id).await.replay, None);
        let told = h.send().await;
        let old = told.iter().filter(|told| *told == "long: old").count();
        assert_eq!(old, 250);
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn a_replay_is_never_far_ahead_of_what_is_sent() {
    for database in databases() {
        let h = hooks(&database).await;
        let id = long_replay(&h, "long", 600).await;
        while h.w.app.queue_webhooks().await.expect("a queue").goes_on {}
        let due = "SELECT COUNT(*) FROM webhook_delivery WHERE due_at IS NOT NULL";
        // The last part may go beyond the limit, by less than itself.
        let ahead = h.count(due).await;
        assert!((400..500).contains(&ahead), "{ahead}");
        assert!(h.endpoint(id).await.replay.is_some());
        assert_eq!(h.send().await.len() as i64, ahead);
        while h.w.app.queue_webhooks().await.expect("a queue").goes_on {}
        assert_eq!(h.endpoint(id).await.replay, None);
        assert!(h.send().await.len() as i64 + ahead >= 600);
    }
}

#[tokio::test]
async fn a_replay_goes_on_by_itself() {
    for database in databases() {
        let h = hooks(&database).await;
        let id = long_replay(&h, "long", 300).await;
        let told = async {
            while h.receivers.got().len() < 300 || h.endpoint(id).await.replay.is_some() {
                h.receivers.came.notified().await;
            }
        };
        tokio::select! {
            () = h.w.app.run_webhooks(h.sender.clone()) => unreachable!("it goes on for ever"),
            () = told => {}
        }
    }
}

#[tokio::test]
async fn a_replay_is_stopped_where_it_is() {
    for database in databases() {
        let h = hooks(&database).await;
        let id = long_replay(&h, "long", 250).await;
        h.w.app.queue_webhooks().await.expect("a queue");
        let replay = h.endpoint(id).await.replay.expect("it goes on");
        assert_eq!(replay.after - replay.from, 100);
        let queued = h.log(id).await.len();
        // Also while the endpoint is off, where it only waits.
        h.switch(id, false).await;
        let stop = || h.w.app.stop_webhook_replay(h.w.admin, id);
        let (one, two) = tokio::join!(stop(), stop());
        for stopped in [one, two] {
            assert_eq!(stopped.expect("a webhook").replay, None);
        }
        let audit = "SELECT COUNT(*) FROM audit WHERE action = 'webhook.replay_stop'";
        assert_eq!(h.count(audit).await, 1);
        h.switch(id, true).await;
        // What was queued is sent, and nothing else.
        assert_eq!(h.round().await.len(), queued);
        assert_eq!(h.round().await, Vec::<String>::new());
        let stranger = h.w.app.stop_webhook_replay(h.w.stranger, id).await;
        assert!(
            matches!(stranger, Err(WebhookError::NotFound)),
            "{stranger:?}"
        );
        h.w.assert_books().await;
    }
}
