//! What is kept of an account between two looks, beside its positions.

use super::history::High;
use super::leg::Leg;
use crate::{Account, Phase, RulesError};
use touchstone_domain::rule_set::{MaxLossMode, Measure};

#[derive(Clone, Debug)]
pub(super) struct Kept {
    account: Account,
}

impl Kept {
    /// The positions are kept elsewhere.
    pub fn of(mut account: Account) -> Self {
        account.positions = Vec::new();
        Self { account }
    }

    pub fn account(&self, legs: &[Leg]) -> Account {
        let mut account = self.account.clone();
        account.positions = legs.iter().map(|leg| leg.position).collect();
        account
    }

    pub fn raise(&mut self, high: High) -> Result<(), RulesError> {
        self.account.phase.raise_to(high)
    }

    pub const fn heap_bytes(&self) -> usize {
        self.account.news.capacity() * size_of::<crate::News>()
    }

    pub const fn phase(&self) -> &Phase {
        &self.account.phase
    }
}

impl Phase {
    /// The lowest of the peaks that follow the equity.
    pub(super) fn lowest_peak_minor(&self) -> Result<i64, RulesError> {
        let mut lowest = i64::MAX;
        if self.follows_the_day() {
            lowest = self.state.day.peak_minor;
        }
        if self.follows_for_good() {
            let peak = &self.state.max;
            lowest = lowest.min(crate::add(peak.minor, peak.moved_minor)?);
        }
        Ok(lowest)
    }

    /// Takes in a high that was made since the last look, without having locked the floor.
    pub(super) fn raise_to(&mut self, high: High) -> Result<(), RulesError> {
        if self.follows_the_day() {
            let day = &mut self.state.day;
            day.peak_minor = day.peak_minor.max(high.equity_minor);
        }
        if self.follows_for_good() {
            let peak = &mut self.state.max;
            let own = crate::sub(high.equity_minor, peak.moved_minor)?;
            if own > peak.minor {
                peak.minor = own;
                peak.taken_at = high.at;
            }
        }
        Ok(())
    }

    fn follows_the_day(&self) -> bool {
        let rule = self.rules.daily_loss;
        rule.is_some_and(|rule| rule.follows_intraday_peak && rule.measure == Measure::Equity)
    }

    fn follows_for_good(&self) -> bool {
        let mode = self.rules.max_loss.map(|rule| rule.mode);
        mode == Some(MaxLossMode::TrailingIntradayEquity)
            && self.state.max.locked_floor_minor.is_none()
    }
}
