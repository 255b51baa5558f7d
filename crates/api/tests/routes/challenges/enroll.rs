//! `POST /challenges/{template_id}/enroll`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_api::openapi;
use touchstone_domain::EntityKind;

const DOCUMENT: &str = include_str!("enroll_document.json");

fn path(server: &DemoServer, program: i64) -> String {
    let id = server.app.public_ids.uuid(EntityKind::Program, program);
    format!("/challenges/{id}/enroll")
}

#[tokio::test]
async fn the_answer_has_the_documents_fields() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let body = json!({"selected_addon_codes": ["no_time_limit", "profit_split_90"], "unknown": 1});
    let answer = server.post(&trader, &path(&server, 1), &body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    let uuid = |kind, key| server.app.public_ids.uuid(kind, key).to_string();
    assert_eq!(
        answer.json(),
        json!({
            "journey_id": uuid(EntityKind::Challenge, 12),
            "account_id": uuid(EntityKind::Account, 2_000_100),
            "login": "2000100",
            "pending_tx_id": uuid(EntityKind::Transaction, 1),
            "fee_amount": "598.90",
            "fee_currency": "USD",
        })
    );
    assert_eq!(answer.header("idempotent-replayed"), None);
}

#[tokio::test]
async fn add_ons_may_be_left_out_and_a_free_template_costs_nothing() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    for (program, body, fee, currency) in [
        (1, "{}", "499.00", "USD"),
        (1, r#"{"selected_addon_codes": []}"#, "499.00", "USD"),
        (2, "{}", "0.00", "USD"),
        (4, "{}", "459.00", "EUR"),
    ] {
        let answer = server
            .post_text(&trader, &path(&server, program), body)
            .await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        let answer = answer.json();
        assert_eq!(answer["fee_amount"], fee);
        assert_eq!(answer["fee_currency"], currency);
    }
}

/// Status, code and the place of each case.
#[rstest]
#[case::no_body(1, "", 422, "validation_error", json!(["body"]))]
#[case::no_json(1, "{", 422, "validation_error", json!(["body", 0]))]
#[case::no_object(1, "[]", 422, "validation_error", json!(["body"]))]
#[case::no_list(1, r#"{"selected_addon_codes": "gold"}"#, 422, "validation_error", json!(["body", "selected_addon_codes"]))]
#[case::null(1, r#"{"selected_addon_codes": null}"#, 422, "validation_error", json!(["body", "selected_addon_codes"]))]
#[case::no_text(1, r#"{"selected_addon_codes": ["no_time_limit", 7]}"#, 422, "validation_error", json!(["body", "selected_addon_codes", 1]))]
#[case::unknown_add_on(1, r#"{"selected_addon_codes": ["no_time_limit", "gold"]}"#, 422, "validation_error", json!(["body", "selected_addon_codes", 1]))]
#[case::doubled_add_on(1, r#"{"selected_addon_codes": ["no_time_limit", "no_time_limit"]}"#, 422, "validation_error", json!(["body", "selected_addon_codes", 1]))]
#[case::disabled(3, "{}", 409, "template_inactive", json!(null))]
#[case::unknown(999, "{}", 404, "template_not_found", json!(null))]
#[case::of_another_brand(21, "{}", 404, "template_not_found", json!(null))]
#[tokio::test]
async fn what_does_not_fit_is_told_and_changes_nothing(
    #[case] program: i64,
    #[case] body: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[case] place: Value,
) {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let answer = server
        .post_text(&trader, &path(&server, program), body)
        .await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    let answer = answer.json();
    assert_eq!(answer["error"], code);
    if status == 422 {
        assert_eq!(answer["detail"][0]["loc"], place, "{answer}");
        assert!(answer["detail"][0]["msg"].is_string());
        assert!(answer["detail"][0]["type"].is_string());
    } else {
        assert!(answer["detail"].is_string());
    }
    let next = server.post_text(&trader, &path(&server, 1), "{}").await;
    assert_eq!(next.json()["login"], "2000100", "nothing was made before");
}

#[tokio::test]
async fn a_template_id_is_a_uuid() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let answer = server
        .post_text(&trader, "/challenges/1/enroll", "{}")
        .await;
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(
        answer.json()["detail"][0]["loc"],
        json!(["path", "template_id"])
    );
    let guessed = "/challenges/7a9e7b1c-6f0e-4c57-9d41-0f9c8f3a2b11/enroll";
    let answer = server.post_text(&trader, guessed, "{}").await;
    assert_eq!(answer.status.as_u16(), 404);
}

#[tokio::test]
async fn only_customers_enrol() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let path = path(&server, 1);
    for (token, status, code) in [("", 401, "unauthorized"), (&staff, 403, "forbidden")] {
        let answer = server.post_text(token, &path, "{}").await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.json()["error"], code);
    }
}

