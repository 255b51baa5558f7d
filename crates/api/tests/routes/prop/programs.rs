//! `GET /prop/programs`, `/prop/programs/{id}` and `/prop/programs/{id}/payer-accounts`

use crate::support::demo::DemoServer;
use serde_json::json;

#[tokio::test]
async fn programs_on_sale_are_listed_in_their_order() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let body = server.get(&token, "/prop/programs").await.json();
    let ids: Vec<_> = body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [1, 2, 4]);
    let first = &body["rows"][0];
    assert_eq!(first["price_label"], "USD 499.000000");
    assert_eq!(
        (&first["brand"], &first["profit_split"]),
        (&json!("brand-a"), &json!(0.8))
    );
    let step = &first["steps"][0];
    assert_eq!(
        (&step["phase_index"], &step["account_group"]),
        (&json!(1), &json!("PROP-DEMO-100K"))
    );
    assert_eq!(
        (&step["initial_balance"], &step["max_daily_loss_pct"]),
        (&json!(100000.0), &json!(5.0))
    );
}

#[tokio::test]
async fn another_brand_has_other_programs() {
    let server = DemoServer::new().await;
    let stranger = server.customer(2, 21).await;
    let body = server.get(&stranger, "/prop/programs").await.json();
    let rows = body["rows"].as_array().expect("rows").iter();
    let ids: Vec<_> = rows.map(|row| row["id"].clone()).collect();
    assert_eq!(ids, [json!(21), json!(20)]);
    let trader = server.trader().await;
    assert_eq!(
        server
            .get(&trader, "/prop/programs?brand=brand-b")
            .await
            .json(),
        json!({"rows": []})
    );
    assert_eq!(
        server
            .get(&trader, "/prop/programs/21")
            .await
            .status
            .as_u16(),
        404
    );
}

#[tokio::test]
async fn one_program_is_shown_while_it_is_on_sale() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    assert_eq!(
        server.get(&token, "/prop/programs/1").await.json()["name"],
        "100K Challenge"
    );
    for (id, status, code) in [
        ("3", 404, "PROGRAM_NOT_FOUND"),
        ("99", 404, "PROGRAM_NOT_FOUND"),
        ("0", 400, "INVALID_DATA"),
        ("x", 400, "INVALID_DATA"),
    ] {
        let answer = server.get(&token, &format!("/prop/programs/{id}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"].as_str()),
            (status, Some(code)),
            "{id}"
        );
    }
}

#[tokio::test]
async fn payer_accounts_say_what_keeps_them_from_paying() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let body = server
        .get(&token, "/prop/programs/1/payer-accounts")
        .await
        .json();
    assert_eq!(
        body["rows"][0],
        json!({
            "login": 100001, "currency": "USD", "balance": 1200.0, "eligible": true,
            "block_reason": null, "block_reason_message": null
        })
    );
    assert_eq!(
        body["rows"][1]["block_reason"],
        "CURRENCY_CONVERSION_REQUIRED"
    );
    assert_eq!(body["rows"].as_array().map(Vec::len), Some(2));
}
