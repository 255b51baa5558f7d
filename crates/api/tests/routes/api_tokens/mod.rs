//! `/api-tokens`, and what a token opens.

use crate::support::Answer;
use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Customer, Staff};
use touchstone_domain::access::Role;

async fn made(server: &DemoServer, body: Value) -> Value {
    let admin = server.staff(1).await;
    let answer = server.post(&admin, "/api-tokens", &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    answer.json()
}

fn secret(token: &Value) -> &str {
    token["token"].as_str().expect("a secret")
}

async fn step(server: &DemoServer, id: &Value, what: &str) -> Answer {
    let admin = server.staff(1).await;
    let path = format!("/api-tokens/{id}/{what}");
    server.send(Method::POST, &admin, &path).await
}

async fn patch(server: &DemoServer, id: &Value, body: Value) -> Answer {
    let admin = server.staff(1).await;
    server
        .patch(&admin, &format!("/api-tokens/{id}"), &body)
        .await
}

async fn status(server: &DemoServer, token: &Value) -> u16 {
    server
        .get(secret(token), "/prop/journeys")
        .await
        .status
        .as_u16()
}

fn reader() -> Value {
    json!({"name": "BI", "scopes": ["view_journeys"]})
}

#[tokio::test]
async fn a_secret_is_shown_once_and_only_its_ends_afterwards() {
    let server = DemoServer::new().await;
    let token = made(&server, reader()).await;
    let text = secret(&token).to_owned();
    assert!(text.starts_with(token["token_prefix"].as_str().expect("a prefix")));
    assert!(text.ends_with(token["token_last4"].as_str().expect("an end")));
    let admin = server.staff(1).await;
    let list = server.get(&admin, "/api-tokens").await;
    assert!(!list.body.contains(&text), "{}", list.body);
    let mut listed = list.json()[0].clone();
    assert_eq!(
        (
            &listed["status"],
            &listed["scopes"],
            &listed["last_used_at"]
        ),
        (&json!("active"), &json!(["view_journeys"]), &Value::Null)
    );
    assert_eq!(listed["created_by"], json!(server.uuid(Staff, 1)));
    assert_eq!(listed["expires_at"], "2026-08-05T13:20:00.000000Z");
    listed["token"] = json!(text);
    assert_eq!(listed, token);
    let kept = server.app.store.read(|tx| {
        tx.query_one(
            "SELECT COUNT(*) FROM api_token WHERE last4 = 'none'",
            &[],
            |row| row.int(0),
        )
    });
    assert_eq!(kept.await.expect("a store"), 0);
}

#[tokio::test]
async fn it_opens_what_its_scopes_name_and_nothing_else() {
    let server = DemoServer::new().await;
    let token = made(&server, reader()).await;
    assert_eq!(status(&server, &token).await, 200);
    for (path, permission) in [
        ("/transactions", "view_transactions"),
        ("/users", "view_staff"),
        ("/api-tokens", "view_api_tokens"),
    ] {
        let refused = server.get(secret(&token), path).await;
        assert_eq!(refused.error(), (403, "forbidden".to_owned()), "{path}");
        assert!(refused.body.contains(permission), "{}", refused.body);
    }
    let me = server.get(secret(&token), "/users/me").await.json();
    assert_eq!(me["permissions"], json!(["view_journeys"]));
    let rename = json!({"full_name": "A Program"});
    let refused = server.patch(secret(&token), "/users/me", &rename).await;
    assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    let logout = server
        .send(Method::POST, secret(&token), "/customer/auth/logout")
        .await;
    assert_eq!(logout.status.as_u16(), 403, "{}", logout.body);
    let page = server.get(secret(&token), "/prop/journeys").await.json();
    assert_eq!(page["_meta"]["permissions"]["can_grant_journey"], false);
    let customer = server.get(secret(&token), "/challenges/me").await;
    assert_eq!(customer.status.as_u16(), 403);
}

#[tokio::test]
async fn it_never_does_more_than_its_maker_may_now() {
    let server = DemoServer::new().await;
    let body = json!({"name": "Bot", "scopes": ["edit_news", "view_journeys"], "expiry": "never"});
    let token = made(&server, body).await;
    let text = secret(&token).to_owned();
    let news = crate::doors::payrolls("Payrolls");
    let added = server.post(&text, "/prop/news", &news).await;
    assert_eq!(added.status.as_u16(), 200, "{}", added.body);
    for (sql, news_status, list_status) in [
        ("UPDATE staff SET role = 4 WHERE id = 1", 403, 200),
        ("UPDATE staff SET enabled = 0 WHERE id = 1", 401, 401),
    ] {
        let changed = server.app.store.write(move |tx| tx.execute(sql, &[]));
        assert_eq!(changed.await.expect("a store"), 1);
        let again = server.post(&text, "/prop/news", &news).await;
        assert_eq!(again.status.as_u16(), news_status, "{sql}");
        assert_eq!(status(&server, &token).await, list_status, "{sql}");
    }
}

#[tokio::test]
async fn the_audit_names_the_token() {
    let server = DemoServer::new().await;
    let body = json!({"name": "KYC vendor", "scopes": ["set_kyc"]});
    let token = made(&server, body).await;
    let path = format!("/customers/{}/kyc", server.uuid(Customer, 5));
    let kyc = json!({"status": "approved", "reason": "papers"});
    let set = server.put(secret(&token), &path, &kyc).await;
    assert_eq!(set.status.as_u16(), 200, "{}", set.body);
    let by = server.app.store.read(|tx| {
        let sql = "SELECT actor_kind, actor_id, api_token_id FROM audit WHERE action = 'customer.set_kyc'";
        tx.query_one(sql, &[], |row| Ok((row.string(0)?, row.int(1)?, row.opt_int(2)?)))
    });
    let id = token["id"].as_i64();
    assert_eq!(by.await.expect("a store"), ("staff".to_owned(), 1, id));
    let admin = server.staff(1).await;
    let kyc = json!({"status": "rejected", "reason": "papers"});
    server.put(&admin, &path, &kyc).await;
    let by_hand = server.app.store.read(|tx| {
        let sql = "SELECT COUNT(*) FROM audit WHERE api_token_id IS NOT NULL";
        tx.query_one(sql, &[], |row| row.int(0))
    });
    assert_eq!(by_hand.await.expect("a store"), 1);
}

#[tokio::test]
async fn it_ends_by_time_by_hand_and_with_another_secret() {
    let server = DemoServer::with_manual_clock().await;
    let old = made(
        &server,
        json!({"name": "BI", "scopes": ["view_journeys"], "expiry": "30d"}),
    )
    .await;
    let (id, rows) = (&old["id"], server.audit_rows().await);
    let rotated = step(&server, id, "rotate").await.json();
    assert_eq!(
        (status(&server, &old).await, status(&server, &rotated).await),
        (401, 200)
    );
    let off = patch(&server, id, json!({"is_active": false})).await.json();
    assert_eq!(
        (&off["status"], status(&server, &rotated).await),
        (&json!("disabled"), 401)
    );
    patch(&server, id, json!({"is_active": true})).await;
    assert_eq!(status(&server, &rotated).await, 200);
    server.clock.advance_micros(30 * 86_400 * 1_000_000);
    assert_eq!(status(&server, &rotated).await, 401);
    let longer = patch(&server, id, json!({"extend_expiry": "1y"})).await;
    assert_eq!(longer.json()["status"], "active", "{}", longer.body);
    assert_eq!(status(&server, &rotated).await, 200);
    for _ in 0..2 {
        let revoked = step(&server, id, "revoke").await;
        assert_eq!(revoked.json()["status"], "revoked", "{}", revoked.body);
    }
    assert_eq!(status(&server, &rotated).await, 401);
    let conflict = (409, "state_conflict".to_owned());
    assert_eq!(step(&server, id, "rotate").await.error(), conflict);
    let again = patch(&server, id, json!({"extend_expiry": "never"})).await;
    assert_eq!(again.error(), conflict);
    assert_eq!(server.audit_rows().await, rows + 5);
}

#[tokio::test]
async fn it_is_taken_from_its_addresses_only() {
    let server = DemoServer::new().await;
    let body = json!({"name": "BI", "scopes": ["view_journeys"], "ip_allowlist": ["192.0.2.7/24", "2001:db8::1"]});
    let token = made(&server, body).await;
    assert_eq!(
        token["ip_allowlist"],
        json!(["192.0.2.0/24", "2001:db8::1/128"])
    );
    let refused = server.get(secret(&token), "/prop/journeys").await;
    assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    patch(&server, &token["id"], json!({"ip_allowlist": ["0.0.0.0"]})).await;
    assert_eq!(status(&server, &token).await, 200);
    patch(&server, &token["id"], json!({"ip_allowlist": []})).await;
    assert_eq!(status(&server, &token).await, 200);
}

#[tokio::test]
async fn it_has_a_limit_of_its_own() {
    let server = DemoServer::new().await;
    let body = json!({"name": "BI", "scopes": ["view_journeys"], "rate_limit": 2});
    let token = made(&server, body).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(status(&server, &token).await);
    }
    assert_eq!(seen, [200, 200, 429]);
    patch(&server, &token["id"], json!({"rate_limit": null})).await;
    assert_eq!(status(&server, &token).await, 200);
}

