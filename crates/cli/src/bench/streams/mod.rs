//! `touchstone bench streams`: many who listen, few to whom much happens.

mod buyer;
mod listener;
mod market;
mod report;

use super::{
    client::Connection,
    database::Database,
    server::{Server, check},
    wallets::{self, Wallet},
};
use crate::{commands::block_on, house};
use anyhow::{Context, ensure};
use buyer::Bought;
use listener::{Heard, Listener, What};
use market::{Holder, Market};
pub use report::Report;
use report::Traded;
use std::{env, net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};
use tokio::{sync::watch, task::JoinSet, time::Instant};

/// Streams of events, most of them quiet, beside the purchases that they tell of
///
/// Starts this program as a server on a fresh database, opens `GET /events/stream` for each of many customers, watches it
/// at rest, then buys for some of them at a steady rate, whose streams carry their wallet too. Every event must arrive,
/// once. Then each of those who bought holds a position while prices come, first unwatched, then with a stream of the
/// account; at the end the server stops, and every stream must end.
#[derive(Debug, clap::Args)]
pub struct StreamArgs {
    /// Customers who listen, and to whom nothing happens
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    idle: usize,

    /// Customers who buy, and watch their wallet
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    busy: usize,

    /// Purchases a second, spread over those who buy
    #[arg(long, value_name = "N", default_value = "200")]
    purchases: NonZeroU32,

    /// Length of each measurement
    #[arg(long, value_name = "S", default_value = "15")]
    seconds: NonZeroU32,

