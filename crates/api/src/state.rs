//! What every handler can reach.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use touchstone_app::{App, demo::Demo, ports::ManualClock};

use crate::{
    client_ip::TrustedProxies,
    cors::Origin,
    edge::RequestIds,
    limits,
    quotes::QuoteBoard,
    rate_limit::{LimiterClock, RateLimits},
    streams::Streams,
    system::metrics::recorder,
};

/// What an operator can set about the HTTP edge.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Requests a minute of one signed-in person, and half of what one address may send without
    /// signing in; 0 for no limit.
    pub rate_limit_per_minute: u32,
    pub trusted_proxies: TrustedProxies,
    /// Pages of these origins may call from a browser.
    pub allowed_origins: Vec<Origin>,
    /// The time that rate limits run on.
    pub limiter_clock: LimiterClock,
    /// A demo's clock that stands still until it is moved over HTTP.
    pub manual_clock: Option<Arc<ManualClock>>,
    /// The firm is the demo's: the console tells its passwords.
    pub is_demo: bool,
    /// A demo's market, which goes with that clock.
    pub demo: Option<Arc<Demo>>,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            rate_limit_per_minute: limits::REQUESTS_PER_MINUTE,
            trusted_proxies: TrustedProxies::default(),
            allowed_origins: Vec::new(),
            limiter_clock: LimiterClock::default(),
            manual_clock: None,
            is_demo: false,
            demo: None,
        }
    }
}

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    pub app: Arc<App>,
    pub rate_limits: Arc<RateLimits>,
    pub trusted_proxies: Arc<TrustedProxies>,
    pub(crate) allowed_origins: Arc<[Origin]>,
    pub(crate) request_ids: RequestIds,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) manual_clock: Option<Arc<ManualClock>>,
    pub(crate) is_demo: bool,
    pub(crate) demo: Option<Arc<Demo>>,
    pub(crate) streams: Streams,
    pub(crate) quotes: QuoteBoard,
    /// WebSockets that are open.
    pub(crate) sockets: TaskTracker,
    /// Ends long answers when the server stops.
    pub shutdown: CancellationToken,
}

impl ApiState {
    #[must_use]
    pub fn new(app: Arc<App>, options: ApiOptions, shutdown: CancellationToken) -> Self {
        Self {
            rate_limits: Arc::new(RateLimits::new(
                options.rate_limit_per_minute,
                &options.limiter_clock,
            )),
            trusted_proxies: Arc::new(options.trusted_proxies),
            allowed_origins: options.allowed_origins.into(),
            request_ids: RequestIds::new(app.now()),
            metrics: recorder(),
            manual_clock: options.manual_clock,
            is_demo: options.is_demo,
            demo: options.demo,
            streams: Streams::default(),
            quotes: QuoteBoard::default(),
            sockets: TaskTracker::new(),
            shutdown,
            app,
        }
    }

    /// Whether this is the demo's firm.
    pub(crate) const fn is_demo(&self) -> bool {
        self.is_demo
    }
}
