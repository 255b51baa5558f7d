//! `GET /prop/breach-events`, one of them, and its review.

use crate::support::Answer;
use crate::support::demo::DemoServer;
use crate::support::desk::{CHALLENGE, LOGIN, warned};
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

async fn review(server: &DemoServer, staff: &str, what: &str, body: &Value) -> Answer {
    let breach = server.uuid(EntityKind::Breach, 1);
    let path = format!("/prop/breach-events/{breach}/{what}");
    server.post(staff, &path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_is_listed_with_what_crossed_which_floor() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let uuid = |kind, key| server.uuid(kind, key);
    let mut event = server.the_breach(&staff).await;
    let closed = event["positions_closed"].take();
    assert_eq!(
        event,
        json!({
            "id": uuid(EntityKind::Breach, 1),
            "journey_id": uuid(EntityKind::Challenge, CHALLENGE),
            "account_id": uuid(EntityKind::Account, LOGIN),
            "account_login": "2000100",
            "customer_id": uuid(EntityKind::Customer, 5),
            "customer_name": "Tina Trader",
            "customer_email": "trader@demo.test",
            "rule_type": "daily_loss",
            "severity": "terminal",
            "review_status": "pending",
            "triggered_at": "2026-05-07T13:20:00.003000Z",
            "triggered_value": 94_861.5,
            "threshold_value": 95_000.0,
            "baseline_value": 100_000.0,
            "tick_symbol": "EURUSD",
            "tick_bid": 1.095,
            "tick_ask": 1.0951,
            "tick_source": "test",
            "detected_by": "tick",
            "positions_closed": null,
            "positions_failed": [],
            "message": "breach: daily_loss 95000.00 (anchor 100000.00 - 5000.00) by equity 94861.50",
        })
    );
    assert_eq!(closed.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (
            &closed[0]["symbol"],
            &closed[0]["price"],
            &closed[0]["profit"]
        ),
        (&json!("EURUSD"), &json!(1.095), &json!(-5_100.0))
    );
}

#[rstest]
#[case("", 1)]
#[case("?status=pending&severity=terminal", 1)]
#[case("?status=confirmed", 0)]
#[case("?status=reverted", 0)]
#[case("?severity=warning", 0)]
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_narrowed(#[case] query: &str, #[case] total: i64) {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.breached().await;
    let staff = server.staff(1).await;
    let path = format!("/prop/breach-events{query}");
    let list = server.get(&staff, &path).await.json();
    assert_eq!(list["total"], total);
    let other = server.staff(2).await;
    assert_eq!(server.get(&other, &path).await.json()["total"], 0);
}

#[rstest]
#[case("status=breached")]
#[case("severity=hard")]
#[case("limit=0")]
#[case("limit=501")]
#[case("limit=x")]
#[case("offset=-1")]
#[tokio::test]
async fn a_filter_that_is_none_is_refused(#[case] query: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server
        .get(&staff, &format!("/prop/breach-events?{query}"))
        .await;
    assert_eq!(answer.status.as_u16(), 422, "{query}: {}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_breach_is_told_with_all_its_evidence() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let breach = server.uuid(EntityKind::Breach, 1);
    let path = format!("/prop/breach-events/{breach}");
    let one = server.get(&staff, &path).await.json();
    assert_eq!(
        (
            &one["number"],
            &one["phase_index"],
            &one["equity_before"],
            &one["equity_after"],
            &one["previous_hash"],
            &one["hash"].as_str().map(str::len)
        ),
        (
            &json!(1),
            &json!(1),
            &json!(94_861.5),
            &json!(94_823.17),
            &json!(""),
            &Some(64)
        )
    );
    assert_eq!(one["limits"][0]["level"], 95_000.0);
    assert_eq!(
        (&one["tick"]["sequence"], &one["previous_tick"]["bid"]),
        (&json!(3), &json!(1.096))
    );
    let held = &one["positions"][0];
    assert_eq!(
        (
            &held["side"],
            &held["volume"],
            &held["price"],
            &held["profit"]
        ),
        (&json!("buy"), &json!(10.0), &json!(1.095), &json!(-5_100.0))
    );
    assert_eq!(one["evidence"]["equity_before_minor"], 9_486_150);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_and_its_account_say_what_ended_them() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let account = server.uuid(EntityKind::Account, LOGIN);
    let account = server
        .get(&staff, &format!("/prop/accounts/{account}"))
        .await
        .json();
    let journey = server.uuid(EntityKind::Challenge, CHALLENGE);
    let journey = server
        .get(&staff, &format!("/prop/journeys/{journey}"))
        .await
        .json();
    let phase = &journey["phases"][0];
    for told in [&account, phase] {
        assert_eq!(
            (
                &told["status"],
                &told["close_only"],
                &told["breached_at"],
                &told["breached_rule_type"],
                &told["breached_event_id"]
            ),
            (
                &json!("breached"),
                &json!(true),
                &json!("2026-05-07T13:20:00.003000Z"),
                &json!("daily_loss"),
                &json!(server.uuid(EntityKind::Breach, 1))
            )
        );
    }
    assert_eq!(journey["status"], "completed");
    assert_eq!(
        (&phase["final_balance"], &phase["final_equity"]),
        (&json!(94_823.17), &json!(94_823.17))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_kept_once_and_a_revert_undoes_the_breach() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let staff = server.staff(1).await;
    server.breached().await;
    let reason = json!({"reason": "seen"});
    for result in ["confirmed", "unchanged"] {
        let answer = review(&server, &staff, "approve", &reason).await.json();
        assert_eq!(
            (&answer["result"], &answer["review_status"]),
            (&json!(result), &json!("confirmed"))
        );
    }
    let restore = json!({"reason": "a wrong price", "restore": "equity_before"});
    for (result, correction) in [("reverted", 38.33), ("unchanged", 0.0)] {
        let answer = review(&server, &staff, "revert", &restore).await.json();
        assert_eq!(
            (&answer["result"], &answer["correction_amount"]),
            (&json!(result), &json!(correction)),
            "{answer}"
        );
    }
    let again = review(&server, &staff, "approve", &reason).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (409, &json!("state_conflict"))
    );
    let account = server.uuid(EntityKind::Account, LOGIN);
    let account = server
        .get(&staff, &format!("/prop/accounts/{account}"))
        .await
        .json();
    assert_eq!(
        (
            &account["status"],
            &account["enabled"],
            &account["close_only"],
            &account["breached_event_id"],
            &account["balance"]
        ),
        (
            &json!("active"),
            &json!(true),
            &json!(false),
            &json!(null),
            &json!(94_861.5)
        )
    );
    let resting: Vec<_> = account["limits"]
        .as_array()
        .expect("limits")
        .iter()
        .map(|limit| limit["is_resting"].clone())
        .collect();
    assert_eq!(resting, [json!(true), json!(false)]);
    let deals = server
        .get(&staff, &format!("/accounts/{LOGIN}/deals"))
        .await
        .json();
    let line = &deals["items"][0];
    assert_eq!(
        [
            &line["entry"],
            &line["profit"],
            &line["balance"],
            &line["position_id"]
        ],
        [
            &json!("correction"),
            &json!("38.33"),
            &json!("94861.50"),
            &json!(null)
        ]
    );
    // It trades again, and the floor that was crossed rests.
    server.price(109_510).await;
    server.ten_lots(LOGIN).await;
    let journey = server.uuid(EntityKind::Challenge, CHALLENGE);
    let journey = server
        .get(&staff, &format!("/prop/journeys/{journey}"))
        .await
        .json();
    assert_eq!(journey["status"], "active");
    let adjusted = &journey["phases"][0]["adjustments"][0];
    assert_eq!(
        (&adjusted["kind"], &adjusted["amount"]),
        (&json!("correction"), &json!(38.33))
    );
}

#[tokio::test]
async fn a_warning_is_reverted_without_a_desk() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    crate::support::enrolled(&server).await;
    warned(&server).await;
    let body = json!({"reason": "a warning", "restore": "none"});
    for result in ["reverted", "unchanged"] {
        let answer = review(&server, &staff, "revert", &body).await.json();
        assert_eq!(answer["result"], result, "{answer}");
    }
}

#[rstest]
#[case("approve", json!({}))]
#[case("approve", json!({"reason": ""}))]
#[case("approve", json!({"reason": "x".repeat(501)}))]
#[case("approve", json!({"reason": 5}))]
#[case("revert", json!({"restore": "none"}))]
#[case("revert", json!({"reason": "r", "restore": "all"}))]
#[case("revert", json!({"reason": "r", "restore": null}))]
#[case("revert", json!([]))]
#[tokio::test]
async fn a_review_without_a_reason_is_refused(#[case] what: &str, #[case] body: Value) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    crate::support::enrolled(&server).await;
    warned(&server).await;
    let answer = review(&server, &staff, what, &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
}

/// The thirty days of program 1 are over. Taken back, the limit rests, and everybody sees that it does.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_time_that_is_taken_back_is_shown_as_resting() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    server.trading().await;
    let limits = |resting| {
        json!([
            {"rule_type": "time_limit", "ends_at": "2026-06-06T13:20:00.000000Z", "is_resting": resting},
            {"rule_type": "time_limit", "ends_at": null, "is_resting": false},
        ])
    };
    let trader = server.trader().await;
    let path = format!("/accounts/{LOGIN}");
    let own = server.get(&trader, &path).await.json();
    assert_eq!(own["journey"]["time_limits"], limits(false));
    server.clock.advance_micros(31 * 86_400_000_000);
    server.app.desk.wake().await.expect("a desk");
    let staff = server.staff(1).await;
    assert_eq!(server.the_breach(&staff).await["rule_type"], "time_limit");
    let account = server.uuid(EntityKind::Account, LOGIN);
    let account = format!("/prop/accounts/{account}");
    let over = server.get(&staff, &account).await.json();
    assert_eq!(over["time_limits"], json!([]));
    let body = json!({"reason": "he was ill", "restore": "none"});
    let answer = review(&server, &staff, "revert", &body).await;
    assert_eq!(answer.json()["result"], "reverted");
    let seen = server.get(&staff, &account).await.json();
    assert_eq!(seen["time_limits"], limits(true));
    let trader = server.trader().await;
    let own = server.get(&trader, &path).await.json();
    assert_eq!(own["journey"]["time_limits"], limits(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_account_it_is_reads_the_evidence_too_but_not_what_staff_write() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    server.breached().await;
    let reason = json!({"reason": "between us"});
    assert_eq!(
        review(&server, &staff, "approve", &reason).await.status,
        200
    );
    let own = format!("/prop/challenges/{CHALLENGE}/breaches");
    let own = server.get(&trader, &own).await.json();
    let event = own["breaches"][0]["event_id"].as_str().expect("an id");
    let path = format!("/prop/breach-events/{event}");
    let mut theirs = server.get(&staff, &path).await.json();
    let his = server.get(&trader, &path).await.json();
    assert_eq!(theirs["review_reason"], "between us");
    theirs["review_reason"] = json!("");
    theirs["reviewed_by"] = Value::Null;
    assert_eq!(his, theirs);
    assert_eq!(his["positions"].as_array().map(Vec::len), Some(1));
    let rival = server.customer(1, 6).await;
    assert_eq!(server.get(&rival, &path).await.status, 404);
}
