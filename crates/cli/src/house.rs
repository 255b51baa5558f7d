//! Opens the store, puts the app over it, and serves until it is told to stop.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use touchstone_api::{ApiOptions, ApiState, Ended, ServeOptions};
use touchstone_app::{
    App,
    demo::{Demo, Show, Trader},
    firm::{self, Edge, Firm},
    mail::Mailer,
    ports::{self, OsRandom, Ports, SystemClock},
    webhooks::{HttpSender, WebhookSender},
};
use touchstone_store::{DatabaseUrl, Store, StoreOptions};

/// The real outside world, with the built-in trading server and without a cashier.
pub fn ports() -> Ports {
    Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        remote_trading: None,
        cashier: None,
    }
}

/// Opening and migrating block, so they get a thread of their own.
pub async fn open_store(url: DatabaseUrl, options: StoreOptions) -> anyhow::Result<Store> {
    // Counters are bound to the recorder that is there when they are made.
    touchstone_api::system::metrics::recorder();
    let options = StoreOptions {
        stopwatch: ports::uptime,
        ..options
    };
    let opened = tokio::task::spawn_blocking(move || Store::open(&url, &options)).await?;
    Ok(opened?)
}

/// Plans a firm file and carries the plan out if `confirm` says so; gives whether it did.
///
/// # Errors
/// When the file or the database is not as it should be.
pub async fn apply_firm(
    store: &Store,
    ports: &Ports,
    path: &Path,
    confirm: impl FnOnce(&firm::Plan) -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    let firm = Arc::new(Firm::read(&text).with_context(|| name.to_string())?);
    let folder = path.parent().unwrap_or(Path::new(""));
    let applied = carry_out(store, ports, &firm, folder, confirm).await;
    applied.with_context(|| name.to_string())
}

/// Plans a firm and carries the plan out if `confirm` says so; gives whether it did.
///
/// # Errors
/// When the firm and the database cannot agree.
pub async fn carry_out(
    store: &Store,
    ports: &Ports,
    firm: &Arc<Firm>,
    folder: &Path,
    confirm: impl FnOnce(&firm::Plan) -> anyhow::Result<bool>,
) -> anyhow::Result<bool> {
    let plan = firm::plan(store, firm).await?;
    if !confirm(&plan)? {
        return Ok(false);
    }
    let edge = Edge {
        folder: folder.to_owned(),
        random: ports.random.clone(),
        now: ports.clock.now(),
    };
    firm::apply(store, firm, plan, edge).await?;
    Ok(true)
}

/// # Errors
/// When the address cannot be bound.
pub async fn listen(address: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    // Each connection is a file, and many systems begin with a thousand. What is allowed must do.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} cannot be listened on"))?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

/// What a demo puts on: its market, and traders who were cast.
pub struct Stage {
    pub show: Show,
    pub traders: Vec<Trader>,
}

/// Serves until `shutdown`, answers what is in hand, then closes the store.
///
/// # Errors
/// When the listener fails.
pub async fn run(
    app: App,
    listener: TcpListener,
    shutdown: CancellationToken,
    api: ApiOptions,
    serve: ServeOptions,
    mailer: Option<Arc<dyn Mailer>>,
    stage: Option<Stage>,
) -> anyhow::Result<()> {
    let app = Arc::new(app);
    let webhooks = HttpSender::new(app.settings.webhook_guard.clone())
        .map(|sender| Arc::new(sender) as Arc<dyn WebhookSender>)
        .inspect_err(|error| tracing::error!(%error, "no webhooks are sent until the next start"))
        .ok();
    let chores = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.run_chores(mailer, webhooks).await }
    });
    let desk = app.start_desk().context("the desk cannot be started")?;
    let demo = match stage {
        Some(Stage { show, traders }) => Some(Arc::new(Demo::begin(&app, show, traders).await?)),
        None => None,
    };
    let api = ApiOptions {
        demo: demo.clone(),
        ..api
    };
    // With a manual clock the market moves when the clock does.
    let moving = demo.filter(|_| api.manual_clock.is_none()).map(|demo| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { demo.run(&app).await })
    });
    let state = ApiState::new(Arc::clone(&app), api, shutdown.clone());
    let ended = touchstone_api::serve(listener, state, shutdown, serve).await?;
    chores.abort();
    // Cancelled: what it had in hand is durable before and after each step.
    let _ = chores.await;
    if let Some(moving) = moving {
        moving.abort();
        let _ = moving.await;
    }
    if let Some(desk) = desk {
        tokio::task::spawn_blocking(move || desk.stop()).await?;
    }
    app.store.clone().close().await;
    match ended {
        Ended::Drained => tracing::info!("stopped; everything that was accepted was answered"),
        Ended::Cut => tracing::warn!("stopped at the deadline; requests in hand were cut"),
    }
    Ok(())
}
