//! Accounts that somebody watches. The desk is asked for all of them together, twice a second, however many watch: nobody's
//! order waits behind their looks.

use crate::desk::{AccountView, Desk, DeskError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use touchstone_domain::Login;

/// How often the desk is asked.
const ROUND: Duration = Duration::from_millis(500);
/// Accounts of one request: others' requests are taken between two of them.
const ASKED_AT_ONCE: usize = 100;

/// What the desk said of an account last; `None` of one that it does not have.
pub(super) type Seen = Option<Arc<AccountView>>;

/// The accounts that are watched on this server.
#[derive(Clone, Default)]
pub struct Watched(Arc<Mutex<Seats>>);

#[derive(Default)]
struct Seats {
    of: HashMap<Login, watch::Sender<Seen>>,
    is_looked_after: bool,
}

impl Watched {
    /// From now on changes are told; what was seen last counts as one.
    pub(super) fn join(&self, desk: &Desk, login: Login, seen: Seen) -> watch::Receiver<Seen> {
        let mut seats = self.seats();
        let seat = seats.of.entry(login);
        let seat = seat.or_insert_with(|| watch::channel(None).0);
        let receiver = seat.subscribe();
        seat.send_replace(seen);
        if !seats.is_looked_after {
            seats.is_looked_after = true;
            let (watched, desk) = (self.clone(), desk.clone());
            tokio::spawn(async move { watched.look_after(&desk).await });
        }
        receiver
    }

    /// Ends when nobody watches any more.
    async fn look_after(&self, desk: &Desk) {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            let logins = self.taken();
            if logins.is_empty() {
                return;
            }
            if let Err(error) = self.round(desk, logins).await {
                tracing::debug!(%error, "the desk could not be asked for what is watched");
            }
        }
    }

    async fn round(&self, desk: &Desk, logins: Vec<Login>) -> Result<(), DeskError> {
        for some in logins.chunks(ASKED_AT_ONCE) {
            let views = desk.views(some.to_vec()).await?;
            let seats = self.seats();
            for (login, view) in some.iter().zip(views) {
                let Some(seat) = seats.of.get(login) else {
                    continue;
                };
                seat.send_if_modified(|seen| {
                    let is_same = match (&*seen, &view) {
                        (Some(seen), Some(view)) => view.stands_as(seen),
                        (None, None) => true,
                        _ => false,
                    };
                    if !is_same {
                        *seen = view.map(Arc::new);
                    }
                    !is_same
                });
            }
        }
        Ok(())
    }

    /// The accounts that somebody watches still.
    fn taken(&self) -> Vec<Login> {
        let mut seats = self.seats();
        seats.of.retain(|_, seat| seat.receiver_count() > 0);
        seats.is_looked_after = !seats.of.is_empty();
        seats.of.keys().copied().collect()
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
