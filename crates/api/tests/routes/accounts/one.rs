//! `GET /accounts/{login}`

use super::{Trading, refused, told};
use serde_json::{Value, json};

#[tokio::test]
async fn an_account_tells_its_money_its_floors_and_how_far_it_has_come() {
    let trading = Trading::new().await;
    let fresh = trading.get("").await;
    assert_eq!(
        [&fresh["balance"], &fresh["equity"]],
        ["100000.00", "100000.00"]
    );
    assert_eq!(fresh["margin_level"], Value::Null);
    trading.open("buy", "10").await;
    trading.server.quote("EURUSD", 109_900, 109_910).await;
    let body = trading.get("").await;
    assert_eq!(body["balance"], "99961.50");
    assert_eq!(body["profit"], "-1100.00");
    assert_eq!(body["equity"], "98861.50");
    assert_eq!(body["margin"], "11001.00");
    assert_eq!(body["free_margin"], "87860.50");
    assert_eq!(body["margin_level"], "898.65");
    assert_eq!(body["positions"][0]["current_price"], "1.09900");
    assert_eq!(
        [&body["is_traded"], &body["margin_call_risk"]],
        [true, false]
    );
    let journey = &body["journey"];
    assert_eq!(
        [&journey["phase"], &journey["status"]],
        ["Evaluation", "active"]
    );
    let limits = journey["limits"].as_array().expect("limits");
    let daily = limits.iter().find(|limit| limit["rule"] == "daily_loss");
    let daily = daily.expect("a floor of the day");
    assert_eq!(
        [&daily["level"], &daily["anchor"]],
        ["95000.00", "100000.00"]
    );
    let max = limits.iter().find(|limit| limit["rule"] == "max_loss");
    assert_eq!(max.expect("a floor")["level"], "90000.00");
    assert_eq!(journey["progress"]["profit_target"], "8000.00");
    assert_eq!(journey["progress"]["profit"], "-1138.50");
    assert_eq!(journey["day_ends_at"], "2026-05-08T00:00:00.000000Z");
}

#[tokio::test]
async fn a_price_that_is_too_old_suspends_judgement_visibly() {
    let trading = Trading::new().await;
    trading.open("buy", "1").await;
    trading.server.clock.advance_micros(61 * 1_000_000);
    let body = trading.get("").await;
    assert_eq!(body["stale_symbol"], "EURUSD");
    assert_eq!(body["journey"]["is_suspended"], true);
}

#[tokio::test]
async fn an_account_whose_phase_is_over_is_told_as_it_was_left() {
    let trading = Trading::new().await;
    trading.open("buy", "45").await;
    trading.server.quote("EURUSD", 109_880, 109_890).await;
    let body = trading.get("").await;
    assert_eq!(body["journey"]["status"], "breached", "{body}");
    assert_eq!([&body["is_traded"], &body["is_active"]], [false, false]);
    assert_eq!(body["equity"], body["balance"]);
    let limits = body["journey"]["limits"].as_array();
    assert!(limits.is_some_and(|limits| !limits.is_empty()), "{body}");
    assert_eq!(trading.get("/positions").await["items"], json!([]));
    let deals = trading.get("/deals").await;
    assert_eq!(deals["items"][0]["reason"], "liquidation");
    assert_eq!(deals["items"][0]["balance"], body["balance"]);
    let order = json!({"symbol": "EURUSD", "side": "buy", "volume": "0.1"});
    let refusal = trading.post("/orders", &order).await;
    assert_eq!(told(&refusal), refused(409, "ACCOUNT_NOT_TRADED"));
}

#[tokio::test]
async fn a_wallet_is_told_without_a_journey() {
    let trading = Trading::new().await;
    let wallet = trading
        .server
        .get(&trading.token, "/accounts/100001")
        .await
        .json();
    assert_eq!(wallet["account_type"], "personal");
    assert_eq!(wallet["journey"], Value::Null);
    assert_eq!(wallet["equity"], wallet["balance"]);
}

#[tokio::test]
async fn without_a_desk_a_running_account_is_not_told() {
    let mut trading = Trading::new().await;
    trading.server.stop_desk();
    let path = trading.path("");
    let answer = trading.server.get(&trading.token, &path).await;
    assert_eq!(told(&answer), refused(503, "DESK_UNAVAILABLE"));
    let staff = trading.server.staff(1).await;
    let wallet = trading.server.get(&staff, "/accounts/100001").await;
    assert_eq!(wallet.status.as_u16(), 200, "{}", wallet.body);
}

#[tokio::test]
async fn with_a_remote_trading_server_the_balance_is_known_and_no_more() {
    let server = crate::support::demo::DemoServer::remote().await;
    let token = server.trader().await;
    let wallet = server.get(&token, "/accounts/100001").await;
    assert_eq!(wallet.status.as_u16(), 200, "{}", wallet.body);
    assert_eq!(wallet.json()["equity"], Value::Null);
}

#[tokio::test]
async fn a_login_is_a_number() {
    let trading = Trading::new().await;
    for login in ["0", "-1", "abc", "1.5", "99999999999999999999"] {
        let path = format!("/accounts/{login}");
        let answer = trading.server.get(&trading.token, &path).await;
        assert_eq!(answer.status.as_u16(), 422, "{login}: {}", answer.body);
    }
}
