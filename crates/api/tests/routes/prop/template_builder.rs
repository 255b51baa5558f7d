//! `POST /prop/templates`, `.../validate`, `.../{template_id}/versions`, `.../changes`, `GET /prop/program-presets`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

/// The path of a template that the body makes.
async fn made(server: &DemoServer, staff: &str, body: &Value) -> (String, Value) {
    let answer = server.post(staff, "/prop/templates", body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let template = answer.json();
    let id = template["id"].as_str().expect("an id");
    (format!("/prop/templates/{id}"), template)
}

fn codes(body: &Value, list: &str, key: &str) -> Vec<String> {
    let list = body[list].as_array().expect("a list").iter();
    list.map(|entry| entry[key].as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test]
async fn a_template_begins_off_sale_and_is_sold_when_it_is_published() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let body = json!({"name": "Draft", "fee_amount": "249.50", "fee_currency": "USD"});
    let (path, template) = made(&server, &staff, &body).await;
    assert_eq!(template["status"], "disabled");
    assert_eq!(template["is_active"], false);
    assert_eq!(template["version"], 1);
    assert_eq!(template["fee_amount"], json!(249.5));
    assert_eq!(template["phases"], json!([]));
    assert_eq!(
        template["created_by"],
        json!(server.uuid(EntityKind::Staff, 1))
    );
    // After all that were there.
    assert_eq!(template["sort_index"], 5);

    let answer = server
        .patch(&staff, &path, &json!({"status": "active"}))
        .await;
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(answer.json()["detail"][0]["ctx"]["code"], "no_steps");

    let group = server.uuid(EntityKind::Group, 4);
    let phases =
        json!([{"name": "One", "profit_target_pct": 8, "max_loss_pct": 10, "daily_dd_pct": 5}]);
    let change = json!({"group_id": group, "phases": phases, "status": "active"});
    let answer = server.patch(&staff, &path, &change).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(answer.json()["version"], 2);
    let enrol = path.replace("/prop/templates/", "/challenges/") + "/enroll";
    let answer = server.post(&trader, &enrol, &json!({})).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let programs = server.get(&trader, "/prop/programs").await.json();
    let last = programs["rows"].as_array().and_then(|rows| rows.last());
    let last = last.expect("programs").clone();
    assert_eq!(last["name"], "Draft");

    server
        .patch(&staff, &path, &json!({"status": "archived"}))
        .await;
    let answer = server.post(&trader, &enrol, &json!({})).await;
    assert_eq!(answer.json()["error"], "template_inactive");
    let listed = server.get(&staff, "/prop/templates").await.json();
    assert_eq!(listed["total"], 4);
}

#[rstest]
#[case::no_name(json!({"fee_amount": 1, "fee_currency": "USD"}), "name", "")]
#[case::no_fee(json!({"name": "X"}), "fee_amount", "fee_missing")]
#[case::no_currency(json!({"name": "X", "fee_amount": 1}), "fee_currency", "fee_missing")]
#[case::blank(json!({"name": " ", "fee_amount": 1, "fee_currency": "USD"}), "name", "name_empty")]
#[case::negative(json!({"name": "X", "fee_amount": -1, "fee_currency": "USD"}), "fee_amount", "invalid_value")]
#[case::conduct(json!({"name": "X", "fee_amount": 1, "fee_currency": "USD", "max_loss_mode": "up"}), "max_loss_mode", "conduct_invalid")]
#[case::published(json!({"name": "X", "fee_amount": 1, "fee_currency": "USD", "is_active": true}), "phases", "no_steps")]
#[tokio::test]
async fn what_cannot_be_is_not_made(#[case] body: Value, #[case] field: &str, #[case] code: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let before = server.audit_rows().await;
    let answer = server.post(&staff, "/prop/templates", &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    let fault = &answer.json()["detail"][0];
    assert_eq!(fault["loc"][1], field);
    assert_eq!(fault["ctx"]["code"].as_str().unwrap_or_default(), code);
    let listed = server.get(&staff, "/prop/templates?archived=true").await;
    assert_eq!(listed.json()["total"], 4);
    assert_eq!(server.audit_rows().await, before);
}

#[tokio::test]
async fn a_change_for_an_older_version_is_refused() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let body = json!({"name": "Mine", "preset": "two-step-static"});
    let (path, _) = made(&server, &staff, &body).await;
    let change = |fee: i64| json!({"version": 1, "fee_amount": fee});
    let (one, other) = (change(100), change(200));
    let (a, b) = tokio::join!(
        server.patch(&staff, &path, &one),
        server.patch(&staff, &path, &other)
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = if a.status.as_u16() == 409 { a } else { b };
    assert_eq!(refused.json()["error"], "template_version_conflict");
    let template = server.get(&staff, &path).await.json();
    assert_eq!(template["version"], 2);
    let answer = server
        .patch(&staff, &path, &json!({"version": 2, "status": "active"}))
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
}

#[tokio::test]
async fn who_bought_keeps_the_rules_that_he_bought() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let body =
        json!({"name": "Mine", "preset": "two-step-static", "status": "active", "fee_amount": 10});
    let (path, template) = made(&server, &staff, &body).await;
    let programs = server.get(&trader, "/prop/programs").await.json();
    let rows = programs["rows"].as_array().expect("rows");
    let mine = rows.iter().find(|row| row["name"] == "Mine");
    let program = mine.expect("the program")["id"].clone();
    let buy = json!({"program_id": program, "payer_login": 100_001});
    let bought = server.post(&trader, "/prop/challenge/buy", &buy).await;
    assert_eq!(bought.status.as_u16(), 200, "{}", bought.body);
    let challenge = bought.json()["challenge"]["id"].as_i64().expect("an id");
    let detail = format!("/prop/challenges/{challenge}");
    let before = server.get(&trader, &detail).await.json();
    let journey = format!(
        "/prop/journeys/{}",
        server.uuid(EntityKind::Challenge, challenge)
    );
    let seen = server.get(&staff, &journey).await.json();

    let phases =
        json!([{"name": "Other", "profit_target_pct": 20, "max_loss_pct": 2, "rules": null}]);
    let change = json!({"name": "Changed", "fee_amount": 99, "phases": phases});
    let changed = server.patch(&staff, &path, &change).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    assert_eq!(changed.json()["version"], 2);

    let after = server.get(&trader, &detail).await.json();
    assert_eq!(after["phases"], before["phases"]);
    assert_eq!(after["program"]["steps"], before["program"]["steps"]);
    assert_eq!(server.get(&staff, &journey).await.json(), seen);
    // The version that he bought can still be read.
    let first = server
        .get(&staff, &format!("{path}/versions/1"))
        .await
        .json();
    assert_eq!(first["rules"], template["rules"]);
    assert_eq!(first["is_current"], false);
}

#[tokio::test]
async fn versions_are_listed_and_compared() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let body = json!({"name": "Mine", "preset": "two-step-static"});
    let (path, _) = made(&server, &staff, &body).await;
    server
        .patch(&staff, &path, &json!({"fee_amount": 100}))
        .await;
    server
        .patch(&staff, &path, &json!({"profit_split_pct": 85}))
        .await;
    let versions = server.get(&staff, &format!("{path}/versions")).await.json();
    let items = versions["items"].as_array().expect("items");
    let numbers: Vec<_> = items.iter().map(|item| item["version"].as_i64()).collect();
    assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
    assert_eq!(items[0]["is_current"], true);
    assert_eq!(items[2]["fee_amount"], json!(540.0));

    let last = server.get(&staff, &format!("{path}/changes")).await.json();
    assert_eq!((&last["from"], &last["to"]), (&json!(2), &json!(3)));
    let wanted = json!([
        {"path": "phases[2].profit_split_pct", "before": 80.0, "after": 85.0},
        {"path": "profit_split_pct", "before": 80.0, "after": 85.0},
        {"path": "rules[2].rules.payout.split_tiers[0].share", "before": 8_000, "after": 8_500},
    ]);
    let changes = last["changes"].as_array().expect("changes");
    let (text, others): (Vec<_>, Vec<_>) = changes
        .iter()
        .partition(|change| change["path"] == "rules[2].rule_text[payout].text");
    assert_eq!(json!(others), wanted);
    let after = text[0]["after"].as_str().expect("a text");
    assert!(
        after.contains("85 % of the profit is the trader's"),
        "{after}"
    );
    let all = format!("{path}/changes?from=1&to=3");
    let all = server.get(&staff, &all).await.json();
    assert_eq!(
        codes(&all, "changes", "path"),
        [
            "fee_amount",
            "phases[2].profit_split_pct",
            "profit_split_pct",
            "rules[2].rule_text[payout].text",
            "rules[2].rules.payout.split_tiers[0].share"
        ]
    );
    for missing in ["/versions/4", "/changes?to=9"] {
        let answer = server.get(&staff, &format!("{path}{missing}")).await;
        assert_eq!(answer.json()["error"], "version_not_found", "{missing}");
    }
}

