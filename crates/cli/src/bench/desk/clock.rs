//! The machine's clock, moved: a measurement is the same on a Saturday, and can lie around a reset.

use std::sync::atomic::{AtomicI64, Ordering};

use touchstone_app::ports::{Clock, SystemClock};
use touchstone_domain::UnixMicros;

#[derive(Debug)]
pub struct BenchClock {
    /// Microseconds ahead of the machine's clock.
    ahead_us: AtomicI64,
}

impl BenchClock {
    pub fn at(now: UnixMicros) -> Self {
        let clock = Self {
            ahead_us: AtomicI64::new(0),
        };
        clock.move_to(now);
        clock
    }

    pub fn move_to(&self, now: UnixMicros) {
        let ahead_us = now.micros_since(SystemClock.now());
        self.ahead_us.store(ahead_us, Ordering::Relaxed);
    }
}

impl Clock for BenchClock {
    fn now(&self) -> UnixMicros {
        SystemClock
            .now()
            .plus_micros(self.ahead_us.load(Ordering::Relaxed))
    }
}

/// "2026-11-18T12:00:00Z"
pub fn parse(text: &str) -> Result<UnixMicros, String> {
    UnixMicros::parse(text).ok_or_else(|| "a time like 2026-11-18T12:00:00Z is wanted".to_owned())
}
