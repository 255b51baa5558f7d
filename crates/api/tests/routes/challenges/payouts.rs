//! `GET /challenges/me/payouts/eligibility`, `POST /challenges/me/payouts/request` and `GET /challenges/me/payouts`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use crate::support::funded::FUNDED_LOGIN;
use axum::http::Method;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Account, Challenge, Customer, Payout};

const ELIGIBILITY: &str = "/challenges/me/payouts/eligibility";
const REQUEST: &str = "/challenges/me/payouts/request";

async fn request(server: &DemoServer, token: &str, query: &str) -> Answer {
    let path = format!("{REQUEST}{query}");
    server.request(Method::POST, token, &path, None).await
}

fn names(list: &Value, key: &str) -> Vec<String> {
    let all = list.as_array().expect("conditions").iter();
    let met = all.filter(|one| one["met"] == json!(key == "met"));
    met.map(|one| one["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_trader_saw_is_what_is_decided() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.funded().await;
    let trader = server.trader().await;
    let seen = server.get(&trader, ELIGIBILITY).await;
    assert_eq!(seen.status.as_u16(), 200, "{}", seen.body);
    let seen = seen.json();
    assert_eq!(seen["eligible"], false);
    assert_eq!(seen["blockers"], json!(["kyc"]));
    let rejected = request(&server, &trader, "").await.json();
    assert_eq!(rejected["status"], "auto_rejected");
    assert_eq!(rejected["reason"], "kyc");
    assert_eq!(rejected["conditions"], seen["conditions"]);
    assert_eq!(
        (&rejected["taken_amount"], &rejected["number"]),
        (&json!(0.0), &json!(1))
    );
    server.verified().await;
    let seen = server.get(&trader, ELIGIBILITY).await.json();
    assert_eq!(seen["eligible"], true, "{seen}");
    assert_eq!(
        names(&seen["conditions"], "met"),
        [
            "account_active",
            "no_payout_in_flight",
            "kyc",
            "no_open_positions",
            "trading_days",
            "profit",
            "minimum_amount",
            "above_floor"
        ]
    );
    let made = request(&server, &trader, "").await.json();
    let uuid = |kind, key| server.uuid(kind, key);
    for (key, value) in [
        ("id", json!(uuid(Payout, 2))),
        ("journey_id", json!(uuid(Challenge, 12))),
        ("account_id", json!(uuid(Account, FUNDED_LOGIN))),
        ("account_login", json!("2000101")),
        ("customer_id", json!(uuid(Customer, 5))),
        ("status", json!("pending")),
        ("trigger", json!("on_demand")),
        ("number", json!(1)),
        ("currency", json!("USD")),
        ("taken_amount", seen["taken_amount"].clone()),
        ("payout_amount", seen["payout_amount"].clone()),
        ("firm_amount", seen["firm_amount"].clone()),
        ("profit_split_pct", json!(80.0)),
        ("fee_refund_amount", json!(499.0)),
        ("fee_refund_currency", json!("USD")),
        ("conditions", seen["conditions"].clone()),
        ("reason", Value::Null),
        ("paid_at", Value::Null),
        ("rejected_at", Value::Null),
    ] {
        assert_eq!(made[key], value, "{key}: {made}");
    }
    // The account is where it began, and asking again is refused without a trace.
    let path = format!("/accounts/{FUNDED_LOGIN}");
    let account = server.get(&trader, &path).await.json();
    assert_eq!(account["balance"], "100000.00", "{account}");
    let again = request(&server, &trader, "").await;
    assert_eq!(again.error(), (409, "payout_in_flight".to_owned()));
    let own = server.get(&trader, "/challenges/me/payouts").await.json();
    assert_eq!(own["total"], 2);
    assert_eq!(own["items"], json!([made, rejected]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_funded_account_is_told_so() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let trader = server.trader().await;
    let none = (409, "no_funded_account".to_owned());
    assert_eq!(server.get(&trader, ELIGIBILITY).await.error(), none);
    assert_eq!(request(&server, &trader, "").await.error(), none);
    server.funded().await;
    let rival = server.customer(1, 6).await;
    assert_eq!(server.get(&rival, ELIGIBILITY).await.error(), none);
    let query = |kind, key| format!("?account_id={}", server.uuid(kind, key));
    let missing = (404, "not_found".to_owned());
    // Somebody else's, one that there is not, and one of the first phase.
    let foreign = query(Account, FUNDED_LOGIN);
    assert_eq!(request(&server, &rival, &foreign).await.error(), missing);
    let unknown = query(Customer, 5);
    assert_eq!(request(&server, &trader, &unknown).await.error(), missing);
    let wallet = query(Account, 100_001);
    assert_eq!(request(&server, &trader, &wallet).await.error(), none);
    let garbage = request(&server, &trader, "?account_id=x").await;
    assert_eq!(garbage.status.as_u16(), 422, "{}", garbage.body);
    let own = server.get(&trader, "/challenges/me/payouts").await.json();
    assert_eq!(own, json!({"items": [], "total": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_at_once_one_is_a_payout() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.funded().await;
    server.verified().await;
    let trader = server.trader().await;
    let ask = || request(&server, &trader, "");
    let answers = tokio::join!(ask(), ask(), ask(), ask());
    let mut statuses: Vec<u16> = [&answers.0, &answers.1, &answers.2, &answers.3]
        .into_iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409]);
    let own = server.get(&trader, "/challenges/me/payouts").await.json();
    assert_eq!(own["total"], 1, "{own}");
}

#[tokio::test]
async fn an_account_grows_with_its_payouts_and_says_what_the_next_growth_asks_for() {
    let server = DemoServer::with_desk().await;
    let staff = server.staff(1).await;
    let plan = json!([{"payouts": 1, "increase_pct": 25, "times": 2}]);
    server.funded_with(json!({"scaling_plan": plan})).await;
    server.verified().await;
    let trader = server.trader().await;
    let scaling = async || server.get(&trader, ELIGIBILITY).await.json()["scaling"].clone();
    let before = scaling().await;
    assert_eq!(
        (
            &before["growths"],
            &before["growths_max"],
            &before["next_increase"]
        ),
        (&json!(0), &json!(2), &json!(25_000.0)),
        "{before}"
    );
    let wanted = before["conditions"].as_array().expect("conditions");
    let payouts = wanted.iter().find(|one| one["name"] == "paid_payouts");
    assert_eq!(payouts.expect("a condition")["met"], false, "{before}");
    let asked = server
        .send(Method::POST, &trader, "/challenges/me/payouts/request")
        .await
        .json();
    let id = asked["id"].as_str().expect("an id");
    for verb in ["approve", "mark-disbursing", "mark-paid"] {
        let path = format!("/prop/payouts/{id}/{verb}");
        let body = match verb {
            "approve" => json!({"reason": "ok"}),
            _ => json!({}),
        };
        let done = server.post(&staff, &path, &body).await;
        assert_eq!(done.status.as_u16(), 200, "{}", done.body);
    }
    server.clock.advance_micros(1_000_000);
    assert_eq!(server.app.grow_accounts().await.expect("a growth"), 1);
    assert_eq!(server.app.grow_accounts().await.expect("none"), 0);
    let after = scaling().await;
    assert_eq!(after["growths"], 1, "{after}");
    let account = server
        .get(&trader, &format!("/accounts/{FUNDED_LOGIN}"))
        .await
        .json();
    assert_eq!(account["balance"], "125000.00", "{account}");
    // What it has grown by is no profit, on no list and at no time.
    let mine = server.get(&trader, "/challenges/me").await.json()["items"][0].clone();
    assert_eq!(
        (&mine["account_size"], &mine["profit_to_date"]),
        (&json!(125_000.0), &json!(0.0)),
        "{mine}"
    );
    // The fee went back with the payout.
    let journey = mine["journey_id"]
        .as_str()
        .or(mine["id"].as_str())
        .expect("an id");
    let detail = server
        .get(&staff, &format!("/prop/journeys/{journey}"))
        .await
        .json();
    assert_eq!(detail["total_paid"], json!(0.0), "{detail}");
    let own = server.get(&trader, "/prop/challenges").await.json();
    let id = &own["challenges"][0]["id"];
    let metrics = server
        .get(&trader, &format!("/prop/challenges/{id}/metrics?limit=100"))
        .await
        .json();
    let points = metrics["metrics"].as_array().expect("points");
    assert!(points.len() > 3, "{metrics}");
    for point in points {
        assert!(point["total_loss"].to_string().starts_with("0."), "{point}");
    }
}
