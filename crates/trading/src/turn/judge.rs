//! Margin call and stop-out.

use super::{Stop, Turn};
use crate::figures::{profit, terms_of};
use crate::{DealReason, Effect, Fault, Figures, Position};
use touchstone_domain::BasisPoints;

impl Turn<'_> {
    /// Nothing is judged while a price that the equity hangs on is too old.
    pub(super) fn judge(&mut self) -> Result<(), Fault> {
        let figures = self.figures()?;
        if figures.stale.is_some() {
            return Ok(());
        }
        self.margin_call(&figures);
        let after = self.stop_out(figures)?;
        self.margin_call(&after);
        Ok(())
    }

    fn margin_call(&mut self, figures: &Figures) {
        let is_low = figures.is_at(self.scene.terms.conditions.margin_call);
        if is_low && !self.account.margin_called {
            self.emit(Effect::MarginCall {
                equity_minor: figures.equity_minor,
                margin_minor: figures.margin_minor,
                level: figures.margin_level.unwrap_or(BasisPoints::ZERO),
            });
        } else if !is_low && self.account.margin_called {
            self.emit(Effect::MarginCallOver);
        }
    }

    /// Closes the position with the largest loss, looks again, and goes on while the account is too low. Positions that
    /// cannot be dealt now are passed over. Answers the figures afterwards.
    fn stop_out(&mut self, mut figures: Figures) -> Result<Figures, Fault> {
        let level = self.scene.terms.conditions.stop_out;
        while figures.is_at(level) {
            let Some(worst) = self.worst()? else {
                return Ok(figures);
            };
            self.note(Effect::StopOut {
                position: worst.id,
                equity_minor: figures.equity_minor,
                margin_minor: figures.margin_minor,
                level: figures.margin_level.unwrap_or(BasisPoints::ZERO),
            });
            match self.end(&worst, DealReason::StopOut) {
                Ok(()) => {}
                Err(Stop::Fault(fault)) => return Err(fault),
                Err(Stop::Refused(code)) => {
                    self.note(Effect::NotClosed {
                        position: worst.id,
                        code,
                    });
                    return Ok(figures);
                }
            }
            figures = self.figures()?;
        }
        Ok(figures)
    }

    /// The position with the lowest profit that can be dealt; of equals, the older one.
    fn worst(&self) -> Result<Option<Position>, Fault> {
        let mut worst: Option<(i64, Position)> = None;
        for held in &self.account.positions {
            let terms = terms_of(self.scene.terms, held.symbol)?;
            if self.dealable(&terms.instrument).is_err() {
                continue;
            }
            let profit = profit(held, terms, self.scene.prices)?;
            if worst.is_none_or(|(lowest, _)| profit < lowest) {
                worst = Some((profit, *held));
            }
        }
        Ok(worst.map(|(_, held)| held))
    }
}
