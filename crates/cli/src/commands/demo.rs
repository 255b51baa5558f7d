//! `touchstone demo`

use std::{
    fs,
    io::{ErrorKind, Write},
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, ensure};
use ipnet::IpNet;
use secrecy::SecretBox;
use touchstone_api::{ApiOptions, Origin, ServeOptions, client_ip::TrustedProxies, limits};
use touchstone_app::{
    App,
    demo::{self as stage, Show},
    desk::{Desk, Instruments, settings::SHARD},
    firm::demo,
    keys::Keys,
    mail::FolderMailer,
    ports::{DemoCashier, ManualClock, Ports, Random},
    settings::Settings,
    webhooks::Guard,
};
use touchstone_domain::UnixMicros;
use touchstone_store::{DatabaseUrl, Store, StoreError, StoreOptions, repo};

use super::block_on;
use crate::{
    banner,
    house::{self, Stage},
    logs::{self, LogFormat},
    settings::{DEFAULT_LISTEN, feed_secrets, parse_network, shared_secrets},
    signals,
};

/// Run the demo firm on an embedded database
///
/// Keeps everything in one folder, and can be stopped and started again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to serve on
    #[arg(long, value_name = "ADDR", default_value_t = DEFAULT_LISTEN)]
    listen: SocketAddr,

    /// The folder that the demo lives in; made if it is missing
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,

    /// Requests a minute of one signed-in person; twice as many of one address without signing
    /// in; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = limits::REQUESTS_PER_MINUTE)]
    rate_limit_per_minute: u32,

    /// Networks of proxies whose X-Forwarded-For is believed, with commas [default: none]
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = parse_network)]
    trusted_proxies: Vec<IpNet>,

    /// Origins whose pages may call from a browser, as https://trade.example.com; repeated or
    /// with commas [default: none]
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    cors_origin: Vec<Origin>,

    /// Payment providers, each with a file of its webhook's secrets, one a line
    #[arg(long, value_name = "NAME=PATH", value_delimiter = ',')]
    payment_webhook_files: Vec<String>,

    /// Providers of identity checks, each with a file of its webhook's secrets, one a line
    #[arg(long, value_name = "NAME=PATH", value_delimiter = ',')]
    kyc_webhook_files: Vec<String>,

    /// Feeds of prices, each with a file of the secrets of its batches, one a line
    #[arg(long, value_name = "NAME=PATH", value_delimiter = ',')]
    feed_files: Vec<String>,

    /// `manual`: time stands still until POST /demo/clock/advance moves it
    #[arg(long, value_enum, value_name = "CLOCK", default_value_t = ClockChoice::System)]
    clock: ClockChoice,

    /// What the simulated market's prices come from: the same for the same number
    #[arg(long, value_name = "N", default_value_t = 1)]
    market_seed: u64,

    /// No prices come but those of feeds
    #[arg(long)]
    no_market: bool,

    /// Nobody trades by script
    #[arg(long)]
    no_traders: bool,

    /// How log lines are written
    #[arg(long, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    log_format: LogFormat,

    /// What is logged
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log_filter: String,
}

