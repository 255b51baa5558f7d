//! `touchstone serve`

use std::{path::PathBuf, process::ExitCode};

use touchstone_api::{ApiOptions, client_ip::TrustedProxies};
use touchstone_app::{App, keys::Keys};

use super::block_on;
use crate::{
    house, logs,
    settings::{Layer, Settings},
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
    let ports = house::ports();
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
        ..ApiOptions::default()
    };
    house::run(app, settings.listen, api, settings.serve, |address| {
        println!("Touchstone serves on http://{address}");
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}
