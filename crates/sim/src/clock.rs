//! The world's clock. It stands still unless it is moved, and can pull the plug of the store at a
//! reading that was chosen before: every commit of the application is preceded by one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use touchstone_app::ports::{Clock, ManualClock};
use touchstone_domain::UnixMicros;
use touchstone_store::Store;

pub const START: UnixMicros = UnixMicros::from_seconds(1_778_160_000);

pub struct SimClock {
    time: ManualClock,
    readings: AtomicU64,
    plug: Mutex<Option<Plug>>,
}

struct Plug {
    store: Store,
    at_reading: u64,
}

impl Default for SimClock {
    fn default() -> Self {
        Self {
            time: ManualClock::new(START),
            readings: AtomicU64::new(0),
            plug: Mutex::new(None),
        }
    }
}

impl SimClock {
    pub fn advance_micros(&self, step: i64) {
        self.time.advance_micros(step);
    }

    /// The time, without counting as a reading.
    pub fn time(&self) -> UnixMicros {
        self.time.now()
    }

    pub fn readings(&self) -> u64 {
        self.readings.load(Ordering::SeqCst)
    }

    /// Closes `store` at the reading that comes after `spared` others.
    pub fn close_later(&self, store: Store, spared: u64) {
        *self.plug() = Some(Plug {
            store,
            at_reading: self.readings() + spared + 1,
        });
    }

    pub fn spare_the_store(&self) {
        *self.plug() = None;
    }

    fn plug(&self) -> MutexGuard<'_, Option<Plug>> {
        self.plug.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SimClock {
    fn now(&self) -> UnixMicros {
        let reading = self.readings.fetch_add(1, Ordering::SeqCst) + 1;
        let mut plug = self.plug();
        if plug.as_ref().is_some_and(|p| reading >= p.at_reading)
            && let Some(plug) = plug.take()
        {
            plug.store.close_blocking();
        }
        drop(plug);
        self.time.now()
    }
}
