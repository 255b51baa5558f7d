//! `POST /customers/me/deposit` and `/withdraw`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

const DEPOSIT: &str = "/customers/me/deposit";
const WITHDRAW: &str = "/customers/me/withdraw";

fn wallet(server: &DemoServer) -> String {
    server.uuid(EntityKind::Account, 100_001)
}

#[tokio::test]
async fn a_deposit_opens_the_cashier() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let body = json!({"amount": "250.50", "account_id": wallet(&server)});
    let answer = server.post(&trader, DEPOSIT, &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let answer = answer.json();
    assert_eq!(
        answer["transaction_id"],
        server.uuid(EntityKind::Transaction, 1)
    );
    for (field, value) in [
        ("gateway", "demo"),
        ("gateway_type", "redirect"),
        ("currency", "USD"),
        ("cashier_id", "demo"),
    ] {
        assert_eq!(answer[field], value, "{field}");
    }
    assert!(answer["redirect_url"].is_string());
    let path = format!(
        "/customers/me/transactions/{}/pay",
        answer["transaction_id"].as_str().expect("an id")
    );
    let again = server.post_text(&trader, &path, "").await;
    assert_eq!(again.status.as_u16(), 200, "it can be paid later too");
}

#[tokio::test]
async fn a_withdrawal_waits_for_staff() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let body = json!({
        "amount": 200,
        "account_id": wallet(&server),
        "payment_data": {"iban": "DE00"},
        "comment": "holiday",
    });
    let answer = server.post(&trader, WITHDRAW, &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let transaction = server.uuid(EntityKind::Transaction, 1);
    assert_eq!(
        answer.json(),
        json!({
            "transaction_id": transaction,
            "amount": "200.00",
            "currency": "USD",
            "status": "PENDING",
            "created_at": "2026-05-07T13:20:00.000000Z",
            "max_withdrawable": "1000.00",
            "message": "Your withdrawal waits for approval.",
        })
    );
    let staff = server.staff(1).await;
    let list = server.get(&staff, "/transactions?type=WITHDRAWAL").await;
    assert_eq!(list.json()[0]["payment_data"], json!({"iban": "DE00"}));
    assert_eq!(list.json()[0]["comment"], "holiday");
    let approve = format!("/transactions/{transaction}/approve");
    let answer = server.patch_text(&staff, &approve, "").await;
    assert_eq!(answer.json()["status"], "APPROVED", "{}", answer.body);
}

#[rstest]
#[case::too_much(json!({"amount": "1200.01"}), 409, "insufficient_funds", json!(null))]
#[case::zero(json!({"amount": 0}), 422, "validation_error", json!("amount"))]
#[case::negative(json!({"amount": "-5"}), 422, "validation_error", json!("amount"))]
#[case::too_fine(json!({"amount": "0.001"}), 422, "validation_error", json!("amount"))]
#[case::too_large(json!({"amount": 10000001}), 422, "validation_error", json!("amount"))]
#[case::no_number(json!({"amount": "all"}), 422, "validation_error", json!("amount"))]
#[case::not_said_which(json!({"account_id": null}), 422, "validation_error", json!("account_id"))]
#[case::no_uuid(json!({"account_id": 100001}), 422, "validation_error", json!("account_id"))]
#[case::long_comment(json!({"comment": "x".repeat(501)}), 422, "validation_error", json!("comment"))]
#[case::long_data(json!({"payment_data": {"x": "y".repeat(5000)}}), 422, "validation_error", json!("payment_data"))]
#[tokio::test]
async fn what_does_not_fit_holds_nothing(
    #[case] changes: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[case] field: Value,
) {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let mut body = json!({"amount": "1.00", "account_id": wallet(&server)});
    for (name, value) in changes.as_object().expect("an object") {
        body[name] = value.clone();
    }
    let answer = server.post(&trader, WITHDRAW, &body).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    let answer = answer.json();
    assert_eq!(answer["error"], code);
    if status == 422 {
        assert_eq!(answer["detail"][0]["loc"], json!(["body", field]));
    }
    let whole = json!({"amount": "1200.00", "account_id": wallet(&server)});
    let answer = server.post(&trader, WITHDRAW, &whole).await;
    assert_eq!(answer.json()["max_withdrawable"], "0.00");
}

