//! Slower for those who fail to sign in.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::clock::LimiterClock;

/// Counts failures by key. Asking costs nothing, only a failure does, which is why this is not one
/// more [`super::allowance::Allowance`].
///
/// For each key it keeps the time at which all failures will be forgiven; each failure puts that
/// off by one pause, and when it lies further ahead than `in_a_row` pauses, attempts have to wait.
pub(super) struct FailedLogins {
    in_a_row: u32,
    pause: Duration,
    keys_max: usize,
    clock: LimiterClock,
    hasher: RandomState,
    forgiven_at: Mutex<HashMap<u64, Duration>>,
}

impl FailedLogins {
    pub(super) fn new(
        in_a_row: u32,
        pause: Duration,
        keys_max: usize,
        clock: LimiterClock,
    ) -> Self {
        Self {
            in_a_row,
            pause,
            keys_max,
            clock,
            hasher: RandomState::new(),
            forgiven_at: Mutex::new(HashMap::new()),
        }
    }

    /// How long this key still has to wait before its next attempt, if at all.
    #[cfg(test)]
    fn wait(&self, key: impl Hash) -> Option<Duration> {
        self.wait_in(&self.known(), self.hasher.hash_one(key))
    }

    /// Counts a failure.
    pub(super) fn failed(&self, key: impl Hash) {
        self.count_in(&mut self.known(), self.hasher.hash_one(key));
    }

    /// Counts a failure before it is known to be one, so that attempts that are made at the same
    /// time are counted too; or says how long to wait.
    pub(super) fn begin(&self, key: impl Hash) -> Option<Duration> {
        let hash = self.hasher.hash_one(key);
        let mut known = self.known();
        let wait = self.wait_in(&known, hash);
        if wait.is_none() {
            self.count_in(&mut known, hash);
        }
        wait
    }

    /// Takes back what [`Self::begin`] has counted.
    pub(super) fn was_none(&self, key: impl Hash) {
        let hash = self.hasher.hash_one(key);
        if let Some(forgiven_at) = self.known().get_mut(&hash) {
            *forgiven_at = forgiven_at.saturating_sub(self.pause);
        }
    }

    fn wait_in(&self, known: &HashMap<u64, Duration>, hash: u64) -> Option<Duration> {
        let ahead = known.get(&hash)?.saturating_sub(self.clock.elapsed());
        let allowed = self.pause * self.in_a_row.saturating_sub(1);
        ahead.checked_sub(allowed).filter(|wait| !wait.is_zero())
    }

    fn count_in(&self, known: &mut HashMap<u64, Duration>, hash: u64) {
        let now = self.clock.elapsed();
        if known.len() >= self.keys_max && !known.contains_key(&hash) {
            known.retain(|_, forgiven_at| *forgiven_at > now);
            if known.len() >= self.keys_max {
                return;
            }
        }
        let forgiven_at = known.entry(hash).or_insert(now);
        *forgiven_at = (*forgiven_at).max(now) + self.pause;
    }

    pub(super) fn forget_idle(&self) {
        let now = self.clock.elapsed();
        let mut known = self.known();
        known.retain(|_, forgiven_at| *forgiven_at > now);
        known.shrink_to_fit();
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Duration>> {
        self.forgiven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::*;

    fn limiter(keys_max: usize) -> (FailedLogins, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(0));
        let source = Arc::clone(&seconds);
        let clock = LimiterClock::new(move || Duration::from_secs(source.load(Ordering::SeqCst)));
        (
            FailedLogins::new(3, Duration::from_secs(30), keys_max, clock),
            seconds,
        )
    }

    #[test]
    fn the_third_failure_makes_the_next_attempt_wait() {
        let (limiter, seconds) = limiter(10);
        limiter.failed("a");
        limiter.failed("a");
        assert_eq!(limiter.wait("a"), None);
        limiter.failed("a");
        assert_eq!(limiter.wait("a"), Some(Duration::from_secs(30)));
        assert_eq!(limiter.wait("b"), None);
        seconds.store(30, Ordering::SeqCst);
        assert_eq!(limiter.wait("a"), None);
        limiter.failed("a");
        assert_eq!(limiter.wait("a"), Some(Duration::from_secs(30)));
    }

    #[test]
    fn attempts_at_the_same_time_are_counted_until_they_turn_out_well() {
        let (limiter, _) = limiter(10);
        for _ in 0..3 {
            assert_eq!(limiter.begin("a"), None);
        }
        assert_eq!(limiter.begin("a"), Some(Duration::from_secs(30)));
        limiter.was_none("a");
        assert_eq!(limiter.begin("a"), None);
        assert_eq!(limiter.wait("a"), Some(Duration::from_secs(30)));
    }

    #[test]
    fn old_failures_are_forgiven() {
        let (limiter, seconds) = limiter(10);
        limiter.failed("a");
        limiter.failed("a");
        seconds.store(60, Ordering::SeqCst);
        limiter.failed("a");
        limiter.failed("a");
        assert_eq!(limiter.wait("a"), None);
    }

    #[test]
    fn it_remembers_no_more_than_it_may() {
        let (limiter, seconds) = limiter(2);
        for key in ["a", "b", "c"] {
            limiter.failed(key);
        }
        assert_eq!(limiter.known().len(), 2);
        seconds.store(31, Ordering::SeqCst);
        limiter.failed("c");
        assert_eq!(limiter.known().len(), 1);
    }
}