#[tokio::test]
async fn a_dry_run_tells_all_faults_or_the_warnings_and_saves_nothing() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let before = server.audit_rows().await;
    let group = server.uuid(EntityKind::Group, 4);
    let validate = async |body: Value| {
        let answer = server.post(&staff, "/prop/templates/validate", &body).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        answer.json()
    };
    let wrong = json!({
        "name": "X", "fee_amount": 1, "fee_currency": "USD", "group_id": group, "status": "active",
        "phases": [
            {"name": "One", "phase_type": "funded", "max_loss_pct": 5},
            {"name": "Two", "max_loss_pct": 5, "profit_split_pct": 50, "min_trading_days": 9, "max_trading_days": 3},
        ],
    });
    let told = validate(wrong).await;
    assert_eq!(told["valid"], false);
    let wanted = [
        "funded_not_last",
        "funded_needs_real_group",
        "min_days_above_max_days",
        "split_on_evaluation",
    ];
    assert_eq!(codes(&told, "faults", "code"), wanted);
    assert_eq!(
        told["faults"][2]["loc"],
        json!(["body", "phases", 1, "min_trading_days"])
    );

    let odd = json!({
        "name": "X", "fee_amount": 1, "fee_currency": "USD", "group_id": group,
        "phases": [{"name": "One", "daily_dd_pct": 8, "max_loss_pct": 5, "profit_target_pct": 50,
                    "max_daily_profit_pct": 1, "duration_days": 10, "min_trading_days": 10}],
    });
    let told = validate(odd).await;
    assert_eq!(
        (&told["valid"], &told["status"]),
        (&json!(true), &json!("disabled"))
    );
    let wanted = [
        "target_above_daily_cap_times_days",
        "daily_loss_above_max_loss",
        "days_need_weekends",
    ];
    assert_eq!(codes(&told, "warnings", "code"), wanted);
    let wanted = ["profit_target_pct", "daily_dd_pct", "min_trading_days"];
    assert_eq!(codes(&told, "warnings", "field"), wanted);

    let id = server.uuid(EntityKind::Program, 2);
    let told = validate(json!({"template_id": id, "phases": [], "is_active": true})).await;
    assert_eq!(codes(&told, "faults", "code"), ["no_steps"]);
    assert_eq!(server.audit_rows().await, before);
}

