//! `GET /prop/accounts/{account_id}`

use crate::support::demo::DemoServer;
use crate::support::enrolled;
use serde_json::json;
use touchstone_domain::EntityKind;

#[tokio::test]
async fn an_account_shows_its_journey_and_the_rules_of_its_phase() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let journey = enrolled(&server).await;
    let account = server.uuid(EntityKind::Account, 2_000_100);
    let path = format!("/prop/accounts/{account}");
    let before = server.get(&staff, &path).await.json();
    assert_eq!(
        (
            &before["status"],
            &before["enabled"],
            &before["initial_balance"]
        ),
        (&json!("inactive"), &json!(false), &json!(null))
    );
    let approve = format!("/transactions/{}/approve", journey.transaction);
    server.patch_text(&staff, &approve, "").await;
    let uuid = |kind, key| server.uuid(kind, key);
    let mut after = server.get(&staff, &path).await.json();
    let floors = after["limits"].take();
    assert_eq!(
        (&floors[0]["level"], &floors[1]["level"]),
        (&json!(95_000.0), &json!(90_000.0))
    );
    let running = json!({
            "measured_at": "2026-05-07T13:20:00.000000Z",
            "is_live": false,
            "open_positions": 0,
            "close_only": false,
            "paused_until": null,
            "is_judgement_suspended": false,
            "day_ends_at": "2026-05-08T00:00:00.000000Z",
            "day_start": 100_000.0,
            "daily_loss": 0.0,
            "total_loss": 0.0,
            "time_limits": [
                {"rule_type": "time_limit", "ends_at": "2026-06-06T13:20:00.000000Z", "is_resting": false},
                {"rule_type": "time_limit", "ends_at": null, "is_resting": false},
            ],
            "progress": {
                "profit": 0.0,
                "profit_target": 8_000.0,
                "trading_days": 0,
                "min_trading_days": 5,
                "profitable_days": 0,
                "min_profitable_days": 0,
                "consistency": null,
            },
            "breached_at": null,
            "breached_rule_type": null,
            "breached_event_id": null,
    });
    for (field, wanted) in running.as_object().expect("fields") {
        assert_eq!(after[field], *wanted, "{field}");
    }
    let told = after.as_object_mut().expect("fields");
    told.retain(|field, _| field != "limits" && running.get(field).is_none());
    assert_eq!(
        after,
        json!({
            "account_id": account,
            "login": "2000100",
            "journey_id": journey.id,
            "customer_id": uuid(EntityKind::Customer, 5),
            "customer_name": "Tina Trader",
            "customer_email": "trader@demo.test",
            "template_id": uuid(EntityKind::Program, 1),
            "template_name": "100K Challenge",
            "group_id": uuid(EntityKind::Group, 4),
            "status": "active",
            "enabled": true,
            "phase": "Evaluation",
            "phase_type": "evaluation",
            "currency": "USD",
            "leverage": 100,
            "initial_balance": 100_000.0,
            "balance": 100_000.0,
            "equity": 100_000.0,
            "profit_to_date": 0.0,
            "profit_target": 8_000.0,
            "daily_dd_pct": 5.0,
            "max_loss_pct": 10.0,
            "min_trading_days": 5,
            "max_trading_days": 30,
            "max_positions": 10,
            "created_at": "2026-05-07T13:20:00.000000Z",
            "started_at": "2026-05-07T13:20:00.000000Z",
            "closed_at": null,
            "suspended_symbols": [],
            "suspended_because": null,
        })
    );
}

#[tokio::test]
async fn an_abandoned_journeys_account_is_closed() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let journey = enrolled(&server).await;
    let decline = format!("/transactions/{}/decline", journey.transaction);
    server.patch_text(&staff, &decline, "").await;
    let account = server.uuid(EntityKind::Account, 2_000_100);
    let found = server
        .get(&staff, &format!("/prop/accounts/{account}"))
        .await
        .json();
    assert_eq!(
        (&found["status"], &found["closed_at"]),
        (&json!("closed"), &json!("2026-05-07T13:20:00.000000Z"))
    );
}

#[tokio::test]
async fn wallets_and_other_brands_accounts_are_not_found() {
    let server = DemoServer::new().await;
    enrolled(&server).await;
    let (staff, other, trader) = (
        server.staff(1).await,
        server.staff(2).await,
        server.trader().await,
    );
    let path = |login| format!("/prop/accounts/{}", server.uuid(EntityKind::Account, login));
    for (token, login, status) in [
        (&staff, 100_001, 404),
        (&staff, 9_999_999, 404),
        (&other, 2_000_100, 404),
        (&trader, 2_000_100, 403),
    ] {
        let answer = server.get(token, &path(login)).await;
        assert_eq!(answer.status.as_u16(), status, "{login}: {}", answer.body);
    }
}
