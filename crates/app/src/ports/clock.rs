//! Time comes in here and nowhere else.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use touchstone_domain::UnixMicros;

pub trait Clock: Send + Sync {
    fn now(&self) -> UnixMicros;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the machine's clock is read"
    )]
    fn now(&self) -> UnixMicros {
        UnixMicros(jiff::Timestamp::now().as_microsecond())
    }
}

/// Time since the first call, which never goes back: to measure with, not to decide on.
pub fn uptime() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub const fn new(start: UnixMicros) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves the clock and gives the new time. It never goes back: a negative step is ignored.
    pub fn advance_micros(&self, step: i64) -> UnixMicros {
        let step = step.max(0);
        UnixMicros(
            self.0
                .fetch_add(step, Ordering::SeqCst)
                .saturating_add(step),
        )
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMicros {
        UnixMicros(self.0.load(Ordering::SeqCst))
    }
}
