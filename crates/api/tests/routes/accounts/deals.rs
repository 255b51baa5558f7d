//! `GET /accounts/{login}/deals`

use super::Trading;

#[tokio::test]
async fn deals_come_newest_first_and_in_pages_and_lead_to_the_balance() {
    let trading = Trading::new().await;
    for _ in 0..3 {
        trading.open("buy", "0.1").await;
    }
    trading.server.quote("EURUSD", 110_100, 110_110).await;
    trading
        .post("/positions/close-all", &serde_json::json!({}))
        .await;
    let first = trading.get("/deals?limit=4").await;
    let items = first["items"].as_array().expect("items");
    assert_eq!(items.len(), 4);
    assert_eq!(items[0]["entry"], "out");
    assert_eq!(items[0]["profit"], "9.00");
    assert_eq!(items[0]["balance"], trading.get("").await["balance"]);
    let cursor = first["next_cursor"].as_i64().expect("more");
    let rest = trading
        .get(&format!("/deals?limit=4&before_id={cursor}"))
        .await;
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(2));
    assert!(rest["next_cursor"].is_null());
    for query in ["limit=0", "limit=501", "limit=x", "before_id=0"] {
        let path = trading.path(&format!("/deals?{query}"));
        let answer = trading.server.get(&trading.token, &path).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
    }
}
