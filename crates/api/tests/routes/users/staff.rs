//! `/users`, `/users/me`, `/users/{user_id}` and `/roles`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::Staff;
use touchstone_domain::access::Role;

const ADMIN: i64 = 1;
const RISK: i64 = 2;
const SUPPORT: i64 = 4;

async fn change(server: &DemoServer, token: &str, id: i64, body: Value) -> Answer {
    let path = format!("/users/{}", server.uuid(Staff, id));
    server.patch(token, &path, &body).await
}

fn with(field: &str, value: Value) -> Value {
    json!({field: value, "reason": "a test"})
}

async fn sign_in(server: &DemoServer, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    server.post("", "/users/login", &body).await
}

#[tokio::test]
async fn the_staff_of_the_demo_are_one_of_each_role() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let page = server.get(&admin, "/users?limit=3&offset=1").await.json();
    assert_eq!(page["total"], 5);
    let roles = page["items"].as_array().expect("items").iter();
    assert_eq!(
        roles.map(|one| &one["role"]).collect::<Vec<_>>(),
        ["risk", "finance", "support"]
    );
    let me = server.get(&admin, "/users/me").await.json();
    assert_eq!(
        (&me["email"], &me["role"], &me["customer_view_scope"]),
        (&json!("admin@demo.test"), &json!("owner"), &json!("all"))
    );
    let all = server.get(&admin, "/roles").await.json();
    assert_eq!(all[0]["permissions"], me["permissions"]);
    let reader = server.with_role(Role::ReadOnly).await;
    let me = server.get(&reader, "/users/me").await.json();
    assert_eq!(me["permissions"], all[4]["permissions"]);
    let one = format!("/users/{}", server.uuid(Staff, RISK));
    assert_eq!(server.get(&reader, &one).await.json(), page["items"][0]);
}

#[tokio::test]
async fn who_is_hired_signs_in_and_may_what_his_role_may() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let body = json!({"email": "New@Demo.test", "full_name": "Nina New", "role": "read_only", "password": "a-first-password"});
    let hired = server.post(&admin, "/users", &body).await;
    assert_eq!(hired.status.as_u16(), 201, "{}", hired.body);
    assert_eq!(hired.json()["email"], "new@demo.test");
    let again = server.post(&admin, "/users", &body).await;
    assert_eq!(again.error(), (409, "user_exists".to_owned()));
    let tokens = sign_in(&server, "new@demo.test", "a-first-password").await;
    let tokens = tokens.json();
    let token = tokens["access_token"].as_str().expect("a token");
    assert_eq!(server.get(token, "/users").await.status.as_u16(), 200);
    let refused = server.post(token, "/users", &body).await;
    assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    assert!(refused.body.contains("`edit_staff`"), "{}", refused.body);
}

#[tokio::test]
async fn who_is_invited_is_mailed_how_to_set_a_password() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let body = json!({"email": "in@demo.test", "full_name": "Ina Invited", "role": "support", "customer_view_scope": "own"});
    let hired = server.post(&admin, "/users", &body).await;
    assert_eq!(hired.status.as_u16(), 201, "{}", hired.body);
    let wrong = sign_in(&server, "in@demo.test", "").await;
    assert_eq!(wrong.status.as_u16(), 422);
    let mails = server.app.answer_password_resets().await;
    assert_eq!(mails.expect("a store"), 1);
}

