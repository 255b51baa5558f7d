mod deals;
mod list;
mod one;
mod orders;
mod positions;
mod stream;

use crate::support::Answer;
use crate::support::demo::DemoServer;
use serde_json::{Value, json};

/// A trader with an account of a running challenge, and a price of EURUSD.
pub struct Trading {
    pub server: DemoServer,
    pub token: String,
    pub login: i64,
}

impl Trading {
    pub async fn new() -> Self {
        let server = DemoServer::with_desk().await;
        let login = server.bought().await;
        server.quote("EURUSD", 110_000, 110_010).await;
        let token = server.trader().await;
        Self {
            server,
            token,
            login,
        }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/accounts/{}{rest}", self.login)
    }

    pub async fn get(&self, rest: &str) -> Value {
        let answer = self.server.get(&self.token, &self.path(rest)).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        answer.json()
    }

    pub async fn post(&self, rest: &str, body: &Value) -> Answer {
        self.server.post(&self.token, &self.path(rest), body).await
    }

    pub async fn patch(&self, rest: &str, body: &Value) -> Answer {
        self.server.patch(&self.token, &self.path(rest), body).await
    }

    /// Buys or sells so many lots at once; the number of the position.
    pub async fn open(&self, side: &str, volume: &str) -> i64 {
        let body = json!({"symbol": "EURUSD", "side": side, "volume": volume});
        self.placed(&body).await
    }

    pub async fn placed(&self, body: &Value) -> i64 {
        let answer = self.post("/orders", body).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        answer.json()["order_id"].as_i64().expect("a number")
    }
}

/// Status and code of an answer.
pub fn told(answer: &Answer) -> (u16, String) {
    let code = answer.json()["error"].as_str().unwrap_or("").to_owned();
    (answer.status.as_u16(), code)
}

pub fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
