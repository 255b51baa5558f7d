//! Where the owner of a name has signed in before: there nobody else's guesses keep him out.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::clock::LimiterClock;

pub(super) struct Homes {
    known_for: Duration,
    keys_max: usize,
    clock: LimiterClock,
    hasher: RandomState,
    known_until: Mutex<HashMap<u64, Duration>>,
}

impl Homes {
    pub(super) fn new(known_for: Duration, keys_max: usize, clock: LimiterClock) -> Self {
        Self {
            known_for,
            keys_max,
            clock,
            hasher: RandomState::new(),
            known_until: Mutex::new(HashMap::new()),
        }
    }

    pub(super) fn knows(&self, key: impl Hash) -> bool {
        let until = self.known().get(&self.hasher.hash_one(key)).copied();
        until.is_some_and(|until| until > self.clock.elapsed())
    }

    /// When there is no room, those who are known stay known.
    pub(super) fn remember(&self, key: impl Hash) {
        let (hash, now) = (self.hasher.hash_one(key), self.clock.elapsed());
        let mut known = self.known();
        if known.len() < self.keys_max || known.contains_key(&hash) {
            known.insert(hash, now + self.known_for);
        }
    }

    pub(super) fn forget_old(&self) {
        let now = self.clock.elapsed();
        let mut known = self.known();
        known.retain(|_, until| *until > now);
        known.shrink_to_fit();
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Duration>> {
        self.known_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    #[test]
    fn a_home_is_known_for_a_while_and_there_are_only_so_many() {
        let seconds = Arc::new(AtomicU64::new(0));
        let source = Arc::clone(&seconds);
        let clock = LimiterClock::new(move || Duration::from_secs(source.load(Ordering::SeqCst)));
        let homes = Homes::new(Duration::from_secs(60), 2, clock);
        for key in ["a", "b", "c"] {
            homes.remember(key);
        }
        assert_eq!(
            ["a", "b", "c"].map(|key| homes.knows(key)),
            [true, true, false]
        );
        seconds.store(60, Ordering::SeqCst);
        assert!(!homes.knows("a"));
        homes.forget_old();
        homes.remember("c");
        assert!(homes.knows("c"));
    }
}
