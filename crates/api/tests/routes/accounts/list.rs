//! `GET /accounts`

use super::Trading;
use rstest::rstest;
use serde_json::Value;
use touchstone_domain::EntityKind;

async fn logins(trading: &Trading, token: &str, query: &str) -> Vec<String> {
    let answer = trading
        .server
        .get(token, &format!("/accounts?{query}"))
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{query}: {}", answer.body);
    let body = answer.json();
    let items = body["items"].as_array().expect("items").iter();
    items
        .map(|item| item["login"].as_str().expect("a login").to_owned())
        .collect()
}

#[tokio::test]
async fn everybody_sees_what_is_his() {
    let trading = Trading::new().await;
    let server = &trading.server;
    let own = logins(&trading, &trading.token, "").await;
    assert!(own.contains(&trading.login.to_string()) && own.contains(&"100001".to_owned()));
    let staff = server.staff(1).await;
    let all = logins(&trading, &staff, "page_size=500").await;
    assert!(own.iter().all(|login| all.contains(login)) && all.len() > own.len());
    let foreign = logins(&trading, &server.staff(2).await, "page_size=500").await;
    assert!(foreign.iter().all(|login| !all.contains(login)));
    let rival = logins(&trading, &server.customer(1, 6).await, "").await;
    assert!(rival.iter().all(|login| !own.contains(login)));
    // Another customer's key narrows it to nothing, and does not widen it.
    let of_rival = format!("customer_id={}", server.uuid(EntityKind::Customer, 6));
    assert_eq!(logins(&trading, &trading.token, &of_rival).await, [""; 0]);
    assert_eq!(logins(&trading, &staff, &of_rival).await, rival);
}

#[tokio::test]
async fn filters_narrow_it() {
    let trading = Trading::new().await;
    let staff = trading.server.staff(1).await;
    let login = trading.login.to_string();
    let only = [login.clone()];
    assert_eq!(
        logins(&trading, &staff, "has_open_positions=true").await,
        [""; 0]
    );
    trading.open("buy", "2").await;
    trading.server.quote("EURUSD", 109_500, 109_510).await;
    let account = trading.get("").await;
    let group = format!("group_id={}", account["group_id"].as_str().expect("an id"));
    for query in [
        "has_open_positions=true",
        &group,
        &format!(
            "{group}&group_id={}",
            trading.server.uuid(EntityKind::Group, 99_999)
        ),
        &format!("search={login}"),
        "account_type=challenge&currency=USD&is_active=true&search=trader&balance_min=99000&balance_max=100000",
        "account_type=challenge&equity_max=99999.99&has_open_positions=1",
        "sort=-balance&page_size=1&search=trader@demo",
    ] {
        assert_eq!(logins(&trading, &staff, query).await, only, "{query}");
    }
    for query in [
        &format!("search={login}&is_active=false"),
        &format!("search={login}&currency=JPY"),
        &format!("search={login}&margin_call_risk=true"),
        &format!("search={login}&balance_min=100000.001"),
        &format!("search={login}&has_open_positions=false"),
        &format!("search={login}&account_type=personal"),
        &format!("search={login}&page=2"),
        "search=%25",
    ] {
        assert_eq!(logins(&trading, &staff, query).await, [""; 0], "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_in_the_order_that_is_asked_for() {
    let trading = Trading::new().await;
    let staff = trading.server.staff(1).await;
    let all = logins(&trading, &staff, "page_size=500").await;
    let mut paged = Vec::new();
    for page in 1..=all.len() {
        paged.extend(logins(&trading, &staff, &format!("page_size=1&page={page}")).await);
    }
    assert_eq!(paged, all);
    let mut down = logins(&trading, &staff, "page_size=500&sort=-login").await;
    down.reverse();
    assert_eq!(down, all);
    let answer = trading
        .server
        .get(&staff, "/accounts?page_size=2")
        .await
        .json();
    assert_eq!(answer["total"], Value::from(all.len()));
    assert_eq!([&answer["page"], &answer["page_size"]], [1, 2]);
    for sort in ["balance", "equity", "created_at"] {
        assert_eq!(
            logins(&trading, &staff, &format!("sort={sort}"))
                .await
                .len(),
            all.len().min(50)
        );
    }
}

#[rstest]
#[case("page=0")]
#[case("page_size=501")]
#[case("sort=luck")]
#[case("account_type=ninja")]
#[case("is_active=maybe")]
#[case("currency=XX")]
#[case("group_id=5")]
#[case("customer_id=x")]
#[case("balance_min=much")]
#[case("equity_max=1.0001")]
#[tokio::test]
async fn what_is_not_understood_is_refused(#[case] query: &str) {
    let trading = Trading::new().await;
    let path = format!("/accounts?{query}");
    let answer = trading.server.get(&trading.token, &path).await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);
}
