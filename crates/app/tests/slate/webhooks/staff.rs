//! Who makes endpoints, what one can be, and what is left of one.

use super::{Does, hooks, new};
use touchstone_app::webhooks::{ENDPOINTS_MAX, NewWebhook, WebhookError, WebhookPatch};
use touchstone_store::testing::databases;

#[tokio::test]
async fn another_brands_staff_find_nothing() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        let (app, stranger, id) = (&h.w.app, h.w.stranger, endpoint.id);
        assert!(app.webhooks(stranger).await.expect("a list").is_empty());
        let patch = WebhookPatch::default();
        for refused in [
            app.webhook(stranger, id).await.map(drop),
            app.change_webhook(stranger, id, patch).await.map(drop),
            app.delete_webhook(stranger, id).await,
            app.test_webhook(stranger, id).await.map(drop),
            app.rotate_webhook_secret(stranger, id, None, 0)
                .await
                .map(drop),
        ] {
            assert!(
                matches!(refused, Err(WebhookError::NotFound)),
                "{refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_secret_is_sealed_and_stands_nowhere() {
    for database in databases() {
        let h = hooks(&database).await;
        let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let own = NewWebhook {
            secret: Some(text.to_owned()),
            ..new("a", &[])
        };
        let made = h.w.app.make_webhook(h.w.admin, own).await;
        let (endpoint, secret) = made.expect("a webhook");
        assert_eq!(secret.text(), text);
        assert!(!format!("{endpoint:?} {secret:?}").contains("MfKQ"));
        let bytes = [0x31_u8, 0xf2, 0x90];
        assert!(!endpoint.sealed_secret.windows(3).any(|part| part == bytes));
        let told = "SELECT COUNT(*) FROM audit WHERE after LIKE '%MfKQ%'";
        assert_eq!(h.count(told).await, 0);
        let wrong = NewWebhook {
            secret: Some("hunter2".to_owned()),
            ..new("a", &[])
        };
        let refused = h.w.app.make_webhook(h.w.admin, wrong).await;
        assert!(
            matches!(refused, Err(WebhookError::Secret(_))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_brand_has_so_many_and_no_more() {
    for database in databases() {
        let h = hooks(&database).await;
        for _ in 0..ENDPOINTS_MAX {
            h.make("a", &[]).await;
        }
        let refused = h.w.app.make_webhook(h.w.admin, new("a", &[])).await;
        assert!(matches!(refused, Err(WebhookError::TooMany)), "{refused:?}");
    }
}

#[tokio::test]
async fn what_waits_for_a_deleted_one_is_not_sent() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.receivers.next("a", [Does::Answers(500)]);
        h.happens("one", Some(1)).await;
        h.happens("two", Some(1)).await;
        h.round().await;
        let deleted = h.w.app.delete_webhook(h.w.admin, endpoint.id).await;
        deleted.expect("its end");
        h.later(600);
        h.happens("three", Some(1)).await;
        assert_eq!(h.round().await, Vec::<String>::new());
        let again = h.w.app.delete_webhook(h.w.admin, endpoint.id).await;
        assert!(matches!(again, Err(WebhookError::NotFound)), "{again:?}");
        let waiting = "SELECT COUNT(*) FROM webhook_delivery WHERE state = 0";
        assert_eq!(h.count(waiting).await, 0);
        h.w.assert_books().await;
    }
}

#[tokio::test]
async fn the_log_goes_thirty_days_back() {
    for database in databases() {
        let h = hooks(&database).await;
        let (endpoint, _) = h.make("a", &[]).await;
        h.happens("one", Some(1)).await;
        h.round().await;
        h.later(30 * 86_400);
        h.receivers.next("a", [Does::Answers(500)]);
        h.happens("two", Some(1)).await;
        h.round().await;
        assert_eq!(
            h.w.app.forget_webhook_deliveries().await.expect("a store"),
            0
        );
        h.later(1);
        assert_eq!(
            h.w.app.forget_webhook_deliveries().await.expect("a store"),
            1
        );
        assert_eq!(h.stands(endpoint.id).await, ["pending 1 due"]);
    }
}