#[tokio::test]
async fn a_use_is_noted_to_the_minute_and_a_read_is_no_write() {
    let server = DemoServer::with_manual_clock().await;
    let token = made(&server, reader()).await;
    let admin = server.staff(1).await;
    let mut noted = Vec::new();
    for _ in 0..3 {
        assert_eq!(status(&server, &token).await, 200);
        let list = server.get(&admin, "/api-tokens").await.json();
        noted.push(list[0]["last_used_at"].clone());
        server.clock.advance_micros(40 * 1_000_000);
    }
    assert_eq!(noted[0], noted[1]);
    assert_ne!(noted[1], noted[2]);
}

#[tokio::test]
async fn a_forged_one_opens_nothing() {
    let server = DemoServer::new().await;
    let token = made(&server, reader()).await;
    let text = secret(&token).to_owned();
    let (head, _) = text.split_at(text.len() - 1);
    let end = if text.ends_with('0') { "1" } else { "0" };
    for forged in [
        format!("{head}{end}"),
        text.replacen("tst_1_", "tst_2_", 1),
        head.to_owned(),
        "tst_".to_owned(),
        format!("tst_{}_{}", i64::MAX, "0".repeat(64)),
    ] {
        let answer = server.get(&forged, "/prop/journeys").await;
        assert_eq!(answer.error(), (401, "unauthorized".to_owned()), "{forged}");
    }
}

