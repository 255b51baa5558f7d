//! What is kept of an account between two looks, beside its positions and its place.

use super::history::High;
use super::leg::Leg;
use super::seats::Place;
use crate::payout::Paid;
use crate::phase::{Anchor, Day, Mark, Marks, Peak};
use crate::tally::Tally;
use crate::{Account, AnchorSource, Opening, Phase, PhaseState, Reading, RulesError, Status};
use std::sync::Arc;
use touchstone_domain::rule_set::{MaxLossMode, Measure, RuleSet};
use touchstone_domain::{Currency, DayNumber, UnixMicros};

/// Most accounts say the same in little; one to which something uncommon has happened is kept as it is.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    Common(Common),
    Whole(Box<Account>),
}

/// A live account that was neither paid out nor corrected, is judged by the rules that it began with, has no strikes
/// and no cap on a day's profit. `i64::MIN`
/// stands for nothing.
#[derive(Clone, Debug)]
pub(super) struct Common {
    rules: Arc<RuleSet>,
    opening: Opening,
    first_trade_at: UnixMicros,
    last_deal_at: UnixMicros,
    day_balance_minor: i64,
    realised_minor: i64,
    anchor_minor: i64,
    day_peak_minor: i64,
    peak_minor: i64,
    taken_at: UnixMicros,
    locked_floor_minor: i64,
    all: [i64; 3],
    day: u32,
    trading_days: u16,
    profitable_days: u16,
    anchor: Option<AnchorSource>,
    is_provisional: bool,
    is_firm: bool,
    opened: bool,
    closed: bool,
    told_consistency: bool,
    tripped: [bool; 2],
    suspended: [bool; 2],
}

/// Days that accounts are in: few, and shared by many.
#[derive(Clone, Debug, Default)]
pub(super) struct Days {
    spans: Vec<(DayNumber, UnixMicros, UnixMicros)>,
}

