//! One who watches an account. What is stored is read again when something has happened to its owner, what the desk knows
//! comes by itself; an account to which nothing happens costs nothing.

use super::account::Stored;
use super::watched::Seen;
use super::{Standing, TradeError};
use crate::App;
use crate::events::Bell;
use crate::identity::Caller;
use std::future::pending;
use std::sync::Arc;
use tokio::sync::watch::Receiver;
use tokio::time::{Duration, Instant, sleep_until};
use touchstone_domain::Login;

/// What nobody has told of is seen after that long at the latest.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// The same for staff, whose rights change without anything happening to the account.
const STAFF_READ_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// An account that is watched by somebody who may see it.
pub struct AccountWatch {
    app: App,
    caller: Caller,
    login: Login,
    stored: Stored,
    read_at: Instant,
    bell: Bell,
    /// None of an account that is not traded here.
    seat: Option<Receiver<Seen>>,
    /// Whether the desk had it when the rest was read.
    was_there: bool,
}

impl App {
    /// # Errors
    /// As [`App::account_standing`].
    pub async fn watch_account(
        &self,
        caller: Caller,
        login: Login,
    ) -> Result<AccountWatch, TradeError> {
        let stored = self.stored_account(caller, login).await?;
        let bell = self.events.hang(stored.customer_id(), caller.session_id());
        let mut watch = AccountWatch {
            app: self.clone(),
            caller,
            login,
            stored,
            read_at: Instant::now(),
            bell,
            seat: None,
            was_there: false,
        };
        // What has happened before the bell hung.
        watch.read().await?;
        Ok(watch)
    }
}

impl AccountWatch {
    /// Waits until the account may stand otherwise than it was seen. Nothing is lost when the future is dropped.
    pub async fn changed(&mut self) {
        if self.is_old() {
            return;
        }
        let read_again_at = self.read_at + self.read_again_after();
        let seat = async {
            match &mut self.seat {
                // Its end would be that of the app.
                Some(seat) => drop(seat.changed().await),
                None => pending().await,
            }
        };
        tokio::select! {
            () = seat => if let Some(seat) = &mut self.seat { seat.mark_changed() },
            () = self.bell.rung() => {}
            () = sleep_until(read_again_at) => {}
        }
    }

    /// Whether [`Self::changed`] would not wait.
    pub fn has_changed(&self) -> bool {
        let seat = self.seat.as_ref();
        self.is_old() || seat.is_some_and(|seat| seat.has_changed().unwrap_or(false))
    }

    /// How the account stands.
    ///
    /// # Errors
    /// As [`App::account_standing`].
    pub async fn look(&mut self) -> Result<Standing, TradeError> {
        if self.is_old() {
            self.read().await?;
        }
        let seat = self.seat.as_mut();
        let seen = seat.and_then(|seat| seat.borrow_and_update().clone());
        let live = seen.map(|seen| (*seen).clone());
        Ok(self.stored.standing(live, self.app.now()))
    }

    /// Whether what is stored has to be read again.
    fn is_old(&self) -> bool {
        let seat = self.seat.as_ref();
        let is_there = seat.is_some_and(|seat| seat.borrow().is_some());
        is_there != self.was_there
            || self.bell.has_rung()
            || self.read_at.elapsed() >= self.read_again_after()
    }

    const fn read_again_after(&self) -> Duration {
        match self.caller {
            Caller::Staff(_) => STAFF_READ_AGAIN_AFTER,
            _ => READ_AGAIN_AFTER,
        }
    }

    async fn read(&mut self) -> Result<(), TradeError> {
        let rings = self.bell.rings();
        let stored = self.app.stored_account(self.caller, self.login).await?;
        let is_traded = stored.is_traded_here();
        if is_traded && self.seat.is_none() {
            let seen = self.app.desk.view(self.login).await?.map(Arc::new);
            let seat = self.app.watched.join(&self.app.desk, self.login, seen);
            self.seat = Some(seat);
        }
        if !is_traded {
            self.seat = None;
        }
        let seat = self.seat.as_ref();
        self.was_there = seat.is_some_and(|seat| seat.borrow().is_some());
        self.stored = stored;
        self.read_at = Instant::now();
        self.bell.heard(rings);
        Ok(())
    }
}
