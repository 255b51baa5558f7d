//! `PUT /prop/manage/programs`, `GET` and `POST .../{id}`, `POST .../validate`, `POST .../filter`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};

const ROOT: &str = "/prop/manage/programs";

/// The document's example, as the demo has its groups.
fn aggregate() -> Value {
    json!({
        "brand": "brand-a",
        "name": "Classic",
        "description": "Two phases",
        "price": 499.0,
        "price_currency": "USD",
        "status": 0,
        "sort_index": 10,
        "steps": [
            {"phase_index": 2, "phase_type": 1, "name": "Funded", "account_group": "PROP-FUNDED-100K",
             "max_daily_loss_pct": 5, "max_total_loss_pct": 10, "max_daily_profit_pct": 5, "profit_split": 0.8},
            {"phase_index": 1, "name": "Evaluation", "account_group": "PROP-DEMO-100K", "duration_days": 30,
             "max_daily_loss_pct": 5, "max_total_loss_pct": 10, "profit_target_pct": 8, "min_trading_days": 5,
             "max_trading_days": 30, "max_positions": 10},
        ],
    })
}

async fn made(server: &DemoServer, staff: &str) -> Value {
    let answer = server.put(staff, ROOT, &aggregate()).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn an_aggregate_is_made_shown_and_sold() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let made = made(&server, &staff).await;
    let program = &made["program"];
    assert_eq!(program["id"], 100);
    assert_eq!(program["brand"], "brand-a");
    assert_eq!(program["price"], json!(499.0));
    assert_eq!(program["profit_split"], json!(0.8));
    assert_eq!(
        (&program["status"], &program["version"]),
        (&json!(0), &json!(1))
    );
    assert!(program["created_time"].is_i64() && program["updated_time"].is_i64());
    let steps = made["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0]["name"], "Evaluation");
    assert_eq!(steps[0]["program_id"], 100);
    assert_eq!(steps[0]["initial_balance"], json!(100000.0));
    assert_eq!(steps[0]["profit_split"], json!(0.0));
    assert_eq!(steps[1]["phase_type"], 1);
    assert_ne!(steps[0]["id"], steps[1]["id"]);
    assert_eq!(made["warnings"], json!([]));

    let card = server.get(&staff, &format!("{ROOT}/100")).await.json();
    assert_eq!(card, made);
    let shown = server.get(&trader, "/prop/programs/100").await.json();
    assert_eq!(shown["steps"][0]["profit_target_pct"], json!(8.0));
    let buy = json!({"program_id": 100, "payer_login": 100_001});
    let bought = server.post(&trader, "/prop/challenge/buy", &buy).await;
    assert_eq!(bought.status.as_u16(), 200, "{}", bought.body);
}

#[tokio::test]
async fn an_update_writes_what_is_given_as_a_new_version() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let made = made(&server, &staff).await;
    let path = format!("{ROOT}/100");
    let answer = server
        .post(&staff, &path, &json!({"id": 100, "status": 1}))
        .await;
    assert_eq!(answer.json()["program"]["version"], 1);
    assert_eq!(answer.json()["program"]["status"], 1);
    let hidden = server.get(&trader, "/prop/programs/100").await;
    assert_eq!(hidden.status.as_u16(), 404);

    let steps = json!([{"phase_index": 1, "name": "Only", "account_group": "PROP-DEMO-100K", "max_total_loss_pct": 7.25,
                        "profit_target_pct": 6}]);
    let change = json!({"status": 0, "price": "599.00", "steps": steps, "version": 1});
    let answer = server.post(&staff, &path, &change).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let changed = answer.json();
    assert_eq!(changed["program"]["version"], 2);
    assert_eq!(changed["program"]["profit_split"], json!(0.0));
    assert_eq!(changed["steps"].as_array().map(Vec::len), Some(1));
    assert_eq!(changed["steps"][0]["max_total_loss_pct"], json!(7.25));
    assert_eq!(changed["steps"][0]["min_trading_days"], 0);
    assert_ne!(changed["steps"][0]["id"], made["steps"][0]["id"]);

    let stale = server
        .post(&staff, &path, &json!({"version": 1, "price": 1}))
        .await;
    assert_eq!(stale.status.as_u16(), 409);
    assert_eq!(stale.json()["error"], "PROGRAM_VERSION_CONFLICT");
    assert_eq!(stale.json()["version"], 2);
    let seed = server
        .post(&staff, &format!("{ROOT}/1"), &json!({"price": 1}))
        .await;
    assert_eq!(seed.json()["error"], "PROGRAM_READ_ONLY");
    // The same thing in the other dialect.
    let templates = server.get(&staff, "/prop/templates?q=classic").await.json();
    assert_eq!(templates["items"][0]["fee_amount"], json!(599.0));
}