impl Days {
    fn place(&mut self, day: &Day) -> u32 {
        let span = (day.number, day.began_at, day.ends_at);
        let known = self.spans.iter().rposition(|own| *own == span);
        let place = known.unwrap_or_else(|| {
            self.spans.push(span);
            self.spans.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

const NOTHING: i64 = i64::MIN;

fn some(minor: i64) -> Option<i64> {
    (minor != NOTHING).then_some(minor)
}

impl Common {
    /// `None` where something would be lost. What the present prices tell again, `has_worth`, is left away.
    fn of(account: &Account, has_worth: bool, days: &mut Days) -> Option<Self> {
        let Phase {
            rules,
            opening,
            state,
        } = &account.phase;
        if !account.news.is_empty()
            || !account.void.is_empty()
            || (!has_worth && state.reading.floating_minor != 0)
        {
            return None;
        }
        let at = |at: Option<UnixMicros>| at.unwrap_or(UnixMicros(NOTHING));
        let (marks, day) = (&state.marks, &state.day);
        let common = Self {
            rules: rules.clone(),
            opening: *opening,
            first_trade_at: at(state.first_trade_at),
            last_deal_at: at(state.last_deal_at),
            day_balance_minor: day.balance_minor,
            realised_minor: day.realised_minor,
            anchor_minor: day.loss.map_or(0, |anchor| anchor.minor),
            day_peak_minor: day.peak_minor,
            peak_minor: state.max.minor,
            taken_at: state.max.taken_at,
            locked_floor_minor: state.max.locked_floor_minor.unwrap_or(NOTHING),
            all: state.all.short(),
            day: days.place(day),
            trading_days: u16::try_from(state.trading_days).ok()?,
            profitable_days: u16::try_from(state.profitable_days).ok()?,
            anchor: day.loss.map(|anchor| anchor.source),
            is_provisional: day.loss.is_some_and(|anchor| anchor.is_provisional),
            is_firm: state.reading.is_firm,
            opened: day.opened,
            closed: day.closed,
            told_consistency: state.told_consistency,
            tripped: [marks.loss.tripped, marks.max.tripped],
            suspended: [marks.loss.suspended, marks.max.suspended],
        };
        let again = common.state(state.now, state.reading, days)?;
        let mut told = again;
        told.reading.open_positions = u32::try_from(account.positions.len()).ok()?;
        (told == *state).then_some(common)
    }

    fn state(&self, now: UnixMicros, reading: Reading, days: &Days) -> Option<PhaseState> {
        let (number, began_at, ends_at) = *days.spans.get(self.day as usize)?;
        let loss = self.anchor.and_then(|source| {
            let amount = self.rules.daily_loss?.amount;
            let initial = self.opening.initial_minor;
            Some(Anchor {
                minor: self.anchor_minor,
                amount_minor: crate::phase::day_amount(amount, self.anchor_minor, initial).ok()?,
                source,
                is_provisional: self.is_provisional,
            })
        });
        let mark = |place: usize| Mark {
            tripped: self.tripped[place],
            suspended: self.suspended[place],
            strikes: 0,
        };
        let all = Tally::from_short(self.all);
        Some(PhaseState {
            status: Status::Live,
            now,
            reading,
            day: Day {
                number,
                began_at,
                ends_at,
                balance_minor: self.day_balance_minor,
                flows_minor: 0,
                realised_minor: self.realised_minor,
                opened: self.opened,
                closed: self.closed,
                loss,
                cap: None,
                peak_minor: self.day_peak_minor,
                replaced: None,
            },
            max: Peak {
                minor: self.peak_minor,
                taken_at: self.taken_at,
                moved_minor: 0,
                locked_floor_minor: some(self.locked_floor_minor),
            },
            flows_minor: 0,
            marks: Marks {
                loss: mark(0),
                cap: Mark::default(),
                max: mark(1),
                struck: 0,
            },
            all,
            window: all,
            paid: Paid::default(),
            trading_days: u32::from(self.trading_days),
            profitable_days: u32::from(self.profitable_days),
            first_trade_at: some(self.first_trade_at.0).map(UnixMicros),
            last_deal_at: some(self.last_deal_at.0).map(UnixMicros),
            conduct_strikes: 0,
            told_consistency: self.told_consistency,
            rules_no: 0,
            grown_minor: 0,
            forgiven_until: None,
        })
    }
}

impl Kept {
    /// The positions are kept elsewhere. `has_worth` says that the present prices tell what they are worth.
    pub fn of(account: Account, has_worth: bool, days: &mut Days) -> Self {
        match Common::of(&account, has_worth, days) {
            Some(common) => Self::Common(common),
            None => Self::whole(account),
        }
    }

    pub fn whole(mut account: Account) -> Self {
        account.positions = Vec::new();
        Self::Whole(Box::new(account))
    }

    /// The floating profit of a common account is 0, until its positions are valued.
    pub fn account(
        &self,
        place: &Place,
        currency: Currency,
        now: UnixMicros,
        days: &Days,
    ) -> Result<Account, RulesError> {
        let positions = place.legs.iter().map(|leg: &Leg| leg.position).collect();
        match self {
            Self::Whole(account) => {
                let mut account = (**account).clone();
                account.positions = positions;
                Ok(account)
            }
            Self::Common(common) => {
                let reading = Reading {
                    balance_minor: place.balance_minor,
                    floating_minor: 0,
                    open_positions: u32::try_from(place.legs.len()).unwrap_or(u32::MAX),
                    is_firm: common.is_firm,
                };
                let state = common.state(now, reading, days);
                let state = state.ok_or(RulesError::UnknownAccount)?;
                let phase = Phase::restore(common.rules.clone(), common.opening, state);
                Ok(Account::restore(
                    place.login,
                    currency,
                    phase,
                    positions,
                    Vec::new(),
                ))
            }
        }
    }

    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Common(_) => 0,
            Self::Whole(account) => {
                size_of::<Account>()
                    + account.news.capacity() * size_of::<crate::News>()
                    + account.void.heap_bytes()
            }
        }
    }

    /// The lowest of the peaks that follow the equity.
    pub fn lowest_peak_minor(&self) -> Result<i64, RulesError> {
        match self {
            Self::Whole(account) => account.phase.lowest_peak_minor(),
            Self::Common(own) => {
                let day = follows_the_day(&own.rules).then_some(own.day_peak_minor);
                let max = own.follows_for_good().then_some(own.peak_minor);
                Ok(day.into_iter().chain(max).min().unwrap_or(i64::MAX))
            }
        }
    }

    pub fn raise(&mut self, high: High) -> Result<(), RulesError> {
        match self {
            Self::Whole(account) => account.phase.raise_to(high),
            Self::Common(own) => {
                if follows_the_day(&own.rules) {
                    own.day_peak_minor = own.day_peak_minor.max(high.equity_minor);
                }
                if own.follows_for_good() && high.equity_minor > own.peak_minor {
                    (own.peak_minor, own.taken_at) = (high.equity_minor, high.at);
                }
                Ok(())
            }
        }
    }
}

impl Common {
    fn follows_for_good(&self) -> bool {
        follows_for_good(&self.rules) && self.locked_floor_minor == NOTHING
    }
}

fn follows_the_day(rules: &RuleSet) -> bool {
    rules
        .daily_loss
        .is_some_and(|rule| rule.follows_intraday_peak && rule.measure == Measure::Equity)
}

fn follows_for_good(rules: &RuleSet) -> bool {
    let mode = rules.max_loss.map(|rule| rule.mode);
    mode == Some(MaxLossMode::TrailingIntradayEquity)
}

impl Phase {
    fn lowest_peak_minor(&self) -> Result<i64, RulesError> {
        let mut lowest = i64::MAX;
        if follows_the_day(&self.rules) {
            lowest = self.state.day.peak_minor;
        }
        let peak = &self.state.max;
        if follows_for_good(&self.rules) && peak.locked_floor_minor.is_none() {
            lowest = lowest.min(crate::add(peak.minor, peak.moved_minor)?);
        }
        Ok(lowest)
    }

    /// Takes in a high that was made since the last look, without having locked the floor.
    pub(super) fn raise_to(&mut self, high: High) -> Result<(), RulesError> {
        if follows_the_day(&self.rules) {
            let day = &mut self.state.day;
            day.peak_minor = day.peak_minor.max(high.equity_minor);
        }
        let peak = &mut self.state.max;
        if follows_for_good(&self.rules) && peak.locked_floor_minor.is_none() {
            let own = crate::sub(high.equity_minor, peak.moved_minor)?;
            if own > peak.minor {
                peak.minor = own;
                peak.taken_at = high.at;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::Seat;
    use crate::fast::history::Count;

    /// With its entry among the timers, and in the directory.
    #[test]
    fn an_account_takes_no_more_than_256_bytes() {
        let bytes = size_of::<Option<Kept>>()
            + size_of::<Place>()
            + size_of::<Count>()
            + 2 * size_of::<Seat>();
        assert!(bytes <= 256, "{bytes}");
    }
}
