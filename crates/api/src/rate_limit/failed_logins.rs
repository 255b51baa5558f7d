//! Slower for those who fail to sign in.

use std::{hash::Hash, time::Duration};

use super::{
    clock::LimiterClock,
    deadlines::{Deadline, Deadlines},
};

/// Counts failures by key. Asking costs nothing, only a failure does, which is why this is not one
/// more [`super::allowance::Allowance`].
///
/// For each key it keeps the time at which all failures will be forgiven; each failure puts that
/// off by one pause, and when it lies further ahead than `in_a_row` pauses, attempts have to wait.
pub(super) struct FailedLogins {
    in_a_row: u32,
    pause: Duration,
    forgiven_at: Deadlines,
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
            forgiven_at: Deadlines::new(keys_max, clock),
        }
    }

    /// How long this key still has to wait before its next attempt, if at all.
    #[cfg(test)]
    fn wait(&self, key: impl Hash) -> Option<Duration> {
        self.wait_for(&self.forgiven_at.of(key))
    }

    /// Counts a failure.
    pub(super) fn failed(&self, key: impl Hash) {
        self.count(&mut self.forgiven_at.of(key));
    }

    /// Counts a failure before it is known to be one, so that attempts that are made at the same
    /// time are counted too; or says how long to wait.
    pub(super) fn begin(&self, key: impl Hash) -> Option<Duration> {
        let mut forgiven_at = self.forgiven_at.of(key);
        let wait = self.wait_for(&forgiven_at);
        if wait.is_none() {
            self.count(&mut forgiven_at);
        }
        wait
    }

    /// Takes back what [`Self::begin`] has counted.
    pub(super) fn was_none(&self, key: impl Hash) {
        let mut forgiven_at = self.forgiven_at.of(key);
        let ahead = forgiven_at.ahead();
        if !ahead.is_zero() {
            forgiven_at.put(ahead.saturating_sub(self.pause));
        }
    }

    fn wait_for(&self, forgiven_at: &Deadline<'_>) -> Option<Duration> {
        let allowed = self.pause * self.in_a_row.saturating_sub(1);
        let wait = forgiven_at.ahead().checked_sub(allowed);
        wait.filter(|wait| !wait.is_zero())
    }

    fn count(&self, forgiven_at: &mut Deadline<'_>) {
        forgiven_at.make_room();
        forgiven_at.put(forgiven_at.ahead() + self.pause);
    }

    pub(super) fn forget_old(&self) {
        self.forgiven_at.forget_old();
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
        assert_eq!(limiter.forgiven_at.remembered(), 2);
        seconds.store(31, Ordering::SeqCst);
        limiter.failed("c");
        assert_eq!(limiter.forgiven_at.remembered(), 1);
    }
}
