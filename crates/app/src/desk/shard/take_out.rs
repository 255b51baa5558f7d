//! Money that leaves an account as profit.

use super::{Cause, Shard, ShardError};
use touchstone_domain::Login;
use touchstone_rules::{Event, MoneyKind};
use touchstone_trading::Input;

impl Shard {
    /// Takes money out as a payout does: the balance falls, and anchors, peak and floor follow as the rule set says.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn take_out(&mut self, login: Login, minor: i64) -> Result<(), ShardError> {
        self.cause = Cause::Event;
        self.charge_night_of(login)?;
        if !self.is_judged(login) {
            return Ok(());
        }
        let amount_minor = -minor;
        self.turn(login, &Input::Balance { amount_minor })?;
        let event = Event::Money {
            kind: MoneyKind::Payout,
            minor: amount_minor,
        };
        let verdicts = self.tell(login, vec![event])?;
        self.follow(verdicts)?;
        self.watch_changed()
    }
}
