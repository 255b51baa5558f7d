//! `/prop/payouts`: the list, one of them, and what staff do with it.

use crate::support::Answer;
use crate::support::demo::DemoServer;
use crate::support::funded::FUNDED_LOGIN;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Challenge, Customer, Payout};
use touchstone_domain::{Currency, Money};

async fn step(server: &DemoServer, token: &str, what: &str, body: Option<Value>) -> Answer {
    let path = format!("/prop/payouts/{}/{what}", server.uuid(Payout, 1));
    let body = body.map(|body| body.to_string());
    server
        .request(axum::http::Method::POST, token, &path, body)
        .await
}

fn usd(amount: &Value) -> Money {
    Money::from_major(&amount.to_string(), Currency::USD).expect("an amount")
}

fn reason() -> Option<Value> {
    Some(json!({"reason": "looked at"}))
}

fn paid() -> Option<Value> {
    Some(json!({"reference": "SEPA 4711"}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_is_approved_sent_and_paid_with_its_transactions() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let asked = server.asked_for_payout().await;
    let staff = server.staff(1).await;
    let rows = server.audit_rows().await;
    let conflict = (409, "state_conflict".to_owned());
    for (what, body) in [
        ("mark-disbursing", None),
        ("mark-paid", paid()),
        ("return", reason()),
    ] {
        assert_eq!(
            step(&server, &staff, what, body).await.error(),
            conflict,
            "{what}"
        );
    }
    assert_eq!(server.audit_rows().await, rows);
    for (what, body, status) in [
        ("approve", reason(), "approved"),
        ("mark-disbursing", None, "disbursing"),
        ("return", reason(), "approved"),
        ("mark-disbursing", None, "disbursing"),
        ("mark-paid", paid(), "paid"),
    ] {
        let done = step(&server, &staff, what, body.clone()).await;
        assert_eq!(done.status.as_u16(), 200, "{what}: {}", done.body);
        assert_eq!(done.json()["status"], status);
        if what != "return" {
            let again = step(&server, &staff, what, body).await;
            assert_eq!(again.error(), conflict, "{what} again");
        }
    }
    assert_eq!(server.audit_rows().await, rows + 5);
    assert_eq!(
        step(&server, &staff, "reject", reason()).await.error(),
        conflict
    );
    let path = format!("/prop/payouts/{}", server.uuid(Payout, 1));
    let one = server.get(&staff, &path).await.json();
    assert_eq!(one["customer_email"], "trader@demo.test");
    assert_eq!(one["reference"], "SEPA 4711");
    assert_eq!(
        one["approved_by"],
        json!(server.uuid(touchstone_domain::EntityKind::Staff, 1))
    );
    assert!(
        one["paid_at"].is_string() && one["rejected_at"].is_null(),
        "{one}"
    );
    let all = server
        .get(&staff, "/transactions?type=CHALLENGE_PAYOUT")
        .await;
    let all = all.json();
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
    assert_eq!(all[0]["id"], one["transaction_id"]);
    assert_eq!(
        (&all[0]["status"], &all[0]["type"]),
        (&json!("APPROVED"), &json!("CHALLENGE_PAYOUT"))
    );
    assert_eq!(
        all[0]["amount"],
        json!(usd(&asked["payout_amount"]).fixed())
    );
    let fee = server
        .get(&staff, "/transactions?type=CHALLENGE_FEE_REFUND")
        .await;
    let fee = fee.json();
    assert_eq!(
        (&fee[0]["amount"], &fee[0]["type"]),
        (&json!("499.00"), &json!("CHALLENGE_FEE_REFUND"))
    );
    let report = server
        .app
        .store
        .read(|tx| touchstone_app::check::check(tx, 10))
        .await;
    let report = report.expect("a report");
    assert!(report.is_clean(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_payout_is_back_in_the_account() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let asked = server.asked_for_payout().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    assert_eq!(
        step(&server, &staff, "approve", reason())
            .await
            .status
            .as_u16(),
        200
    );
    let refused = step(
        &server,
        &staff,
        "reject",
        Some(json!({"reason": "copied trades"})),
    )
    .await;
    let refused = refused.json();
    assert_eq!(
        (&refused["status"], &refused["reason"]),
        (&json!("rejected"), &json!("copied trades"))
    );
    assert!(refused["rejected_by"].is_string() && refused["rejected_at"].is_string());
    let account = server
        .get(&trader, &format!("/accounts/{FUNDED_LOGIN}"))
        .await;
    let taken_minor = usd(&asked["taken_amount"]).minor;
    let balance = Money::new(10_000_000 + taken_minor, Currency::USD);
    assert_eq!(account.json()["balance"], json!(balance.fixed()));
    let report = server
        .app
        .store
        .read(|tx| touchstone_app::check::check(tx, 10))
        .await;
    assert!(
        report.as_ref().is_ok_and(|report| report.is_clean()),
        "{report:?}"
    );
    // He can ask again at once.
    let path = "/challenges/me/payouts/request";
    let again = server
        .request(axum::http::Method::POST, &trader, path, None)
        .await
        .json();
    assert_eq!(
        (&again["status"], &again["number"]),
        (&json!("pending"), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_at_once_one_decides() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.asked_for_payout().await;
    let staff = server.staff(1).await;
    let decide = |what| step(&server, &staff, what, reason());
    let (a, b, c) = tokio::join!(decide("approve"), decide("approve"), decide("approve"));
    let mut statuses = [a, b, c].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
    let (a, b) = tokio::join!(decide("reject"), decide("reject"));
    let mut statuses = [a, b].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let report = server
        .app
        .store
        .read(|tx| touchstone_app::check::check(tx, 10))
        .await;
    assert!(
        report.as_ref().is_ok_and(|report| report.is_clean()),
        "{report:?}"
    );
}

/// Above 5,000 it takes two, see the demo server's settings.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_payout_is_approved_by_two_people() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.funded().await;
    server.verified().await;
    server.ten_lots(FUNDED_LOGIN).await;
    server.price(111_300).await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let path = format!("/accounts/{FUNDED_LOGIN}/positions/close-all");
    server.post(&trader, &path, &json!({})).await;
    let path = "/challenges/me/payouts/request";
    let asked = server.request(axum::http::Method::POST, &trader, path, None);
    let asked = asked.await.json();
    assert!(usd(&asked["payout_amount"]).minor > 500_000, "{asked}");
    let colleague = server.colleague().await;
    let first = step(&server, &staff, "approve", reason()).await.json();
    assert_eq!(first["status"], "awaiting_second_approval");
    assert!(
        first["approved_at"].is_null() && first["first_approved_by"].is_string(),
        "{first}"
    );
    let alone = step(&server, &staff, "approve", reason()).await;
    assert_eq!(alone.error(), (409, "second_approver_wanted".to_owned()));
    let early = step(&server, &colleague, "mark-disbursing", None).await;
    assert_eq!(early.error(), (409, "state_conflict".to_owned()));
    let second = step(&server, &colleague, "approve", reason()).await.json();
    assert_eq!(second["status"], "approved");
    assert_ne!(second["approved_by"], second["first_approved_by"]);
    let report = server
        .app
        .store
        .read(|tx| touchstone_app::check::check(tx, 10))
        .await;
    assert!(
        report.as_ref().is_ok_and(|report| report.is_clean()),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed_and_belongs_to_the_brand() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.asked_for_payout().await;
    let (staff, other) = (server.staff(1).await, server.staff(2).await);
    let uuid = |kind, key| server.uuid(kind, key);
    for (query, total) in [
        (String::new(), 1),
        ("?status=pending".to_owned(), 1),
        ("?status=paid".to_owned(), 0),
        (format!("?customer_id={}", uuid(Customer, 5)), 1),
        (format!("?customer_id={}", uuid(Customer, 6)), 0),
        (format!("?journey_id={}", uuid(Challenge, 12)), 1),
        (format!("?journey_id={}", uuid(Customer, 5)), 0),
        ("?offset=1".to_owned(), 1),
    ] {
        let list = server
            .get(&staff, &format!("/prop/payouts{query}"))
            .await
            .json();
        assert_eq!(list["total"], total, "{query}");
    }
    assert_eq!(server.get(&other, "/prop/payouts").await.json()["total"], 0);
    let missing = (404, "not_found".to_owned());
    let path = format!("/prop/payouts/{}", uuid(Payout, 1));
    assert_eq!(server.get(&other, &path).await.error(), missing);
    for what in ["approve", "reject"] {
        assert_eq!(
            step(&server, &other, what, reason()).await.error(),
            missing,
            "{what}"
        );
    }
}

#[rstest]
#[case("approve", json!({}))]
#[case("approve", json!({"reason": ""}))]
#[case("approve", json!({"reason": 1}))]
#[case("reject", json!({"reason": "x", "amount": 1}))]
#[case("mark-paid", json!({"reference": "x".repeat(201)}))]
#[case("return", json!({}))]
#[tokio::test]
async fn a_body_that_does_not_fit_is_refused(#[case] what: &str, #[case] body: Value) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = step(&server, &staff, what, Some(body)).await;
    assert_eq!(answer.status.as_u16(), 422, "{what}: {}", answer.body);
}