#[tokio::test]
async fn steps_that_are_sent_back_keep_the_rules_that_they_have() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let body = json!({"name": "Preset", "preset": "intraday-trailing"});
    server.post(&staff, "/prop/templates", &body).await;
    let path = format!("{ROOT}/100");
    let card = server.get(&staff, &path).await.json();
    let mut steps = card["steps"].clone();
    for step in steps.as_array_mut().expect("steps") {
        step.as_object_mut().expect("a step").remove("rules");
    }
    let answer = server.post(&staff, &path, &json!({"steps": steps})).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    assert_eq!(answer.json(), card);
    steps[0]["max_total_loss_pct"] = json!(9);
    let answer = server
        .post(&staff, &path, &json!({"steps": steps.clone()}))
        .await;
    assert_eq!(answer.json()["faults"][0]["code"], "differs_from_rules");
    steps[0]["rules"] = Value::Null;
    let answer = server.post(&staff, &path, &json!({"steps": steps})).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let mode = &answer.json()["steps"][0]["rules"]["max_loss"]["mode"];
    assert_eq!(mode, "static");
}

#[rstest]
#[case::two_funded(json!([{"phase_index": 1, "phase_type": 1, "name": "A", "account_group": "PROP-FUNDED-100K"},
    {"phase_index": 2, "phase_type": 1, "name": "B", "account_group": "PROP-FUNDED-100K"}]),
    &[("funded_not_last", "steps[0].phase_type")])]
#[case::funded_first(json!([{"phase_index": 1, "phase_type": 1, "name": "A", "account_group": "PROP-FUNDED-100K"},
    {"phase_index": 2, "name": "B", "account_group": "PROP-DEMO-100K"}]),
    &[("funded_not_last", "steps[0].phase_type")])]
#[case::wrong_modes(json!([{"phase_index": 1, "name": "A", "account_group": "PROP-FUNDED-100K"},
    {"phase_index": 2, "phase_type": 1, "name": "B", "account_group": "PROP-DEMO-100K"}]),
    &[("evaluation_needs_demo_group", "steps[0].phase_type"), ("funded_needs_real_group", "steps[1].phase_type")])]
#[case::twice(json!([{"phase_index": 1, "name": "A", "account_group": "PROP-DEMO-100K"},
    {"phase_index": 1, "name": "B", "account_group": "PROP-DEMO-100K"}]),
    &[("phase_index_twice", "steps[1].phase_index")])]
#[case::gap(json!([{"phase_index": 2, "name": "A", "account_group": "PROP-DEMO-100K"}]),
    &[("phase_index_gap", "steps[0].phase_index")])]
#[case::group(json!([{"phase_index": 1, "name": " ", "account_group": "NOWHERE", "max_daily_loss_pct": 101}]),
    &[("step_name_empty", "steps[0].name"), ("out_of_range", "steps[0].max_daily_loss_pct"),
      ("group_unknown", "steps[0].account_group")])]
#[case::split(json!([{"phase_index": 1, "name": "A", "account_group": "PROP-DEMO-100K", "profit_split": 0.8}]),
    &[("split_on_evaluation", "steps[0].profit_split")])]
#[case::decimals(json!([{"phase_index": 1, "name": "A", "account_group": "PROP-DEMO-100K", "profit_target_pct": 0.125}]),
    &[("invalid_value", "steps[0].profit_target_pct")])]
#[case::no_steps(json!([]), &[("no_steps", "steps")])]
#[tokio::test]
async fn every_fault_of_an_aggregate_has_a_code_and_a_place(
    #[case] steps: Value,
    #[case] wanted: &[(&str, &str)],
) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let before = server.audit_rows().await;
    let mut body = aggregate();
    body["steps"] = steps;
    let faults = |body: &Value| -> Vec<(String, String)> {
        let list = body["faults"].as_array().expect("faults").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        list.map(|fault| (text(&fault["code"]), text(&fault["field"])))
            .collect()
    };
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(code, field)| ((*code).to_owned(), (*field).to_owned()))
        .collect();
    let answer = server.put(&staff, ROOT, &body).await;
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.body);
    assert_eq!(answer.json()["error"], "INVALID_PROGRAM");
    assert_eq!(faults(&answer.json()), wanted);
    let tried = server
        .post(&staff, &format!("{ROOT}/validate"), &body)
        .await;
    assert_eq!(tried.status.as_u16(), 200, "{}", tried.body);
    assert_eq!(tried.json()["valid"], false);
    assert_eq!(faults(&tried.json()), wanted);
    assert_eq!(server.audit_rows().await, before);
}

