//! `touchstone bench desk`: from a tick to the durable breach, with the whole server running.

mod clock;
mod disk;
mod feed;
mod fill;
mod parts;
mod report;

use std::{env, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;
use touchstone_api::{ApiOptions, ServeOptions};
use touchstone_app::{App, desk::settings, ports::Ports, settings::Settings};
use touchstone_domain::UnixMicros;
use touchstone_store::{
    Store,
    repo::desk::{self, breaches, ticks},
};

use super::{database::Database, prefill, wallets};
use crate::{commands::block_on, house};
use clock::BenchClock;
use parts::Parts;
use report::{Report, StartUp, Under};

/// From a tick to the durable breach, with the whole server running
///
/// Fills a fresh database with live accounts that hold positions, starts the server on it, lets prices come, stops it,
/// starts it again and measures how long that takes, and feeds ticks at a steady pace. Now and then a tick
/// breaches exactly one account; how long that takes to be durable is measured beside the disk's own fdatasync.
#[derive(Debug, clap::Args)]
pub struct DeskArgs {
    /// Live accounts, of 1 to 5 positions each
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    accounts: usize,

    /// Ticks a second
    #[arg(long, value_name = "N", default_value_t = 500)]
    ticks: u64,

    /// Length of the measurement, after two seconds of warming up
    #[arg(long, value_name = "S", default_value_t = 20)]
    seconds: u64,

    /// One tick in so many breaches an account; 0: none does
    #[arg(long, value_name = "N", default_value_t = 25)]
    breach_every: u64,

    /// What the server's clock shows when warming up begins. With `--breach-every 0`, 2026-11-18T23:59:55Z puts the
    /// reset of all accounts' day into the measurement, and 2026-11-18T21:59:55Z the swap of the night
    #[arg(long, value_name = "TIME", default_value = "2026-11-18T12:00:00Z", value_parser = clock::parse)]
    begin_at: UnixMicros,

    /// Measure the start alone, with all accounts, and feed nothing
    #[arg(long)]
    start_only: bool,

    /// Where positions and prices begin; another seed draws others
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// The folder of the database, which is removed at the end [default: that of temporary files]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// With --start-only: the database that was kept in this file, or, where there is none, a file to keep it in
    #[arg(
        long,
        value_name = "FILE",
        requires = "start_only",
        conflicts_with = "data"
    )]
    keep: Option<PathBuf>,

    /// With --start-only: so many starts, of which the median is told
    #[arg(long, value_name = "N", default_value_t = 1, requires = "start_only")]
    starts: usize,

    /// Print one JSON object for each measurement
    #[arg(long)]
    pub json: bool,
}

/// Customers that the accounts belong to.
const ACCOUNTS_EACH: usize = 50;
const WARM_UP: Duration = Duration::from_secs(2);

/// How long before the beginning the accounts are made.
const FILLED_BEFORE_SECONDS: i64 = 3_600;

pub fn run(args: &DeskArgs) -> anyhow::Result<Report> {
    ensure!(
        args.ticks > 0 && args.seconds > 0,
        "--ticks and --seconds are above 0"
    );
    let mut database = match &args.keep {
        Some(file) => Database::kept(file)?,
        None => {
            let folder = args.data.clone().unwrap_or_else(env::temp_dir);
            Database::fresh(&folder, None)?
        }
    };
    let is_filled = args.keep.as_ref().is_some_and(|file| file.exists());
    block_on(measure(args, &mut database, is_filled))
}

async fn measure(
    args: &DeskArgs,
    database: &mut Database,
    is_filled: bool,
) -> anyhow::Result<Report> {
    let clock = Arc::new(BenchClock::at(
        args.begin_at.plus_seconds(-FILLED_BEFORE_SECONDS),
    ));
    let ports = Ports {
        clock: clock.clone(),
        ..house::ports()
    };
    let plan = Arc::new(fill::Plan::new()?);
    if !is_filled {
        fill(args, database, &ports, &plan, &clock).await?;
        database.keep()?;
    }
    if args.start_only {
        return starts(args, database, &ports, &clock).await;
    }
    let (server, start_up) = timed_start(args, database, &ports).await?;
    let fdatasync = disk::fdatasync(database.folder())?;
    clock.move_to(args.begin_at);
    let app = server.app.clone();
    feed::first_prices(&app, &plan).await?;
    let warm_up = feed::run(&app, &plan, args, WARM_UP, 0).await?;
    let (before, parts) = (disk::processor_time()?, Parts::now());
    let length = Duration::from_secs(args.seconds);
    let fed = feed::run(&app, &plan, args, length, warm_up.killed).await?;
    let under = Under {
        processor: disk::processor_time()?.saturating_sub(before),
        parts: Parts::now().since(&parts),
        fdatasync,
    };
    let wanted = fed.killed;
    let found = breach_count(&app.store).await?;
    ensure!(
        found == wanted,
        "{wanted} accounts should have been breached, and {found} were"
    );
    server.stop().await?;
    Ok(Report::new(&start_up, fed, &under))
}

