//! `/console/session` and `/console/session/refresh`.

use crate::support::Answer;
use crate::support::demo::DemoServer;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{Method, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A browser: it keeps cookies, and sends them with every request.
#[derive(Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
    proof: String,
}

impl Browser {
    async fn ask(
        &mut self,
        server: &DemoServer,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let held: Vec<_> = self
                .cookies
                .iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect();
            request = request.header(COOKIE, held.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = server.ask(request.body(body).expect("a request")).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            for wanted in ["; HttpOnly", "; SameSite=Strict"] {
                assert!(text.contains(wanted), "{text}");
            }
            let (name, value) = text
                .split(';')
                .next()
                .expect("a pair")
                .split_once('=')
                .expect("=");
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    async fn sign_in(
        &mut self,
        server: &DemoServer,
        kind: &str,
        email: &str,
        password: &str,
    ) -> Value {
        let body = json!({"kind": kind, "email": email, "password": password});
        let answer = self
            .ask(server, Method::POST, "/console/session", &[], Some(body))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let session = answer.json();
        self.proof = session["csrf_token"].as_str().expect("a token").to_owned();
        session
    }

    async fn trader(server: &DemoServer) -> Self {
        let mut browser = Self::default();
        browser
            .sign_in(server, "customer", "trader@demo.test", "demo-trader-1")
            .await;
        browser
    }

    async fn get(&mut self, server: &DemoServer, path: &str) -> Answer {
        self.ask(server, Method::GET, path, &[], None).await
    }

    async fn sign_out(&mut self, server: &DemoServer, headers: &[(&str, &str)]) -> Answer {
        self.ask(server, Method::DELETE, "/console/session", headers, None)
            .await
    }

    async fn buy(&mut self, server: &DemoServer, headers: &[(&str, &str)]) -> Answer {
        let body = json!({"program_id": 1, "payer_login": 100_001});
        self.ask(
            server,
            Method::POST,
            "/prop/challenge/buy",
            headers,
            Some(body),
        )
        .await
    }
}

#[tokio::test]
async fn a_trader_signs_in_reads_buys_and_signs_out_with_cookies_alone() {
    let server = DemoServer::new().await;
    let mut browser = Browser::default();
    let nobody = browser.get(&server, "/console/session").await.json();
    assert_eq!(nobody["signed_in"], false);
    let session = browser
        .sign_in(&server, "customer", "trader@demo.test", "demo-trader-1")
        .await;
    assert_eq!(
        (&session["kind"], &session["brand"], &session["permissions"]),
        (&json!("customer"), &json!("brand-a"), &Value::Null)
    );
    let again = browser.get(&server, "/console/session").await.json();
    assert_eq!(again, session);
    assert_eq!(browser.get(&server, "/customer/me").await.status, 200);
    let proof = browser.proof.clone();
    let bought = browser.buy(&server, &[("x-csrf-token", &proof)]).await;
    assert_eq!(bought.status, 200, "{}", bought.body);

    let old = browser.cookies.clone();
    // Nobody else signs him out.
    let out = browser.sign_out(&server, &[]).await;
    assert_eq!(out.error(), (403, "forbidden".into()));
    let out = browser.sign_out(&server, &[("x-csrf-token", &proof)]).await;
    assert_eq!(out.status, 204);
    assert!(browser.cookies.is_empty());
    // A copy of the cookies is worth nothing any more.
    browser.cookies = old;
    assert_eq!(browser.get(&server, "/customer/me").await.status, 401);
    let session = browser.get(&server, "/console/session").await.json();
    assert_eq!(session["signed_in"], false);
}

#[tokio::test]
async fn staff_see_what_they_may_do() {
    let server = DemoServer::new().await;
    let mut browser = Browser::default();
    let session = browser
        .sign_in(&server, "user", "admin@demo.test", "demo-admin-1")
        .await;
    assert_eq!(session["kind"], "user");
    assert!(
        session["permissions"]
            .as_array()
            .is_some_and(|all| all.contains(&json!("view_journeys")))
    );
    assert_eq!(browser.get(&server, "/users/me").await.status, 200);
}

#[tokio::test]
async fn a_change_that_no_page_of_the_console_has_sent_is_refused_and_changes_nothing() {
    let server = DemoServer::new().await;
    let mut browser = Browser::trader(&server).await;
    let other = Browser::trader(&server).await;
    let proof = browser.proof.clone();
    let forged: [&[(&str, &str)]; 5] = [
        &[],
        &[("x-csrf-token", "")],
        &[("x-csrf-token", "0000")],
        // Of another session of the same person.
        &[("x-csrf-token", &other.proof)],
        &[("x-csrf-token", &proof), ("sec-fetch-site", "cross-site")],
    ];
    for headers in forged {
        let answer = browser.buy(&server, headers).await;
        assert_eq!(answer.error(), (403, "FORBIDDEN".into()), "{headers:?}");
    }
    let bought = browser.get(&server, "/prop/challenges").await.json();
    assert_eq!(
        bought["items"]
            .as_array()
            .or(bought["challenges"].as_array())
            .map(Vec::len),
        Some(0),
        "{bought}"
    );
    let headers = [
        ("x-csrf-token", proof.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(browser.buy(&server, &headers).await.status, 200);
}

#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in_or_out() {
    let server = DemoServer::new().await;
    let mut browser = Browser::trader(&server).await;
    let from_elsewhere = [("sec-fetch-site", "cross-site")];
    let body = json!({"kind": "customer", "email": "rival@demo.test", "password": "demo-rival-1"});
    for (method, path, body) in [
        (Method::POST, "/console/session", Some(body)),
        (Method::POST, "/console/session/refresh", None),
        (Method::DELETE, "/console/session", None),
    ] {
        let answer = browser
            .ask(&server, method, path, &from_elsewhere, body)
            .await;
        assert_eq!(answer.error(), (403, "forbidden".into()), "{path}");
    }
    let session = browser.get(&server, "/console/session").await.json();
    assert_eq!(session["email"], "trader@demo.test");
}

#[tokio::test]
async fn a_session_that_has_run_out_is_refreshed_once_for_each_token() {
    let server = DemoServer::new().await;
    let mut browser = Browser::trader(&server).await;
    server.clock.advance_micros(900_000_000);
    assert_eq!(browser.get(&server, "/customer/me").await.status, 401);
    let session = browser.get(&server, "/console/session").await.json();
    assert_eq!(
        (&session["signed_in"], &session["can_refresh"]),
        (&json!(false), &json!(true))
    );
    let stale = browser.cookies.clone();
    let fresh = browser
        .ask(&server, Method::POST, "/console/session/refresh", &[], None)
        .await;
    assert_eq!(
        (fresh.status.as_u16(), &fresh.json()["signed_in"]),
        (200, &json!(true))
    );
    assert_eq!(browser.get(&server, "/customer/me").await.status, 200);
    // Somebody holds the old one: the session is over, and its cookies are taken away.
    let mut thief = Browser {
        cookies: stale,
        proof: String::new(),
    };
    let answer = thief
        .ask(&server, Method::POST, "/console/session/refresh", &[], None)
        .await;
    assert_eq!(answer.error(), (401, "unauthorized".into()));
    assert!(thief.cookies.is_empty());
    assert_eq!(browser.get(&server, "/customer/me").await.status, 401);
}

#[tokio::test]
async fn who_signs_out_late_is_out_all_the_same() {
    let server = DemoServer::new().await;
    let mut browser = Browser::trader(&server).await;
    server.clock.advance_micros(900_000_000);
    let held = browser.cookies.clone();
    // The browser has thrown the access token away by then.
    browser.cookies.remove("touchstone_access");
    assert_eq!(browser.sign_out(&server, &[]).await.status, 204);
    browser.cookies = held;
    let again = browser
        .ask(&server, Method::POST, "/console/session/refresh", &[], None)
        .await;
    assert_eq!(again.status, 401);
}

#[tokio::test]
async fn a_header_counts_before_a_cookie() {
    let server = DemoServer::new().await;
    let mut browser = Browser::trader(&server).await;
    let rival = format!("Bearer {}", server.customer(1, 6).await);
    let headers = [("authorization", rival.as_str())];
    let me = browser
        .ask(&server, Method::GET, "/customer/me", &headers, None)
        .await;
    assert!(me.body.contains("rival@demo.test"), "{}", me.body);
}

#[tokio::test]
async fn wrong_sign_ins_are_told_as_everywhere() {
    let server = DemoServer::new().await;
    let mut browser = Browser::default();
    for (body, status) in [
        (
            json!({"kind": "customer", "email": "trader@demo.test", "password": "wrong"}),
            401,
        ),
        (
            json!({"kind": "user", "email": "trader@demo.test", "password": "demo-trader-1"}),
            401,
        ),
        (
            json!({"kind": "king", "email": "trader@demo.test", "password": "demo-trader-1"}),
            422,
        ),
        (
            json!({"email": "trader@demo.test", "password": "demo-trader-1"}),
            422,
        ),
        (
            json!({"kind": "user", "email": "a", "password": "b", "admin": true}),
            422,
        ),
    ] {
        let answer = browser
            .ask(
                &server,
                Method::POST,
                "/console/session",
                &[],
                Some(body.clone()),
            )
            .await;
        assert_eq!(answer.status, status, "{body}");
        assert!(browser.cookies.is_empty());
    }
}
