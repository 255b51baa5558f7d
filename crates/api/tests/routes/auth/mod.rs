//! `POST /auth/refresh`, `DELETE /auth/sessions/{session_id}` and `/auth/password-reset/...`

use crate::support::demo::DemoServer;
use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use touchstone_app::mail::FolderMailer;

async fn sign_in(server: &DemoServer) -> Value {
    let body = json!({"email": "trader@demo.test", "password": "demo-trader-1"});
    server.post("", "/customers/login", &body).await.json()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_return_ends_the_session() {
    let server = DemoServer::new().await;
    let first = sign_in(&server).await;
    let refresh = |token: &Value| json!({"refresh_token": token});
    let second = server
        .post("", "/auth/refresh", &refresh(&first["refresh_token"]))
        .await;
    assert_eq!(
        (second.status.as_u16(), &second.json()["expires_in"]),
        (200, &json!(900))
    );
    let second = second.json();
    assert_eq!(second["session_id"], first["session_id"]);
    assert_eq!(
        server
            .get(text(&second["access_token"]), "/customer/me")
            .await
            .status
            .as_u16(),
        200
    );
    // Somebody has the old one.
    assert_eq!(
        server
            .post("", "/auth/refresh", &refresh(&first["refresh_token"]))
            .await
            .status
            .as_u16(),
        401
    );
    assert_eq!(
        server
            .post("", "/auth/refresh", &refresh(&second["refresh_token"]))
            .await
            .status
            .as_u16(),
        401
    );
    assert_eq!(
        server
            .get(text(&second["access_token"]), "/customer/me")
            .await
            .status
            .as_u16(),
        401
    );
}

/// The claims of a token, for whoever reads them without its key.
fn claims(token: &Value) -> Value {
    let payload = text(token).split('.').nth(1).expect("a payload");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("base64");
    serde_json::from_slice(&bytes).expect("claims")
}

#[tokio::test]
async fn a_customers_tokens_tell_his_first_account_before_and_after_a_refresh() {
    let server = DemoServer::new().await;
    let first = sign_in(&server).await;
    let body = json!({"refresh_token": first["refresh_token"]});
    let second = server.post("", "/auth/refresh", &body).await.json();
    for tokens in [first, second] {
        let claims = claims(&tokens["access_token"]);
        assert_eq!(
            (&claims["type"], &claims["login"]),
            (&json!("customer"), &json!(100_001))
        );
    }
    let body = json!({"email": "admin@demo.test", "password": "demo-admin-1"});
    let staff = server.post("", "/users/login", &body).await.json();
    let claims = claims(&staff["access_token"]);
    assert_eq!(
        (&claims["type"], claims.get("login")),
        (&json!("user"), None)
    );
}

#[tokio::test]
async fn a_wrong_refresh_token_ends_nothing() {
    let server = DemoServer::new().await;
    let first = sign_in(&server).await;
    for wrong in ["x", "1.0", "1.0.00", "999.0.00", "-1.-1.-1", ""] {
        let status = server
            .post("", "/auth/refresh", &json!({"refresh_token": wrong}))
            .await
            .status
            .as_u16();
        assert_eq!(status, if wrong.is_empty() { 422 } else { 401 }, "{wrong}");
    }
    let good = json!({"refresh_token": first["refresh_token"]});
    assert_eq!(
        server
            .post("", "/auth/refresh", &good)
            .await
            .status
            .as_u16(),
        200
    );
}

#[tokio::test]
async fn an_access_token_lives_15_minutes() {
    let server = DemoServer::new().await;
    let first = sign_in(&server).await;
    server.clock.advance_micros(900_000_000);
    assert_eq!(
        server
            .get(text(&first["access_token"]), "/customer/me")
            .await
            .status
            .as_u16(),
        401
    );
}

#[tokio::test]
async fn sessions_are_ended_by_their_owner_and_by_staff_of_the_brand() {
    let server = DemoServer::new().await;
    let (rival, staff, other) = (
        server.customer(1, 6).await,
        server.staff(1).await,
        server.staff(2).await,
    );
    for by_staff in [false, true] {
        let session = sign_in(&server).await;
        let token = text(&session["access_token"]);
        let path = format!("/auth/sessions/{}", text(&session["session_id"]));
        for stranger in [&rival, &other] {
            assert_eq!(
                server
                    .send(Method::DELETE, stranger, &path)
                    .await
                    .status
                    .as_u16(),
                404
            );
        }
        let owner = if by_staff { staff.as_str() } else { token };
        assert_eq!(
            server
                .send(Method::DELETE, owner, &path)
                .await
                .status
                .as_u16(),
            204
        );
        assert_eq!(server.get(token, "/customer/me").await.status.as_u16(), 401);
    }
    assert_eq!(
        server
            .send(Method::DELETE, &staff, "/auth/sessions/x")
            .await
            .status
            .as_u16(),
        422
    );
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_mailed_token_once() {
    let server = DemoServer::new().await;
    let session = sign_in(&server).await;
    for email in ["trader@demo.test", "nobody@demo.test"] {
        let answer = server
            .post("", "/auth/password-reset/request", &json!({"email": email}))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (202, json!({"ok": true}))
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(folder.path().to_owned()).unwrap();
    assert_eq!(server.app.answer_password_resets().await.unwrap(), 1);
    assert_eq!(server.app.send_due_mail(&mailer).await.unwrap(), 1);
    assert_eq!(server.app.send_due_mail(&mailer).await.unwrap(), 0);
    let file = std::fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mail = std::fs::read_to_string(file).unwrap();
    let token = mail
        .lines()
        .find_map(|line| line.strip_prefix("Token: "))
        .expect("a token");
    let confirm = json!({"token": token, "password": "a new password"});
    assert_eq!(
        server
            .post("", "/auth/password-reset/confirm", &confirm)
            .await
            .status
            .as_u16(),
        200
    );
    assert_eq!(
        server
            .get(text(&session["access_token"]), "/customer/me")
            .await
            .status
            .as_u16(),
        401
    );
    let again = server
        .post("", "/auth/password-reset/confirm", &confirm)
        .await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (400, &json!("invalid_token"))
    );
    let body = json!({"email": "trader@demo.test", "password": "a new password"});
    assert_eq!(
        server
            .post("", "/customers/login", &body)
            .await
            .status
            .as_u16(),
        200
    );
}
