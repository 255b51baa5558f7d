//! What a page of another origin may do in a browser.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;
use touchstone_api::ApiOptions;

use crate::support::{Answer, TestServer};

const TRADER: &str = "https://trade.example.com";

async fn server(origins: &[&str], per_minute: u32) -> TestServer {
    TestServer::with(ApiOptions {
        rate_limit_per_minute: per_minute,
        allowed_origins: origins.iter().map(|text| text.parse().unwrap()).collect(),
        ..ApiOptions::default()
    })
    .await
}

async fn preflight(server: &TestServer, origin: &str, path: &str) -> Answer {
    let request = Request::options(path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    server.send(request.body(Body::empty()).unwrap()).await
}

async fn call(server: &TestServer, origin: &str, path: &str) -> Answer {
    let request = Request::get(path).header("origin", origin);
    server.send(request.body(Body::empty()).unwrap()).await
}

fn words(answer: &Answer, header: &str) -> BTreeSet<String> {
    let text = answer.header(header).unwrap_or_default();
    text.split(',')
        .map(|word| word.trim().to_lowercase())
        .collect()
}

#[tokio::test]
async fn by_default_no_other_page_may_call() {
    let server = server(&[], 0).await;
    let answer = preflight(&server, TRADER, "/prop/challenge/buy").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = call(&server, TRADER, "/healthz").await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_named_origin_may_call_and_no_other() {
    let server = server(&[TRADER, "http://localhost:5173"], 0).await;
    for origin in [TRADER, "http://localhost:5173"] {
        for answer in [
            preflight(&server, origin, "/prop/challenge/buy").await,
            call(&server, origin, "/healthz").await,
        ] {
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(words(&answer, "vary").contains("origin"));
        }
    }
    for origin in [
        "https://trade.example.com.evil.example",
        "http://trade.example.com",
        "null",
    ] {
        for answer in [
            preflight(&server, origin, "/prop/challenge/buy").await,
            call(&server, origin, "/healthz").await,
        ] {
            assert_eq!(
                answer.header("access-control-allow-origin"),
                None,
                "{origin}"
            );
        }
    }
}

#[tokio::test]
async fn everything_the_document_names_may_be_sent_and_read() {
    let server = server(&[TRADER], 0).await;
    let document = server.get("/openapi.json").await.json();
    let asked = preflight(&server, TRADER, "/challenges/me").await;
    let methods = words(&asked, "access-control-allow-methods");
    let sent = words(&asked, "access-control-allow-headers");
    let told = call(&server, TRADER, "/healthz").await;
    let read = words(&told, "access-control-expose-headers");
    assert!(sent.is_superset(&["authorization", "content-type"].map(str::to_owned).into()));

    for (path, operations) in document["paths"].as_object().unwrap() {
        // Providers, feeds and the cashier's own page, none of which is a page of another origin.
        let others = ["/payments/", "/kyc/webhook/", "/cashier/", "/feed/ticks"];
        if others.iter().any(|other| path.starts_with(other)) {
            continue;
        }
        for (method, operation) in operations.as_object().unwrap() {
            assert!(methods.contains(method), "{method} {path}");
            for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
                let name = parameter["name"].as_str().unwrap().to_lowercase();
                let is_sent = parameter["in"] != "header" || sent.contains(&name);
                assert!(is_sent, "{name} of {method} {path}");
            }
            for answer in operation["responses"].as_object().unwrap().values() {
                for name in answer["headers"].as_object().into_iter().flatten() {
                    let name = name.0.to_lowercase();
                    assert!(read.contains(&name), "{name} of {method} {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn asking_first_costs_nothing_of_an_allowance() {
    let server = server(&[TRADER], 1).await;
    for _ in 0..20 {
        let answer = preflight(&server, TRADER, "/customers/login").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("x-ratelimit-limit"), None);
    }
    let login = json!({"email": "a@example.com", "password": "wrong-password"});
    let mut answers = Vec::new();
    for _ in 0..3 {
        let request = Request::post("/customers/login")
            .header("origin", TRADER)
            .header("content-type", "application/json")
            .body(Body::from(login.to_string()));
        answers.push(server.send(request.unwrap()).await);
    }
    // Two a minute of one address are allowed, and the page can read why the third is refused.
    assert_eq!(answers[0].header("x-ratelimit-remaining"), Some("1"));
    let refused = &answers[2];
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("access-control-allow-origin"), Some(TRADER));
    let read = words(refused, "access-control-expose-headers");
    for name in [
        "retry-after",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ] {
        assert!(
            read.contains(name) && refused.header(name).is_some(),
            "{name}"
        );
    }
}
