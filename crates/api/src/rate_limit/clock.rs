//! The time that rate limits run on.

use std::{fmt, sync::Arc, time::Duration};
use touchstone_app::ports::uptime;

/// Time since some fixed moment, never going back. Not the time of `app`, which a demo can hold still.
#[derive(Clone)]
pub struct LimiterClock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl LimiterClock {
    /// Any source of time, for tests that do not want to wait.
    pub fn new(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }

    pub(super) fn elapsed(&self) -> Duration {
        (self.0)()
    }
}

impl Default for LimiterClock {
    /// The machine's monotonic clock.
    fn default() -> Self {
        Self::new(uptime)
    }
}

impl fmt::Debug for LimiterClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LimiterClock")
    }
}

impl governor::clock::Clock for LimiterClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.elapsed()
    }
}
