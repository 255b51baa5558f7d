//! Prices at a steady pace, for traders who hold a position each.

use super::{buyer::Bought, connect};
use crate::bench::{client::Connection, figures::Rate, wallets::Wallet};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval};
use touchstone_app::{cashier::WebhookSecret, ports::Clock};
use touchstone_domain::Login;

const FEED: &str = "bench";
const SECRET: &str = "a secret of a bench, which guards nothing";
/// It is traded at all hours.
const SYMBOL: &str = "BTCUSD";
/// Where the price goes up and down, in points.
const BID: i64 = 7_000_000;
const SWING: i64 = 500;
const SPREAD: i64 = 100;
/// Prices a second.
pub const PRICES: u32 = 10;

/// A signed feed with one symbol.
pub struct Market {
    connection: Connection,
    clock: Arc<dyn Clock>,
    secret: WebhookSecret,
    sent: i64,
}

/// An account that holds a position, and whose it is.
pub struct Holder<'a> {
    pub wallet: &'a Wallet,
    pub login: Login,
}

/// The setting that names the feed to the server.
pub fn feed_file(folder: &std::path::Path) -> anyhow::Result<String> {
    let path: PathBuf = folder.join("feed.secret");
    fs::write(&path, SECRET)?;
    Ok(format!("{FEED}={}", path.display()))
}

impl Market {
    pub async fn open(server: SocketAddr, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let secret = WebhookSecret::new(SECRET.to_owned());
        Ok(Self {
            connection: connect(server).await?,
            clock,
            secret: secret.context("the secret is too short")?,
            sent: 0,
        })
    }

    /// Sends a price that differs from the one before; how long until it was durable.
    pub async fn price(&mut self) -> anyhow::Result<Duration> {
        let bid = BID + self.sent % SWING;
        self.sent += 1;
        let now = self.clock.now();
        let tick = json!({
            "symbol": SYMBOL, "bid": price(bid), "ask": price(bid + SPREAD), "time": now.rfc3339(), "sequence": self.sent,
        });
        let body = json!({"source": FEED, "ticks": [tick]}).to_string();
        let timestamp = now.seconds();
        let signature = self.secret.sign(timestamp, body.as_bytes());
        let request = format!(
            "POST /feed/ticks HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nX-Touchstone-Timestamp: {timestamp}\r\n\
             X-Touchstone-Signature: v1={signature}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let began = Instant::now();
        let answer = self.connection.ask(request.as_bytes()).await?;
        let took = began.elapsed();
        let told: Value = serde_json::from_slice(answer.body)?;
        ensure!(
            told["accepted"] == 1,
            "a price was answered {}: {told}",
            answer.status
        );
        Ok(took)
    }

    /// Prices at a steady pace.
    pub async fn run(&mut self, window: Duration) -> anyhow::Result<Rate> {
        let mut ticks = interval(Duration::from_secs(1) / PRICES);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (began, mut took_us) = (Instant::now(), Vec::new());
        while began.elapsed() < window {
            ticks.tick().await;
            took_us.push(u64::try_from(self.price().await?.as_micros())?);
        }
        Rate::of(took_us, window).context("no price was sent")
    }
}

fn price(points: i64) -> String {
    format!("{}.{:02}", points / 100, points % 100)
}

/// Each buyer opens a position in the account that he bought first.
pub async fn hold<'a>(
    server: SocketAddr,
    buyers: &'a [Wallet],
    bought: &[Bought],
) -> anyhow::Result<Vec<Holder<'a>>> {
    let mut connection = connect(server).await?;
    let mut holders = Vec::with_capacity(buyers.len());
    for (number, wallet) in buyers.iter().enumerate() {
        let Some(first) = bought.iter().find(|bought| bought.number == number) else {
            continue;
        };
        let login = first.login;
        let body = format!("{{\"symbol\":\"{SYMBOL}\",\"side\":\"buy\",\"volume\":\"0.1\"}}");
        let request = format!(
            "POST /accounts/{login}/orders HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            wallet.token,
            body.len()
        );
        let answer = connection.ask(request.as_bytes()).await?;
        ensure!(
            answer.status == 201,
            "an order was answered {}: {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
        holders.push(Holder { wallet, login });
    }
    Ok(holders)
}