#[tokio::test]
async fn a_change_holds_at_once_and_is_written_down() {
    let server = DemoServer::new().await;
    let (admin, risk) = (server.staff(1).await, server.with_role(Role::Risk).await);
    assert_eq!(server.get(&risk, "/users").await.status.as_u16(), 403);
    let rows = server.audit_rows().await;
    let body = with("role", json!("read_only"));
    let changed = change(&server, &admin, RISK, body.clone()).await;
    assert_eq!(changed.json()["role"], "read_only", "{}", changed.body);
    assert_eq!(server.get(&risk, "/users").await.status.as_u16(), 200);
    let again = change(&server, &admin, RISK, body).await;
    assert_eq!(again.json(), changed.json());
    assert_eq!(server.audit_rows().await, rows + 1);
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_stays_out_when_he_may_come_back() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let tokens = sign_in(&server, "support@demo.test", "demo-support-1").await;
    let tokens = tokens.json();
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    for (is_active, sees) in [(false, 401), (true, 401)] {
        let body = with("is_active", json!(is_active));
        let answer = change(&server, &admin, SUPPORT, body).await;
        assert_eq!(answer.json()["is_active"], is_active, "{}", answer.body);
        let me = server.get(&token, "/users/me").await;
        assert_eq!(me.status.as_u16(), sees, "{is_active}");
    }
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let refreshed = server.post("", "/auth/refresh", &refresh).await;
    assert_eq!(refreshed.status.as_u16(), 401);
    let anew = sign_in(&server, "support@demo.test", "demo-support-1").await;
    assert_eq!(anew.status.as_u16(), 200);
}

#[tokio::test]
async fn nobody_raises_himself_and_the_last_owner_stays() {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let rows = server.audit_rows().await;
    for (field, value) in [
        ("role", json!("risk")),
        ("is_active", json!(false)),
        ("role", json!("read_only")),
    ] {
        let refused = change(&server, &admin, ADMIN, with(field, value)).await;
        assert_eq!(refused.error(), (409, "cannot_change_yourself".to_owned()));
    }
    assert_eq!(server.audit_rows().await, rows);
    // An owner who was only just made cannot be the one who is left out.
    let second = change(&server, &admin, RISK, with("role", json!("owner"))).await;
    assert_eq!(second.status.as_u16(), 200);
    let second = server.with_role(Role::Risk).await;
    let out = change(&server, &second, ADMIN, with("is_active", json!(false))).await;
    assert_eq!(out.status.as_u16(), 200, "{}", out.body);
    let last = change(&server, &second, RISK, with("role", json!("risk"))).await;
    assert_eq!(last.error(), (409, "cannot_change_yourself".to_owned()));
    assert_eq!(server.get(&admin, "/users").await.status.as_u16(), 401);
}

#[tokio::test]
async fn strangers_are_not_found() {
    let server = DemoServer::new().await;
    let foreign = server.staff(2).await;
    let missing = (404, "user_not_found".to_owned());
    let refused = change(&server, &foreign, RISK, with("role", json!("owner"))).await;
    assert_eq!(refused.error(), missing);
    let path = format!("/users/{}", server.uuid(Staff, RISK));
    assert_eq!(server.get(&foreign, &path).await.error(), missing);
    let page = server.get(&foreign, "/users").await.json();
    assert_eq!(page["total"], 1);
}

#[rstest]
#[case(json!({"email": "x", "full_name": "X", "role": "risk"}))]
#[case(json!({"email": "x@demo.test", "full_name": "", "role": "risk"}))]
#[case(json!({"email": "x@demo.test", "full_name": "X", "role": "boss"}))]
#[case(json!({"email": "x@demo.test", "full_name": "X", "role": "risk", "password": "short"}))]
#[case(json!({"email": "x@demo.test", "full_name": "X", "role": "owner", "customer_view_scope": "own"}))]
#[case(json!({"email": "x@demo.test", "full_name": "X", "role": "risk", "is_active": true}))]
#[tokio::test]
async fn a_body_that_does_not_fit_hires_nobody(#[case] body: Value) {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let answer = server.post(&admin, "/users", &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(server.get(&admin, "/users").await.json()["total"], 5);
}

#[tokio::test]
async fn one_writes_ones_own_name_and_nothing_else() {
    let server = DemoServer::new().await;
    let risk = server.with_role(Role::Risk).await;
    let rows = server.audit_rows().await;
    for _ in 0..2 {
        let body = json!({"full_name": "Rita Riskier"});
        let me = server.patch(&risk, "/users/me", &body).await;
        assert_eq!(me.json()["full_name"], "Rita Riskier", "{}", me.body);
    }
    assert_eq!(server.audit_rows().await, rows + 1);
    let more = json!({"full_name": "Rita", "role": "owner"});
    let refused = server.patch(&risk, "/users/me", &more).await;
    assert_eq!(refused.status.as_u16(), 422);
}
