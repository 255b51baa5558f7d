//! A funded account grows.

use super::{Cause, Entered, Shard, ShardError};
use touchstone_domain::{Login, PayoutId, UnixMicros};
use touchstone_rules::Event;

/// A growth that was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grown {
    /// Of the account's growths, from 1.
    pub number: i64,
    /// Above 0.
    pub minor: i64,
    /// The desk's instant.
    pub at: UnixMicros,
    /// The newest payout that was counted for it.
    pub through_payout: PayoutId,
}

impl Shard {
    /// Balance and size grow by the same amount; `false` where the account cannot be judged at that size.
    ///
    /// # Errors
    /// See [`ShardError`].
    pub fn grow(&mut self, login: Login, grown: Grown) -> Result<bool, ShardError> {
        self.cause = Cause::Event;
        self.charge_night_of(login)?;
        let judged = self.rules.account(login)?;
        if judged.is_none_or(|judged| !judged.phase().can_grow(grown.minor)) {
            return Ok(false);
        }
        self.changes(login).grown = Some(grown);
        self.enter(login, Entered::Growth, grown.minor)?;
        let minor = grown.minor;
        let verdicts = self.tell(login, vec![Event::Grown { minor }])?;
        self.follow(verdicts)?;
        self.watch_changed()?;
        Ok(true)
    }
}
