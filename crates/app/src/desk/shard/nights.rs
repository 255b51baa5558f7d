//! What a night costs. It is owed by everybody at the same instant, and charged to some accounts in each turn; before
//! anything else happens to an account, it is charged.

use super::{Cause, Live, Shard, ShardError};
use std::collections::BTreeMap;
use touchstone_domain::{DayNumber, LocalTime, Login, TradingDay, TradingDayError, UnixMicros};
use touchstone_trading::Input;

/// Accounts that still owe a night, with the day that it ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Nights {
    owed: BTreeMap<Login, DayNumber>,
}

impl Nights {
    pub fn is_owed(&self) -> bool {
        !self.owed.is_empty()
    }

    pub fn forget(&mut self, login: Login) {
        self.owed.remove(&login);
    }
}

/// When nights are charged: at 17:00 in New York, where the day of foreign exchange ends.
fn rollover_day() -> Result<TradingDay, TradingDayError> {
    let reset: LocalTime = "17:00".parse()?;
    TradingDay::new("America/New_York", reset)
}

pub(super) fn rollover_after(at: UnixMicros) -> Result<UnixMicros, TradingDayError> {
    rollover_day()?.next_boundary(at)
}

impl Shard {
    /// A night has ended: everybody who holds something owes it.
    pub(super) fn roll_over(&mut self) -> Result<(), ShardError> {
        // Those of the night before come first.
        self.charge_nights(usize::MAX)?;
        let clock = rollover_day()?;
        let day = clock.day_of(self.next_rollover)?;
        self.nights.owed = self.holding().map(|login| (login, day)).collect();
        self.next_rollover = clock.next_boundary(self.next_rollover)?;
        self.charge_nights(self.limits.nights)
    }

    /// What was not charged before the program ended is owed still.
    pub(super) fn resume_nights(&mut self) -> Result<(), ShardError> {
        let clock = rollover_day()?;
        let ended_at = clock.last_boundary(self.at)?;
        let day = clock.day_of(ended_at)?;
        let accounts = self.accounts.iter();
        let owed = accounts.filter(|(_, live)| owes(live, day, ended_at));
        self.nights.owed = owed.map(|(login, _)| (*login, day)).collect();
        self.next_rollover = clock.next_boundary(self.at)?;
        Ok(())
    }

    pub(super) fn charge_nights(&mut self, most: usize) -> Result<(), ShardError> {
        for _ in 0..most {
            let Some((login, day)) = self.nights.owed.pop_first() else {
                break;
            };
            self.charge(login, day)?;
        }
        Ok(())
    }

    /// Something is about to happen to the account.
    pub(super) fn charge_night_of(&mut self, login: Login) -> Result<(), ShardError> {
        match self.nights.owed.remove(&login) {
            Some(day) => self.charge(login, day),
            None => Ok(()),
        }
    }

    fn charge(&mut self, login: Login, day: DayNumber) -> Result<(), ShardError> {
        let cause = std::mem::replace(&mut self.cause, Cause::Time);
        self.each_time(login, &Input::Rollover { day })?;
        self.cause = cause;
        Ok(())
    }
}

/// It held something over the night that ended at an instant, and was charged for none since.
fn owes(live: &Live, day: DayNumber, ended_at: UnixMicros) -> bool {
    let account = &live.account;
    let is_charged = account.rolled_over.is_some_and(|last| last >= day);
    let mut held = account.positions.iter();
    !is_charged && held.any(|held| held.opened_at < ended_at)
}
