//! One feed of a server: signed batches, one after the other.

use std::{collections::BTreeMap, fmt, path::Path, time::Duration};

use anyhow::{Context, bail};
use reqwest::{Client, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use touchstone_app::cashier::WebhookSecret;
use touchstone_domain::UnixMicros;
use url::Url;

use crate::settings::read_secret;

const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a batch is sent again while the server is not there.
const REPEATS: u32 = 30;
const PAUSE: Duration = Duration::from_secs(1);
/// After so long a clock that moves has moved.
const MOVED_AFTER: Duration = Duration::from_millis(20);

pub struct Feed {
    client: Client,
    server: Url,
    name: String,
    secret: WebhookSecret,
    /// The server's time, and when it was told.
    clock: (UnixMicros, Instant),
    moves: bool,
    tally: Tally,
}

/// What became of the ticks.
#[derive(Debug, Default, Deserialize)]
pub struct Tally {
    accepted: u64,
    flagged: BTreeMap<String, u64>,
    pub refused: BTreeMap<String, u64>,
    pub unknown: u64,
    last_seq: i64,
    #[serde(default)]
    now: String,
}

impl Tally {
    pub fn taken(&self) -> u64 {
        self.accepted + self.flagged.values().sum::<u64>()
    }

    pub fn sent(&self) -> u64 {
        self.taken() + self.refused.values().sum::<u64>() + self.unknown
    }

    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        for (sum, more) in [
            (&mut self.flagged, other.flagged),
            (&mut self.refused, other.refused),
        ] {
            for (code, count) in more {
                *sum.entry(code).or_default() += count;
            }
        }
        self.unknown += other.unknown;
        self.last_seq = other.last_seq;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} accepted", self.accepted)?;
        for (word, counts) in [("flagged", &self.flagged), ("refused", &self.refused)] {
            write!(f, ", {} {word}", counts.values().sum::<u64>())?;
            let codes: Vec<_> = counts
                .iter()
                .map(|(code, n)| format!("{code} {n}"))
                .collect();
            if !codes.is_empty() {
                write!(f, " ({})", codes.join(", "))?;
            }
        }
        write!(f, ", {} unknown", self.unknown)
    }
}

impl Feed {
    /// Asks the server for its time.
    pub async fn open(server: Url, name: String, secret: &Path) -> anyhow::Result<Self> {
        let shown = secret.display();
        let text = read_secret(secret)?;
        let line = text.expose_secret().lines().next().unwrap_or_default();
        let secret = WebhookSecret::new(line.to_owned())
            .with_context(|| format!("{shown} needs a secret of 16 bytes or more"))?;
        let client = Client::builder().timeout(TIMEOUT).build()?;
        let mut feed = Self {
            client,
            server,
            name,
            secret,
            clock: (UnixMicros(0), Instant::now()),
            moves: false,
            tally: Tally::default(),
        };
        feed.ask_time().await?;
        let first = feed.clock.0;
        tokio::time::sleep(MOVED_AFTER).await;
        feed.ask_time().await?;
        feed.moves = feed.clock.0 != first;
        Ok(feed)
    }

    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The server's time.
    pub fn now(&self) -> UnixMicros {
        let (told, at) = self.clock;
        let since = i64::try_from(at.elapsed().as_micros()).unwrap_or(i64::MAX);
        told.plus_micros(if self.moves { since } else { 0 })
    }

    pub async fn require_moving_clock(&self) -> anyhow::Result<()> {
        if self.moves {
            return Ok(());
        }
        bail!(
            "the server's time stands still, so that ticks cannot keep their distances: use --speed max"
        );
    }

    async fn ask_time(&mut self) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Health {
            now: String,
        }
        let url = self.url("/healthz")?;
        let answer = self.client.get(url).send().await;
        let answer = answer.with_context(|| {
            format!(
                "no server answers at {}; start it, or name it with --server",
                self.server
            )
        })?;
        let health: Health = serde_json::from_slice(&answer.bytes().await?)
            .with_context(|| format!("{} is no Touchstone server", self.server))?;
        self.told_time(&health.now)
    }

    fn told_time(&mut self, now: &str) -> anyhow::Result<()> {
        let now = UnixMicros::parse(now).context("the server's time cannot be read")?;
        self.clock = (now, Instant::now());
        Ok(())
    }

    fn url(&self, path: &str) -> anyhow::Result<Url> {
        let base = self.server.as_str().trim_end_matches('/');
        format!("{base}{path}")
            .parse()
            .context("--server is no address")
    }

    /// Sends a batch until it is answered.
    pub async fn send(&mut self, ticks: Vec<Value>) -> anyhow::Result<()> {
        if ticks.is_empty() {
            return Ok(());
        }
        let body = json!({"source": self.name, "ticks": ticks}).to_string();
        for _ in 0..REPEATS {
            if let Some(answer) = self.try_send(&body).await? {
                self.told_time(&answer.now)?;
                self.tally.add(answer);
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("the server's desk is away for {REPEATS} seconds; see its log")
    }

    /// `None` when it is worth a repeat.
    async fn try_send(&self, body: &str) -> anyhow::Result<Option<Tally>> {
        let timestamp = self.now().seconds();
        let signature = self.secret.sign(timestamp, body.as_bytes());
        let request = self
            .client
            .post(self.url("/feed/ticks")?)
            .header("Content-Type", "application/json")
            .header("X-Touchstone-Timestamp", timestamp.to_string())
            .header("X-Touchstone-Signature", format!("v1={signature}"))
            .body(body.to_owned());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() || error.is_timeout() => return Ok(None),
            Err(error) => return Err(error).context("the server broke off"),
        };
        match answer.status() {
            StatusCode::OK => Ok(Some(serde_json::from_slice(&answer.bytes().await?)?)),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Ok(None),
            StatusCode::UNAUTHORIZED => bail!(
                "the server does not know the feed {name}, or has another secret: start it with \
                 --feed-files {name}=PATH, the same file as --secret-file",
                name = self.name
            ),
            StatusCode::NOT_FOUND => bail!("{} takes no prices", self.server),
            status => bail!("the server answered {status}: {}", detail(answer).await),
        }
    }
}

async fn detail(answer: Response) -> String {
    answer.text().await.unwrap_or_default()
}
