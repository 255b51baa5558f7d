//! How many commands of 14 writes the engine alone commits in a second.
//!
//! `cargo run --release -p touchstone-store --example commands_per_second -- URL [CLIENTS] [SECONDS]`
//!
//! The database of the URL must not exist yet (SQLite) or hold no schema of Touchstone (PostgreSQL).

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;
use touchstone_store::migrate::{self, MIGRATIONS, Migration};
use touchstone_store::{
    Counter, DatabaseUrl, NewEvent, Store, StoreError, StoreOptions, Tx, params,
};

const WALLETS: i64 = 4096;

const SCHEMA: &[Migration] = &[
    MIGRATIONS[0],
    Migration {
        version: 2,
        name: "bench",
        text: "ALTER TABLE event ADD COLUMN customer_id {bigint};
            CREATE TABLE wallet (id {bigint} PRIMARY KEY, balance {bigint} NOT NULL) {strict};
            CREATE TABLE purchase (id {bigint} PRIMARY KEY, customer_id {bigint} NOT NULL, state {bigint} NOT NULL,
                payer {bigint} NOT NULL, challenge_id {bigint}, account {bigint}, request_key {text} NOT NULL,
                note TEXT NOT NULL, at {bigint} NOT NULL, UNIQUE (customer_id, request_key)) {strict};
            CREATE TABLE challenge (id {bigint} PRIMARY KEY, purchase_id {bigint} NOT NULL REFERENCES purchase (id),
                customer_id {bigint} NOT NULL, state {bigint} NOT NULL, at {bigint} NOT NULL) {strict};
            CREATE TABLE phase (challenge_id {bigint} NOT NULL REFERENCES challenge (id), ordinal {bigint} NOT NULL,
                account {bigint} NOT NULL, at {bigint} NOT NULL, PRIMARY KEY (challenge_id, ordinal)) {strict_clustered};
            CREATE TABLE account (login {bigint} PRIMARY KEY, customer_id {bigint} NOT NULL, balance {bigint} NOT NULL,
                secret {blob} NOT NULL, at {bigint} NOT NULL) {strict};
            CREATE INDEX account_by_customer ON account (customer_id);
            CREATE TABLE entry (order_no {bigint} PRIMARY KEY, at {bigint} NOT NULL, payer {bigint} NOT NULL,
                payee {bigint} NOT NULL, amount {bigint} NOT NULL CHECK (amount > 0), login {bigint},
                comment TEXT NOT NULL, data TEXT NOT NULL) {strict};
            CREATE INDEX entry_by_login ON entry (login) WHERE login IS NOT NULL;
            CREATE TABLE audit (id {bigint} PRIMARY KEY, at {bigint} NOT NULL, action TEXT NOT NULL,
                subject {bigint} NOT NULL, note TEXT NOT NULL) {strict};",
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let url: DatabaseUrl = args
        .next()
        .ok_or("name a database: sqlite:PATH or postgres://...")?
        .parse()?;
    let clients: i64 = args.next().map_or(Ok(64), |text| text.parse())?;
    let seconds: u64 = args.next().map_or(Ok(10), |text| text.parse())?;

    migrate::run(&url, SCHEMA, 0)?;
    let options = StoreOptions {
        stopwatch: uptime,
        ..StoreOptions::default()
    };
    let store = Store::open_schema(&url, &options, SCHEMA)?;
    tokio::runtime::Runtime::new()?.block_on(measure(store, clients, Duration::from_secs(seconds)))
}

fn uptime() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

async fn measure(store: Store, clients: i64, time: Duration) -> Result<(), Box<dyn Error>> {
    store.write(fill).await?;
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..clients {
        let store = store.clone();
        tasks.spawn(async move {
            let mut took = Vec::new();
            let mut turn = 0;
            while begun.elapsed() < time {
                let asked = Instant::now();
                let wallet = (client + turn * clients) % WALLETS + 1;
                let key = format!("key-{client:08}-{turn:016}");
                store.write(move |tx| buy(tx, wallet, &key)).await?;
                took.push(asked.elapsed());
                turn += 1;
            }
            Ok::<_, StoreError>(took)
        });
    }
    let mut largest_wal = 0;
    let mut took = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        tokio::select! {
            done = tasks.join_next() => match done {
                Some(times) => took.extend(times??),
                None => break,
            },
            _ = ticks.tick() => largest_wal = largest_wal.max(store.stats().wal_bytes),
        }
    }
    let elapsed_ms = begun.elapsed().as_millis().max(1);
    took.sort_unstable();
    let at = |permille: usize| {
        took.get(took.len() * permille / 1000)
            .copied()
            .unwrap_or_default()
    };
    let stats = store.stats();
    println!(
        "{clients} clients: {} commands/s",
        took.len() as u128 * 1000 / elapsed_ms
    );
    println!(
        "p50 {:?}, p90 {:?}, p99 {:?}, p99.9 {:?}, max {:?}",
        at(500),
        at(900),
        at(990),
        at(999),
        took.last()
    );
    println!(
        "{} commits, {} us of commit each",
        stats.batches,
        stats.commit_us / stats.batches.max(1)
    );
    println!(
        "log: at most {} MiB, emptied {} times; {} reruns",
        largest_wal >> 20,
        stats.wal_resets,
        stats.reruns
    );
    store.close().await;
    Ok(())
}

