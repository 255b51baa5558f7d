//! `POST /users/login`

mod staff;

use crate::support::demo::DemoServer;
use serde_json::json;

#[tokio::test]
async fn staff_sign_in_apart_from_customers() {
    let server = DemoServer::new().await;
    let body = json!({"email": "admin@demo.test", "password": "demo-admin-1"});
    let answer = server.post("", "/users/login", &body).await;
    let tokens = answer.json();
    assert_eq!(
        (
            answer.status.as_u16(),
            &tokens["token_type"],
            &tokens["expires_in"]
        ),
        (200, &json!("bearer"), &json!(900))
    );
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        server.get(token, "/prop/attention").await.status.as_u16(),
        200
    );
    let customer = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    let answer = server.post("", "/users/login", &customer).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (401, &json!("invalid_credentials"))
    );
    assert_eq!(
        server
            .post("", "/customers/login", &body)
            .await
            .status
            .as_u16(),
        401
    );
}
