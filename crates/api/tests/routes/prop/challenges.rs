//! `GET /prop/challenges` and `GET /prop/challenges/{id}`

use crate::support::demo::DemoServer;
use serde_json::json;

#[tokio::test]
async fn a_customer_sees_his_own_purchases_and_challenges() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    let bought = server
        .post(
            &trader,
            "/prop/challenge/buy",
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await
        .json();
    let mine = server.get(&trader, "/prop/challenges").await.json();
    assert_eq!(
        mine,
        json!({"purchases": [bought["purchase"]], "challenges": [bought["challenge"]]})
    );
    assert_eq!(
        server.get(&rival, "/prop/challenges").await.json(),
        json!({"purchases": [], "challenges": []})
    );
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    for _ in 0..3 {
        server
            .post(
                &token,
                "/prop/challenge/buy",
                &json!({"program_id": 2, "payer_login": 100001}),
            )
            .await;
    }
    let page = server.get(&token, "/prop/challenges?limit=2").await.json();
    assert_eq!(
        (&page["purchases"][0]["id"], &page["purchases"][1]["id"]),
        (&json!(12), &json!(11))
    );
    let rest = server
        .get(&token, "/prop/challenges?limit=2&before_id=11")
        .await
        .json();
    assert_eq!(
        (
            rest["purchases"].as_array().map(Vec::len),
            &rest["purchases"][0]["id"]
        ),
        (Some(1), &json!(10))
    );
    for query in ["limit=0", "limit=501", "limit=x", "before_id=0"] {
        assert_eq!(
            server
                .get(&token, &format!("/prop/challenges?{query}"))
                .await
                .status
                .as_u16(),
            400,
            "{query}"
        );
    }
}

