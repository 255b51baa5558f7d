//! `touchstone serve`

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use touchstone_api::{ApiOptions, client_ip::TrustedProxies};
use touchstone_app::{App, keys::Keys, ports::BridgeTradingServer};

use super::block_on;
use crate::{
    house, logs,
    settings::{Layer, Settings},
    signals,
};

/// Serve the API over a database
///
/// Flags beat environment variables, these beat the file of --config, and that beats the defaults.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A TOML file of settings, named like the flags with underscores
    #[arg(long, env = "TOUCHSTONE_CONFIG", value_name = "PATH")]
    config: Option<PathBuf>,

    #[command(flatten)]
    layer: Layer,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let file = match &args.config {
        Some(path) => Layer::read(path)?,
        None => Layer::default(),
    };
    let settings = Settings::resolve(args.layer, file)?;
    logs::init(settings.log_format, &settings.log_filter)?;
    for shown in &settings.shown {
        tracing::info!(
            name = shown.name,
            value = shown.value,
            set = shown.set,
            "setting"
        );
    }
    block_on(serve(settings))
}

async fn serve(settings: Settings) -> anyhow::Result<ExitCode> {
    let shutdown = signals::watch()?;
    let mut ports = house::ports();
    if let Some(bridge) = settings.bridge {
        let timeout = Duration::from_millis(settings.app.remote_trading.call_timeout_ms);
        let server =
            BridgeTradingServer::new(bridge.url, bridge.secret, timeout, ports.clock.clone())?;
        ports.remote_trading = Some(Arc::new(server));
    }
    if let Some(cashier) = settings.cashier {
        ports.cashier = Some(Arc::new(cashier));
    }
    let store = house::open_store(settings.database, settings.store).await?;
    if let Some(firm) = &settings.firm {
        house::apply_firm(&store, &ports, firm, |plan| {
            tracing::info!(firm = %firm.display(), "applying\n{plan}");
            Ok(true)
        })
        .await?;
    }
    let app = App::new(
        store,
        ports,
        settings.app,
        Keys::new(&settings.master_secret),
    )
    .await?;
    let api = ApiOptions {
        rate_limit_per_minute: settings.rate_limit_per_minute,
        trusted_proxies: TrustedProxies::new(settings.trusted_proxies),
        allowed_origins: settings.allowed_origins,
        ..ApiOptions::default()
    };
    let (listener, address) = house::listen(settings.listen).await?;
    tracing::info!(%address, "serving");
    println!("Touchstone serves on http://{address}");
    let mailer = settings.mailer.map(|mailer| Arc::new(mailer) as _);
    house::run(app, listener, shutdown, api, settings.serve, mailer, None).await?;
    Ok(ExitCode::SUCCESS)
}