#[tokio::test]
async fn other_accounts_are_no_wallets_of_ones_own() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    for login in [100_003, 1] {
        let account = server.uuid(EntityKind::Account, login);
        for path in [DEPOSIT, WITHDRAW] {
            let body = json!({"amount": "1.00", "account_id": account});
            let answer = server.post(&trader, path, &body).await;
            assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
            assert_eq!(
                answer.json()["detail"][0]["loc"],
                json!(["body", "account_id"])
            );
        }
    }
    let staff = server.staff(1).await;
    for (token, status) in [("", 401), (staff.as_str(), 403)] {
        for path in [DEPOSIT, WITHDRAW] {
            let answer = server.post(token, path, &json!({"amount": "1.00"})).await;
            assert_eq!(answer.status.as_u16(), status);
        }
    }
}

#[tokio::test]
async fn pending_deposits_are_capped() {
    let server = DemoServer::new().await;
    let rival = server.customer(1, 6).await;
    let body = json!({"amount": "1.00"});
    for _ in 0..server.app.settings.pending_deposits_limit {
        let answer = server.post(&rival, DEPOSIT, &body).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    }
    let answer = server.post(&rival, DEPOSIT, &body).await;
    assert_eq!(answer.status.as_u16(), 409);
    assert_eq!(answer.json()["error"], "too_many_pending_transactions");
}

#[rstest]
#[case(DEPOSIT)]
#[case(WITHDRAW)]
#[tokio::test]
async fn a_request_with_a_key_is_done_once(#[case] path: &str) {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let ask = |key: &'static str, amount: &str| {
        let body = json!({"amount": amount, "account_id": wallet(&server)}).to_string();
        let (server, trader) = (&server, &trader);
        async move {
            let headers = [("idempotency-key", key)];
            server
                .post_with_headers(trader, path, &headers, &body)
                .await
        }
    };
    // Two at once, and one later.
    let (one, other) = tokio::join!(ask("a", "20.00"), ask("a", "20.00"));
    let third = ask("a", "20").await;
    let transaction = server.uuid(EntityKind::Transaction, 1);
    let mut replayed = 0;
    for answer in [&one, &other, &third] {
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        assert_eq!(answer.json()["transaction_id"], transaction);
        replayed += usize::from(answer.headers.contains_key("idempotent-replayed"));
    }
    assert_eq!(replayed, 2);
    let conflict = ask("a", "20.01").await;
    assert_eq!(conflict.error(), (409, "idempotency_key_conflict".into()));
    let long = "x".repeat(129);
    let body = json!({"amount": "1", "account_id": wallet(&server)}).to_string();
    let headers = [("idempotency-key", long.as_str())];
    let long = server
        .post_with_headers(&trader, path, &headers, &body)
        .await;
    assert_eq!(long.status.as_u16(), 422, "{}", long.body);
    // Another key, and somebody else's same one, begin something of their own.
    let second = ask("b", "20.00").await;
    assert_eq!(
        second.json()["transaction_id"],
        server.uuid(EntityKind::Transaction, 2)
    );
    let rival = server.customer(1, 6).await;
    let body = json!({"amount": "1"}).to_string();
    let theirs = server
        .post_with_headers(&rival, path, &[("idempotency-key", "a")], &body)
        .await;
    assert_eq!(theirs.status.as_u16(), 201, "{}", theirs.body);
    assert_eq!(
        theirs.json()["transaction_id"],
        server.uuid(EntityKind::Transaction, 3)
    );
}
