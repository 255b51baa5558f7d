//! A program that is to be simulated, with the groups that its steps' accounts stand in.

use super::market::{Board, Prices};
use super::{Settings, SimulateError};
use crate::desk::Instruments;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchstone_domain::program::{PhaseType, Terms};
use touchstone_domain::{Currency, Group, Money, RuleSet};
use touchstone_trading::{Booking, GroupTerms, GroupTrading};

/// What is sold.
#[derive(Clone, Debug)]
pub struct Offer {
    pub terms: Terms,
    /// By name; at least those of the steps.
    pub groups: BTreeMap<String, (Group, GroupTrading)>,
}

/// One step, ready to be traded and judged.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub name: String,
    pub phase_type: PhaseType,
    pub initial_minor: i64,
    pub rules: Arc<RuleSet>,
    pub terms: Arc<GroupTerms>,
    pub leverage: i64,
    pub booking: Booking,
}

/// A program ready to be lived through.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub steps: Vec<Step>,
    pub board: Board,
    pub fee: Money,
    /// The fee in the currency of the accounts; `None` where it has another one, and no rate was told.
    pub fee_minor: Option<i64>,
    /// Of the accounts.
    pub currency: Currency,
}

impl Offer {
    /// Every fault keeps a program from being simulated that would keep it from being sold.
    pub(super) fn course(&self, settings: &Settings) -> Result<Course, SimulateError> {
        let groups: Vec<Group> = self
            .groups
            .values()
            .map(|(group, _)| group.clone())
            .collect();
        let mut faults: Vec<String> = self
            .terms
            .faults(&groups, false)
            .iter()
            .map(ToString::to_string)
            .collect();
        if self.terms.steps.is_empty() {
            faults.push("it has no steps".to_owned());
        }
        if !faults.is_empty() {
            return Err(SimulateError::Program(faults));
        }
        let of_step = |name: &str| {
            let group = self.groups.get(name);
            group.ok_or_else(|| SimulateError::Program(vec![format!("there is no group {name:?}")]))
        };
        let first = self.terms.steps.first().map_or("", |step| &step.group);
        let currency = of_step(first)?.0.currency;
        let whole = Instruments::built_in();
        let symbol = match (&settings.prices, settings.symbol) {
            (Prices::Recorded(recorded), None) => recorded.symbol,
            (_, asked) => Board::symbol_for(whole.catalogue(), asked, currency)?,
        };
        let terms_of = |group: &Group, trading: &GroupTrading, instruments: &Instruments| {
            // What the group changes of other symbols is of no consequence.
            let mut trading = trading.clone();
            trading
                .instruments
                .retain(|of, _| instruments.get(*of).is_some());
            instruments.terms_of(group, &trading).map_err(|fault| {
                SimulateError::Program(vec![format!("group {:?}: {fault}", group.name)])
            })
        };
        let all = self.terms.steps.iter().map(|step| {
            let (group, trading) = of_step(&step.group)?;
            terms_of(group, trading, &whole)
        });
        let all = all.collect::<Result<Vec<_>, _>>()?;
        let board = Board::new(symbol, settings, &all)?;
        let steps = self.terms.steps.iter().enumerate().map(|(place, step)| {
            let (group, trading) = of_step(&step.group)?;
            Ok(Step {
                name: step.name.clone(),
                phase_type: step.phase_type,
                initial_minor: step.initial_balance_minor,
                rules: self.terms.rules_of(place).map(Arc::new).ok_or_else(|| {
                    SimulateError::Program(vec!["a step has no rules".to_owned()])
                })?,
                terms: Arc::new(terms_of(group, trading, &board.instruments)?),
                leverage: group.leverage,
                booking: trading.booking,
            })
        });
        let steps = steps.collect::<Result<Vec<_>, SimulateError>>()?;
        Ok(Course {
            steps,
            board,
            fee: self.terms.price,
            fee_minor: fee_in(self.terms.price, currency, settings.rate),
            currency,
        })
    }
}

/// `rate` is what one unit of the fee's currency is worth, in millionths.
fn fee_in(fee: Money, currency: Currency, rate: Option<i64>) -> Option<i64> {
    if fee.currency == currency {
        return Some(fee.minor);
    }
    let top = i128::from(fee.minor) * i128::from(rate?) * 10_i128.pow(currency.decimals());
    let bottom = 1_000_000 * 10_i128.pow(fee.currency.decimals());
    i64::try_from((top + bottom / 2) / bottom).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("EUR", 45_900, "USD", Some(1_085_000), Some(49_802))]
    #[case("EUR", 45_900, "USD", None, None)]
    #[case("USD", 49_900, "USD", None, Some(49_900))]
    #[case("JPY", 70_000, "USD", Some(6_667), Some(46_669))]
    #[case("USD", 49_900, "JPY", Some(150_000_000), Some(74_850))]
    fn a_fee_is_converted_at_the_rate(
        #[case] of: &str,
        #[case] minor: i64,
        #[case] into: &str,
        #[case] rate: Option<i64>,
        #[case] wanted: Option<i64>,
    ) {
        let fee = Money::new(minor, of.parse().unwrap());
        assert_eq!(fee_in(fee, into.parse().unwrap(), rate), wanted);
    }
}
