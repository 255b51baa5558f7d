//! `GET /prop/health`

use crate::support::demo::DemoServer;
use serde_json::{Value, json};

async fn health(server: &DemoServer, token: &str) -> Value {
    let answer = server.get(token, "/prop/health").await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn the_house_is_told_in_one_look() {
    let server = DemoServer::with_desk().await;
    server.trading().await;
    server.app.write_letters().await.expect("letters");
    let staff = server.staff(1).await;
    let told = health(&server, &staff).await;
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(told["database"], json!({"engine": "sqlite", "queue": 0}));
    let desk = &told["desk"];
    assert_eq!(
        [&desk["state"], &desk["accounts"]],
        [&json!("running"), &json!(1)],
        "{desk}"
    );
    assert_eq!(desk["last_seq"], 1);
    assert!(desk["seen_at"].is_string(), "{desk}");
    let missing = desk["missing_symbols"].as_array().expect("symbols");
    assert!(
        !missing.contains(&json!("EURUSD")) && !missing.is_empty(),
        "{desk}"
    );
    let feeds = json!([{"feed": "test", "age_ms": 1, "accepted": 1, "flagged": 0, "refused": 0}]);
    assert_eq!(told["feeds"], feeds);
    let outbox = &told["outbox"];
    assert!(outbox["newest"].as_i64() > Some(0), "{outbox}");
    let followers = outbox["followers"].as_array().expect("followers").iter();
    let followers: Vec<&Value> = followers.map(|one| &one["name"]).collect();
    assert_eq!(followers, ["letters", "desk"]);
    assert_eq!(outbox["followers"][0]["behind"], 0, "{outbox}");
    assert_eq!(
        told["mail"],
        json!({"waiting": 0, "retrying": 0, "oldest_at": null})
    );
    let foreign = health(&server, &server.staff(2).await).await;
    assert_eq!(foreign["desk"]["accounts"], 0);
}

#[tokio::test]
async fn what_waits_is_told_since_when() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    server.app.write_letters().await.expect("letters");
    server.bought().await;
    let told = health(&server, &staff).await;
    let letters = &told["outbox"]["followers"][0];
    assert!(letters["behind"].as_i64() > Some(0), "{letters}");
    assert_eq!(letters["behind_since"], "2026-05-07T13:20:00.000000Z");
    server.app.write_letters().await.expect("letters");
    let told = health(&server, &staff).await;
    assert_eq!(told["outbox"]["followers"][0]["behind"], 0);
    assert!(told["mail"]["waiting"].as_i64() > Some(0), "{told}");
    assert_eq!(told["mail"]["oldest_at"], "2026-05-07T13:20:00.000000Z");
}

#[tokio::test]
async fn a_desk_that_is_away_is_told_and_is_no_error() {
    let mut server = DemoServer::with_desk().await;
    server.stop_desk();
    let staff = server.staff(1).await;
    let desk = health(&server, &staff).await["desk"].take();
    assert_eq!(
        [&desk["state"], &desk["accounts"]],
        [&json!("away"), &json!(null)],
        "{desk}"
    );
    let remote = DemoServer::remote().await;
    let staff = remote.staff(1).await;
    assert_eq!(health(&remote, &staff).await["desk"]["state"], "remote");
}

#[tokio::test]
async fn who_tells_webhooks_follows_while_one_is_on() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    server.bought().await;
    let followers = async || health(&server, &staff).await["outbox"]["followers"].take();
    assert_eq!(followers().await, json!([]));
    let webhook = json!({"endpoint_url": "https://hooks.example.com/"});
    server.post(&staff, "/webhooks", &webhook).await;
    // What was before it is nothing to be told.
    let up_to_date = json!([{"name": "webhooks", "behind": 0, "behind_since": null}]);
    assert_eq!(followers().await, up_to_date);
    let trader = server.trader().await;
    let body = json!({"program_id": 2, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &body).await;
    let behind = followers().await;
    assert!(behind[0]["behind"].as_i64() > Some(0), "{behind}");
    assert!(behind[0]["behind_since"].is_string(), "{behind}");
    server.app.queue_webhooks().await.expect("a queue");
    assert_eq!(followers().await, up_to_date);
    let off = json!({"is_active": false});
    server.patch(&staff, "/webhooks/1", &off).await;
    assert_eq!(followers().await, json!([]));
}
