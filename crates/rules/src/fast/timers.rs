//! When each account is due without an input.

use super::Seat;
use std::collections::BTreeMap;
use touchstone_domain::UnixMicros;

/// Accounts by the instant at which they are due. Resets come for many at once, so an instant is seldom alone. An entry
/// whose account is due at another time by now is passed over.
#[derive(Clone, Debug, Default)]
pub(super) struct Timers {
    queue: BTreeMap<UnixMicros, Vec<Seat>>,
}

impl Timers {
    pub fn push(&mut self, at: UnixMicros, seat: Seat) {
        self.queue.entry(at).or_default().push(seat);
    }

    #[inline]
    pub fn is_due(&self, until: UnixMicros) -> bool {
        self.queue
            .first_key_value()
            .is_some_and(|(at, _)| *at <= until)
    }

    /// Takes out what is queued up to an instant.
    pub fn pop(&mut self, until: UnixMicros, mut each: impl FnMut(UnixMicros, Seat)) {
        while let Some(entry) = self.queue.first_entry()
            && *entry.key() <= until
        {
            let (at, seats) = entry.remove_entry();
            seats.into_iter().for_each(|seat| each(at, seat));
        }
    }

    /// The first instant that still holds for one of its accounts.
    pub fn first(&self, holds: impl Fn(UnixMicros, Seat) -> bool) -> Option<UnixMicros> {
        let live = self
            .queue
            .iter()
            .find(|(at, seats)| seats.iter().any(|seat| holds(**at, *seat)));
        live.map(|(at, _)| *at)
    }

    pub fn bytes(&self) -> usize {
        self.queue
            .values()
            .map(|seats| seats.capacity() * size_of::<Seat>() + 48)
            .sum()
    }
}
