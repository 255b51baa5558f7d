//! The measurements, taking turns.

use std::{collections::BTreeMap, env, path::PathBuf, time::Duration};

use anyhow::{Context, ensure};

use super::{
    BuyArgs, Kind,
    database::Database,
    figures::Rate,
    load::{self, Load, Post},
    pgbench::{Postgres, TpcB},
    prefill,
    report::{Measured, with_commas},
    server::{self, Memory, Server},
    wallets::{self, Wallet},
};
use crate::{commands::block_on, house};

/// Clients that pgbench is run with; the best of them counts.
const TPC_B_CLIENTS: [usize; 3] = [1, 16, 64];
const WAL_LOOK: Duration = Duration::from_millis(20);

/// Measurements by the number of their connections, one of each round.
pub type Rounds<T> = BTreeMap<usize, Vec<T>>;

/// Everything that was seen.
#[derive(Debug, Default)]
pub struct Seen {
    pub buy: Rounds<Rate>,
    /// The same on an empty database, when the other was filled first.
    pub buy_empty: Rounds<Rate>,
    pub refused: Rounds<Rate>,
    pub tpc_b: Rounds<f64>,
    pub memory: Memory,
    pub wal_bytes: u64,
}

pub fn run(args: &BuyArgs) -> anyhow::Result<Measured> {
    let postgres = args
        .postgres
        .clone()
        .map(|url| Postgres::new(url, args.postgres_bin.clone()));
    let tpc_b = match &postgres {
        Some(postgres) => {
            eprintln!("filling pgbench's tables");
            Some(TpcB::fill(postgres)?)
        }
        None => None,
    };
    let folder = args.data.clone().unwrap_or_else(env::temp_dir);
    let on = postgres
        .as_ref()
        .filter(|_| args.database == Kind::Postgres);
    let mut bench = Bench {
        args,
        folder,
        on,
        seeds: 0,
        seen: Seen::default(),
    };
    let mut filled = match args.prefill {
        0 => None,
        purchases => Some(bench.stage(purchases)?),
    };
    for round in 1..=args.rounds.get() {
        eprintln!("round {round} of {}", args.rounds);
        bench.round(&mut filled, tpc_b.as_ref())?;
    }
    if let Some(filled) = filled {
        filled.end()?;
    }
    Ok(Measured::new(args, bench.seen))
}

struct Bench<'a> {
    args: &'a BuyArgs,
    folder: PathBuf,
    /// Where the databases are, if not in files.
    on: Option<&'a Postgres>,
    seeds: u64,
    seen: Seen,
}

impl Bench<'_> {
    fn seed(&mut self) -> u64 {
        self.seeds += 1;
        self.args
            .seed
            .wrapping_mul(1_000_003)
            .wrapping_add(self.seeds << 20)
    }

    /// A database with customers and `purchases`, and a server on it.
    fn stage(&mut self, purchases: usize) -> anyhow::Result<Stage> {
        let database = Database::fresh(&self.folder, self.on)?;
        let (customers, seed) = (self.args.customers, self.seed());
        let wallets = block_on(async {
            let ports = house::ports();
            let store = database.open(&ports).await?;
            let wallets = wallets::open(&store, &ports, customers).await?;
            prefill::run(&store, &ports, &wallets, purchases, seed).await?;
            store.close().await;
            Ok(wallets)
        })?;
        Ok(Stage {
            server: Server::start(&database, &[])?,
            database,
            wallets,
            purchases: Vec::new(),
        })
    }

    /// Each number of connections on each database, then PostgreSQL's own benchmark.
    fn round(&mut self, filled: &mut Option<Stage>, tpc_b: Option<&TpcB>) -> anyhow::Result<()> {
        let mut fresh = self.stage(0)?;
        for connections in self.args.connections.clone() {
            if let Some(filled) = filled {
                let empty = self.load(&mut fresh, Post::Buy, connections)?;
                self.seen
                    .buy_empty
                    .entry(connections)
                    .or_default()
                    .push(empty);
                self.subject(filled, connections)?;
            } else {
                self.subject(&mut fresh, connections)?;
            }
        }
        for clients in TPC_B_CLIENTS {
            if let Some(tpc_b) = tpc_b {
                let per_second = tpc_b.per_second(clients, self.args.seconds.get())?;
                eprintln!(
                    "  TPC-B with {clients} clients: {}/s",
                    with_commas(per_second)
                );
                self.seen.tpc_b.entry(clients).or_default().push(per_second);
            }
        }
        fresh.end()
    }

    /// What is measured: purchases, and the POST that touches no store, on the same server.
    fn subject(&mut self, stage: &mut Stage, connections: usize) -> anyhow::Result<()> {
        let bought = self.load(stage, Post::Buy, connections)?;
        self.seen.buy.entry(connections).or_default().push(bought);
        let refused = self.load(stage, Post::Refused, connections)?;
        self.seen
            .refused
            .entry(connections)
            .or_default()
            .push(refused);
        Ok(())
    }

    fn load(&mut self, stage: &mut Stage, post: Post, connections: usize) -> anyhow::Result<Rate> {
        let window = Duration::from_secs(self.args.seconds.get().into());
        let load = Load {
            post,
            connections,
            window,
            seed: self.seed(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (loaded, wal_bytes) = runtime.block_on(async {
            let load = load::run(load, stage.server.address, &stage.wallets);
            tokio::pin!(load);
            let mut looks = tokio::time::interval(WAL_LOOK);
            let mut most = 0;
            loop {
                tokio::select! {
                    loaded = &mut load => return (loaded, most),
                    _ = looks.tick() => most = most.max(stage.database.wal_bytes().unwrap_or(0)),
                }
            }
        });
        let loaded = loaded?;
        stage.purchases.extend(loaded.purchases);
        self.seen.wal_bytes = self.seen.wal_bytes.max(wal_bytes);
        let memory = stage.server.memory().unwrap_or_default();
        self.seen.memory.now = self.seen.memory.now.max(memory.now);
        self.seen.memory.most = self.seen.memory.most.max(memory.most);
        let rate = loaded.rate;
        eprintln!(
            "  {post:?} with {connections} connections: {}/s, p50 {:.2} ms, p99 {:.2} ms",
            with_commas(rate.per_second),
            rate.p50_ms,
            rate.p99_ms
        );
        Ok(rate)
    }
}

struct Stage {
    server: Server,
    database: Database,
    wallets: Vec<Wallet>,
    purchases: Vec<i64>,
}

impl Stage {
    /// Nobody was told of a purchase that another was told of too, and the books are right.
    fn end(mut self) -> anyhow::Result<()> {
        self.server.stop()?;
        let told = self.purchases.len();
        self.purchases.sort_unstable();
        self.purchases.dedup();
        ensure!(
            self.purchases.len() == told,
            "two answers named the same purchase"
        );
        server::check(&self.database).context("after the measurement")
    }
}
