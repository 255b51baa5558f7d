//! How many messages are under way at once, and that nothing waits for what it has nothing to do with.

use super::{Does, hooks};
use touchstone_app::webhooks::TEST_KIND;
use touchstone_store::testing::databases;

#[tokio::test]
async fn a_test_does_not_wait_for_what_is_under_way() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.receivers.next("a x", vec![Does::Hangs; 9]);
        h.much_happens("x", 9).await;
        let tested = async {
            while h.receivers.got().len() < 4 {
                h.receivers.came.notified().await;
            }
            for tests in 1..=2 {
                let made = h.w.app.test_webhook(h.w.admin, endpoint.id).await;
                let id = made.expect("a test").id;
                h.receivers.has(|got| got.id == format!("test_{id}")).await;
                let got = h.receivers.got();
                let of_tests = got.iter().filter(|got| got.kind == TEST_KIND);
                assert_eq!((of_tests.count(), got.len()), (tests, tests + 4));
            }
        };
        tokio::select! {
            () = h.w.app.run_webhooks(h.sender.clone()) => unreachable!("it goes on for ever"),
            () = tested => {}
        }
    }
}

#[tokio::test]
async fn one_challenge_that_hangs_keeps_no_other_waiting() {
    for database in databases() {
        let h = hooks(&database).await;
        h.make("a", &[]).await;
        h.receivers.next("a hangs", [Does::Hangs]);
        let told = async {
            h.happens("hangs", Some(1)).await;
            h.receivers.has(|got| got.what == "hangs").await;
            for (what, challenge) in [("two", 2), ("three", 3)] {
                h.happens(what, Some(challenge)).await;
                h.receivers.has(|got| got.what == what).await;
            }
        };
        tokio::select! {
            () = h.w.app.run_webhooks(h.sender.clone()) => unreachable!("it goes on for ever"),
            () = told => {}
        }
    }
}

#[tokio::test]
async fn all_endpoints_together_have_so_many_places() {
    for database in databases() {
        let h = hooks(&database).await;
        let mut last = None;
        for endpoint in 0..20 {
            let path = format!("e{endpoint}");
            h.receivers.next(&format!("{path} x"), vec![Does::Waits; 4]);
            last = Some(h.make(&path, &[]).await.0.id);
        }
        h.much_happens("x", 4).await;
        let told = async {
            while h.receivers.got().len() < 64 {
                h.receivers.came.notified().await;
            }
            // When a test has come there was a look since; tests have places of their own.
            let last = last.expect("an endpoint");
            h.w.app.test_webhook(h.w.admin, last).await.expect("a test");
            h.receivers.has(|got| got.kind == TEST_KIND).await;
            assert_eq!(*h.receivers.waiting.lock().unwrap(), (64, 64));
            h.receivers.gate.open();
            while h.receivers.got().len() < 81 {
                h.receivers.came.notified().await;
            }
        };
        tokio::select! {
            () = h.w.app.run_webhooks(h.sender.clone()) => unreachable!("it goes on for ever"),
            () = told => {}
        }
        assert_eq!(h.receivers.waiting.lock().unwrap().1, 64);
    }
}
