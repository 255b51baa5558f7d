//! What happens to a purchase: the transition table decides, and each state brings its changes.

use super::{Sale, SaleError};
use touchstone_domain::purchase::{Event, Funding, State, Step, transition};
use touchstone_domain::{Money, UnixMicros, ledger::Operation};
use touchstone_store::Tx;

impl Sale {
    /// Puts a new purchase where its funding and price make it start.
    pub fn start(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let purchase = self.purchase.change();
        purchase.state = purchase.facts().start();
        if purchase.fee_is_held() {
            self.hold_change_minor += purchase.paid().minor;
        }
        let state = purchase.state;
        self.enter(tx, state, now)
    }

    /// The fee of an enrolment, a grant or a reset came in, or as much of it as the firm asks for: it is
    /// earned, and the delivery begins.
    pub fn take_payment(
        &mut self,
        tx: &mut Tx<'_>,
        earned: Money,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let operation = match self.purchase().funding {
            Funding::Reset => Operation::ResetFee,
            _ => Operation::CashierFee,
        };
        let order = self.post(tx, operation, earned, now)?;
        self.purchase.change().fee_order = order;
        self.happen(tx, Event::PaymentApproved, now)
    }

    /// Does every step that is to be done now on the built-in trading server, where none can fail. What changes how an
    /// account is judged waits for the desk.
    pub fn deliver(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        if self.purchase().adds_to.is_some() {
            let due = self.purchase().state.step().map(|_| now);
            self.set_due(due);
            return Ok(());
        }
        self.do_all(tx, now)
    }

    /// As [`Sale::deliver`], by the desk.
    pub fn do_all(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        while self.purchase().state.step().is_some() {
            self.happen(tx, Event::Done, now)?;
        }
        Ok(())
    }

    /// Takes one event: the transition table decides, and what the event has done becomes entries
    /// and changed rows.
    pub fn happen(
        &mut self,
        tx: &mut Tx<'_>,
        event: Event,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let before = self.purchase().state;
        let (after, reason) = transition(before, event, self.purchase().facts())?;
        let was_held = self.purchase().fee_is_held();
        match (before, event) {
            (State::Doing(step) | State::Stuck(step), Event::Done | Event::StaffSettled) => {
                self.step_done(tx, step, now)?;
            }
            (State::Failed, Event::Retry) => self.begin_again(),
            _ => {}
        }
        let purchase = self.purchase.change();
        purchase.state = after;
        purchase.failure_reason = reason;
        purchase.updated_at = now;
        if before != after {
            purchase.step_calls = 0;
        }
        if after.step().is_none() {
            purchase.due_at = None;
        }
        match (was_held, self.purchase().fee_is_held()) {
            (true, false) => self.hold_change_minor -= self.purchase().paid().minor,
            (false, true) => self.hold_change_minor += self.purchase().paid().minor,
            _ => {}
        }
        if before.is_under_way() && !after.is_under_way() {
            self.end_reset(before, now);
        }
        self.enter(tx, after, now)
    }

    /// What a state brings with it, whichever way it was reached.
    fn enter(&mut self, tx: &mut Tx<'_>, state: State, now: UnixMicros) -> Result<(), SaleError> {
        match state {
            // Known from the start, so that the fee's record can name it.
            State::Doing(Step::Withdraw) if self.purchase().adds_to.is_none() => {
                self.reserve_login(tx).map(drop)
            }
            State::Doing(Step::OpenAccount) => self.reserve_account(tx, now),
            State::RefundDue => {
                self.close(now);
                self.owe_fee(tx, now)
            }
            State::Refunded | State::Failed | State::Abandoned => {
                self.close(now);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin_again(&mut self) {
        let purchase = self.purchase.change();
        purchase.attempt += 1;
        purchase.account_login = None;
        purchase.initial_balance_order = None;
        purchase.note.clear();
        self.account = None;
    }
}