fn fill(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for id in 1..=WALLETS {
        tx.put(
            "INSERT INTO wallet (id, balance) VALUES ($1, $2)",
            params![id, 1_000_000_000_000_i64],
        )?;
    }
    Ok(())
}

/// Four reads and 14 writes, numbers of four counters.
fn buy(tx: &mut Tx<'_>, wallet: i64, key: &str) -> Result<i64, StoreError> {
    let known = "SELECT id FROM purchase WHERE customer_id = $1 AND request_key = $2";
    tx.query_opt(known, params![wallet, key], |row| row.int(0))?;
    let balance = tx.query_one(
        "SELECT balance FROM wallet WHERE id = $1 FOR UPDATE",
        params![wallet],
        |row| row.int(0),
    )?;
    tx.query_opt(
        "SELECT balance FROM account WHERE login = $1",
        params![-wallet],
        |row| row.int(0),
    )?;
    tx.query_opt(
        "SELECT next FROM counter WHERE name = $1",
        params!["none"],
        |row| row.int(0),
    )?;
    let at = 1_790_000_000_000_000_i64;
    let purchase = tx.next_id(Counter("purchase"))?;
    let challenge = tx.next_id(Counter("challenge"))?;
    let account = tx.next_id(Counter("account"))?;
    tx.put(
        "INSERT INTO purchase (id, customer_id, state, payer, request_key, note, at) VALUES ($1, $2, 1, $3, $4, $5, $6)",
        params![purchase, wallet, wallet, key, "", at],
    )?;
    tx.put(
        "UPDATE wallet SET balance = $2 WHERE id = $1",
        params![wallet, balance - 49_900],
    )?;
    tx.put(
        "INSERT INTO account (login, customer_id, balance, secret, at) VALUES ($1, $2, 0, $3, $4)",
        params![account, wallet, &[7_u8; 32], at],
    )?;
    tx.put(
        "INSERT INTO challenge (id, purchase_id, customer_id, state, at) VALUES ($1, $2, $3, 1, $4)",
        params![challenge, purchase, wallet, at],
    )?;
    tx.put(
        "INSERT INTO phase (challenge_id, ordinal, account, at) VALUES ($1, 1, $2, $3)",
        params![challenge, account, at],
    )?;
    for (payer, payee, login) in [
        (wallet, -1, Some(wallet)),
        (-1, -2, None),
        (-3, account, Some(account)),
        (-2, -4, None),
    ] {
        let order = tx.next_id(Counter("order"))?;
        tx.put(
            "INSERT INTO entry (order_no, at, payer, payee, amount, login, comment, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![order, at, payer, payee, 49_900, login, "Challenge purchase 10", "{\"purchase_id\":10,\"type\":\"fee\"}"],
        )?;
    }
    tx.put(
        "UPDATE account SET balance = $2 WHERE login = $1",
        params![account, 10_000_000],
    )?;
    tx.put(
        "UPDATE purchase SET state = 2, challenge_id = $2, account = $3 WHERE id = $1",
        params![purchase, challenge, account],
    )?;
    let audit = tx.next_id(Counter("audit"))?;
    tx.put(
        "INSERT INTO audit (id, at, action, subject, note) VALUES ($1, $2, $3, $4, $5)",
        params![audit, at, "purchase.made", purchase, "by the customer"],
    )?;
    for kind in ["purchase.paid", "challenge.activated"] {
        tx.append_event(&NewEvent {
            at_us: at,
            brand_id: 1,
            kind,
            subject_kind: "purchase",
            subject_id: purchase,
            challenge_id: Some(challenge),
            customer_id: None,
            body: "{\"program_id\":1,\"price\":49900,\"currency\":\"USD\"}",
        })?;
    }
    Ok(purchase)
}
