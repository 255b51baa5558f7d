//! What staff do to accounts.

use super::{AnchorSet, Cause, Entered, Live, Revived, Shard, ShardError};
use crate::identity::StaffActor;
use std::sync::Arc;
use touchstone_domain::Login;
use touchstone_rules::{Account as Judged, Event, MoneyKind};
use touchstone_trading::{GroupTerms, Input, Standing};

impl Shard {
    /// A phase that had failed goes on as it was. `closed_later` are the deals since then of what could not be closed;
    /// `judged` still holds these positions.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn revive(
        &mut self,
        live: Live,
        judged: Judged,
        revived: Revived,
        closed_later: Vec<Event>,
    ) -> Result<(), ShardError> {
        let correction_minor = revived.correction_minor;
        self.cause = Cause::Event;
        let login = live.account.login;
        self.forget(login)?;
        self.open(live, Some(judged))?;
        if let Some(live) = self.accounts.get_mut(&login) {
            live.ended = None;
            live.verdict = None;
        }
        self.changes(login).revived = Some(revived);
        self.turn(login, &Input::Standing(Standing::Active))?;
        // What was closed only later, at the first price there was, is not in the phase as it ended. As with what was
        // closed at the breach, nothing follows from it.
        self.tell(login, closed_later)?;
        let rest = self.not_told(login)?;
        self.tell(login, rest)?;
        let mut events = Vec::new();
        if correction_minor != 0 {
            self.enter(login, Entered::Correction, correction_minor)?;
            // The money is there again before the floors are looked at.
            let (kind, minor) = (MoneyKind::Undo, correction_minor);
            events.push(Event::Money { kind, minor });
        }
        events.push(Event::Reverted);
        let verdicts = self.tell(login, events)?;
        self.follow(verdicts)?;
        self.watch_changed()
    }

    /// Accounts that trade by `before` trade by `now` from here on.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn change_terms(
        &mut self,
        before: &Arc<GroupTerms>,
        now: &Arc<GroupTerms>,
    ) -> Result<(), ShardError> {
        for (login, live) in &mut self.accounts {
            if Arc::ptr_eq(&live.terms, before) {
                live.terms = Arc::clone(now);
                self.unwatched.insert(*login);
            }
        }
        self.watch_changed()
    }

    /// What has moved the balance since the phase ended beside deals, so that the rules know all of it.
    fn not_told(&self, login: Login) -> Result<Vec<Event>, ShardError> {
        let (Some(live), Some(judged)) = (self.accounts.get(&login), self.rules.account(login)?)
        else {
            return Ok(Vec::new());
        };
        let known = judged.phase().state().reading.balance_minor;
        Ok(match live.account.balance_minor - known {
            0 => Vec::new(),
            minor => vec![Event::Cost { minor }],
        })
    }

    /// Whether a limit of the day would be crossed at once by another anchor.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn anchor_crosses(&self, login: Login, minor: i64) -> Result<bool, ShardError> {
        let judged = self.rules.account(login)?;
        let crosses = judged.map(|judged| judged.phase().would_cross(minor));
        Ok(crosses.transpose()?.unwrap_or(false))
    }

    /// Staff set the anchor of the day; `false` for an account whose phase does not run.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn set_anchor(
        &mut self,
        login: Login,
        staff: StaffActor,
        minor: i64,
        reason: &str,
    ) -> Result<bool, ShardError> {
        self.charge_night_of(login)?;
        let judged = self.rules.account(login)?;
        let before_minor = judged.map_or(0, |judged| judged.phase().day_start_minor());
        let is_set = self.event(login, Event::AnchorSet { minor })?;
        if is_set {
            self.changes(login).anchors.push(AnchorSet {
                staff,
                before_minor,
                anchor_minor: minor,
                reason: reason.to_owned(),
            });
        }
        Ok(is_set)
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