#[tokio::test]
async fn a_double_click_with_a_key_is_one_journey() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let path = path(&server, 1);
    let post = async |key: &str, body: &str| {
        let headers = [("Idempotency-Key", key)];
        server
            .post_with_headers(&trader, &path, &headers, body)
            .await
    };
    let first = post("click-1", "{}").await;
    let again = post("click-1", "{}").await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.json(), again.json());
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));

    let other = post("click-1", r#"{"selected_addon_codes": ["no_time_limit"]}"#).await;
    assert_eq!(other.status.as_u16(), 409);
    assert_eq!(other.json()["error"], "idempotency_key_conflict");
    assert!(
        other.json()["detail"]
            .as_str()
            .is_some_and(|text| text.contains("selected_addon_codes")),
        "{}",
        other.body
    );
    for key in ["k".repeat(129).as_str(), ""] {
        let answer = post(key, "{}").await;
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
        assert_eq!(
            answer.json()["detail"][0]["loc"],
            json!(["header", "idempotency-key"])
        );
    }
}

#[tokio::test]
async fn pending_journeys_are_capped() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let path = path(&server, 1);
    for _ in 0..server.app.settings.pending_journeys_limit {
        assert_eq!(
            server.post_text(&trader, &path, "{}").await.status.as_u16(),
            201
        );
    }
    let answer = server.post_text(&trader, &path, "{}").await;
    assert_eq!(answer.status.as_u16(), 409);
    assert_eq!(answer.json()["error"], "too_many_pending_journeys");
}

/// What our document says of the operation is what the published one says, and more may stand
/// beside it.
#[test]
fn the_operation_is_the_documents() {
    const POINTER: &str = "/paths/~1challenges~1{template_id}~1enroll/post";
    let published: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    let ours = openapi::document();
    let (published_operation, operation) = (
        published.pointer(POINTER).expect("an operation"),
        ours.pointer(POINTER).expect("an operation"),
    );
    for field in [
        "tags",
        "summary",
        "description",
        "operationId",
        "requestBody",
    ] {
        assert_eq!(operation[field], published_operation[field], "{field}");
    }
    let parameters = operation["parameters"].as_array().expect("parameters");
    for wanted in published_operation["parameters"]
        .as_array()
        .expect("a list")
    {
        assert!(
            parameters.contains(wanted),
            "{wanted} is not in {parameters:?}"
        );
    }
    for status in ["201", "422"] {
        for field in ["description", "content"] {
            assert_eq!(
                operation["responses"][status][field],
                published_operation["responses"][status][field],
                "{status} {field}"
            );
        }
    }
    let schemas = published["components"]["schemas"]
        .as_object()
        .expect("schemas");
    for (name, schema) in schemas {
        assert_eq!(&ours["components"]["schemas"][name], schema, "{name}");
    }
}

#[tokio::test]
async fn addons_that_do_not_go_together_are_refused_at_their_place() {
    let server = DemoServer::new().await;
    let trader = server.trader().await;
    let template = server.uuid(EntityKind::Program, 4);
    let path = format!("/challenges/{template}/enroll");
    let with = |codes: Value| json!({"selected_addon_codes": codes});
    let both = with(json!(["no_minimum_days", "more_room", "most_room"]));
    let answer = server.post(&trader, &path, &both).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    let error = &answer.json()["detail"][0];
    assert_eq!(error["loc"], json!(["body", "selected_addon_codes", 2]));
    assert_eq!(
        error["msg"],
        "Value error, add-on \"most_room\" cannot be bought together with \"more_room\""
    );
    let buy = json!({
        "program_id": 4,
        "payer_login": 100_002,
        "selected_addon_codes": ["more_room", "most_room"],
    });
    let answer = server.post(&trader, "/prop/challenge/buy", &buy).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["field"]),
        (400, &json!("selected_addon_codes[1]"))
    );
    let one = with(json!(["most_room", "no_minimum_days"]));
    let answer = server.post(&trader, &path, &one).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    // 459.00, 60.00, and 5 % of 459.00.
    assert_eq!(answer.json()["fee_amount"], "541.95");
    let staff = server.staff(1).await;
    let path = format!("/prop/templates/{template}");
    let addons = server.get(&staff, &path).await.json()["addons"].clone();
    assert_eq!(addons[0]["conflicts_with"], json!(["most_room"]));
    assert_eq!(
        (
            &addons[1]["effect"],
            &addons[1]["daily_loss_by_pct"],
            &addons[1]["max_loss_by_pct"]
        ),
        (&json!("drawdown"), &json!(0.0), &json!(4.0))
    );
    assert_eq!(addons[2]["min_trading_days"], 0);
}