/// What the demo's time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ClockChoice {
    System,
    Manual,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    logs::init(args.log_format, &args.log_filter)?;
    block_on(async move {
        let shutdown = signals::watch()?;
        let (listener, address) = house::listen(args.listen).await?;
        let public_url = format!("http://{address}");
        let mut ports = house::ports();
        ports.cashier = Some(Arc::new(DemoCashier::new(public_url.parse()?)));
        let folder = args.data.display().to_string();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&args.data)
            .with_context(|| format!("{folder} cannot be made"))?;
        let mailer = Arc::new(FolderMailer::new(args.data.join("mail"))?);
        let keys = Keys::new(&master_secret(&args.data, ports.random.as_ref())?);
        let store = open(&args.data, &ports).await?;
        let manual_clock = match args.clock {
            ClockChoice::System => None,
            ClockChoice::Manual => Some(stand_still(&store, &mut ports).await?),
        };
        tell_what_is_ahead(&store, &ports, &folder).await?;
        let (random, now) = (ports.random.clone(), ports.clock.now());
        match args.no_traders {
            true => drop(demo::install(&store, random.clone(), now).await?),
            false => demo::install_traders(&store, random.clone(), now).await?,
        }
        let settings = Settings {
            public_url,
            payment_webhooks: shared_secrets("payment_webhook_files", &args.payment_webhook_files)?,
            kyc_webhooks: shared_secrets("kyc_webhook_files", &args.kyc_webhook_files)?,
            feeds: feed_secrets(&args.feed_files)?,
            webhook_guard: Guard::new(own_machine()),
            ..Settings::default()
        };
        let mut app = App::new(store.clone(), ports, settings, keys).await?;
        app.desk = Desk::new(Instruments::demo());
        let traders = match args.no_traders {
            true => Vec::new(),
            false => stage::cast(&app).await?,
        };
        // Now the numbers go on where the documents' do.
        demo::install(&store, random, now).await?;
        let stage = Stage {
            show: Show {
                seed: (!args.no_market).then_some(args.market_seed),
                has_traders: !args.no_traders,
            },
            traders,
        };
        let api = ApiOptions {
            rate_limit_per_minute: args.rate_limit_per_minute,
            manual_clock,
            trusted_proxies: TrustedProxies::new(args.trusted_proxies),
            allowed_origins: args.cors_origin,
            is_demo: true,
            ..ApiOptions::default()
        };
        let has_manual_clock = args.clock == ClockChoice::Manual;
        banner::print(&app, address, &args.data, has_manual_clock, stage.show);
        house::run(
            app,
            listener,
            shutdown,
            api,
            ServeOptions::default(),
            Some(mailer),
            Some(stage),
        )
        .await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Whoever tries webhooks out receives them where the demo runs.
fn own_machine() -> Vec<IpNet> {
    ["127.0.0.0/8", "::1/128"]
        .iter()
        .filter_map(|network| network.parse().ok())
        .collect()
}

/// A clock that stands still; it never goes back behind what the database has seen.
async fn stand_still(store: &Store, ports: &mut Ports) -> anyhow::Result<Arc<ManualClock>> {
    let start = ports.clock.now().max(seen_until(store).await?);
    let clock = Arc::new(ManualClock::new(start));
    ports.clock = clock.clone();
    Ok(clock)
}

/// Up to when anything in the database is.
async fn seen_until(store: &Store) -> anyhow::Result<UnixMicros> {
    let (event, shard) = store
        .read(|tx| {
            let shard = repo::desk::shard(tx, SHARD)?;
            Ok::<_, StoreError>((repo::settings::latest_event_at(tx)?, shard))
        })
        .await?;
    let shard = shard.map(|shard| shard.at.max(shard.seen_at));
    let known = [event, shard].into_iter().flatten();
    Ok(known.fold(UnixMicros(0), UnixMicros::max))
}

/// A folder that was used with a clock of its own can be ahead of this one: nothing falls due until it is there.
async fn tell_what_is_ahead(store: &Store, ports: &Ports, folder: &str) -> anyhow::Result<()> {
    let (now, seen) = (ports.clock.now(), seen_until(store).await?);
    if seen.micros_since(now) > 1_000_000 {
        tracing::warn!(
            folder,
            now = now.rfc3339(),
            folder_is_at = seen.rfc3339(),
            "the folder is ahead of the clock: its prices stand still until then; `--clock manual` goes on from there"
        );
    }
    Ok(())
}

/// The database in the folder of a demo.
pub const DATABASE_FILE: &str = "touchstone.db";

async fn open(folder: &Path, ports: &Ports) -> anyhow::Result<Store> {
    let url = DatabaseUrl::Sqlite(folder.join(DATABASE_FILE));
    let (migrated, now) = (url.clone(), ports.clock.now());
    tokio::task::spawn_blocking(move || Store::migrate(&migrated, now.0)).await??;
    house::open_store(url, StoreOptions::default()).await
}

/// The secret of this folder, made at the first start and readable for its owner alone.
fn master_secret(
    folder: &Path,
    random: &(dyn Random + 'static),
) -> anyhow::Result<SecretBox<[u8; 32]>> {
    let path = folder.join("master.secret");
    let name = path.display().to_string();
    let fresh = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    match fresh {
        Ok(mut file) => {
            let text = hex::encode(random.bytes::<32>());
            writeln!(file, "{text}")
                .and_then(|()| file.sync_all())
                .with_context(|| name.clone())?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).context(name),
    }
    let text = fs::read_to_string(&path).with_context(|| name.clone())?;
    let mut bytes = [0_u8; 32];
    let is_read = hex::decode_to_slice(text.trim_end(), &mut bytes).is_ok();
    ensure!(
        is_read,
        "{name} does not hold 64 hexadecimal digits; delete the folder to begin anew"
    );
    Ok(SecretBox::new(Box::new(bytes)))
}
