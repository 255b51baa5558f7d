//! What staff do to an account.

use super::{Cause, Live, Revived, Shard, ShardError};
use touchstone_domain::Login;
use touchstone_rules::{Account as Judged, Event, MoneyKind, News};
use touchstone_trading::{Input, Standing};

impl Shard {
    /// A phase that had failed goes on as it was.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn revive(
        &mut self,
        live: Live,
        judged: Judged,
        revived: Revived,
    ) -> Result<(), ShardError> {
        let correction_minor = revived.correction_minor;
        self.cause = Cause::Event;
        let login = live.account.login;
        self.forget(login)?;
        self.open(live, Some(judged))?;
        if let Some(live) = self.accounts.get_mut(&login) {
            live.ended = None;
        }
        self.changes(login).revived = Some(revived);
        self.turn(login, &Input::Standing(Standing::Active))?;
        let mut events = vec![Event::Reverted];
        if correction_minor != 0 {
            let amount_minor = correction_minor;
            self.turn(login, &Input::Balance { amount_minor })?;
            // The money is there again before the floors are looked at.
            let (kind, minor) = (MoneyKind::Undo, correction_minor);
            events.insert(0, Event::Money { kind, minor });
        }
        let verdicts = self.tell(login, events)?;
        self.follow(verdicts)?;
        self.watch_changed()
    }

    /// Staff set the anchor of the day.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn set_anchor(&mut self, login: Login, minor: i64) -> Result<bool, ShardError> {
        self.event(login, Event::AnchorSet { minor })
    }

    /// News that every running account is told of.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn news(&mut self, login: Login, news: News) -> Result<bool, ShardError> {
        self.event(login, Event::News(news))
    }

    fn event(&mut self, login: Login, event: Event) -> Result<bool, ShardError> {
        self.cause = Cause::Event;
        if !self.is_judged(login) {
            return Ok(false);
        }
        let verdicts = self.tell(login, vec![event])?;
        self.follow(verdicts)?;
        Ok(true)
    }
}