#[rstest]
#[case::no_steps(json!({"brand": "brand-a", "name": "A", "price": 1, "price_currency": "USD"}), "steps")]
#[case::brand(json!({"brand": "brand-b", "name": "A", "price": 1, "price_currency": "USD", "steps": []}), "brand")]
#[case::status(json!({"brand": "brand-a", "name": "A", "price": 1, "price_currency": "USD", "status": 3, "steps": []}), "status")]
#[tokio::test]
async fn a_body_that_does_not_fit_names_its_field(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.put(&staff, ROOT, &body).await;
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.body);
    assert_eq!(
        (&answer.json()["error"], &answer.json()["field"]),
        (&json!("INVALID_DATA"), &json!(field))
    );
}

#[tokio::test]
async fn warnings_stand_beside_the_program_in_the_words_of_the_dialect() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mut body = aggregate();
    body["steps"][1]["max_daily_loss_pct"] = json!(20);
    body["steps"][0]["profit_split"] = json!(0);
    let answer = server.put(&staff, ROOT, &body).await.json();
    let warnings = answer["warnings"].as_array().expect("warnings").iter();
    let told: Vec<_> = warnings.map(|w| (&w["code"], &w["field"])).collect();
    let wanted = [
        (
            json!("daily_loss_above_max_loss"),
            json!("steps[0].max_daily_loss_pct"),
        ),
        (json!("no_profit_split"), json!("steps[1].profit_split")),
    ];
    let wanted: Vec<_> = wanted.iter().map(|(code, field)| (code, field)).collect();
    assert_eq!(told, wanted);
}

#[rstest]
#[case::all(json!({}), 4, &[1, 2, 3, 4])]
#[case::page(json!({"limit": 2, "offset": 1}), 4, &[2, 3])]
#[case::equal(json!({"where": [["status", "=", 1]]}), 1, &[3])]
#[case::price(json!({"where": [["price", ">=", 299], ["price_currency", "=", "USD"]]}), 2, &[1, 3])]
#[case::like(json!({"where": [["name", "like", "100k%"]]}), 2, &[1, 4])]
#[case::not(json!({"whereNot": [["name", "like", "%challenge%"]]}), 1, &[2])]
#[case::within(json!({"whereIn": [["id", [2, "4", 9]]]}), 2, &[2, 4])]
#[case::not_within(json!({"whereNotIn": [["id", [2, 4]]]}), 2, &[1, 3])]
#[case::between(json!({"whereBetween": [["price", [299, "459.00"]]]}), 2, &[3, 4])]
#[case::not_between(json!({"whereNotBetween": [["price", [1, 1000]]]}), 1, &[2])]
#[case::order(json!({"orderBy": [["phases_count", "desc"], ["id", "desc"]]}), 4, &[1, 4, 3, 2])]
#[tokio::test]
async fn programs_are_filtered_and_sorted(
    #[case] query: Value,
    #[case] count: i64,
    #[case] ids: &[i64],
) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mut body = json!({"limit": 50, "offset": 0});
    for (key, value) in query.as_object().expect("an object") {
        body[key] = value.clone();
    }
    let answer = server.post(&staff, &format!("{ROOT}/filter"), &body).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    let table = answer.json();
    assert_eq!(table["structure"][0], "id");
    let rows = table["rows"].as_array().expect("rows").iter();
    let found: Vec<_> = rows.filter_map(|row| row[0].as_i64()).collect();
    assert_eq!(
        (table["count"].as_i64(), found),
        (Some(count), ids.to_vec())
    );
}

#[rstest]
#[case(json!({"offset": 0}), "limit")]
#[case(json!({"limit": 1}), "offset")]
#[case(json!({"limit": 50_001, "offset": 0}), "limit")]
#[case(json!({"limit": 1, "offset": 0, "where": [["colour", "=", 1]]}), "where[0]")]
#[case(json!({"limit": 1, "offset": 0, "where": [["id", "~", 1]]}), "where[0]")]
#[case(json!({"limit": 1, "offset": 0, "whereIn": [["id", 1]]}), "whereIn[0]")]
#[case(json!({"limit": 1, "offset": 0, "whereBetween": [["id", [1]]]}), "whereBetween[0]")]
#[case(json!({"limit": 1, "offset": 0, "orderBy": [["id", "up"]]}), "orderBy[0]")]
#[tokio::test]
async fn a_filter_that_cannot_be_is_refused(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let answer = server.post(&staff, &format!("{ROOT}/filter"), &body).await;
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.body);
    assert_eq!(answer.json()["field"], field);
}

#[tokio::test]
async fn another_brands_program_is_not_there() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let path = format!("{ROOT}/21");
    let answers = [
        server.get(&staff, &path).await,
        server.post(&staff, &path, &json!({"price": 1})).await,
    ];
    for answer in answers {
        assert_eq!(answer.json()["error"], "PROGRAM_NOT_FOUND");
    }
    let body = json!({"limit": 50, "offset": 0, "where": [["brand", "=", "brand-b"]]});
    let table = server.post(&staff, &format!("{ROOT}/filter"), &body).await;
    assert_eq!(table.json()["count"], 0);
}
