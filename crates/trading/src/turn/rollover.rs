//! What a night costs or brings.

use super::Turn;
use crate::figures::{overflow, rate, terms_of};
use crate::{Effect, Fault, Position, SwapUnit};
use jiff::civil::Weekday;
use touchstone_domain::{DayNumber, Side};

const NIGHTS_OF_YEAR: i128 = 360;

/// 1970-01-01 was a Thursday.
fn weekday(day: DayNumber) -> Weekday {
    const WEEK: [Weekday; 7] = [
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
    ];
    WEEK[usize::try_from(day.0.rem_euclid(7)).unwrap_or(0)]
}

impl Turn<'_> {
    pub(super) fn rollover(&mut self, day: DayNumber) -> Result<(), Fault> {
        if self.account.rolled_over.is_some_and(|last| day <= last) {
            return Ok(());
        }
        let before = self.clone();
        for held in self.account.positions.clone() {
            match self.swap(&held, weekday(day)) {
                Ok(0) => {}
                Ok(amount_minor) => self.emit(Effect::Swap {
                    position: held.id,
                    amount_minor,
                }),
                Err(fault) => {
                    *self = before;
                    return Err(fault);
                }
            }
        }
        self.emit(Effect::RolledOver { day });
        Ok(())
    }

    fn swap(&self, held: &Position, day: Weekday) -> Result<i64, Fault> {
        let terms = terms_of(self.scene.terms, held.symbol)?;
        let swap = terms.instrument.swap;
        let hundredths = match held.side {
            Side::Long => swap.long,
            Side::Short => swap.short,
        };
        let quote = self.scene.prices.quote(held.symbol);
        let quote = quote.ok_or(Fault::NoPrice(held.symbol))?;
        let units = i128::from(hundredths) * i128::from(swap.nights(day));
        let (points, parts) = match swap.unit {
            SwapUnit::Points => (units, 100),
            SwapUnit::AnnualPercent => {
                let price = i128::from(held.side.exit(quote).0);
                (units * price, 10_000 * NIGHTS_OF_YEAR)
            }
        };
        let rate = rate(terms, self.scene.prices);
        let amount = terms.valuation.part_minor(points, parts, held.volume, rate);
        amount.map_err(|error| overflow(error, terms))
    }
}
