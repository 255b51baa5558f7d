//! An account grows: its size and its balance, and with them whatever is counted from either.

use crate::phase::{Anchor, Peak};
use crate::{Phase, RulesError, add, sub, usable};
use touchstone_domain::rule_set::DailyAmount;

impl Phase {
    /// The balance that the account was opened with, and what it has grown by since: its size.
    pub fn initial_minor(&self) -> Result<i64, RulesError> {
        add(self.opening.initial_minor, self.state.grown_minor)
    }

    /// Whether the phase can be judged after it has grown by so much.
    pub fn can_grow(&self, minor: i64) -> bool {
        self.clone().grow(minor).is_ok()
    }

    /// Size, anchors, peaks and locked floors grow by the same amount, so that nothing is won or lost by it; amounts of
    /// loss that are shares of one of them grow in proportion. The balance has grown already.
    pub(crate) fn grow(&mut self, minor: i64) -> Result<(), RulesError> {
        let before = self.initial_minor()?;
        self.state.grown_minor = add(self.state.grown_minor, minor)?;
        usable(&self.rules, self.initial_minor()?)?;
        self.grow_day(minor, before)?;
        self.state.max = grown(self.state.max, minor)?;
        // The last payout was paid, and does not come back any more.
        self.state.paid.before = None;
        Ok(())
    }

    fn grow_day(&mut self, minor: i64, initial_before: i64) -> Result<(), RulesError> {
        let loss = self.rules.daily_loss.map(|rule| rule.amount);
        let cap = self.rules.daily_profit_cap.map(|rule| rule.amount);
        let moved = |anchor: Option<Anchor>, amount: Option<DailyAmount>| match anchor.zip(amount) {
            None => Ok(anchor),
            Some((anchor, amount)) => {
                let then = crate::phase::day_amount(amount, anchor.minor, initial_before)?;
                let anchor_minor = add(anchor.minor, minor)?;
                let now = self.day_amount(amount, anchor_minor)?;
                Ok::<_, RulesError>(Some(Anchor {
                    minor: anchor_minor,
                    amount_minor: add(anchor.amount_minor, sub(now, then)?)?,
                    ..anchor
                }))
            }
        };
        let mut day = self.state.day;
        day.loss = moved(day.loss, loss)?;
        day.cap = moved(day.cap, cap)?;
        if let Some(replaced) = &mut day.replaced {
            replaced.loss = moved(replaced.loss, loss)?;
            replaced.cap = moved(replaced.cap, cap)?;
            replaced.peak_minor = add(replaced.peak_minor, minor)?;
        }
        day.balance_minor = add(day.balance_minor, minor)?;
        day.peak_minor = add(day.peak_minor, minor)?;
        self.state.day = day;
        Ok(())
    }
}

fn grown(peak: Peak, minor: i64) -> Result<Peak, RulesError> {
    let locked = peak.locked_floor_minor.map(|floor| add(floor, minor));
    Ok(Peak {
        minor: add(peak.minor, minor)?,
        locked_floor_minor: locked.transpose()?,
        ..peak
    })
}
