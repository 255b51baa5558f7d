//! An account with positions and an order that waits.

use crate::support::demo::DemoServer;
use serde_json::{Value, json};

/// What the trader has on an account of a challenge.
#[derive(Clone, Copy)]
pub struct Traded {
    pub login: i64,
    pub long: i64,
    pub short: i64,
    pub waiting: i64,
}

impl Traded {
    pub async fn new(server: &DemoServer) -> Self {
        let login = server.bought().await;
        server.quote("EURUSD", 110_000, 110_010).await;
        let token = server.trader().await;
        let path = format!("/accounts/{login}/orders");
        let place = async |body: Value| {
            let answer = server.post(&token, &path, &body).await;
            assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
            answer.json()["order_id"].as_i64().expect("a number")
        };
        let market =
            |side: &str, lots: &str| json!({"symbol": "EURUSD", "side": side, "volume": lots});
        let limit = json!({"symbol": "EURUSD", "side": "buy", "volume": 1, "type": "limit", "price": "1.09"});
        Self {
            login,
            long: place(market("buy", "0.1")).await,
            short: place(market("sell", "0.05")).await,
            waiting: place(limit).await,
        }
    }
}
