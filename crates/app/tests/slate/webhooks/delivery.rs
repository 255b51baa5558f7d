//! What is told to whom, in which order, by however many servers.

use super::{Does, Hooks, hooks, new};
use std::collections::BTreeSet;
use touchstone_app::webhooks::{Queued, Secret, WebhookError};
use touchstone_domain::BrandId;
use touchstone_store::testing::databases;

#[tokio::test]
async fn an_endpoint_is_told_what_it_wants_of_its_brand_from_when_it_is_there() {
    for database in databases() {
        let h = hooks(&database).await;
        h.happens("before", None).await;
        h.make("all", &[]).await;
        h.make("some", &["payout.*", "customer.kyc_changed"]).await;
        h.make("none", &["payout.*"]).await;
        let theirs = h.w.app.make_webhook(h.w.stranger, new("theirs", &[])).await;
        theirs.expect("a webhook");
        h.happens("ours", None).await;
        h.happens_in(BrandId(2), "customer.kyc_changed", "foreign", None)
            .await;
        // Nobody outside is told of what programs tell each other.
        h.happens_in(BrandId(1), "news.changed", "internal", None)
            .await;
        let mut told = h.round().await;
        told.sort();
        assert_eq!(told, ["all: ours", "some: ours", "theirs: foreign"]);
        assert_eq!(h.round().await, Vec::<String>::new());
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn nothing_is_written_where_nobody_is_told() {
    for database in databases() {
        let h = hooks(&database).await;
        h.happens("a", None).await;
        let queued = h.w.app.queue_webhooks().await.expect("a queue");
        assert_eq!(queued, Queued::default());
        let position = "SELECT COUNT(*) FROM setting WHERE name = 'webhooks_position'";
        assert_eq!(h.count(position).await, 0);
    }
}

#[tokio::test]
async fn a_message_says_what_happened_and_is_signed() {
    for database in databases() {
        let h = hooks(&database).await;
        let (_, secret) = h.make("a", &[]).await;
        h.make("b", &[]).await;
        h.happens("approved", None).await;
        h.w.app.queue_webhooks().await.expect("a queue");
        h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
        let mut got = h.receivers.got();
        got.sort_by(|a, b| a.url.cmp(&b.url));
        assert_eq!(got[0].id, got[1].id, "one event, one id");
        let body: serde_json::Value = serde_json::from_str(&got[0].body).expect("JSON");
        assert_eq!(body["type"], "customer.kyc_changed");
        assert_eq!(body["timestamp"], h.w.app.now().rfc3339());
        assert!(is_signed(&h, &secret), "{got:?}");
        assert!(!is_signed(
            &h,
            &Secret::parse(&secret.text().replace(['A', 'B'], "C")).expect("another")
        ));
    }
}

/// Whether the messages to `a` have a signature with this secret.
fn is_signed(h: &Hooks, secret: &Secret) -> bool {
    use base64::Engine as _;
    use hmac::{Hmac, KeyInit, Mac};
    let text = secret.text();
    let key = text.strip_prefix("whsec_").expect("a secret");
    let key = base64::engine::general_purpose::STANDARD.decode(key);
    let key = key.expect("base64");
    let got = h.receivers.got();
    let mut ours = got.iter().filter(|got| got.url == "a");
    ours.all(|got| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("a key");
        mac.update(format!("{}.{}.{}", got.id, got.timestamp, got.body).as_bytes());
        let code = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        got.signatures
            .split(' ')
            .any(|one| one == format!("v1,{code}"))
    })
}

#[tokio::test]
async fn a_replaced_secret_signs_along_for_a_while() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, old) = h.make("a", &[]).await;
        let rotated =
            h.w.app
                .rotate_webhook_secret(h.w.admin, endpoint.id, None, 3_600);
        let (_, fresh) = rotated.await.expect("another secret");
        for (later, by_old, count) in [(0, true, 2), (3_599, true, 2), (1, false, 1)] {
            h.later(later);
            h.happens("a", None).await;
            h.w.app.queue_webhooks().await.expect("a queue");
            h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
            assert!(is_signed(&h, &fresh));
            assert_eq!(is_signed(&h, &old), by_old);
            let got = h.receivers.got();
            assert_eq!(got[0].signatures.split(' ').count(), count);
            h.receivers.told();
        }
        let rotate = |overlap| {
            let app = &h.w.app;
            app.rotate_webhook_secret(h.w.admin, endpoint.id, None, overlap)
        };
        rotate(60).await.expect("another secret");
        // A repeat would take the one that receivers hold away from them.
        let repeated = rotate(60).await.map(|_| ());
        assert!(matches!(repeated, Err(WebhookError::RotationUnderWay)));
        let again = rotate(0);
        let (endpoint, _) = again.await.expect("another secret");
        assert_eq!(endpoint.old_secret, None);
    }
}