#[tokio::test]
async fn one_challenge_is_shown_whole_to_its_owner_only() {
    let server = DemoServer::new().await;
    let (trader, rival) = (server.trader().await, server.customer(1, 6).await);
    server
        .post(
            &trader,
            "/prop/challenge/buy",
            &json!({"program_id": 1, "payer_login": 100001}),
        )
        .await;
    let body = server.get(&trader, "/prop/challenges/12").await.json();
    assert_eq!(
        (
            &body["challenge"]["id"],
            &body["purchase"]["id"],
            &body["program"]["id"]
        ),
        (&json!(12), &json!(10), &json!(1))
    );
    assert_eq!(body["phases"], json!([body["current_phase"]]));
    let phase = &body["current_phase"];
    assert_eq!(
        (
            &phase["account_login"],
            &phase["initial_balance"],
            &phase["status_name"]
        ),
        (&json!(2000100), &json!(100000.0), &json!("active"))
    );
    for (token, id) in [(&rival, "12"), (&trader, "99")] {
        let answer = server.get(token, &format!("/prop/challenges/{id}")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (404, &json!("NOT_FOUND"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_challenge_shows_how_it_stands_now() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let trader = server.trader().await;
    server.trading().await;
    server.price(110_460).await;
    let body = server.get(&trader, "/prop/challenges/12").await.json();
    assert_eq!(
        body["progress"],
        json!({
            "profit_pct": 4.4615,
            "profit_target_pct": 8.0,
            "profit_target_progress_pct": 55.7688,
            "daily_loss_pct": 0.0,
            "daily_loss_limit_pct": 5.0,
            "total_loss_pct": 0.0,
            "total_loss_limit_pct": 10.0,
            "trading_days": 1,
            "min_trading_days": 5,
            "max_trading_days": 30,
            "max_positions": 10,
        })
    );
    assert_eq!(
        body["latest_metric"],
        json!({
            "phase_id": body["current_phase"]["id"],
            "account_login": 2_000_100,
            "time": 1_778_160_000,
            "balance": 99_961.5,
            "equity": 104_461.5,
            "profit_target": 4.4615,
            "daily_loss": 0.0,
            "total_loss": 0.0,
            "trading_days": 1,
            "daily_start_equity": 100_000.0,
            "daily_profit": 4_461.5,
            "daily_floor": 95_000.0,
            "total_floor": 90_000.0,
            "positions": 1,
        })
    );
    assert_eq!(body["latest_breach"], json!(null));
    for part in ["latest_metric", "progress"] {
        assert_eq!(body["current_phase"][part], body[part]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_desk_the_newest_stored_figures_are_shown() {
    let server = DemoServer::new().await;
    let desk = server.start_desk();
    let trader = server.trader().await;
    server.trading().await;
    server.price(110_460).await;
    desk.stop();
    let body = server.get(&trader, "/prop/challenges/12").await.json();
    assert_eq!(body["latest_metric"]["equity"], 99_861.5);
    assert_eq!(body["latest_metric"]["daily_floor"], 95_000.0);
    assert_eq!(body["progress"]["trading_days"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_ends_the_phase_with_its_last_figures() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let trader = server.trader().await;
    server.breached().await;
    let body = server.get(&trader, "/prop/challenges/12").await.json();
    let phase = &body["phases"][0];
    assert_eq!(
        (
            &body["challenge"]["status"],
            &phase["status_name"],
            &phase["final_balance"],
            &phase["final_equity"],
            &phase["progress"]["total_loss_pct"],
            &phase["latest_metric"]["positions"]
        ),
        (
            &json!(3),
            &json!("failed"),
            &json!(94_823.17),
            &json!(94_823.17),
            &json!(5.1385),
            &json!(0)
        )
    );
    let curve = server
        .get(&trader, "/prop/challenges/12/metrics")
        .await
        .json();
    let last = &curve["metrics"][0];
    assert_eq!(
        [&last["equity"], &last["daily_floor"], &last["positions"]],
        [&json!(94_861.5), &json!(95_000.0), &json!(1)],
        "the curve ends where the verdict was found"
    );
    let breaches = server
        .get(&trader, "/prop/challenges/12/breaches")
        .await
        .json();
    assert_eq!(breaches["breaches"], json!([body["latest_breach"]]));
    let breach = &body["latest_breach"];
    assert_eq!(
        (
            &breach["rule"],
            &breach["value"],
            &breach["limit"],
            &breach["baseline"],
            &breach["symbol"],
            &breach["bid"],
            &breach["time_us"]
        ),
        (
            &json!("daily_loss"),
            &json!(94_861.5),
            &json!(95_000.0),
            &json!(100_000.0),
            &json!("EURUSD"),
            &json!(1.095),
            &json!(1_778_160_000_003_000_i64)
        )
    );
    let older = server
        .get(&trader, "/prop/challenges/12/breaches?before_id=1")
        .await
        .json();
    assert_eq!(older["breaches"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_paged_and_narrowed_by_time() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let trader = server.trader().await;
    server.trading().await;
    server.clock.advance_micros(100_000_000);
    server.price(110_000).await;
    server.ten_lots(2_000_100).await;
    let get = |query: &'static str| {
        let (server, trader) = (&server, &trader);
        async move {
            let path = format!("/prop/challenges/12/metrics{query}");
            server.get(trader, &path).await.json()
        }
    };
    let all = get("").await;
    let rows = all["metrics"].as_array().expect("rows").clone();
    assert_eq!(all["count"], rows.len());
    assert!(rows.len() >= 2, "{all}");
    assert_eq!(rows[0]["positions"], 2);
    let times: Vec<_> = rows.iter().map(|row| row["time"].as_i64()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let first = get("?limit=1").await;
    assert_eq!(first["metrics"], json!([rows[0]]));
    let second = get("?limit=1&offset=1").await;
    assert_eq!(second["metrics"], json!([rows[1]]));
    let early = get("?to=1778160050").await;
    assert_eq!(early["metrics"][0]["positions"], 1);
    let late = get("?from=1778160050").await;
    assert_eq!(
        early["count"].as_i64().unwrap_or(0) + late["count"].as_i64().unwrap_or(0),
        all["count"].as_i64().unwrap_or(0)
    );
}

const DAY: i64 = 86_400_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn days_are_told_with_their_floors_also_without_a_trade() {
    let server = DemoServer::new().await;
    let _desk = server.start_desk();
    let trader = server.trader().await;
    let buy = json!({"program_id": 1, "payer_login": 100_001});
    server.post(&trader, "/prop/challenge/buy", &buy).await;
    // A session lasts a day.
    let get = async |query: &str| {
        let trader = server.trader().await;
        let path = format!("/prop/challenges/12/days{query}");
        server.get(&trader, &path).await.json()
    };
    assert_eq!(get("").await, json!({"days": [], "count": 0}));
    // From Thursday to Monday.
    server.clock.advance_micros(4 * DAY);
    let quiet = get("").await;
    let days: Vec<_> = quiet["days"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| day["day"].as_str().expect("a day").to_owned())
        .collect();
    assert_eq!(
        days,
        ["2026-05-10", "2026-05-09", "2026-05-08", "2026-05-07"]
    );
    let first = &quiet["days"][3];
    // Midnight of UTC, where it ended.
    assert_eq!(first["end_time"], 1_778_198_400);
    for (field, wanted) in [
        ("balance", json!(100_000.0)),
        ("daily_start_equity", json!(100_000.0)),
        ("daily_floor", json!(95_000.0)),
        ("total_floor", json!(90_000.0)),
        ("account_login", json!(2_000_100)),
    ] {
        assert_eq!(first[field], wanted, "{field}");
    }
    assert_eq!(first["is_trading_day"], false);
    server.price(110_000).await;
    server.ten_lots(2_000_100).await;
    server.clock.advance_micros(DAY);
    server.price(110_000).await;
    let after = get("").await;
    assert_eq!(after["count"], 5, "{after}");
    assert_eq!(after["days"][0]["day"], "2026-05-11");
    assert_eq!(after["days"][0]["is_trading_day"], true);
    assert_eq!(after["days"][0]["daily_floor"], 95_000.0);
    assert_eq!(
        get("?limit=1&offset=1").await["days"],
        json!([quiet["days"][0]])
    );
}

#[tokio::test]
async fn wrong_pages_of_metrics_and_breaches_are_refused() {
    let server = DemoServer::new().await;
    let token = server.trader().await;
    let buy = json!({"program_id": 1, "payer_login": 100001});
    server.post(&token, "/prop/challenge/buy", &buy).await;
    for query in [
        "days?limit=0",
        "days?limit=501",
        "days?offset=-1",
        "metrics?limit=0",
        "metrics?limit=501",
        "metrics?offset=-1",
        "metrics?from=x",
        "metrics?to=-1",
        "metrics?to=253402300800",
        "breaches?limit=501",
        "breaches?before_id=0",
        "breaches?before_id=x",
    ] {
        let path = format!("/prop/challenges/12/{query}");
        let answer = server.get(&token, &path).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (400, &json!("INVALID_DATA")),
            "{query}"
        );
    }
}
