//! `POST /customers/me/transactions/{tx_id}/pay`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

#[tokio::test]
async fn it_tells_where_to_pay_and_moves_no_money() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let trader = server.trader().await;
    let path = format!("/customers/me/transactions/{}/pay", journey.transaction);
    let answer = server.post_text(&trader, &path, "").await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let mut answer = answer.json();
    let url = answer["redirect_url"].take();
    assert_eq!(answer["cashier_url"].take(), url);
    let token = url
        .as_str()
        .and_then(|url| url.strip_prefix("http://127.0.0.1:8080/cashier/"))
        .expect("our own page");
    assert_eq!(token.len(), 43, "32 bytes in base64url");
    assert_eq!(
        answer,
        json!({
            "transaction_id": journey.transaction,
            "gateway": "demo",
            "gateway_type": "redirect",
            "currency": "USD",
            "cashier_token": null,
            "cashier_session_id": null,
            "cashier_key": null,
            "script_url": null,
            "cashier_url": null,
            "cashier_id": "demo",
            "redirect_url": Value::Null,
        })
    );
}

#[tokio::test]
async fn only_ones_own_that_waits_for_payment_can_be_paid() {
    let server = DemoServer::new().await;
    let journey = enrolled(&server).await;
    let (trader, rival, staff) = (
        server.trader().await,
        server.customer(1, 6).await,
        server.staff(1).await,
    );
    let path = format!("/customers/me/transactions/{}/pay", journey.transaction);
    for (token, status) in [("", 401), (staff.as_str(), 403), (rival.as_str(), 404)] {
        let answer = server.post_text(token, &path, "").await;
        assert_eq!(answer.status.as_u16(), status);
    }
    let unknown = server.uuid(EntityKind::Transaction, 99);
    let answer = server
        .post_text(
            &trader,
            &format!("/customers/me/transactions/{unknown}/pay"),
            "",
        )
        .await;
    assert_eq!(answer.status.as_u16(), 404);
    let answer = server
        .post_text(&trader, "/customers/me/transactions/7/pay", "")
        .await;
    assert_eq!(answer.status.as_u16(), 422);

    let decline = format!("/transactions/{}/decline", journey.transaction);
    server.patch_text(&staff, &decline, "").await;
    let answer = server.post_text(&trader, &path, "").await;
    assert_eq!(answer.status.as_u16(), 409);
    assert_eq!(answer.json()["error"], "not_payable");
}