#[tokio::test]
async fn every_preset_can_be_made_and_bought() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let presets = server.get(&staff, "/prop/program-presets").await.json();
    let items = presets["items"].as_array().expect("items");
    assert_eq!(items.len(), 4);
    for preset in items {
        let code = preset["code"].as_str().expect("a code");
        assert_eq!(preset["warnings"], json!([]), "{code}");
        let sources = preset["sources"].as_array().expect("sources");
        assert!(sources.len() >= 2, "{code}");
        let body = json!({"name": code, "preset": code, "status": "active", "fee_amount": 1});
        let (path, template) = made(&server, &staff, &body).await;
        assert_eq!(template["warnings"], json!([]), "{code}");
        let own = template["rules"][0]["own_rules"]["version"].as_i64();
        assert_eq!(own, Some(1), "{code}");

        let enrol = path.replace("/prop/templates/", "/challenges/") + "/enroll";
        let enrolled = server.post(&trader, &enrol, &json!({})).await;
        assert_eq!(enrolled.status.as_u16(), 201, "{code}: {}", enrolled.body);
        let enrolled = enrolled.json();
        let pay = enrolled["pending_tx_id"].as_str().expect("an id");
        let approve = format!("/transactions/{pay}/approve");
        let approved = server.patch(&staff, &approve, &json!({})).await;
        assert_eq!(approved.status.as_u16(), 200, "{code}: {}", approved.body);
        let journey = enrolled["journey_id"].as_str().expect("an id");
        let journey = server
            .get(&staff, &format!("/prop/journeys/{journey}"))
            .await;
        let journey = journey.json();
        assert_eq!(journey["status"], "active", "{code}");
        assert_eq!(
            journey["current_phase"], template["phases"][0]["name"],
            "{code}"
        );

        let programs = server.get(&trader, "/prop/programs").await.json();
        let rows = programs["rows"].as_array().expect("rows").iter();
        let program = { rows }
            .find(|row| row["name"] == code)
            .expect("it is sold");
        let buy = json!({"program_id": program["id"], "payer_login": 100_001});
        let preview = server.post(&trader, "/prop/challenge/preview", &buy).await;
        let bought = server.post(&trader, "/prop/challenge/buy", &buy).await;
        if code == "instant-funding" {
            // The document wants a DEMO group for the first step.
            assert_eq!(preview.json()["reason"], "DEMO_GROUP_REQUIRED");
            assert_eq!(bought.json()["error"], "DEMO_GROUP_REQUIRED");
        } else {
            assert_eq!(preview.json()["can_buy"], true, "{code}");
            assert_eq!(bought.status.as_u16(), 200, "{code}: {}", bought.body);
        }
    }
    let answer = server
        .post(
            &staff,
            "/prop/templates",
            &json!({"name": "X", "preset": "three-step"}),
        )
        .await;
    assert_eq!(answer.json()["error"], "preset_not_found");
}

#[tokio::test]
async fn a_preset_is_put_into_the_groups_that_are_named() {
    let server = DemoServer::new().await;
    // Of another brand, which has no group of the preset's names, nor a REAL one with a deposit.
    let staff = server.staff(2).await;
    let body = json!({"name": "Mine", "preset": "one-step-end-of-day"});
    let answer = server.post(&staff, "/prop/templates", &body).await;
    assert_eq!(answer.status.as_u16(), 422);
    let detail = answer.json();
    assert_eq!(codes(&json!({"d": detail["detail"]}), "d", "type").len(), 2);
    assert_eq!(detail["detail"][0]["ctx"]["code"], "group_unknown");
    let groups = json!({
        "name": "Mine", "preset": "one-step-end-of-day",
        "group_id": server.uuid(EntityKind::Group, 8), "funded_group_id": server.uuid(EntityKind::Group, 7),
    });
    let answer = server.post(&staff, "/prop/templates", &groups).await;
    let detail = answer.json();
    assert_eq!(
        detail["detail"][0]["ctx"]["code"], "group_without_deposit",
        "{detail:#}"
    );
    assert_eq!(detail["detail"].as_array().map(Vec::len), Some(1));
}
