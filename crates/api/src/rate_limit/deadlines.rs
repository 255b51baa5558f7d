//! A time for each key, until which something is known of it.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::clock::LimiterClock;

/// Keys are hashed with a secret of the process, so that nobody can choose two that meet. When
/// their time has passed they are as good as unknown, and forgotten when somebody tidies.
pub(super) struct Deadlines {
    keys_max: usize,
    clock: LimiterClock,
    hasher: RandomState,
    until: Mutex<HashMap<u64, Duration>>,
}

impl Deadlines {
    pub(super) fn new(keys_max: usize, clock: LimiterClock) -> Self {
        Self {
            keys_max,
            clock,
            hasher: RandomState::new(),
            until: Mutex::new(HashMap::new()),
        }
    }

    /// Looks at one key, and at no other meanwhile.
    pub(super) fn of(&self, key: impl Hash) -> Deadline<'_> {
        Deadline {
            hash: self.hasher.hash_one(key),
            now: self.clock.elapsed(),
            keys_max: self.keys_max,
            until: self.lock(),
        }
    }

    pub(super) fn forget_old(&self) {
        let now = self.clock.elapsed();
        let mut until = self.lock();
        until.retain(|_, until| *until > now);
        until.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Duration>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time of one key.
pub(super) struct Deadline<'a> {
    hash: u64,
    now: Duration,
    keys_max: usize,
    until: MutexGuard<'a, HashMap<u64, Duration>>,
}

impl Deadline<'_> {
    /// How far ahead it lies; zero for one that has passed or is unknown.
    pub(super) fn ahead(&self) -> Duration {
        let until = self.until.get(&self.hash).copied().unwrap_or_default();
        until.saturating_sub(self.now)
    }

    /// Puts it this far ahead. When there is no room, those who are known stay known.
    pub(super) fn put(&mut self, ahead: Duration) {
        if self.has_room() {
            self.until.insert(self.hash, self.now + ahead);
        }
    }

    /// Forgets the old at once when there is no room. It looks at every key.
    pub(super) fn make_room(&mut self) {
        if !self.has_room() {
            let now = self.now;
            self.until.retain(|_, until| *until > now);
        }
    }

    fn has_room(&self) -> bool {
        self.until.len() < self.keys_max || self.until.contains_key(&self.hash)
    }
}
