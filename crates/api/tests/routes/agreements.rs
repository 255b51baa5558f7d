//! `/agreements` and `/customers/me/agreements`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Agreement, Program};

const OWN: &str = "/customers/me/agreements";

async fn publish(server: &DemoServer, body: &Value) -> Value {
    let staff = server.staff(1).await;
    let published = server.post(&staff, "/agreements", body).await;
    assert_eq!(published.status.as_u16(), 200, "{}", published.body);
    published.json()
}

async fn accept(server: &DemoServer, token: &str, id: &Value) -> Answer {
    let path = format!("{OWN}/{}/accept", id.as_str().expect("an id"));
    server.request(Method::POST, token, &path, None).await
}

async fn withdraw(server: &DemoServer, token: &str, id: &Value) -> Answer {
    let path = format!("/agreements/{}", id.as_str().expect("an id"));
    server.request(Method::DELETE, token, &path, None).await
}

fn terms(text: &str) -> Value {
    json!({"kind": "terms", "title": "Terms", "text": text})
}

#[tokio::test]
async fn nobody_buys_before_he_has_agreed_to_what_is_asked_now() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let first = publish(&server, &terms("Be fair.")).await;
    let risk = json!({"kind": "risk", "title": "Risk", "url": "https://example.com/risk"});
    let risk = publish(&server, &risk).await;
    let asked = server.get(&trader, OWN).await.json();
    assert_eq!(asked["all_accepted"], false);
    assert_eq!(asked["items"].as_array().map(Vec::len), Some(2));
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    let refused = (409, "AGREEMENTS_NOT_ACCEPTED".to_owned());
    let bought = async || {
        let answer = server.post(&trader, "/prop/challenge/buy", &buy).await;
        let code = answer.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (answer.status.as_u16(), code)
    };
    let enrol = format!("/challenges/{}/enroll", server.uuid(Program, 1));
    let enrolled = async || server.post(&trader, &enrol, &json!({})).await;
    assert_eq!(bought().await, refused);
    assert_eq!(
        enrolled().await.error(),
        (409, "agreements_not_accepted".to_owned())
    );
    let preview = server.post(&trader, "/prop/challenge/preview", &buy).await;
    assert!(
        preview.body.contains("AGREEMENTS_NOT_ACCEPTED"),
        "{}",
        preview.body
    );
    // One of two is not enough.
    let accepted = accept(&server, &trader, &first["id"]).await.json();
    assert!(accepted["accepted_at"].is_string(), "{accepted}");
    assert_eq!(bought().await, refused);
    accept(&server, &trader, &risk["id"]).await;
    assert_eq!(server.get(&trader, OWN).await.json()["all_accepted"], true);
    assert_eq!(bought().await.0, 200);
    assert_eq!(enrolled().await.status.as_u16(), 201);
    // A further version is asked for anew, and the old one cannot be agreed to any more.
    let second = publish(&server, &terms("Be fair, always.")).await;
    assert_eq!(
        (&second["version"], &second["accepted_count"]),
        (&json!(2), &json!(0))
    );
    assert_ne!(first["sha256"], second["sha256"]);
    assert_eq!(bought().await, refused);
    assert_eq!(
        accept(&server, &trader, &first["id"]).await.error(),
        (409, "state_conflict".to_owned())
    );
    // What is withdrawn is not asked for.
    assert_eq!(
        withdraw(&server, &staff, &second["id"])
            .await
            .status
            .as_u16(),
        200
    );
    assert_eq!(bought().await.0, 200);
    let all = server.get(&staff, "/agreements").await.json();
    let told: Vec<_> = all["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| {
            (
                one["kind"].clone(),
                one["version"].clone(),
                one["is_current"].clone(),
                one["accepted_count"].clone(),
            )
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["terms", 2, false, 0],
            ["risk", 1, true, 1],
            ["terms", 1, false, 1]
        ])
    );
}

#[tokio::test]
async fn a_repeat_changes_nothing() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let first = publish(&server, &terms("Be fair.")).await;
    let accepted = accept(&server, &trader, &first["id"]).await.json();
    let rows = server.audit_rows().await;
    server.clock.advance_micros(1_000_000);
    assert_eq!(
        accept(&server, &trader, &first["id"]).await.json(),
        accepted
    );
    let again = publish(&server, &terms("Be fair.")).await;
    assert_eq!(
        (&again["id"], &again["accepted_count"]),
        (&first["id"], &json!(1))
    );
    assert_eq!(server.audit_rows().await, rows);
    assert_eq!(
        withdraw(&server, &staff, &first["id"])
            .await
            .status
            .as_u16(),
        200
    );
    assert_eq!(
        withdraw(&server, &staff, &first["id"])
            .await
            .status
            .as_u16(),
        200
    );
    assert_eq!(server.audit_rows().await, rows + 1);
    // The same words once more are a further version: they were not asked for meanwhile.
    let third = publish(&server, &terms("Be fair.")).await;
    assert_eq!(third["version"], 2);
    assert_eq!(
        withdraw(&server, &staff, &first["id"]).await.error(),
        (409, "state_conflict".to_owned())
    );
}

#[tokio::test]
async fn brands_ask_for_their_own() {
    let server = DemoServer::new().await;
    publish(&server, &terms("Be fair.")).await;
    let foreigner = server.customer(2, 21).await;
    let asked = server.get(&foreigner, OWN).await.json();
    assert_eq!(asked, json!({"items": [], "all_accepted": true}));
    let id = json!(server.uuid(Agreement, 1));
    for answer in [
        accept(&server, &foreigner, &id).await,
        withdraw(&server, &server.staff(2).await, &id).await,
    ] {
        assert_eq!(answer.error(), (404, "not_found".to_owned()));
    }
}

#[rstest]
#[case::neither(json!({"kind": "terms", "title": "T"}), "text")]
#[case::kind(json!({"kind": "The Terms", "title": "T", "text": "x"}), "kind")]
#[case::address(json!({"kind": "terms", "title": "T", "url": "http://example.com"}), "url")]
#[case::no_address(json!({"kind": "terms", "title": "T", "url": "x"}), "url")]
#[case::title(json!({"kind": "terms", "title": "", "text": "x"}), "title")]
#[case::number(json!({"kind": 5, "title": "T", "text": "x"}), "kind")]
#[case::more(json!({"kind": "terms", "title": "T", "text": "x", "colour": "red"}), "colour")]
#[tokio::test]
async fn what_is_no_agreement_is_refused_with_its_place(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.post(&staff, "/agreements", &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", field]));
    assert_eq!(server.get(&staff, "/agreements").await.json()["total"], 0);
}
