//! `POST /customers/login` and `POST /customers/register`

mod erasure;
mod export;
mod kyc;
mod kyc_webhook;
mod list;
mod me;
mod owner;

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

#[tokio::test]
async fn a_customer_signs_in() {
    let server = DemoServer::new().await;
    let body = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    let answer = server.post("", "/customers/login", &body).await;
    let body = answer.json();
    assert_eq!(
        (
            answer.status.as_u16(),
            &body["token_type"],
            &body["expires_in"]
        ),
        (200, &json!("bearer"), &json!(900))
    );
    assert_eq!(body["customer"]["email"], "trader@demo.test");
    assert_eq!(
        body["customer"]["trading_accounts"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let wrong = json!({"email": "trader@demo.test", "password": "wrong"});
    let answer = server.post("", "/customers/login", &wrong).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (401, &json!("invalid_credentials"))
    );
}

/// The documented fields of a customer, in their order.
const FIELDS: [&str; 37] = [
    "id",
    "email",
    "phone",
    "phone_normalized",
    "country",
    "owner_id",
    "sales_status_id",
    "kyc_status_id",
    "affiliate_id",
    "campaign_id",
    "funnel",
    "affiliate_lead_id",
    "manager_counter",
    "reg_time",
    "last_login_at",
    "last_activity_at",
    "last_trade_at",
    "ftd_at",
    "is_deposited",
    "is_active",
    "first_name",
    "last_name",
    "full_name",
    "ftd_sales_agent_id",
    "owner",
    "last_deposit_at",
    "retention_status",
    "risk_classification",
    "compliance_status",
    "phone_country",
    "kyc_country",
    "kyc_provider",
    "kyc_completed_at",
    "reg_ip",
    "registration_source",
    "force_password_change",
    "trading_accounts",
];

#[tokio::test]
async fn a_customer_is_shown_with_every_documented_field() {
    let server = DemoServer::new().await;
    let login = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    let customer = || async {
        let answer = server.post("", "/customers/login", &login).await.json();
        answer["customer"].clone()
    };
    let before = customer().await;
    let shown: Vec<&str> = before
        .as_object()
        .expect("fields")
        .keys()
        .map(String::as_str)
        .collect();
    let mut documented = FIELDS;
    documented.sort_unstable();
    assert_eq!(shown, documented);
    assert_eq!(
        (
            &before["phone_normalized"],
            &before["is_deposited"],
            &before["ftd_at"]
        ),
        (&json!("+4930000005"), &json!(false), &Value::Null)
    );

    let (trader, staff) = (server.trader().await, server.staff(1).await);
    let wallet = server.uuid(EntityKind::Account, 100_001);
    let deposit = json!({"amount": "10.00", "account_id": wallet});
    for seconds in [10, 20] {
        server.clock.advance_micros(seconds * 1_000_000);
        let made = server
            .post(&trader, "/customers/me/deposit", &deposit)
            .await
            .json();
        let id = made["transaction_id"].as_str().expect("an id");
        let path = format!("/transactions/{id}/approve");
        let approved = server.patch(&staff, &path, &json!({})).await;
        assert_eq!(approved.status.as_u16(), 200, "{}", approved.body);
    }
    let after = customer().await;
    assert_eq!(after["is_deposited"], true);
    let reg = before["reg_time"].as_str().expect("a time");
    assert_eq!(reg, "2026-05-07T13:20:00.000000Z");
    assert_eq!(
        (&after["ftd_at"], &after["last_deposit_at"]),
        (
            &json!("2026-05-07T13:20:10.000000Z"),
            &json!("2026-05-07T13:20:30.000000Z")
        )
    );
}

#[tokio::test]
async fn a_new_customer_can_sign_in_and_buys_what_is_free() {
    let server = DemoServer::new().await;
    let body = json!({"email": "New@Demo.test", "phone": "+1 555", "password": "long enough", "country": "de"});
    let answer = server.post("", "/customers/register", &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let customer = answer.json();
    assert_eq!(
        (&customer["email"], &customer["country"]),
        (&json!("new@demo.test"), &json!("DE"))
    );
    let again = server.post("", "/customers/register", &body).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (409, &json!("email_taken"))
    );
    let other = json!({"email": "new@demo.test", "phone": "1", "password": "long enough", "brand": "brand-b"});
    assert_eq!(
        server
            .post("", "/customers/register", &other)
            .await
            .status
            .as_u16(),
        201
    );
    // The same address and password in two brands: one has to be named.
    let login = json!({"email": "new@demo.test", "password": "long enough"});
    let answer = server.post("", "/customers/login", &login).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (409, &json!("brand_required"))
    );
    let login = json!({"email": "new@demo.test", "password": "long enough", "brand": "brand-b"});
    assert_eq!(
        server
            .post("", "/customers/login", &login)
            .await
            .status
            .as_u16(),
        200
    );
}

#[rstest]
#[case(json!({"phone": "1"}), "email")]
#[case(json!({"email": "new@demo.test"}), "phone")]
#[case(json!({"email": "no address", "phone": "1"}), "email")]
#[case(json!({"email": "new@demo.test", "phone": "1".repeat(21)}), "phone")]
#[case(json!({"email": "new@demo.test", "phone": "1", "password": "short"}), "password")]
#[case(json!({"email": "new@demo.test", "phone": "1", "country": "DEU"}), "country")]
#[case(json!({"email": "new@demo.test", "phone": "1", "brand": "nobody"}), "brand")]
#[tokio::test]
async fn a_wrong_registration_names_its_field(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let answer = server.post("", "/customers/register", &body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["detail"][0]["loc"]),
        (422, &json!(["body", field])),
        "{}",
        answer.body
    );
}