#[tokio::test]
async fn of_one_challenge_nothing_overtakes_what_failed() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.make("b", &[]).await;
        for (what, challenge) in [
            ("1a", Some(1)),
            ("1b", Some(1)),
            ("2a", Some(2)),
            ("c", None),
        ] {
            h.happens(what, challenge).await;
        }
        h.receivers.next("a 1a", [Does::Answers(500)]);
        let mut told = h.round().await;
        // Another endpoint has everything already, each challenge in its order.
        let place = |told: &[String], one: &str| told.iter().position(|told| told == one);
        assert!(place(&told, "b: 1a") < place(&told, "b: 1b"), "{told:?}");
        told.sort();
        let wanted = ["a: 1a", "a: 2a", "a: c", "b: 1a", "b: 1b", "b: 2a", "b: c"];
        assert_eq!(told, wanted);
        assert_eq!(h.round().await, Vec::<String>::new());
        h.later(6);
        assert_eq!(h.round().await, ["a: 1a", "a: 1b"]);
        let stands = h.stands(endpoint.id).await;
        assert!(
            stands.iter().all(|one| one.starts_with("delivered")),
            "{stands:?}"
        );
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn a_crash_in_the_middle_sends_the_same_again() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.happens("one", Some(1)).await;
        h.happens("two", Some(1)).await;
        h.w.app.queue_webhooks().await.expect("a queue");
        h.receivers.next("a", [Does::Hangs]);
        tokio::select! {
            sent = h.w.app.send_due_webhooks(&h.sender) => panic!("{sent:?}"),
            () = h.receivers.reached() => {}
        }
        let before = h.receivers.got();
        h.receivers.told();
        // The dead server's claim still stands, and the next one of the challenge waits.
        assert_eq!(h.send().await, Vec::<String>::new());
        assert_eq!(
            h.stands(endpoint.id).await,
            ["pending 1 due", "pending 0 -"]
        );
        h.later(61);
        h.w.app.send_due_webhooks(&h.sender).await.expect("a store");
        let after = h.receivers.got();
        assert_eq!(
            (&after[0].id, &after[0].body),
            (&before[0].id, &before[0].body)
        );
        assert_eq!(h.receivers.told(), ["a: one", "a: two"]);
        assert_eq!(
            h.stands(endpoint.id).await,
            ["delivered 2 -", "delivered 1 -"]
        );
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn two_servers_at_once_tell_everything_once() {
    for database in databases() {
        let h = hooks(&database).await;
        h.make("a", &[]).await;
        for challenge in 0..20 {
            h.happens("x", Some(challenge % 7)).await;
        }
        let (one, two) = tokio::join!(h.w.app.queue_webhooks(), h.w.app.queue_webhooks());
        let queued = [one, two].map(|queued| queued.expect("a queue").deliveries);
        assert_eq!(queued.iter().sum::<usize>(), 20);
        let app = &h.w.app;
        let (one, two, three) = tokio::join!(
            app.send_due_webhooks(&h.sender),
            app.send_due_webhooks(&h.sender),
            app.send_due_webhooks(&h.sender)
        );
        let sent = one.expect("a store") + two.expect("a store") + three.expect("a store");
        assert_eq!(sent, 20);
        let got = h.receivers.got();
        let ids: BTreeSet<_> = got.iter().map(|got| &got.id).collect();
        assert_eq!((got.len(), ids.len()), (20, 20));
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn a_slow_endpoint_keeps_no_other_waiting() {
    for database in databases() {
        let h = hooks(&database).await;
        h.make("slow", &[]).await;
        h.make("quick", &[]).await;
        h.receivers.always("slow", Does::Hangs);
        let told = async {
            for what in ["one", "two"] {
                h.happens(what, None).await;
                while !h
                    .receivers
                    .got()
                    .iter()
                    .any(|got| got.url == "quick" && got.what == what)
                {
                    h.receivers.came.notified().await;
                }
            }
        };
        tokio::select! {
            () = h.w.app.run_webhooks(h.sender.clone()) => unreachable!("it goes on for ever"),
            () = told => {}
        }
    }
}