#[tokio::test]
async fn only_who_may_makes_them_and_for_what_he_may() {
    let server = DemoServer::new().await;
    for role in [Role::Risk, Role::Finance, Role::Support, Role::ReadOnly] {
        let token = server.with_role(role).await;
        let refused = server.post(&token, "/api-tokens", &reader()).await;
        assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    }
    let foreign = server.staff(2).await;
    made(&server, reader()).await;
    let path = "/api-tokens/1/revoke";
    let refused = server.send(Method::POST, &foreign, path).await;
    assert_eq!(refused.error(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn others_can_only_take_from_it() {
    let server = DemoServer::new().await;
    let token = made(
        &server,
        json!({"name": "Bot", "scopes": ["view_journeys", "view_news"]}),
    )
    .await;
    let other = server.colleague().await;
    let path = format!("/api-tokens/{}", token["id"]);
    let rotated = server
        .send(Method::POST, &other, &format!("{path}/rotate"))
        .await;
    assert_eq!(rotated.error(), (403, "forbidden".to_owned()));
    for body in [
        json!({"scopes": ["view_journeys", "view_transactions"]}),
        json!({"extend_expiry": "never"}),
        json!({"ip_allowlist": []}),
        json!({"rate_limit": null}),
        json!({"is_active": true}),
    ] {
        let refused = server.patch(&other, &path, &body).await;
        assert_eq!(refused.error(), (403, "forbidden".to_owned()), "{body}");
    }
    assert_eq!(status(&server, &token).await, 200);
    for body in [
        json!({"scopes": ["view_news"]}),
        json!({"is_active": false}),
    ] {
        let taken = server.patch(&other, &path, &body).await;
        assert_eq!(taken.status.as_u16(), 200, "{body}: {}", taken.body);
    }
    assert_eq!(status(&server, &token).await, 401);
}

#[tokio::test]
async fn it_sleeps_after_its_maker_was_dismissed_or_has_lost_his_factor() {
    for end in ["PATCH", "POST"] {
        let server = DemoServer::new().await;
        let token = made(&server, reader()).await;
        let other = server.colleague().await;
        let person = format!("/users/{}", server.uuid(Staff, 1));
        let reason = json!({"reason": "a test"});
        let ended = match end {
            "PATCH" => {
                let off = json!({"is_active": false, "reason": "a test"});
                let on = json!({"is_active": true, "reason": "a test"});
                let off = server.patch(&other, &person, &off).await;
                assert_eq!(off.status.as_u16(), 200, "{}", off.body);
                server.patch(&other, &person, &on).await
            }
            _ => {
                let admin = server.staff(1).await;
                server.post(&admin, "/auth/totp/enroll", &json!({})).await;
                server
                    .post(&other, &format!("{person}/totp/reset"), &reason)
                    .await
            }
        };
        assert_eq!(ended.status.as_u16(), 200, "{}", ended.body);
        // He is back, and his token is not, before he has looked at it himself.
        assert_eq!(status(&server, &token).await, 401, "{end}");
        let woken = patch(&server, &token["id"], json!({"is_active": true})).await;
        assert_eq!(woken.status.as_u16(), 200, "{}", woken.body);
        assert_eq!(status(&server, &token).await, 200, "{end}");
    }
}

#[rstest]
#[case(json!({"name": "x", "scopes": []}))]
#[case(json!({"name": "x", "scopes": ["everything"]}))]
#[case(json!({"name": "x", "scopes": ["view_news", "view_news"]}))]
#[case(json!({"name": "x", "scopes": ["manage_api_tokens"]}))]
#[case(json!({"name": "x", "scopes": ["edit_staff"]}))]
#[case(json!({"name": "", "scopes": ["view_news"]}))]
#[case(json!({"name": "x", "scopes": ["view_news"], "expiry": "2y"}))]
#[case(json!({"name": "x", "scopes": ["view_news"], "ip_allowlist": ["10.0.0.0/33"]}))]
#[case(json!({"name": "x", "scopes": ["view_news"], "rate_limit": 0}))]
#[tokio::test]
async fn a_body_that_does_not_fit_makes_nothing(#[case] body: Value) {
    let server = DemoServer::new().await;
    let admin = server.staff(1).await;
    let answer = server.post(&admin, "/api-tokens", &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(server.get(&admin, "/api-tokens").await.json(), json!([]));
}
