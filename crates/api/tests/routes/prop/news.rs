//! `GET /prop/news`, `POST /prop/news` and `DELETE /prop/news/{news_id}`

use crate::support::Answer;
use crate::support::demo::DemoServer;
use axum::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use touchstone_domain::EntityKind;

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

#[tokio::test]
async fn a_blackout_of_a_template_stands_against_orders_and_says_until_when() {
    let server = DemoServer::with_desk().await;
    let (staff, trader) = (server.staff(1).await, server.trader().await);
    let seed = server.uuid(EntityKind::Program, 1);
    let clone = format!("/prop/templates/{seed}/clone");
    let clone = server.post(&staff, &clone, &json!({"name": "News"})).await;
    let clone = clone.json()["id"].as_str().expect("an id").to_owned();
    let blackout = json!({
        "news_blackout_enabled": true, "news_blackout_seconds_before": 120,
        "news_blackout_seconds_after": 60, "news_event_actions": ["open", "close"], "enabled": true,
    });
    let path = format!("/prop/templates/{clone}");
    let changed = server
        .request(Method::PATCH, &staff, &path, Some(blackout.to_string()))
        .await;
    assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
    let path = format!("/challenges/{clone}/enroll");
    let enrolled = server.post(&trader, &path, &json!({})).await.json();
    let path = format!(
        "/transactions/{}/approve",
        enrolled["pending_tx_id"].as_str().expect("an id")
    );
    let paid = server
        .request(Method::PATCH, &staff, &path, Some("{}".to_owned()))
        .await;
    assert_eq!(paid.status.as_u16(), 200, "{}", paid.body);
    server.quote("EURUSD", 110_000, 110_010).await;
    let orders = format!(
        "/accounts/{}/orders",
        enrolled["login"].as_str().expect("a login")
    );
    let order = json!({"symbol": "EURUSD", "side": "buy", "volume": "0.1"});
    let held = server.post(&trader, &orders, &order).await;
    assert_eq!(held.status.as_u16(), 201, "{}", held.body);
    let soon = json!({"at": "2026-05-07T13:21:30Z", "impact": "high", "currency": "EUR", "title": "Rates"});
    let added = server.post(&staff, "/prop/news", &soon).await;
    assert_eq!(added.status.as_u16(), 200, "{}", added.body);
    for (action, code) in [("open", "RULE_NEWS_WINDOW"), ("close", "RULE_NEWS_WINDOW")] {
        let ask = json!({"symbol": "EURUSD", "action": action});
        let answer = server.post(&trader, "/orders/preflight", &ask).await.json();
        assert_eq!(answer["block"], code, "{answer}");
        assert_eq!(answer["ends_at"], "2026-05-07T13:22:30.000000Z");
    }
    let refused = server.post(&trader, &orders, &order).await;
    assert_eq!(refused.json()["error"], "RULE_NEWS_WINDOW");
    server.quote("USDJPY", 15_000_000, 15_000_100).await;
    let other = json!({"symbol": "USDJPY", "action": "open"});
    let other = server
        .post(&trader, "/orders/preflight", &other)
        .await
        .json();
    assert_eq!(other["block"], Value::Null, "{other}");
}

const TABLE: &str = "title,at,impact,currency\r\n\
    \"Payrolls, once more\",2026-05-08 08:30,High,usd\r\n\
    Rates,2026-05-08T14:00:00+02:00,medium,\r\n\
    Long ago,2020-01-01T00:00:00Z,low,EUR\r\n";

async fn import(server: &DemoServer, token: &str, query: &str, table: &str) -> Answer {
    let path = format!("/prop/news/import{query}");
    server.post_text(token, &path, table).await
}

#[tokio::test]
async fn a_table_is_imported_whole_and_once() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let zone = "?time_zone=America/New_York";
    let done = import(&server, &staff, zone, TABLE).await;
    assert_eq!(
        done.json(),
        json!({"added": 2, "known": 0, "past": 1}),
        "{}",
        done.body
    );
    assert_eq!(
        titles(&server, &staff, "").await,
        ["Rates", "Payrolls, once more"]
    );
    let page = server.get(&staff, "/prop/news").await.json();
    assert_eq!(page["items"][1]["at"], "2026-05-08T12:30:00.000000Z");
    assert_eq!(page["items"][1]["currency"], "USD");
    let again = import(&server, &staff, zone, TABLE).await;
    assert_eq!(again.json(), json!({"added": 0, "known": 2, "past": 1}));
}

#[tokio::test]
async fn with_a_wrong_row_nothing_is_imported_and_each_is_named() {
    let server = DemoServer::new().await;
    let staff = server.staff(1).await;
    let table = "at,impact,currency,title\n\
        2026-05-08T12:00:00Z,low,,Good\n\
        soon,low,,Late\n\
        2026-05-08T12:00:00Z,red,,Red\n\
        2026-05-08T12:00:00Z,low,DOLLAR,Long\n\
        2026-05-08T12:00:00Z,low,,\n\
        2026-05-08T12:00:00Z,low,,\"Two\nlines\"\n\
        2026-05-08T12:00:00Z,low\n";
    let refused = import(&server, &staff, "", table).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.body);
    let refused = refused.json();
    let places: Vec<_> = refused["detail"]
        .as_array()
        .expect("faults")
        .iter()
        .map(|one| one["loc"].clone())
        .collect();
    assert_eq!(
        json!(places),
        json!([
            ["body", "line 3", "at"],
            ["body", "line 4", "impact"],
            ["body", "line 5", "currency"],
            ["body", "line 6", "title"],
            ["body", "line 7", "title"],
            ["body", "line 9", "row"]
        ])
    );
    for (query, table) in [
        ("?time_zone=Mars", TABLE),
        ("", "when,what\n1,2\n"),
        ("", "at,impact,title\n\u{0},,\n"),
        // An open quote would take the next rows into a title.
        (
            "",
            "at,impact,title\n2026-05-08T12:00:00Z,low,\"Open\n2026-05-09T12:00:00Z,low,Next\n",
        ),
    ] {
        let refused = import(&server, &staff, query, table).await;
        assert_eq!(refused.status.as_u16(), 422, "{query}: {}", refused.body);
    }
    assert!(titles(&server, &staff, "").await.is_empty());
}
