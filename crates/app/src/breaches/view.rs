//! A breach with its evidence, as it is shown.

use crate::desk::Evidence;
use touchstone_domain::breach::Breach;
use touchstone_domain::{Currency, Money, Symbol, TradingDay};
use touchstone_rules::{Crossing, Finding};

/// What a breach was measured by: money, or a number in the unit of its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Money(Money),
    Count(i64),
}

#[derive(Clone, Debug)]
pub struct BreachView {
    pub breach: Breach,
    /// Of the account.
    pub currency: Currency,
    pub customer_name: String,
    pub customer_email: String,
    /// `None` when what is stored cannot be read.
    pub evidence: Option<Evidence>,
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
            Finding::Conduct(found) => found.found.map(Figure::Count),
            _ => None,
        }
    }

    /// The floor or ceiling that was crossed.
    pub fn threshold(&self) -> Option<Figure> {
        Some(self.money(self.crossing()?.limit.level_minor))
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
        let said = evidence.finding.text(self.currency, &TradingDay::utc());
        format!("{}: {said}", evidence.finding.name())
    }
}
