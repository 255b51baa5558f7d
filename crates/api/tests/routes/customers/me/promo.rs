//! `POST` and `DELETE /customers/me/transactions/{tx_id}/promo`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use axum::http::Method;
use serde_json::{Value, json};

async fn code(server: &DemoServer, body: Value) {
    let staff = server.staff(1).await;
    let made = server.post(&staff, "/promo-codes", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
}

#[tokio::test]
async fn a_code_makes_the_fee_less_until_it_is_taken_off() {
    let server = DemoServer::new().await;
    code(&server, json!({"code": "SPRING10", "discount_percent": 10})).await;
    let journey = enrolled(&server).await;
    let trader = server.trader().await;
    let path = format!("/customers/me/transactions/{}/promo", journey.transaction);
    let put = server
        .post(&trader, &path, &json!({"code": "spring10"}))
        .await;
    assert_eq!(put.status.as_u16(), 200, "{}", put.body);
    let less = json!({
        "transaction_id": journey.transaction,
        "status": "PENDING",
        "fee_amount": "449.10",
        "fee_currency": "USD",
        "full_amount": "499.00",
        "discount_amount": "49.90",
        "promo_code": "SPRING10",
        "activated": false,
    });
    assert_eq!(put.json(), less);
    let again = server
        .post(&trader, &path, &json!({"code": "SPRING10"}))
        .await;
    assert_eq!(again.json(), less);
    let off = server.send(Method::DELETE, &trader, &path).await;
    assert_eq!(off.status.as_u16(), 200, "{}", off.body);
    let full = json!({
        "transaction_id": journey.transaction,
        "status": "PENDING",
        "fee_amount": "499.00",
        "fee_currency": "USD",
        "full_amount": "499.00",
        "discount_amount": "0.00",
        "promo_code": null,
        "activated": false,
    });
    assert_eq!(off.json(), full);
    let off = server.send(Method::DELETE, &trader, &path).await;
    assert_eq!(off.json(), full);
}

#[tokio::test]
async fn a_fee_of_which_nothing_is_left_is_approved_at_once() {
    let server = DemoServer::new().await;
    code(
        &server,
        json!({"code": "GIFT", "discount_percent": "100.00"}),
    )
    .await;
    let journey = enrolled(&server).await;
    let trader = server.trader().await;
    let path = format!("/customers/me/transactions/{}/promo", journey.transaction);
    let put = server
        .post(&trader, &path, &json!({"code": "GIFT"}))
        .await
        .json();
    assert_eq!(
        (&put["status"], &put["fee_amount"], &put["activated"]),
        (&json!("APPROVED"), &json!("0.00"), &json!(true))
    );
    let late = server.send(Method::DELETE, &trader, &path).await;
    assert_eq!(
        (late.status.as_u16(), &late.json()["error"]),
        (409, &json!("state_conflict"))
    );
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let server = DemoServer::new().await;
    for body in [
        json!({"code": "OFF", "discount_percent": 10, "is_enabled": false}),
        json!({"code": "GONE", "discount_percent": 10, "valid_to": "2001-01-01T00:00:00Z"}),
        json!({"code": "EUROS", "discount_amount": 10, "currency": "EUR"}),
        json!({"code": "OTHERS", "discount_percent": 10, "template_ids": [server.uuid(touchstone_domain::EntityKind::Program, 2)]}),
    ] {
        code(&server, body).await;
    }
    let journey = enrolled(&server).await;
    let trader = server.trader().await;
    let path = format!("/customers/me/transactions/{}/promo", journey.transaction);
    for (code, status, error) in [
        ("NOBODY", 404, "promo_code_unknown"),
        ("OFF", 409, "promo_code_disabled"),
        ("GONE", 409, "promo_code_expired"),
        ("EUROS", 409, "promo_code_wrong_currency"),
        ("OTHERS", 409, "promo_code_not_for_program"),
    ] {
        let answer = server.post(&trader, &path, &json!({"code": code})).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (status, &json!(error)),
            "{code}"
        );
    }
    for body in [
        json!({}),
        json!({"code": ""}),
        json!({"code": 7}),
        json!({"code": "OFF", "x": 1}),
    ] {
        let answer = server.post(&trader, &path, &body).await;
        assert_eq!(answer.status.as_u16(), 422, "{body}");
    }
    let rival = server.customer(1, 6).await;
    let foreign = server.post(&rival, &path, &json!({"code": "OFF"})).await;
    assert_eq!(foreign.status.as_u16(), 404);
    let staff = server.staff(1).await;
    let listed = server.get(&staff, "/transactions").await.json();
    assert_eq!(listed[0]["amount"], "499.00");
}
