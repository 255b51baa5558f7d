//! `GET /prop/news`, `POST /prop/news` and `DELETE /prop/news/{news_id}`

use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

fn payrolls() -> Value {
    json!({"at": "2026-05-08T12:30:00Z", "impact": "high", "currency": "USD", "title": "Non-Farm Payrolls"})
}

async fn titles(server: &DemoServer, token: &str, query: &str) -> Vec<Value> {
    let page = server.get(token, &format!("/prop/news{query}")).await;
    let page = page.json();
    let items = page["items"].as_array().expect("news").iter();
    items.map(|item| item["title"].clone()).collect()
}

#[tokio::test]
async fn what_staff_put_in_is_read_by_everybody_of_the_brand_until_they_take_it_out() {
    let server = DemoServer::new().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let added = server.post(&staff, "/prop/news", &payrolls()).await;
    assert_eq!(added.status.as_u16(), 200, "{}", added.body);
    let mut wanted = payrolls();
    wanted["id"] = added.json()["id"].clone();
    wanted["at"] = json!("2026-05-08T12:30:00.000000Z");
    assert_eq!(added.json(), wanted);
    // The same once more.
    let before = server.audit_rows().await;
    let again = server.post(&staff, "/prop/news", &payrolls()).await;
    assert_eq!(again.json(), wanted);
    assert_eq!(server.audit_rows().await, before);
    let page = server.get(&trader, "/prop/news").await.json();
    assert_eq!(page, json!({"items": [wanted], "total": 1}));
    // Those of another brand have a calendar of their own.
    let foreigner = server.customer(2, 21).await;
    assert!(titles(&server, &foreigner, "").await.is_empty());
    let id = wanted["id"].as_str().expect("an id");
    let path = format!("/prop/news/{id}");
    let remove = async |token: &str| {
        let answer = server.request(Method::DELETE, token, &path, None).await;
        answer.status.as_u16()
    };
    assert_eq!(remove(&server.staff(2).await).await, 404);
    assert_eq!(remove(&staff).await, 200);
    assert_eq!(remove(&staff).await, 404);
    assert!(titles(&server, &trader, "").await.is_empty());
    assert_eq!(server.audit_rows().await, before + 1);
}

#[tokio::test]
async fn the_calendar_is_in_order_of_time_and_in_pages() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    for (at, title) in [
        ("2026-05-09T12:00:00Z", "c"),
        ("2026-05-08T14:00:00+02:00", "a"),
        ("2026-05-08T12:00:01Z", "b"),
    ] {
        let body = json!({"at": at, "impact": "low", "title": title});
        let added = server.post(&staff, "/prop/news", &body).await;
        assert_eq!(added.json()["currency"], Value::Null);
    }
    for (query, wanted) in [
        ("", &["a", "b", "c"][..]),
        ("?limit=1&offset=1", &["b"]),
        ("?date_from=2026-05-08T12:00:01Z", &["b", "c"]),
        ("?date_to=2026-05-08", &["a", "b"]),
        ("?date_to=2026-05-08T12:00:01Z", &["a"]),
    ] {
        assert_eq!(titles(&server, &staff, query).await, wanted, "{query}");
    }
    // A day after it was, only who asks for it sees it.
    server.clock.advance_micros(3 * 86_400_000_000);
    let staff = server.staff(1).await;
    assert!(titles(&server, &staff, "").await.is_empty());
    let all = titles(&server, &staff, "?date_from=2026-05-01").await;
    assert_eq!(all.len(), 3);
}

#[rstest]
#[case::past(json!({"at": "2026-05-07T13:20:00Z"}), "at")]
#[case::no_instant(json!({"at": "tomorrow"}), "at")]
#[case::number(json!({"at": 5}), "at")]
#[case::impact(json!({"impact": "red"}), "impact")]
#[case::currency(json!({"currency": "usd"}), "currency")]
#[case::currency_length(json!({"currency": "DOLLAR"}), "currency")]
#[case::title(json!({"title": ""}), "title")]
#[case::unknown(json!({"titel": "x"}), "titel")]
#[tokio::test]
async fn what_is_no_news_is_refused_with_its_place(#[case] wrong: Value, #[case] field: &str) {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let mut body = payrolls();
    for (name, value) in wrong.as_object().expect("fields") {
        body[name] = value.clone();
    }
    let answer = server.post(&staff, "/prop/news", &body).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", field]));
    assert!(titles(&server, &staff, "").await.is_empty());
}

#[tokio::test]
async fn wrong_pages_are_refused() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    for query in [
        "limit=0",
        "limit=501",
        "offset=-1",
        "date_from=x",
        "date_to=x",
    ] {
        let answer = server.get(&staff, &format!("/prop/news?{query}")).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
    }
}
