//! `/mail-templates`, and the mails that customers get

use crate::support::demo::DemoServer;
use crate::support::desk::LOGIN;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_app::StoreError;
use touchstone_domain::EntityKind::{Breach, Payout, Staff};

/// Subjects and bodies of what was queued, oldest first.
async fn mails(server: &DemoServer) -> Vec<(String, String)> {
    let read = server.app.store.read(|tx| {
        tx.query(
            "SELECT subject, body FROM mail WHERE recipient = 'trader@demo.test' ORDER BY id",
            &[],
            |row| Ok::<_, StoreError>((row.string(0)?, row.string(1)?)),
        )
    });
    read.await.expect("mails")
}

async fn subjects(server: &DemoServer) -> Vec<String> {
    let mails = mails(server).await.into_iter();
    mails.map(|(subject, _)| subject).collect()
}

async fn write(server: &DemoServer) -> usize {
    server.app.write_letters().await.expect("letters")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_told_from_his_order_to_his_payout() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    assert_eq!(write(&server).await, 0);
    server.asked_for_payout().await;
    assert_eq!(write(&server).await, 5);
    let staff = server.staff(1).await;
    for (what, body) in [
        ("approve", json!({"reason": "looked at"})),
        ("mark-disbursing", json!({})),
        ("mark-paid", json!({"reference": "SEPA 4711"})),
    ] {
        let path = format!("/prop/payouts/{}/{what}", server.uuid(Payout, 1));
        let body = Some(body.to_string());
        server.request(Method::POST, &staff, &path, body).await;
    }
    assert_eq!(write(&server).await, 2);
    assert_eq!(write(&server).await, 0);
    assert_eq!(
        subjects(&server).await,
        [
            "brand-a: your order of Short",
            "brand-a: your order of Short",
            "brand-a: your account 2000100 is ready",
            "brand-a: you have passed Evaluation",
            "brand-a: your payout is being looked at",
            "brand-a: your payout is approved",
            "brand-a: your payout is paid",
        ]
    );
    let mails = mails(&server).await;
    for (place, text) in [
        (
            0,
            "It costs 499.00 USD; your challenge begins as soon as that is paid.",
        ),
        (1, "Thank you: 499.00 USD for Short has been paid."),
        (2, "Balance: 100,000.00 USD"),
        (3, "Funded begins now, on account 2000101."),
        (3, "http://127.0.0.1:8080/verify?code="),
        (4, "your payout of 1,293.26 USD from account 2000101."),
        (6, "has been sent (SEPA 4711)."),
    ] {
        assert!(mails[place].1.contains(text), "{text}: {}", mails[place].1);
        assert!(
            mails[place].1.starts_with("Hello Tina,\n\n"),
            "{}",
            mails[place].1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_is_told_with_its_reason_and_so_is_its_end() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    assert_eq!(write(&server).await, 0);
    server.breached().await;
    // What is bought from a wallet is paid and opened at once.
    assert_eq!(write(&server).await, 3);
    let told = mails(&server).await.pop().expect("a mail");
    assert_eq!(told.0, "brand-a: Evaluation of 100K Challenge has ended");
    let why = "Why: breach: daily_loss 95000.00 (anchor 100000.00 - 5000.00) by equity 94861.50";
    assert!(told.1.contains(why), "{}", told.1);
    let staff = server.staff(1).await;
    let path = format!("/prop/breach-events/{}/revert", server.uuid(Breach, 1));
    let body = json!({"reason": "a wrong price"});
    let reverted = server.post(&staff, &path, &body).await;
    assert_eq!(reverted.status.as_u16(), 200, "{}", reverted.body);
    assert_eq!(write(&server).await, 1);
    let told = mails(&server).await.pop().expect("a mail");
    assert_eq!(told.0, format!("brand-a: your account {LOGIN} goes on"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_words_its_mails_and_leaves_some_unsent() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let list = server.get(&staff, "/mail-templates").await.json();
    let items = list["items"].as_array().expect("templates").clone();
    assert_eq!(items.len(), 7);
    assert!(
        items
            .iter()
            .all(|one| one["is_standard"] == true && one["enabled"] == true)
    );
    write(&server).await;
    let ours =
        json!({"subject": "{{ account }}!", "body": "Go, {{ first_name }}: {{ account_size }}"});
    let path = "/mail-templates/activation";
    let set = server.put(&staff, path, &ours).await;
    assert_eq!(set.status.as_u16(), 200, "{}", set.body);
    let one = set.json();
    assert_eq!(one["is_standard"], false);
    assert_eq!(one["updated_by"], json!(server.uuid(Staff, 1)));
    let rows = server.audit_rows().await;
    assert_eq!(server.put(&staff, path, &ours).await.json(), one);
    assert_eq!(server.audit_rows().await, rows);
    let mut unsent = items
        .iter()
        .find(|one| one["kind"] == "purchase")
        .expect("it")
        .clone();
    unsent = json!({"subject": unsent["subject"], "body": unsent["body"], "enabled": false});
    server
        .put(&staff, "/mail-templates/purchase", &unsent)
        .await;
    let foreign = server
        .get(&server.staff(2).await, "/mail-templates")
        .await
        .json();
    assert!(foreign["items"][1]["is_standard"] == true, "{foreign}");
    let trader = server.trader().await;
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    assert_eq!(write(&server).await, 1);
    let wanted = (format!("{LOGIN}!"), "Go, Tina: 100,000.00 USD".to_owned());
    assert_eq!(mails(&server).await, [wanted]);
    let reset = server.request(Method::DELETE, &staff, path, None).await;
    assert_eq!(reset.json()["is_standard"], true);
}

#[tokio::test]
async fn a_preview_fills_in_sample_values_and_keeps_nothing() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let body = json!({"subject": "{{ brand }}", "body": "{% if status == 'requested' %}{{ amount }}{% endif %}"});
    let shown = server
        .post(&staff, "/mail-templates/payout/preview", &body)
        .await;
    assert_eq!(
        shown.json(),
        json!({"subject": "Example Prop", "body": "1,294.37 USD"})
    );
    let list = server.get(&staff, "/mail-templates").await.json();
    assert_eq!(list["items"][5]["is_standard"], true);
}

#[rstest]
#[case::unknown_name(json!({"subject": "x", "body": "{{ nonsense }}"}), "body")]
#[case::syntax(json!({"subject": "{{ brand", "body": "x"}), "subject")]
#[case::lines(json!({"subject": "a\nb", "body": "x"}), "subject")]
#[case::nothing(json!({"subject": "", "body": "x"}), "subject")]
#[case::kind_of_value(json!({"subject": 5, "body": "x"}), "subject")]
#[case::more(json!({"subject": "x", "body": "x", "colour": "red"}), "colour")]
#[tokio::test]
async fn what_is_no_template_is_refused_with_its_place(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let set = server.put(&staff, "/mail-templates/payout", &body).await;
    assert_eq!(set.status.as_u16(), 422, "{}", set.body);
    assert_eq!(set.json()["detail"][0]["loc"], json!(["body", field]));
    let shown = server
        .post(&staff, "/mail-templates/payout/preview", &body)
        .await;
    assert_eq!(shown.status.as_u16(), 422);
    let list = server.get(&staff, "/mail-templates").await.json();
    assert_eq!(list["items"][5]["is_standard"], true);
}

#[tokio::test]
async fn a_kind_that_is_not_there_is_not_found() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let body = json!({"subject": "x", "body": "x"});
    let set = server.put(&staff, "/mail-templates/birthday", &body).await;
    assert_eq!(set.error(), (404, "not_found".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_gets_no_letter() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    write(&server).await;
    server.trading().await;
    let disabled = server
        .app
        .store
        .write(|tx| tx.execute("UPDATE customer SET enabled = 0 WHERE id = 5", &[]));
    disabled.await.expect("a store");
    assert_eq!(write(&server).await, 0);
}
