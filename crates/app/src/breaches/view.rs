//! A breach with its evidence, as it is shown.

use crate::desk::Evidence;
use std::sync::Arc;
use touchstone_domain::breach::Breach;
use touchstone_domain::{Currency, Money, RuleSet, Symbol, TradingDay};
use touchstone_rules::{Crossing, Finding, TimeRule, Unit};
use touchstone_store::repo::desk::history::Deal;

/// What a breach was measured by: money, or a number in the unit of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Money(Money),
    /// With so many decimals.
    Number(i64, u32),
}

#[derive(Clone, Debug)]
pub struct BreachView {
    pub breach: Breach,
    /// Of the account.
    pub currency: Currency,
    pub customer_name: String,
    pub customer_email: String,
    /// What the account was judged by.
    pub rules: Option<Arc<RuleSet>>,
    /// `None` when what is stored cannot be read.
    pub evidence: Option<Evidence>,
    /// Deals that have closed later what could not be closed then.
    pub closed_later: Vec<Deal>,
    /// Decimals of each symbol's price.
    pub digits: Vec<(Symbol, u32)>,
}

impl BreachView {
    pub fn crossing(&self) -> Option<&Crossing> {
        match &self.evidence.as_ref()?.finding {
            Finding::Breached(crossing)
            | Finding::Warned(crossing)
            | Finding::Paused { crossing, .. }
            | Finding::Struck { crossing, .. } => Some(crossing),
            _ => None,
        }
    }

    /// What was measured: equity, balance, or the number that a rule of conduct counts.
    pub fn triggered(&self) -> Option<Figure> {
        if let Some(crossing) = self.crossing() {
            return Some(self.money(crossing.measured_minor));
        }
        match &self.evidence.as_ref()?.finding {
            Finding::Conduct(found) => Some(number(found.found?, found.unit()?)),
            // A time is judged at the instant at which it is up.
            Finding::TimeUp(rule) => self.days_of(*rule),
            _ => None,
        }
    }

    fn days_of(&self, rule: TimeRule) -> Option<Figure> {
        let days = rule.days(self.rules.as_ref()?)?;
        Some(Figure::Number(i64::from(days), 0))
    }

    /// The floor or ceiling that was crossed, or what a rule of conduct or of time allows.
    pub fn threshold(&self) -> Option<Figure> {
        if let Some(crossing) = self.crossing() {
            return Some(self.money(crossing.limit.level_minor));
        }
        match &self.evidence.as_ref()?.finding {
            Finding::Conduct(found) => {
                let limit = found.limit(self.rules.as_ref()?)?;
                Some(number(limit, found.unit()?))
            }
            Finding::TimeUp(rule) => self.days_of(*rule),
            _ => None,
        }
    }

    /// What the floor was counted from: its anchor, or the peak that it follows.
    pub fn baseline(&self) -> Option<Figure> {
        let limit = self.crossing()?.limit;
        Some(self.money(limit.peak_minor.unwrap_or(limit.anchor_minor)))
    }

    const fn money(&self, minor: i64) -> Figure {
        Figure::Money(Money::new(minor, self.currency))
    }

    /// Decimals of the symbol's price; 0 for one that is not listed any more.
    pub fn digits_of(&self, symbol: Symbol) -> u32 {
        let mut digits = self.digits.iter();
        digits
            .find(|(known, _)| *known == symbol)
            .map_or(0, |(_, digits)| *digits)
    }

    /// Why, in words.
    pub fn text(&self) -> String {
        let Some(evidence) = &self.evidence else {
            return format!("{}: its evidence cannot be read", self.breach.rule);
        };
        let finding = &evidence.finding;
        let said = match &self.rules {
            Some(rules) => finding.text_by(rules, self.currency, &rules.trading_day),
            None => finding.text(self.currency, &TradingDay::utc()),
        };
        format!("{}: {said}", evidence.finding.name())
    }
}

const fn number(value: i64, unit: Unit) -> Figure {
    Figure::Number(value, unit.scale())
}
