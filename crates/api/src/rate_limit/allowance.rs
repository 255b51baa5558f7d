//! So many requests a minute for each key.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock::Clock as _, middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::clock::LimiterClock;

/// A key, or everyone for whom there was no room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Slot<K: Clone + Eq + Hash> {
    Own(K),
    Shared,
}

/// What is left of an allowance after one request was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests a minute.
    pub limit: u32,
    /// Requests that would be answered at once.
    pub remaining: u32,
    /// Until the whole allowance is there again.
    pub full_in: Duration,
    /// `Some` when the request is refused: until the next one would be answered.
    pub retry_after: Option<Duration>,
}

/// A full limiter is tidied at most this often.
const TIDY_PAUSE: Duration = Duration::from_secs(1);

/// A limiter for each key, of which it remembers at most `keys_max`.
pub(super) struct Allowance<K: Clone + Eq + Hash> {
    per_minute: NonZeroU32,
    keys_max: usize,
    clock: LimiterClock,
    /// When a full limiter may be tidied again, in milliseconds of the clock.
    tidy_at_ms: AtomicU64,
    limiter:
        RateLimiter<Slot<K>, DashMapStateStore<Slot<K>>, LimiterClock, StateInformationMiddleware>,
}

impl<K: Clone + Eq + Hash> Allowance<K> {
    pub(super) fn new(per_minute: NonZeroU32, keys_max: usize, clock: LimiterClock) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(Quota::per_minute(per_minute), clock.clone())
            .with_middleware::<StateInformationMiddleware>();
        Self {
            per_minute,
            keys_max,
            clock,
            tidy_at_ms: AtomicU64::new(0),
            limiter,
        }
    }

    /// Counts one request.
    pub(super) fn count(&self, key: K) -> Standing {
        let slot = if self.limiter.len() < self.keys_max || self.makes_room() {
            Slot::Own(key)
        } else {
            Slot::Shared
        };
        let limit = self.per_minute.get();
        let per_request = Duration::from_secs(60) / limit;
        match self.limiter.check_key(&slot) {
            Ok(snapshot) => {
                let remaining = snapshot.remaining_burst_capacity();
                Standing {
                    limit,
                    remaining,
                    full_in: per_request * limit.saturating_sub(remaining),
                    retry_after: None,
                }
            }
            Err(refused) => Standing {
                limit,
                remaining: 0,
                full_in: per_request * limit,
                retry_after: Some(refused.wait_time_from(self.clock.now())),
            },
        }
    }

    /// Whether forgetting the idle helps. Somebody with many addresses fills a limiter with a single
    /// request from each; their allowances are whole again in a moment.
    fn makes_room(&self) -> bool {
        let now_ms = u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX);
        let pause_ms = u64::try_from(TIDY_PAUSE.as_millis()).unwrap_or(u64::MAX);
        let is_due = |at_ms| (at_ms <= now_ms).then(|| now_ms.saturating_add(pause_ms));
        if self
            .tidy_at_ms
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_due)
            .is_err()
        {
            return false;
        }
        self.limiter.retain_recent();
        self.limiter.len() < self.keys_max
    }

    /// Forgets those whose allowance is whole again.
    pub(super) fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.limiter.len()
    }
}
