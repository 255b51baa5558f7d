//! What a request has to look like, and how each dialect says that it does not.

use axum::{
    Json, Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{Method, Request},
    routing::{get, post},
};
use rstest::rstest;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use touchstone_api::{
    input::{Decimal, Id, Text, Within, parse_json},
    limits,
    scaletrade::extract::{ScaleJson, ScalePath, ScaleQuery},
    slate::extract::{SlateJson, SlateOptionalJson, SlatePath, SlateQuery},
};
use uuid::Uuid;

use crate::support::{Answer, json_request, send};

#[derive(Debug, Serialize, Deserialize)]
struct Buy {
    program_id: Id,
    payer_login: Id,
    idempotency_key: Option<Text<1, 5>>,
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Step {
    name: String,
    active: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Page {
    limit: Option<Within<1, 100>>,
    #[serde(default)]
    status: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Enroll {
    template_id: Uuid,
    reason: Text<1, 5>,
    #[serde(default)]
    selected_addon_codes: Vec<String>,
    kind: Option<Kind>,
    ratio: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Free,
    Paid,
    Gift,
}

fn routes() -> Router {
    Router::new()
        .route(
            "/scale",
            post(|ScaleJson(body): ScaleJson<Buy>| async move { Json(body) }),
        )
        .route(
            "/scale/{id}",
            get(|ScalePath(id): ScalePath<Id>| async move { Json(id) }),
        )
        .route(
            "/scale-page",
            get(|ScaleQuery(page): ScaleQuery<Page>| async move { Json(page) }),
        )
        .route(
            "/slate",
            post(|SlateJson(body): SlateJson<Enroll>| async move { Json(body) }),
        )
        .route(
            "/optional",
            post(|SlateOptionalJson(body): SlateOptionalJson<Step>| async move { Json(body) }),
        )
        .route(
            "/slate/{template_id}",
            get(|SlatePath(id): SlatePath<Uuid>| async move { Json(id) }),
        )
        .route(
            "/slate-page",
            get(|SlateQuery(page): SlateQuery<Page>| async move { Json(page) }),
        )
        .layer(DefaultBodyLimit::max(limits::BODY_BYTES_MAX))
}

async fn post_text(path: &str, body: &str) -> Answer {
    send(routes(), json_request(Method::POST, path, body)).await
}

async fn get_path(path: &str) -> Answer {
    send(routes(), Request::get(path).body(Body::empty()).unwrap()).await
}

#[rstest]
#[case::empty("", "INVALID_JSON", None)]
#[case::no_json("{\"program_id\": 1,", "INVALID_JSON", None)]
#[case::half_a_surrogate(
    r#"{"program_id": 1, "payer_login": 2, "x": "\ud800"}"#,
    "INVALID_JSON",
    None
)]
#[case::not_an_object("[]", "INVALID_DATA", None)]
#[case::missing(r#"{"program_id": 1}"#, "INVALID_DATA", Some(("payer_login", "`payer_login` is required")))]
#[case::text_for_an_integer(r#"{"program_id": "1", "payer_login": 1}"#, "INVALID_DATA", Some(("program_id", "`program_id` must be an integer")))]
#[case::null_for_an_integer(r#"{"program_id": null, "payer_login": 1}"#, "INVALID_DATA", Some(("program_id", "`program_id` must be an integer")))]
#[case::a_fraction(r#"{"program_id": 1.5, "payer_login": 1}"#, "INVALID_DATA", Some(("program_id", "`program_id` must be an integer")))]
#[case::zero(r#"{"program_id": 0, "payer_login": 1}"#, "INVALID_DATA", Some(("program_id", "`program_id` is invalid: Input should be greater than 0")))]
#[case::negative(r#"{"program_id": 1, "payer_login": -1}"#, "INVALID_DATA", Some(("payer_login", "`payer_login` is invalid: Input should be greater than 0")))]
#[case::too_large(r#"{"program_id": 9223372036854775808, "payer_login": 1}"#, "INVALID_DATA", Some(("program_id", "`program_id` is out of range")))]
#[case::an_exponent(r#"{"program_id": 1e3, "payer_login": 1}"#, "INVALID_DATA", Some(("program_id", "`program_id` must be an integer")))]
#[case::long_text(r#"{"program_id": 1, "payer_login": 1, "idempotency_key": "abcdef"}"#, "INVALID_DATA", Some(("idempotency_key", "`idempotency_key` is invalid: String should have at most 5 characters")))]
#[case::number_for_text(r#"{"program_id": 1, "payer_login": 1, "idempotency_key": 5}"#, "INVALID_DATA", Some(("idempotency_key", "`idempotency_key` must be a string")))]
#[case::a_null_character(r#"{"program_id": 1, "payer_login": 1, "idempotency_key": "a\u0000"}"#, "INVALID_DATA", Some(("idempotency_key", "`idempotency_key` must not contain a null character")))]
#[case::deep(r#"{"program_id": 1, "payer_login": 1, "steps": [{"name": "a", "active": true}, {"name": "b", "active": 1}]}"#, "INVALID_DATA", Some(("steps[1].active", "`steps[1].active` must be true or false")))]
#[tokio::test]
async fn a_scaletrade_body_that_does_not_fit(
    #[case] body: &str,
    #[case] code: &str,
    #[case] field: Option<(&str, &str)>,
) {
    let answer = post_text("/scale", body).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let json = answer.json();
    assert_eq!(json["error"], code, "{json}");
    match field {
        Some((name, message)) => {
            assert_eq!(
                json,
                json!({"error": code, "message": message, "field": name})
            );
        }
        None => assert!(json.get("field").is_none(), "{json}"),
    }
}

#[tokio::test]
async fn a_scaletrade_body_may_hold_more_than_is_asked_for() {
    let body = r#"{"program_id": 9223372036854775807, "payer_login": 2.0, "extra": {"a": "\u0000"}, "idempotency_key": null}"#;
    let answer = post_text("/scale", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let expected =
        json!({"program_id": i64::MAX, "payer_login": 2, "idempotency_key": null, "steps": []});
    assert_eq!(answer.json(), expected);
}

#[rstest]
#[case("0", "greater than 0")]
#[case("-4", "greater than 0")]
#[case("abc", "must be an integer")]
#[case("1.0", "must be an integer")]
#[case("9223372036854775808", "out of range")]
#[case("%FF", "UTF-8")]
#[case("1%00", "null character")]
#[tokio::test]
async fn a_scaletrade_id_in_the_path_that_does_not_fit(#[case] id: &str, #[case] complaint: &str) {
    let answer = get_path(&format!("/scale/{id}")).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.json()["error"], "INVALID_DATA");
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .contains(complaint),
        "{}",
        answer.body
    );
    if complaint != "UTF-8" {
        assert_eq!(answer.json()["field"], "id", "{}", answer.body);
    }
}

