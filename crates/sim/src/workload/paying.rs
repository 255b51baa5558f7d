//! What is paid at a cashier: journeys begun, they and deposits paid in every way, decided and ended.

use super::Workload;
use crate::ask::Ask;
use crate::firm;
use crate::world::{Patience, World};
use touchstone_app::cashier::{DemoChoice, PaymentWhat};
use touchstone_app::transactions::Decision;
use touchstone_domain::transaction::{Transaction, TransactionState};
use touchstone_domain::{BrandId, Currency, Money, ProgramId, TransactionId};
use touchstone_store::repo;

impl Workload {
    /// Mostly a choice that there is.
    fn addons(&mut self) -> Vec<String> {
        let choice: &[&str] = match self.draws.below(12) {
            0 => &["no_time_limit", "no_time_limit"],
            1 => &["unlimited_luck"],
            2..4 => &["no_time_limit"],
            4..6 => &["profit_split_90", "no_time_limit"],
            _ => &[],
        };
        choice.iter().map(|code| (*code).to_owned()).collect()
    }

    pub(super) fn enroll(&mut self, world: &mut World<'_>) {
        let by = self.person().caller;
        let program = self.program(by.brand_id);
        let addons = self.addons();
        let key = self.draws.chance(60).then(|| self.new_key());
        let ask = Ask::Enroll {
            by,
            program,
            addons,
            key,
        };
        if self.draws.chance(15) {
            world.ask_twice(&ask);
        } else {
            self.ask(world, ask);
        }
    }

    pub(super) fn grant(&mut self, world: &mut World<'_>) {
        let customer = self.person().caller.customer_id;
        let by = self.staff();
        let program = self.program(by.brand_id);
        let addons = self.addons();
        self.ask(
            world,
            Ask::Grant {
                by,
                customer,
                program,
                addons,
            },
        );
    }

    fn program(&mut self, brand: BrandId) -> ProgramId {
        let own = firm::PROGRAMS.iter().filter(|sold| sold.brand == brand);
        let programs: Vec<ProgramId> = own.map(|sold| sold.program).collect();
        match self.draws.chance(60) {
            true => programs[0],
            false => self.draws.pick(&programs).unwrap_or(programs[0]),
        }
    }

    /// A fee of a journey or a deposit that is known, as it stands.
    fn some_payable(&mut self, world: &World<'_>) -> anyhow::Result<Option<Transaction>> {
        let known = world.auditor.payables();
        // Mostly one of the last.
        let recent = known.len().saturating_sub(4);
        let from = if self.draws.chance(70) { recent } else { 0 };
        let Some(id) = self.draws.pick(&known[from..]) else {
            return Ok(None);
        };
        Ok(world.read(move |tx| repo::transactions::get(tx, id))?)
    }

    /// The customer goes to the cashier; somebody decides on one of the pages that were opened.
    pub(super) fn cashier(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        if self.draws.chance(50)
            && let Some((token, transaction)) = self.draws.pick(world.auditor.pages())
        {
            let choice = match self.draws.chance(80) {
                true => DemoChoice::Pay,
                false => DemoChoice::Decline,
            };
            self.ask(
                world,
                Ask::Click {
                    transaction,
                    token,
                    choice,
                },
            );
            return Ok(());
        }
        if let Some(fee) = self.some_payable(world)? {
            let owner = firm::PEOPLE
                .into_iter()
                .find(|person| person.caller.customer_id == fee.customer_id)
                .filter(|_| self.draws.chance(95));
            let by = owner.unwrap_or_else(|| self.person()).caller;
            let transaction = fee.id;
            self.ask(world, Ask::Pay { by, transaction });
        }
        Ok(())
    }

    /// A customer puts a code on a fee, mostly his own, or takes it off.
    pub(super) fn code(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        if let Some(fee) = self.some_payable(world)? {
            let owner = firm::PEOPLE
                .into_iter()
                .find(|person| person.caller.customer_id == fee.customer_id)
                .filter(|_| self.draws.chance(95));
            let by = owner.unwrap_or_else(|| self.person()).caller;
            let (transaction, code) = (fee.id, self.some_code(75));
            let ask = Ask::PutCode {
                by,
                transaction,
                code,
            };
            if self.draws.chance(15) {
                world.ask_twice(&ask);
            } else {
                self.ask(world, ask);
            }
        }
        Ok(())
    }

    /// The provider tells something new: mostly that all came in, sometimes a part, too much, or
    /// money of another currency.
    pub(super) fn notice(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        let Some(fee) = self.some_payable(world)? else {
            return Ok(());
        };
        let missing = (fee.amount.minor - fee.received_minor).max(1);
        let received = |minor, currency| PaymentWhat::Received(Money::new(minor, currency));
        let own = fee.amount.currency;
        let what = match self.draws.below(14) {
            0..2 => received(self.draws.between(1, missing), own),
            2 => received(missing + self.draws.between(1, 9_999), own),
            3 => received(self.draws.between(1, 99_999), other(own)),
            4 => PaymentWhat::Declined,
            _ => received(missing, own),
        };
        let event = format!("e{}", self.next_event);
        self.next_event += 1;
        self.ask(
            world,
            Ask::Notice {
                event,
                transaction: fee.id,
                what,
                message: 1,
            },
        );
        Ok(())
    }

    /// A message comes again; rarely with another content, which nobody may take in.
    pub(super) fn notice_again(&mut self, world: &mut World<'_>) {
        let told: Vec<Ask> = world
            .asked
            .iter()
            .map(|(_, ask)| ask)
            .filter(|ask| matches!(ask, Ask::Notice { .. }))
            .cloned()
            .collect();
        let Some(mut again) = self.draws.pick(&told) else {
            return;
        };
        if let Ask::Notice { message, .. } = &mut again
            && self.draws.chance(10)
        {
            *message += 1;
        }
        self.ask(world, again);
    }

    /// Staff decide something that is open, or meddle with what is not.
    pub(super) fn decide(&mut self, world: &mut World<'_>) -> anyhow::Result<()> {
        let by = self.staff();
        let listed = world.transactions(by.brand_id)?;
        let open: Vec<TransactionId> = listed
            .iter()
            .filter(|t| self.draws.chance(10) || is_open(t))
            .map(|t| t.id)
            .collect();
        let Some(transaction) = self.draws.pick(&open) else {
            return Ok(());
        };
        let decision = match self.draws.chance(75) {
            true => Decision::Approve,
            false => Decision::Decline,
        };
        let ask = Ask::Decide {
            by,
            transaction,
            decision,
        };
        if self.draws.chance(10) {
            world.ask_twice(&ask);
        } else {
            self.ask(world, ask);
        }
        Ok(())
    }

    pub(super) fn end_journey(&mut self, world: &mut World<'_>) {
        let by = self.staff();
        if let Some((_, challenge, _)) = self.draws.pick(&world.auditor.journeys()) {
            world.ask(Ask::EndJourney { by, challenge }, Patience::UntilTheEnd);
        }
    }
}

const fn is_open(transaction: &Transaction) -> bool {
    matches!(
        transaction.state,
        TransactionState::Pending | TransactionState::Underpaid
    )
}

fn other(currency: Currency) -> Currency {
    match currency == Currency::USD {
        true => Currency::EUR,
        false => Currency::USD,
    }
}
