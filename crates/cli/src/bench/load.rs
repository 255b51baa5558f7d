//! Many connections at once, each with wallets of its own, each asking again when it is answered.

use std::{net::SocketAddr, ops::Range, time::Duration};

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::{task::JoinSet, time::Instant};
use touchstone_app::ports::{Random, SeededRandom};

use super::{
    client::{Answer, Connection},
    figures::Rate,
    wallets::{PROGRAM_ID, Wallet},
};

const WARM_UP: Duration = Duration::from_secs(1);

/// What is posted, by everybody and all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    Buy,
    /// A purchase with a key that is too long: the caller is verified, the body is read, the answer
    /// is JSON, and the store is not asked.
    Refused,
}

#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub post: Post,
    pub connections: usize,
    pub window: Duration,
    /// Draws the idempotency keys; never the same twice on one database.
    pub seed: u64,
}

/// What a load came to.
pub struct Loaded {
    pub rate: Rate,
    /// Every purchase that was answered, those of the warming up too.
    pub purchases: Vec<i64>,
}

pub async fn run(load: Load, server: SocketAddr, wallets: &[Wallet]) -> anyhow::Result<Loaded> {
    let mut clients = JoinSet::new();
    let begin = Instant::now() + WARM_UP;
    for number in 0..load.connections {
        let mine = wallets.iter().skip(number).step_by(load.connections);
        let client = Client {
            connection: Connection::open(server).await?,
            requests: mine.map(|wallet| Request::new(load.post, wallet)).collect(),
            random: Box::new(SeededRandom::new(load.seed.wrapping_add(number as u64))),
            took_us: Vec::new(),
            purchases: Vec::new(),
        };
        clients.spawn(client.work(load.post, begin, begin + load.window));
    }
    let mut took_us = Vec::new();
    let mut purchases = Vec::new();
    while let Some(client) = clients.join_next().await {
        let client = client??;
        took_us.extend(client.took_us);
        purchases.extend(client.purchases);
    }
    let rate = Rate::of(took_us, load.window).context("nothing was answered in time")?;
    Ok(Loaded { rate, purchases })
}

struct Client {
    connection: Connection,
    requests: Vec<Request>,
    random: Box<dyn Random>,
    took_us: Vec<u64>,
    purchases: Vec<i64>,
}

impl Client {
    async fn work(mut self, post: Post, begin: Instant, end: Instant) -> anyhow::Result<Self> {
        let mut turn = 0;
        loop {
            let asked = Instant::now();
            if asked >= end {
                return Ok(self);
            }
            let turns = self.requests.len();
            let request = &mut self.requests[turn % turns];
            request.draw_key(self.random.as_ref());
            let answer = self.connection.ask(&request.bytes).await?;
            let answered = Instant::now();
            match post {
                Post::Buy => self.purchases.push(bought(&answer, request.key())?),
                Post::Refused => refused(&answer)?,
            }
            if (begin..end).contains(&answered) {
                self.took_us
                    .push(u64::try_from((answered - asked).as_micros())?);
            }
            turn += 1;
        }
    }
}

/// A request that is ready but for its key.
struct Request {
    bytes: Vec<u8>,
    key_at: Range<usize>,
}

const KEY_CHARACTERS: usize = 36;
/// One more than a key may have.
const REFUSED_KEY_CHARACTERS: usize = touchstone_app::purchase::IDEMPOTENCY_KEY_LIMIT + 1;

impl Request {
    fn new(post: Post, wallet: &Wallet) -> Self {
        let filling = match post {
            Post::Buy => 0,
            Post::Refused => REFUSED_KEY_CHARACTERS - KEY_CHARACTERS,
        };
        let begin = format!(
            "{{\"program_id\":{PROGRAM_ID},\"payer_login\":{},\"idempotency_key\":\"",
            wallet.login
        );
        let end = format!("{}\"}}", "x".repeat(filling));
        let head = format!(
            "POST /prop/challenge/buy HTTP/1.1\r\nhost: touchstone\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            wallet.token,
            begin.len() + KEY_CHARACTERS + end.len()
        );
        let key_at = head.len() + begin.len();
        let bytes = [head, begin, " ".repeat(KEY_CHARACTERS), end]
            .concat()
            .into_bytes();
        Self {
            bytes,
            key_at: key_at..key_at + KEY_CHARACTERS,
        }
    }

    /// Puts a new key of a UUID's shape into the request.
    fn draw_key(&mut self, random: &(dyn Random + 'static)) {
        let mut plain = [0; 32];
        let drawn: [u8; 16] = random.bytes();
        for (pair, byte) in plain.chunks_exact_mut(2).zip(drawn) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        let mut digits = plain.into_iter();
        let key = &mut self.bytes[self.key_at.clone()];
        for (place, letter) in key.iter_mut().enumerate() {
            *letter = match place {
                8 | 13 | 18 | 23 => b'-',
                _ => digits.next().unwrap_or(b'0'),
            };
        }
    }

    fn key(&self) -> &str {
        std::str::from_utf8(&self.bytes[self.key_at.clone()]).unwrap_or_default()
    }
}

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + (nibble - 10),
    }
}

#[derive(Deserialize)]
struct Bought<'a> {
    accepted: bool,
    idempotent: bool,
    #[serde(borrow)]
    purchase: Purchase<'a>,
    challenge: Challenge,
}

#[derive(Deserialize)]
struct Purchase<'a> {
    id: i64,
    idempotency_key: &'a str,
}

#[derive(Deserialize)]
struct Challenge {
    purchase_id: i64,
}

/// The purchase of an answer that says everything a buyer hopes for.
fn bought(answer: &Answer<'_>, key: &str) -> anyhow::Result<i64> {
    let told = || format!("{} {}", answer.status, String::from_utf8_lossy(answer.body));
    let read: Bought<'_> = serde_json::from_slice(answer.body).with_context(told)?;
    let is_right = answer.status == 200
        && read.accepted
        && !read.idempotent
        && read.purchase.idempotency_key == key
        && read.challenge.purchase_id == read.purchase.id;
    ensure!(
        is_right,
        "a wrong answer to a purchase with the key {key}: {}",
        told()
    );
    Ok(read.purchase.id)
}

fn refused(answer: &Answer<'_>) -> anyhow::Result<()> {
    let code = b"\"IDEMPOTENCY_KEY_TOO_LONG\"";
    let is_right =
        answer.status == 400 && answer.body.windows(code.len()).any(|window| window == code);
    ensure!(
        is_right,
        "a wrong refusal: {} {}",
        answer.status,
        String::from_utf8_lossy(answer.body)
    );
    Ok(())
}