#[rstest]
#[case("", json!({"limit": null, "status": []}))]
#[case("?limit=7&status=a&status=b%20c&other=1", json!({"limit": 7, "status": ["a", "b c"]}))]
#[case("?limit=1&limit=2", json!({"limit": 2, "status": []}))]
#[tokio::test]
async fn a_query_that_fits(#[case] query: &str, #[case] expected: Value) {
    for path in ["/scale-page", "/slate-page"] {
        let answer = get_path(&format!("{path}{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json(), expected);
    }
}

#[rstest]
#[case::empty("", json!(["body"]), "missing", "Field required")]
#[case::missing("{}", json!(["body", "template_id"]), "missing", "Field required")]
#[case::not_an_object("[]", json!(["body"]), "model_attributes_type", "Input should be a valid dictionary or object to extract fields from")]
#[case::a_bad_uuid(r#"{"template_id": "nope"}"#, json!(["body", "template_id"]), "uuid_parsing", "Input should be a valid UUID, invalid character: found `n` at 0")]
#[case::not_text(r#"{"template_id": 5}"#, json!(["body", "template_id"]), "string_type", "Input should be a valid string")]
#[case::too_short(r#"{"reason": "", "template_id": "b5a2c1d0-0000-7000-8000-000000000001"}"#, json!(["body", "reason"]), "string_too_short", "String should have at least 1 character")]
#[case::too_long(r#"{"reason": "abcdef", "template_id": "b5a2c1d0-0000-7000-8000-000000000001"}"#, json!(["body", "reason"]), "string_too_long", "String should have at most 5 characters")]
#[case::no_list(r#"{"selected_addon_codes": "A"}"#, json!(["body", "selected_addon_codes"]), "list_type", "Input should be a valid list")]
#[case::no_list_but_null(r#"{"selected_addon_codes": null}"#, json!(["body", "selected_addon_codes"]), "list_type", "Input should be a valid list")]
#[case::deep(r#"{"selected_addon_codes": ["A", 5]}"#, json!(["body", "selected_addon_codes", 1]), "string_type", "Input should be a valid string")]
#[case::none_of_these(r#"{"kind": "stolen"}"#, json!(["body", "kind"]), "enum", "Input should be 'free', 'paid' or 'gift'")]
#[case::no_number(r#"{"ratio": "1"}"#, json!(["body", "ratio"]), "float_type", "Input should be a valid number")]
#[tokio::test]
async fn a_slate_body_that_does_not_fit(
    #[case] body: &str,
    #[case] loc: Value,
    #[case] kind: &str,
    #[case] message: &str,
) {
    let answer = post_text("/slate", body).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let expected = json!({
        "detail": [{"loc": loc, "msg": message, "type": kind}],
        "error": "validation_error",
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn a_slate_body_that_is_no_json_says_where() {
    let answer = post_text("/slate", "{\"a\": \"ä\",\n \"b\" 1}").await;
    assert_eq!(answer.status, 422);
    let detail = &answer.json()["detail"][0];
    assert_eq!(detail["loc"], json!(["body", 16]));
    assert_eq!(detail["type"], "json_invalid");
}

#[tokio::test]
async fn a_slate_body_may_hold_more_than_is_asked_for() {
    let body = r#"{"template_id": "b5a2c1d0-0000-7000-8000-000000000001", "reason": "ok", "extra": 1, "kind": "gift"}"#;
    let answer = post_text("/slate", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["kind"], "gift");
}

#[tokio::test]
async fn a_slate_body_may_be_left_out_where_it_is_optional() {
    for (body, expected) in [("", Value::Null), ("null", Value::Null)] {
        let answer = post_text("/optional", body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected));
    }
    assert_eq!(post_text("/optional", "{}").await.status, 422);
}

#[rstest]
#[case("/slate/nope", json!(["path", "template_id"]), "uuid_parsing")]
#[case("/slate-page?limit=x", json!(["query", "limit"]), "int_parsing")]
#[case("/slate-page?limit=0", json!(["query", "limit"]), "greater_than_equal")]
#[case("/slate-page?limit=101", json!(["query", "limit"]), "less_than_equal")]
#[case("/slate-page?status=a&status=%00", json!(["query", "status", 1]), "value_error")]
#[tokio::test]
async fn a_slate_parameter_that_does_not_fit(
    #[case] path: &str,
    #[case] loc: Value,
    #[case] kind: &str,
) {
    let answer = get_path(path).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], loc);
    assert_eq!(answer.json()["detail"][0]["type"], kind);
}

#[rstest]
#[case("/scale", "UNSUPPORTED_MEDIA_TYPE")]
#[case("/slate", "unsupported_media_type")]
#[tokio::test]
async fn a_body_of_another_type(#[case] path: &str, #[case] code: &str) {
    for content_type in [
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        None,
    ] {
        let mut request = Request::post(path);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = send(routes(), request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (415, &json!(code))
        );
    }
}

#[rstest]
#[case("/scale", "PAYLOAD_TOO_LARGE")]
#[case("/slate", "payload_too_large")]
#[tokio::test]
async fn a_body_over_the_limit(#[case] path: &str, #[case] code: &str) {
    let at_the_limit = " ".repeat(limits::BODY_BYTES_MAX);
    assert_ne!(post_text(path, &at_the_limit).await.status, 413);
    let answer = post_text(path, &format!("{at_the_limit} ")).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (413, &json!(code))
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive() {
    for (path, code) in [("/scale", "REQUEST_TIMEOUT"), ("/slate", "request_timeout")] {
        let never = Body::from_stream(futures_util::stream::pending::<
            Result<Vec<u8>, std::io::Error>,
        >());
        let request = Request::post(path).header("content-type", "application/json");
        let answer = send(routes(), request.body(never).unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (408, &json!(code))
        );
    }
}

#[derive(Debug, Deserialize)]
struct Payment {
    amount: Decimal,
}

#[rstest]
#[case("0.10", "0.10")]
#[case("-5", "-5")]
#[case("\"12345678901234567.89\"", "12345678901234567.89")]
#[case("12345678901234567.890", "12345678901234567.890")]
#[case("1e2", "refused")]
#[case("\"1,5\"", "refused")]
#[case("\"\"", "refused")]
#[case("\".5\"", "refused")]
#[case("true", "refused")]
#[case("null", "refused")]
fn a_decimal_keeps_the_digits_that_were_sent(#[case] sent: &str, #[case] expected: &str) {
    let payment: Result<Payment, _> = parse_json(format!("{{\"amount\": {sent}}}").as_bytes());
    let read = payment.map_or("refused".to_owned(), |payment| {
        payment.amount.as_str().to_owned()
    });
    assert_eq!(read, expected);
}
