//! `/customer/account/...`: groups, opening, and passwords of accounts.

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::json;

#[tokio::test]
async fn groups_that_can_be_opened_are_listed() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let body = server.get(&token, "/customer/account/groups").await.json();
    let names: Vec<_> = body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["group"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["REAL-USD", "REAL-EUR", "DEMO-USD"]);
    assert_eq!(
        (&body["count"], &body["rows"][2]["account_mode"]),
        (&json!(3), &json!("DEMO"))
    );
    assert_eq!(body["rows"][2]["default_deposit"], json!(10000.0));
}

#[tokio::test]
async fn a_demo_account_starts_with_its_deposit_and_a_real_one_with_nothing() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    for (group, balance) in [("DEMO-USD", 10000.0), ("REAL-USD", 0.0)] {
        let opened = server
            .post(&token, "/customer/account/open", &json!({"group": group}))
            .await;
        let body = opened.json();
        assert_eq!(
            (opened.status.as_u16(), &body["must_change_password"]),
            (200, &json!(true)),
            "{}",
            opened.body
        );
        let rows = server
            .get(&token, "/prop/programs/1/payer-accounts")
            .await
            .json();
        let row = rows["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["login"] == body["login"])
            .unwrap();
        assert_eq!(row["balance"], json!(balance));
    }
}

#[rstest]
#[case("PROP-DEMO-100K", 403, "GROUP_NOT_PUBLIC")]
#[case("PROP-DEMO-50K", 400, "INVALID_GROUP")]
#[case("nothing", 400, "INVALID_GROUP")]
#[case("", 400, "INVALID_DATA")]
#[tokio::test]
async fn other_groups_are_closed(#[case] group: &str, #[case] status: u16, #[case] code: &str) {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let answer = server
        .post(&token, "/customer/account/open", &json!({"group": group}))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["error"].as_str()),
        (status, Some(code))
    );
}

#[tokio::test]
async fn a_temporary_password_is_good_for_changing_it_and_nothing_else() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let bought = server
        .post(
            &trader,
            "/prop/challenge/buy",
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await
        .json();
    let temporary = bought["temporary_password"].as_str().unwrap();
    let sign_in = |password: &str| json!({"login": 2000100, "password": password});
    let first = server
        .post("", "/customer/account/login", &sign_in(temporary))
        .await
        .json();
    assert_eq!(first["must_change_password"], true);
    let token = first["__token"].as_str().unwrap();
    let answer = server.get(token, "/prop/programs").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (403, &json!("PASSWORD_CHANGE_REQUIRED"))
    );
    for unfit in ["short", temporary] {
        let answer = server
            .post(
                token,
                "/customer/account/password",
                &json!({"password": unfit}),
            )
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["field"]),
            (400, &json!("password")),
            "{}",
            answer.body
        );
    }
    let set = server
        .post(
            token,
            "/customer/account/password",
            &json!({"password": "my own password"}),
        )
        .await;
    assert_eq!(
        (set.status.as_u16(), set.json()),
        (200, json!({"data": "OK"}))
    );
    assert_eq!(
        server.get(token, "/prop/programs").await.status.as_u16(),
        200
    );
    for (password, status) in [(temporary, 403), ("my own password", 200)] {
        assert_eq!(
            server
                .post("", "/customer/account/login", &sign_in(password))
                .await
                .status
                .as_u16(),
            status
        );
    }
}

#[tokio::test]
async fn an_owner_gets_a_new_temporary_password_and_nobody_else() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    let path = "/customer/account/100001/temporary-password";
    assert_eq!(
        server.post_text(&rival, path, "").await.status.as_u16(),
        404
    );
    let first = server.post_text(&trader, path, "").await.json();
    let second = server.post_text(&trader, path, "").await.json();
    for (answer, status) in [(first, 403), (second, 200)] {
        let body = json!({"login": 100001, "password": answer["temporary_password"]});
        assert_eq!(
            server
                .post("", "/customer/account/login", &body)
                .await
                .status
                .as_u16(),
            status
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_phase_is_over_gets_no_password() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let trader = server.trader().await;
    server.breached().await;
    let path = format!(
        "/customer/account/{}/temporary-password",
        crate::support::desk::LOGIN
    );
    let answer = server.post_text(&trader, &path, "").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (403, &json!("CUSTOMER_DISABLED"))
    );
}

#[tokio::test]
async fn a_password_of_ones_own_is_replaced_by_who_knows_it() {
    let server = DemoServer::new().await;
    let token = server.account(1, 100_001).await;
    let path = "/customer/account/password";
    let first = json!({"password": "my own password"});
    assert_eq!(server.post(&token, path, &first).await.status.as_u16(), 200);

    // Whoever stole the token cannot take the account over.
    let stolen = json!({"password": "the thief's password"});
    let answer = server.post(&token, path, &stolen).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["field"]),
        (400, &json!("current_password"))
    );
    let guess = json!({"password": "the thief's password", "current_password": "a guess"});
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(server.post(&token, path, &guess).await.status.as_u16());
    }
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429]);

    let server = DemoServer::new().await;
    let token = server.account(1, 100_001).await;
    let next = json!({"password": "my next password", "current_password": "my own password"});
    for (body, status) in [(&first, 200), (&next, 200), (&next, 403)] {
        let answer = server.post(&token, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    }
}