    /// The folder of the database, which is removed at the end [default: that of temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Streams that are opened at once.
const OPENED_AT_ONCE: usize = 64;
/// How long the last events may take.
const LAST_EVENTS: Duration = Duration::from_secs(10);
/// How long streams may take to end with their server.
const END: Duration = Duration::from_secs(30);

pub fn run(args: &StreamArgs) -> anyhow::Result<Report> {
    ensure!(args.busy > 0, "nothing can be measured without --busy");
    let folder = args.data.clone().unwrap_or_else(env::temp_dir);
    let database = Database::fresh(&folder, None)?;
    let customers = args.idle + args.busy;
    eprintln!("writing {customers} customers");
    let all = block_on(async {
        let ports = house::ports();
        let store = database.open(&ports).await?;
        let all = wallets::open(&store, &ports, customers).await?;
        store.close().await;
        Ok(all)
    })?;
    let feed = market::feed_file(database.folder())?;
    let server = Server::start(&database, &["--feed-files", &feed])?;
    let report = block_on(measure(args, server, &all))?;
    check(&database)?;
    Ok(report)
}

async fn measure(args: &StreamArgs, server: Server, all: &[Wallet]) -> anyhow::Result<Report> {
    let window = Duration::from_secs(args.seconds.get().into());
    let (busy, idle) = all.split_at(args.busy);
    let before = server.memory().context("memory is told by Linux alone")?;
    let asked = Instant::now();
    let listening = watch::channel(0).0;
    let wanted = busy.iter().enumerate();
    let wanted = wanted.map(|(number, one)| (one, What::Purchases(Some(one.login)), Some(number)));
    let quiet = idle.iter().map(|one| (one, What::Purchases(None), None));
    let all_wanted = wanted.chain(quiet);
    let mut listeners = open(server.address, all_wanted, &listening).await?;
    let opened = asked.elapsed();
    let after = server.memory().context("memory is told by Linux alone")?;

    eprintln!("{} streams are open; watching them rest", all.len());
    let rest = used(&server, async { tokio::time::sleep(window).await }).await?;

    eprintln!("{} purchases a second", args.purchases);
    let mut bought = Vec::new();
    let busy_share = {
        let work = buyer::buy(server.address, busy, args.purchases.get(), window);
        let (share, done) = used_by(&server, work).await?;
        bought.extend(done?);
        share
    };
    let told = bought.len();
    let mut heard = listening.subscribe();
    let arrived = heard.wait_for(|count| *count >= told);
    let _ = tokio::time::timeout(LAST_EVENTS, arrived).await;

    let mut market = Market::open(server.address, house::ports().clock).await?;
    market.price().await?;
    let holders = market::hold(server.address, busy, &bought).await?;
    let (traded, watchers) = trade(&server, &mut market, &holders, window).await?;
    let most = server.memory().context("memory is told by Linux alone")?;

    let stopped = Instant::now();
    let stopping = tokio::task::spawn_blocking(move || server.stop());
    let mut all_heard: Vec<Heard> = Vec::new();
    let ends = async {
        for mut some in [watchers, std::mem::take(&mut listeners)] {
            all_heard.clear();
            while let Some(one) = some.join_next().await {
                all_heard.push(one??);
            }
        }
        Ok::<_, anyhow::Error>(())
    };
    tokio::time::timeout(END, ends)
        .await
        .context("streams are open though the server has stopped")??;
    let ended = stopped.elapsed();
    stopping.await??;

    Ok(Report {
        idle: idle.len(),
        busy: busy.len(),
        opened,
        before: before.now,
        after: after.now,
        most: most.most,
        at_rest: rest,
        at_work: busy_share,
        times: Bought::times(&bought, &all_heard)?,
        traded,
        window,
        ended,
    })
}

/// Prices, first with nobody who watches what they do to accounts, then with a stream of each.
async fn trade(
    server: &Server,
    market: &mut Market,
    holders: &[Holder<'_>],
    window: Duration,
) -> anyhow::Result<(Traded, JoinSet<anyhow::Result<Heard>>)> {
    eprintln!(
        "{} prices a second for {} positions",
        market::PRICES,
        holders.len()
    );
    let (unwatched, alone) = used_by(server, market.run(window)).await?;
    let states = watch::channel(0).0;
    let wanted = holders
        .iter()
        .map(|one| (one.wallet, What::Account(one.login), None));
    let watchers = open(server.address, wanted, &states).await?;
    eprintln!("the same, with a stream of each account");
    let before = *states.borrow();
    let (watched, beside) = used_by(server, market.run(window)).await?;
    let told = *states.borrow() - before;
    let traded = Traded {
        accounts: holders.len(),
        unwatched,
        watched,
        alone: alone?,
        beside: beside?,
        states_per_second: told as f64 / window.as_secs_f64(),
    };
    Ok((traded, watchers))
}

/// Opens a stream for each of them; each goes on reading by itself.
async fn open<'a>(
    server: SocketAddr,
    wanted: impl Iterator<Item = (&'a Wallet, What, Option<usize>)>,
    count: &watch::Sender<usize>,
) -> anyhow::Result<JoinSet<anyhow::Result<Heard>>> {
    let mut reading = JoinSet::new();
    let mut opening = JoinSet::new();
    for (wallet, what, number) in wanted {
        while opening.len() >= OPENED_AT_ONCE {
            start(&mut opening, &mut reading, count).await?;
        }
        let token = wallet.token.clone();
        opening.spawn(async move { Listener::open(server, &token, what, number).await });
    }
    while !opening.is_empty() {
        start(&mut opening, &mut reading, count).await?;
    }
    Ok(reading)
}

async fn start(
    opening: &mut JoinSet<anyhow::Result<Listener>>,
    reading: &mut JoinSet<anyhow::Result<Heard>>,
    count: &watch::Sender<usize>,
) -> anyhow::Result<()> {
    if let Some(listener) = opening.join_next().await {
        reading.spawn(listener??.read(count.clone()));
    }
    Ok(())
}

/// How much of one core the server takes while something goes on.
async fn used(server: &Server, work: impl Future<Output = ()>) -> anyhow::Result<f64> {
    Ok(used_by(server, work).await?.0)
}

async fn used_by<T>(server: &Server, work: impl Future<Output = T>) -> anyhow::Result<(f64, T)> {
    let (began, before) = (Instant::now(), server.processor_time());
    let done = work.await;
    let spent = server
        .processor_time()
        .zip(before)
        .context("processor time is told by Linux alone")?;
    let share = (spent.0 - spent.1).as_secs_f64() / began.elapsed().as_secs_f64();
    Ok((share, done))
}

/// A connection for a buyer.
async fn connect(server: SocketAddr) -> anyhow::Result<Connection> {
    Connection::open(server).await
}