/// Makes the accounts, gives them prices and positions.
async fn fill(
    args: &DeskArgs,
    database: &Database,
    ports: &Ports,
    plan: &fill::Plan,
    clock: &BenchClock,
) -> anyhow::Result<()> {
    let store = database.open(ports).await?;
    accounts(args, &store, ports).await?;
    priced(store, ports, plan).await?;
    let at = ports.clock.now();
    let store = database.open(ports).await?;
    fill::positions(&store, plan, victims(args)?, args.seed, at).await?;
    // No price grows old while positions are written.
    clock.move_to(at);
    priced(store, ports, plan).await
}

async fn timed_start(
    args: &DeskArgs,
    database: &Database,
    ports: &Ports,
) -> anyhow::Result<(Server, StartUp)> {
    let begun = Instant::now();
    let server = Server::start(database.open(ports).await?, ports).await?;
    let start_up = StartUp {
        accounts: args.accounts,
        took: begun.elapsed(),
    };
    eprintln!("{start_up}");
    Ok((server, start_up))
}

/// One start after the other; the median is told.
async fn starts(
    args: &DeskArgs,
    database: &Database,
    ports: &Ports,
    clock: &BenchClock,
) -> anyhow::Result<Report> {
    let mut all = Vec::new();
    for _ in 0..args.starts {
        // No price grows old from one start to the next.
        clock.move_to(last_tick_at(database, ports).await?);
        let (server, start_up) = timed_start(args, database, ports).await?;
        let found = parts::accounts();
        ensure!(
            found == args.accounts,
            "the database holds {found} accounts, and not {}",
            args.accounts
        );
        server.stop().await?;
        all.push(start_up);
    }
    all.sort_unstable_by_key(|start_up| start_up.took);
    let median = all.get(all.len() / 2).context("--starts is above 0")?;
    Ok(Report::of_start(median))
}

/// When the last price came that is stored.
async fn last_tick_at(database: &Database, ports: &Ports) -> anyhow::Result<UnixMicros> {
    let store = database.open(ports).await?;
    let last = store.read(|tx| {
        let shard = desk::shard(tx, settings::SHARD)?;
        let last_seq = shard.map_or(0, |shard| shard.last_seq);
        let first_seq = ticks::first_of(tx, last_seq)?;
        ticks::from(tx, first_seq.unwrap_or(0), 1)
    });
    let last: Vec<ticks::Block> = last.await?;
    store.close().await;
    Ok(last.first().context("no price ever came")?.last_at)
}

/// One life of the server.
struct Server {
    app: App,
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl Server {
    /// Until its desk is there.
    async fn start(store: Store, ports: &Ports) -> anyhow::Result<Self> {
        let app = App::new(store, ports.clone(), Settings::default(), wallets::keys()).await?;
        let shutdown = CancellationToken::new();
        let running = start(app.clone(), shutdown.clone()).await?;
        feed::wait_for_desk(&app).await;
        Ok(Self {
            app,
            shutdown,
            running,
        })
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.cancel();
        self.running.await.context("the server has panicked")?
    }
}

/// The server as `touchstone serve` runs it.
async fn start(
    app: App,
    shutdown: CancellationToken,
) -> anyhow::Result<JoinHandle<anyhow::Result<()>>> {
    let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let (listener, _) = house::listen(any_port).await?;
    let (api, serve) = (ApiOptions::default(), ServeOptions::default());
    Ok(tokio::spawn(house::run(
        app, listener, shutdown, api, serve, None, None,
    )))
}

/// One life of the server, in which prices come.
async fn priced(store: Store, ports: &Ports, plan: &fill::Plan) -> anyhow::Result<()> {
    let server = Server::start(store, ports).await?;
    feed::first_prices(&server.app, plan).await?;
    server.stop().await
}

async fn accounts(args: &DeskArgs, store: &Store, ports: &Ports) -> anyhow::Result<()> {
    let customers = args.accounts.div_ceil(ACCOUNTS_EACH).max(1);
    eprintln!("filling the database with {} accounts", args.accounts);
    let wallets = wallets::open(store, ports, customers).await?;
    prefill::run(store, ports, &wallets, args.accounts, args.seed).await
}

/// How many accounts are breached.
fn victims(args: &DeskArgs) -> anyhow::Result<usize> {
    if args.start_only {
        return Ok(0);
    }
    let ticks = args.ticks * (args.seconds + WARM_UP.as_secs() + 1);
    let victims = usize::try_from(ticks.checked_div(args.breach_every).unwrap_or(0))?;
    ensure!(
        victims <= args.accounts,
        "{victims} accounts are to be breached: let there be more --accounts"
    );
    Ok(victims)
}

async fn breach_count(store: &Store) -> anyhow::Result<u64> {
    let mut found = 0;
    let mut after = touchstone_domain::BreachId(0);
    loop {
        let page = store
            .read(move |tx| breaches::chain_after(tx, after, 1_000))
            .await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.id;
        found += u64::try_from(page.len())?;
    }
}
