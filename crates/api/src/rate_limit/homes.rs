//! Where the owner of a name has signed in before: there nobody else's guesses keep him out.

use std::{hash::Hash, time::Duration};

use super::{clock::LimiterClock, deadlines::Deadlines};

pub(super) struct Homes {
    known_for: Duration,
    known_until: Deadlines,
}

impl Homes {
    pub(super) fn new(known_for: Duration, keys_max: usize, clock: LimiterClock) -> Self {
        Self {
            known_for,
            known_until: Deadlines::new(keys_max, clock),
        }
    }

    pub(super) fn knows(&self, key: impl Hash) -> bool {
        !self.known_until.of(key).ahead().is_zero()
    }

    pub(super) fn remember(&self, key: impl Hash) {
        self.known_until.of(key).put(self.known_for);
    }

    pub(super) fn forget_old(&self) {
        self.known_until.forget_old();
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
