//! `GET /prop/challenges` and `GET /prop/challenges/{id}`

use crate::support::demo::DemoServer;
use serde_json::json;

#[tokio::test]
async fn a_customer_sees_his_own_purchases_and_challenges() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    let bought = server
        .post(
            &trader,
            "/prop/challenge/buy",
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await
        .json();
    let mine = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(
        mine,
        json!({"purchases": [bought["purchase"]], "challenges": [bought["challenge"]]})
    );
    assert_eq!(
        server.get(&rival, "/prop/challenges").await.json(),
        json!({"purchases": [], "challenges": []})
    );
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    for _ in 0..3 {
        server
            .post(
                &token,
                "/prop/challenge/buy",
                &json!({"program_id": 2, "payer_login": 100001}),
            )
            .await;
    }
    let page = server.get(&token, "/prop/challenges?limit=2").await.json();
    assert_eq!(
        (&page["purchases"][0]["id"], &page["purchases"][1]["id"]),
        (&json!(12), &json!(11))
    );
    let rest = server
        .get(&token, "/prop/challenges?limit=2&before_id=11")
        .await
        .json();
    assert_eq!(
        (
            rest["purchases"].as_array().map(Vec::len),
            &rest["purchases"][0]["id"]
        ),
        (Some(1), &json!(10))
    );
    for query in ["limit=0", "limit=501", "limit=x", "before_id=0"] {
        assert_eq!(
            server
                .get(&token, &format!("/prop/challenges?{query}"))
                .await
                .status
                .as_u16(),
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn one_challenge_is_shown_whole_to_its_owner_only() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    server
        .post(
            &trader,
            "/prop/challenge/buy",
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    let body = server.get(&trader, "/prop/challenges/12").await.json();
    assert_eq!(
        (
            &body["challenge"]["id"],
            &body["purchase"]["id"],
            &body["program"]["id"]
        ),
        (&json!(12), &json!(10), &json!(1))
    );
    assert_eq!(body["phases"], json!([body["current_phase"]]));
    let phase = &body["current_phase"];
    assert_eq!(
        (
            &phase["account_login"],
            &phase["initial_balance"],
            &phase["status_name"]
        ),
        (&json!(2000100), &json!(100000.0), &json!("active"))
    );
    for (token, id) in [(&rival, "12"), (&trader, "99")] {
        let answer = server.get(token, &format!("/prop/challenges/{id}")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (404, &json!("NOT_FOUND"))
        );
    }
}
