//! `POST /promo-codes`, `GET /promo-codes`, `GET` and `PATCH /promo-codes/{promo_code_id}`

use crate::support::demo::DemoServer;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind::{Program, Promotion};

const PATH: &str = "/promo-codes";

#[tokio::test]
async fn a_code_is_made_shown_listed_and_changed() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let template = server.uuid(Program, 1);
    let body = json!({
        "code": " black-friday ",
        "description": "In November",
        "discount_percent": "12.50",
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_to": "2026-12-01T00:00:00Z",
        "total_limit": 100,
        "per_customer_limit": 1,
        "template_ids": [template],
        "first_purchase_only": true,
    });
    let made = server.post(&staff, PATH, &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let made = made.json();
    let id = made["id"].as_str().expect("an id").to_owned();
    for (field, value) in [
        ("code", json!("BLACK-FRIDAY")),
        ("description", json!("In November")),
        ("discount_percent", json!(12.5)),
        ("discount_amount", Value::Null),
        ("currency", Value::Null),
        ("valid_from", json!("2026-11-01T00:00:00.000000Z")),
        ("total_limit", json!(100)),
        ("per_customer_limit", json!(1)),
        ("template_ids", json!([template])),
        ("first_purchase_only", json!(true)),
        ("is_enabled", json!(true)),
        ("reserved_count", json!(0)),
        ("used_count", json!(0)),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let path = format!("{PATH}/{id}");
    assert_eq!(server.get(&staff, &path).await.json(), made);
    let listed = server.get(&staff, &format!("{PATH}?limit=1")).await.json();
    assert_eq!(listed["items"], json!([made]));

    let rows = server.audit_rows().await;
    let patch = json!({"valid_to": null, "template_ids": [], "is_enabled": false});
    let changed = server.patch(&staff, &path, &patch).await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    let changed = changed.json();
    assert_eq!(
        (
            &changed["valid_to"],
            &changed["template_ids"],
            &changed["is_enabled"]
        ),
        (&Value::Null, &json!([]), &json!(false))
    );
    assert_eq!(changed["total_limit"], 100);
    assert_eq!(server.audit_rows().await, rows + 1);
    // What changes nothing is no change.
    assert_eq!(server.patch(&staff, &path, &patch).await.json(), changed);
    assert_eq!(server.audit_rows().await, rows + 1);
}

#[rstest]
#[case(json!({"code": "NO", "discount_percent": 10}), "code")]
#[case(json!({"code": "GRÜN", "discount_percent": 10}), "code")]
#[case(json!({"code": "NONE"}), "discount_percent")]
#[case(json!({"code": "ZERO", "discount_percent": 0}), "discount_percent")]
#[case(json!({"code": "MUCH", "discount_percent": 100.01}), "discount_percent")]
#[case(json!({"code": "FINE", "discount_percent": "1.234"}), "discount_percent")]
#[case(json!({"code": "BOTH", "discount_percent": 10, "discount_amount": 5, "currency": "USD"}), "discount_percent")]
#[case(json!({"code": "BARE", "discount_amount": 5}), "discount_percent")]
#[case(json!({"code": "LOW", "discount_amount": "-5", "currency": "USD"}), "discount_percent")]
#[case(json!({"code": "CENT", "discount_amount": "5.001", "currency": "USD"}), "discount_amount")]
#[case(json!({"code": "COIN", "discount_amount": 5, "currency": "usd"}), "currency")]
#[case(json!({"code": "TIME", "discount_percent": 10, "valid_from": "2026-01-02", "valid_to": "2026-01-02"}), "valid_to")]
#[case(json!({"code": "TIME", "discount_percent": 10, "valid_to": "tomorrow"}), "valid_to")]
#[case(json!({"code": "ZERO", "discount_percent": 10, "total_limit": 0}), "total_limit")]
#[case(json!({"code": "NULL", "discount_percent": 10, "is_enabled": null}), "is_enabled")]
#[case(json!({"code": "MORE", "discount_percent": 10, "limit": 5}), "limit")]
#[tokio::test]
async fn what_makes_no_sense_is_named_by_its_place(#[case] body: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let before = server.get(&staff, PATH).await.json();
    let answer = server.post(&staff, PATH, &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(
        answer.json()["detail"][0]["loc"][1],
        field,
        "{}",
        answer.body
    );
    assert_eq!(server.get(&staff, PATH).await.json(), before);
}

#[tokio::test]
async fn a_code_stands_once_and_belongs_to_its_brand() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let code = json!({"code": "SPRING", "discount_percent": 10});
    let made = server.post(&staff, PATH, &code).await.json();
    let again = json!({"code": "spring", "discount_percent": 20});
    let again = server.post(&staff, PATH, &again).await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["error"]),
        (409, &json!("promo_code_exists"))
    );
    let stranger = server.staff(2).await;
    let path = format!("{PATH}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(server.get(&stranger, &path).await.status.as_u16(), 404);
    let patch = server
        .patch(&stranger, &path, &json!({"is_enabled": false}))
        .await;
    assert_eq!(patch.status.as_u16(), 404);
    let unknown = format!("{PATH}/{}", server.uuid(Promotion, 999));
    assert_eq!(server.get(&staff, &unknown).await.status.as_u16(), 404);
    let foreign = json!({"code": "OTHER", "discount_percent": 10, "template_ids": [server.uuid(Program, 21)]});
    let answer = server.post(&staff, PATH, &foreign).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(
        answer.json()["detail"][0]["loc"],
        json!(["body", "template_ids", 0])
    );
    // Another brand has its own.
    assert_eq!(
        server.post(&stranger, PATH, &code).await.status.as_u16(),
        201
    );
}

#[tokio::test]
async fn no_limit_goes_below_what_is_used_and_a_discount_stays() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let trader = server.trader().await;
    let code = json!({"code": "SPRING", "discount_percent": 10});
    let made = server.post(&staff, PATH, &code).await.json();
    let path = format!("{PATH}/{}", made["id"].as_str().expect("an id"));
    for payer in [100_001, 100_001] {
        let body = json!({"program_id": 1, "payer_login": payer, "promo_code": "SPRING"});
        server.post(&trader, "/prop/challenge/buy", &body).await;
    }
    for limit in ["total_limit", "per_customer_limit"] {
        let low = server.patch(&staff, &path, &json!({limit: 1})).await;
        assert_eq!(
            (low.status.as_u16(), &low.json()["error"]),
            (409, &json!("state_conflict"))
        );
    }
    let other = server
        .patch(&staff, &path, &json!({"discount_percent": 20}))
        .await;
    assert_eq!(other.status.as_u16(), 422);
    assert_eq!(server.get(&staff, &path).await.json()["used_count"], 2);
}
