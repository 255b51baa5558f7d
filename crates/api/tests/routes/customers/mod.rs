//! `POST /customers/login` and `POST /customers/register`

mod me;

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};

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
